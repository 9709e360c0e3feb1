import { Status } from "../lib/status";
import { copyText } from "../lib/text";
import { Background, background } from "./background";
import { DeviceState, deviceState } from "./client/deviceState";
import { LogLevel, Partition } from "./host/constants";
import { logNumber } from "./host/log";
import { BlockDevice } from "./store/flash/blockDevice";
import { FlashDevice } from "./store/flash/flashDevice";
import { ANY_VERSION, Item } from "./store/item";
import { Parts } from "./store/parts";
import { TreeStore } from "./store/treeStore";
import { workspace } from "./store/workspace";

/** Longest name, in ASCII, and value, in bytes. */
export const STATE_NAME_MAX: i32 = 23;
export const STATE_VALUE_MAX: i32 = 1024;

/** Entries of the memtable: a few dozen keys that seldom change. */
const ENTRIES: i32 = 32;
/** Pieces of work at a mount, so that there is room for the first put: each sector erased once, and a checkpoint. */
const STEPS_AT_MOUNT: i32 = 12;

/** First byte of the key of each copy: of the documents' space. */
const FIRST_COPY: u8 = 1;
const SECOND_COPY: u8 = 2;
const copyKey = memory.data(1 + STATE_NAME_MAX, 8);
let copyKeyBytes: i32 = 0;

/**
 * What the device itself must remember, in a partition of its own: credentials, caches, the record of the app's slots. Nothing is
 * evicted, nothing expires. Each value lies there twice, as two records, each committed by itself; the newer one counts. So neither
 * a power cut nor one damaged record brings an old value back or loses one. A removal is an empty value.
 * Source: design of the flash partitions, "state".
 */
export class StateStore extends DeviceState {
  private readonly tree: TreeStore;
  private readonly item: Item = workspace.item;

  constructor(device: BlockDevice, parts: Parts = new Parts()) {
    super();
    this.tree = new TreeStore(device, ENTRIES, parts, false);
  }

  /** Finds what is there, and makes room. Ok; Unsupported: no partition; Corrupt: something else lies there, and stays; Io. */
  mount(): i32 {
    const status = this.tree.mount();
    for (let i = 0; status >= 0 && i < STEPS_AT_MOUNT && this.tree.step(); i++) {}
    return status;
  }

  step(): bool {
    return this.tree.step();
  }

  /**
   * Reads a value into dst: u8[cap]. Bytes of the value; NotFound; TooLarge: more than cap; Corrupt: both copies are damaged; Closed:
   * not mounted; Invalid: the name's length; Io.
   */
  get(name: string, dst: usize, cap: i32): i32 {
    if (!takeName(name)) return Status.Invalid;
    const first = this.find(FIRST_COPY);
    if (first == Status.Io || first == Status.Closed) return first;
    const version = first >= 0 ? this.item.version : 0;
    let found = this.find(SECOND_COPY);
    if (found == Status.Io) return found;
    if (first >= 0 && (found < 0 || this.item.version < version)) found = this.find(FIRST_COPY);
    if (found < 0) return first == Status.Corrupt ? first : found;
    const bytes = this.item.valueBytes;
    if (bytes == 0) return Status.NotFound;
    return bytes > cap ? Status.TooLarge : this.tree.read(this.item, 0, dst, bytes);
  }

  /**
   * Stores a value: u8[len], 1 to STATE_VALUE_MAX bytes; it is durable when the call returns. Ok; NoSpace: call step until it says
   * false and try again, then it is full; Invalid: a length out of range; Closed: not mounted; Io: the old or the new one is there.
   */
  put(name: string, src: usize, len: i32): i32 {
    return len < 1 || len > STATE_VALUE_MAX || !takeName(name) ? Status.Invalid : this.write(src, len);
  }

  /** Removes a value; it is gone for good when the call returns. Ok; NotFound; NoSpace, Closed, Io: as put. */
  remove(name: string): i32 {
    const status = this.get(name, 0, 0);
    // Both copies damaged, or longer than nothing: there is something to remove.
    return status == Status.TooLarge || status == Status.Corrupt ? this.write(0, 0) : status;
  }

  private find(copy: u8): i32 {
    store<u8>(copyKey, copy);
    return this.tree.find(copyKey, copyKeyBytes, this.item);
  }

  private write(src: usize, len: i32): i32 {
    const status = this.writeCopy(FIRST_COPY, src, len);
    // The value is there. When its second copy finds no room now, the next put writes one.
    if (status >= 0) this.writeCopy(SECOND_COPY, src, len);
    return status;
  }

  private writeCopy(copy: u8, src: usize, len: i32): i32 {
    const tree = this.tree;
    store<u8>(copyKey, copy);
    let status = tree.begin(copyKey, copyKeyBytes, len, 0, ANY_VERSION);
    if (status >= 0) status = tree.write(src, len);
    if (status >= 0) status = tree.commit();
    return status;
  }
}

/** Puts a name behind the copy's number. False: it is empty, or too long. */
function takeName(name: string): bool {
  const length = name.length;
  if (length < 1 || length > STATE_NAME_MAX) return false;
  copyKeyBytes = 1 + copyText(copyKey + 1, name);
  return true;
}

/** Its step, beside that of the outbox's store. */
class StateWork extends Background {
  step(): bool {
    return state.step();
  }
}

/** That of the board. */
export const state = new StateStore(new FlashDevice(Partition.State));

const work = new StateWork();

/** Mounts it, at set-up, as the state in use, and has the kernel step it. Without it each of its calls says Closed. As StateStore.mount. */
export function mountState(): i32 {
  const status = state.mount();
  if (status >= 0) {
    background.other = work;
    deviceState.state = state;
  } else {
    logNumber(LogLevel.Error, "state partition does not mount, status ", status);
  }
  return status;
}
