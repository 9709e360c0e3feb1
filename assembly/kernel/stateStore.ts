import { Status } from "../lib/status";
import { copyText } from "../lib/text";
import { Background, background } from "./background";
import { DeviceState, deviceState } from "./client/deviceState";
import { LogLevel, Partition } from "./host/constants";
import { logNumber } from "./host/log";
import { BlockDevice } from "./store/flash/blockDevice";
import { FlashDevice } from "./store/flash/flashDevice";
import { ANY_VERSION, Item } from "./store/item";
import { BY_KEY } from "./store/tree/cursor";
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
/** A part of a value on its way from one copy to the other. */
const PART_BYTES: i32 = 64;
const part = memory.data(PART_BYTES, 8);
/** Calls of step that may look for copies to be made equal, after a mount or a put that left some. */
const TRIES: i32 = 16;

/**
 * What the device itself must remember, in a partition of its own: credentials, caches, the record of the app's slots. Nothing is
 * evicted, nothing expires. Each value lies there twice, as two records, each committed by itself; the newer one counts. So neither
 * a power cut nor one damaged record brings an old value back or loses one. A removal is an empty value. Copies that a power cut,
 * damage or want of room left unequal are made equal by `step`.
 * Source: design of the flash partitions, "state".
 */
export class StateStore extends DeviceState {
  protected readonly tree: TreeStore;
  private readonly item: Item = new Item();
  /** Times that step looks for unequal copies yet. */
  private tries: i32 = 0;

  constructor(device: BlockDevice, parts: Parts = new Parts()) {
    super();
    this.tree = new TreeStore(device, ENTRIES, parts, false);
  }

  /** Finds what is there, and makes room. Ok; Unsupported: no partition; Corrupt: something else lies there, and stays; Io. */
  mount(): i32 {
    const status = this.tree.mount();
    if (status >= 0) this.tries = TRIES;
    for (let i = 0; status >= 0 && i < STEPS_AT_MOUNT && this.step(); i++) {}
    return status;
  }

  /** One piece of work, at most one erase. Whether more waits. */
  step(): bool {
    if (this.tree.step()) return true;
    const left = this.tries;
    if (left > 0) this.tries = this.heal() ? left - 1 : 0;
    return this.tries > 0;
  }

  /** Makes the copies of one value equal. Whether some were not. */
  protected heal(): bool {
    const cursor = workspace.cursor;
    const item = this.item;
    cursor.all(BY_KEY, false);
    while (this.tree.nextKey(cursor, item) >= 0) {
      copyKeyBytes = item.keyBytes;
      memory.copy(copyKey, item.key, copyKeyBytes);
      const first = this.digest(FIRST_COPY);
      const version = item.version;
      const second = this.digest(SECOND_COPY);
      if (first == second) continue;
      const isFirst = first >= 0 && (second < 0 || version > item.version);
      if (first != Status.Io && second != Status.Io) this.copy(isFirst ? FIRST_COPY : SECOND_COPY, isFirst ? SECOND_COPY : FIRST_COPY);
      return true;
    }
    return !cursor.isDone;
  }

  /** Finds a copy, and tells its content by length and checksum; NotFound, Corrupt, Io. */
  private digest(copy: u8): i64 {
    const status = this.find(copy);
    if (status < 0) return status;
    let crc: u32 = 0;
    for (let offset = 0, len = 1; len > 0; offset += len) {
      len = this.tree.read(this.item, offset, part, PART_BYTES);
      if (len < 0) return len;
      crc = this.tree.device.crc32(crc, part, len);
    }
    return ((<i64>this.item.valueBytes) << 32) | crc;
  }

  /** Copies one copy to the other. When that finds no room, or damage that is to be dropped first, the next step tries again. */
  private copy(from: u8, to: u8): void {
    const tree = this.tree;
    const item = this.item;
    let status = this.find(from);
    store<u8>(copyKey, to);
    if (status >= 0) status = tree.begin(copyKey, copyKeyBytes, item.valueBytes, 0, ANY_VERSION);
    for (let offset = 0; status >= 0 && offset < item.valueBytes; offset += PART_BYTES) {
      status = tree.read(item, offset, part, PART_BYTES);
      if (status < 0) tree.abort();
      else status = tree.write(part, status);
    }
    if (status >= 0) tree.commit();
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
   * false and try again, then it is full; Corrupt: both copies are damaged, as NoSpace; Invalid: a length out of range; Closed: not
   * mounted; Io: the old or the new one is there.
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
    const tree = this.tree;
    store<u8>(copyKey, copy);
    let status = tree.find(copyKey, copyKeyBytes, this.item);
    if (status != Status.Corrupt && status != Status.Busy) return status;
    // Steps make the index anew, and drop what is damaged.
    this.tries = TRIES;
    do {
      tree.step();
      status = tree.find(copyKey, copyKeyBytes, this.item);
    } while (status == Status.Busy);
    return status;
  }

  private write(src: usize, len: i32): i32 {
    const first = this.writeCopy(FIRST_COPY, src, len);
    // One that is damaged cannot be replaced before a step has dropped it: the other one is enough.
    if (first < 0 && first != Status.Corrupt) return first;
    const second = this.writeCopy(SECOND_COPY, src, len);
    if ((first | second) < 0) this.tries = TRIES;
    return max(first, second);
  }

  protected writeCopy(copy: u8, src: usize, len: i32): i32 {
    const tree = this.tree;
    store<u8>(copyKey, copy);
    let status = tree.begin(copyKey, copyKeyBytes, len, 0, ANY_VERSION);
    while (status == Status.Busy) {
      tree.step();
      status = tree.begin(copyKey, copyKeyBytes, len, 0, ANY_VERSION);
    }
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
