import { parseDecimal } from "../lib/number";
import { OutboxStore } from "./client/outboxStore";
import { readConfig } from "./client/settings";
import { LogLevel, Partition } from "./host/constants";
import { logText } from "./host/log";
import { BlockDevice } from "./store/blockDevice";
import { FlashDevice } from "./store/flashDevice";
import { Eviction, QUEUE } from "./store/store";
import { TreeStore } from "./store/treeStore";

/** Bounds of store.capBytes, as in toolchain/config/schema.ts. */
const CAP_MIN: i32 = 4096;
const CAP_MAX: i32 = 200000000;
const DIGITS_MAX: i32 = 16;

/** Entries of the memtable: a queue that keeps up needs a few, a backlog one each. */
const MEMTABLE_ENTRIES: i32 = 256;
/** Part of the partition that documents cannot take: one in so many. */
const QUEUE_SHARE: i32 = 4;

const digits: usize = memory.data(DIGITS_MAX);

/** Makes the store of a full kernel, and in it the outbox's queue: on the board's partition, or on `device` in its place. */
export function flashStore(device: BlockDevice = new FlashDevice(Partition.Store)): OutboxStore {
  const tree = new TreeStore(device, MEMTABLE_ENTRIES);
  const whole = device.sectorBytes * device.sectorCount;
  tree.setCap(QUEUE, whole, whole / QUEUE_SHARE, Eviction.Refuse);
  const length = readConfig("store.capBytes", digits, DIGITS_MAX);
  if (length > 0) {
    const cap = parseDecimal(digits, length, CAP_MAX);
    if (cap >= CAP_MIN) tree.setCap(QUEUE, cap, min(cap, whole / QUEUE_SHARE), Eviction.Refuse);
    else logText(LogLevel.Error, "store.capBytes: not a size, so the whole partition is used");
  }
  return new OutboxStore(tree);
}
