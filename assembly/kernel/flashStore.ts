import { parseDecimal } from "../lib/number";
import { OutboxStore } from "./client/outboxStore";
import { readConfig } from "./client/settings";
import { LogLevel, Partition } from "./host/constants";
import { logText } from "./host/log";
import { limits } from "./limits";
import { BlockDevice } from "./store/flash/blockDevice";
import { FlashDevice } from "./store/flash/flashDevice";
import { Eviction, QUEUE } from "./store/store";
import { Parts } from "./store/parts";
import { TreeStore } from "./store/treeStore";

/** Bounds of store.capBytes, as in toolchain/config/schema.ts. */
const CAP_MIN: i32 = 4096;
const CAP_MAX: i32 = 200000000;
const DIGITS_MAX: i32 = 16;

/** Part of the partition that documents cannot take: one in so many. */
const QUEUE_SHARE: i32 = 4;

const digits: usize = memory.data(DIGITS_MAX, 1);

const flash = new FlashDevice(Partition.Store);
/** Made when the module is built. */
const tree = new TreeStore(flash, limits.memtableEntries, new Parts(), limits.hasIndexes);
const outboxStore = new OutboxStore(tree);

/** The store of a full kernel, and in it the outbox's queue, within what the configuration says. */
export function flashStore(): OutboxStore {
  capQueue(tree, flash);
  return outboxStore;
}

/** Bounds the queue in a store on `device`, by the configuration. */
export function capQueue(tree: TreeStore, device: BlockDevice): void {
  device.measure();
  const whole = device.sectorBytes * device.sectorCount;
  tree.setCap(QUEUE, whole, whole / QUEUE_SHARE, Eviction.Refuse);
  const length = readConfig("store.capBytes", digits, DIGITS_MAX);
  if (length <= 0) return;
  const cap = parseDecimal(digits, length, CAP_MAX);
  if (cap >= CAP_MIN) tree.setCap(QUEUE, cap, min(cap, whole / QUEUE_SHARE), Eviction.Refuse);
  else logText(LogLevel.Error, "store.capBytes: not a size, so the whole partition is used");
}
