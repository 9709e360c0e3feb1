/**
 * The store by itself over the flash rows of the host, one operation a call: what the fault sweep drives on either engine. To the
 * host it is a kernel; its `syscall` takes the rows below. After `make` it allocates nothing and keeps nothing in globals, so a
 * copy of its linear memory is a copy of its state.
 */
import "../../../assembly/kernel/host/abort";
import { packCounts } from "../../../assembly/kernel/store/space/packedCounts";
import { Core } from "../../../assembly/kernel/store/core";
import { BlockDevice } from "../../../assembly/kernel/store/flash/blockDevice";
import { Parts } from "../../../assembly/kernel/store/parts";
import { Cursor } from "../../../assembly/kernel/store/tree/cursor";
import { ANY_VERSION, FIRST_INDEX, Item, SURELY_NEW } from "../../../assembly/kernel/store/item";
import { Store, StoreStats, VerifyReport } from "../../../assembly/kernel/store/store";
import { TreeStore } from "../../../assembly/kernel/store/treeStore";
import { unitOf } from "../../../assembly/kernel/store/tree/page";
import { UNIT } from "../../../assembly/kernel/store/flash/units";
import { Status } from "../../../assembly/lib/status";
import { deviceOf, partsOf } from "../kernels/brokenStores";
import { getState, makeState, mountState, putState, stepState } from "../kernels/stateRows";

const TAG_INDEX: i32 = FIRST_INDEX;
const NUMBER_INDEX: i32 = FIRST_INDEX + 1;
/** Tags that the numbers are spread over. */
const TAGS: i32 = 5;
const KEY_BYTES: i32 = 64;
const VALUE_BYTES: i32 = 4096;
/** Parts of a verify after which it hangs. */
const VERIFY_CALLS: i32 = 10000;
/** Of a page on the flash: its level, behind the header of the record. */
const LEVEL_AT: i32 = 4;

/** Wall clock at which the monotonic one begins, in ms. */
const MONOTONIC_ZERO: i64 = 1699999000000;

/** Exchange: u8[64] key, u8[4096] value or what the row says, u32 seconds at which the record found expires. */
const buffer = memory.data(KEY_BYTES + VALUE_BYTES + 4, 8);
const VALUE: usize = buffer + KEY_BYTES;
const encoded = memory.data(8);

let db: Store = changetype<Store>(0);
let core: Core | null = null;
const item = new Item();
const cursor = new Cursor();
const stats = new StoreStats();
const report = new VerifyReport();

/** What the real store is made of, and its core to be looked into. */
class SeenParts extends Parts {
  core(device: BlockDevice, entries: i32, isIndexed: bool): Core {
    core = super.core(device, entries, isIndexed);
    return core!;
  }
}

function make(variant: i32, durability: i32, entries: i32): i32 {
  const device = deviceOf(variant);
  const tree = new TreeStore(device, entries, variant == 0 ? new SeenParts() : partsOf(variant, device));
  tree.measure();
  tree.startVerify(); // What a verify needs is made by the first.
  db = tree;
  db.durability = durability;
  return Status.Ok;
}

/** The partition `state` instead. */
function makeSmall(variant: i32): i32 {
  const device = deviceOf(variant);
  return makeState(variant, device, partsOf(variant, device));
}

/** number: with the entries of both indexes, -1: with none. */
function put(keyBytes: i32, valueBytes: i32, ttlSeconds: i32, number: i32): i32 {
  // The keys of the queue only grow: as the outbox has it, nothing is looked up.
  let status = db.begin(buffer, keyBytes, valueBytes, ttlSeconds, load<u8>(buffer) == 0 ? SURELY_NEW : ANY_VERSION);
  if (status < 0) return status;
  // In two parts: a value may come in pieces.
  const half = valueBytes >> 1;
  status = db.write(VALUE, half);
  if (status >= 0) status = db.write(VALUE + half, valueBytes - half);
  if (status < 0) return status;
  if (number >= 0) {
    store<u8>(encoded, 0x74);
    store<u8>(encoded, 0x30 + (number % TAGS), 1);
    store<u8>(encoded, 0, 2);
    status = db.addEntry(TAG_INDEX, encoded, 3);
    store<u16>(encoded, bswap<u16>(<u16>number));
    if (status >= 0) status = db.addEntry(NUMBER_INDEX, encoded, 2);
  }
  if (status < 0) {
    db.abort();
    return status;
  }
  return db.commit();
}

/** Value and expiry to the exchange buffer. Bytes of the value, or a status. */
function find(keyBytes: i32): i32 {
  const status = db.find(buffer, keyBytes, item);
  if (status < 0) return status;
  store<u32>(VALUE + VALUE_BYTES, item.expiresAt);
  return db.read(item, 0, VALUE, min(item.valueBytes, VALUE_BYTES));
}

/** Key of the next record to the exchange buffer. Bytes of the key, or a status. */
function next(): i32 {
  const status = db.nextKey(cursor, item);
  if (status < 0) return status;
  memory.copy(buffer, item.key, item.keyBytes);
  return item.keyBytes;
}

/** i32[9] to the value's place, as in a checkpoint: records, live units, stored, overwritten, deleted, delivered, expired, evicted, lost. */
function counts(space: i32): i32 {
  packCounts(VALUE, db.counts(space));
  return Status.Ok;
}

/** i32[4] to the value's place: corrupt, bad sectors, used and free bytes. */
function statistics(): i32 {
  const status = db.stats(stats);
  store<i32>(VALUE, db.corrupt);
  store<i32>(VALUE, stats.badSectors, 4);
  store<i32>(VALUE, stats.usedBytes, 8);
  store<i32>(VALUE, stats.freeBytes, 12);
  return status;
}

/** Whether the index was found whole, as i32[3] at the value's place: records, corrupt, dangling. */
function verify(): i32 {
  report.clear();
  db.startVerify();
  for (let i = 0; i < VERIFY_CALLS && !report.isDone; i++) {
    const status = db.verify(report);
    if (status < 0) return status;
  }
  store<i32>(VALUE, report.records);
  store<i32>(VALUE, report.corrupt, 4);
  store<i32>(VALUE, report.dangling, 8);
  return report.isDone ? Status.Ok : Status.Timeout;
}
/** Levels of the tree as the last checkpoint left it; of a broken store 0. */
function levels(): i32 {
  if (!core || core!.tree.root == 0) return 0;
  const tree = core!.tree;
  const status = tree.page.load(tree.root);
  return status < 0 ? status : tree.page.level + 1;
}

/**
 * Of the branches above the leaves, the first so many that one branch leads to: how many of them tell where their middle entry begins, by the bit
 * that says so on the flash.
 */
function halved(): i32 {
  if (!core || core!.tree.root == 0) return 0;
  const page = core!.tree.page;
  let above = core!.tree.root;
  let status = page.load(above);
  while (status >= 0 && page.level > 2 && page.next()) {
    above = page.payload;
    status = page.load(above);
  }
  if (status < 0 || page.level != 2) return status;
  let found = 0;
  while (page.next()) {
    status = core!.ring.read(unitOf(page.payload), 0, VALUE, UNIT);
    if (status < 0) return status;
    found += load<u8>(VALUE, LEVEL_AT) >> 7;
  }
  return found;
}

type Handler = (a0: i32, a1: i32, a2: i32, a3: i32) => i32;

/** In the order of guest_row_t in store_guest.h. A table, so that no row is compiled into another. */
const rows: StaticArray<Handler> = [
  (variant, durability, entries, a3) => make(variant, durability, entries),
  (a0, a1, a2, a3) => db.mount(),
  (a0, a1, a2, a3) => i32(db.step()),
  (wallSeconds, a1, a2, a3) => {
    db.setTime(<i64>wallSeconds * 1000 - MONOTONIC_ZERO, <i64>wallSeconds * 1000);
    return Status.Ok;
  },
  (keyBytes, valueBytes, ttlSeconds, number) => put(keyBytes, valueBytes, ttlSeconds, number),
  (keyBytes, disposition, a2, a3) => db.remove(buffer, keyBytes, disposition, ANY_VERSION),
  (keyBytes, ttlSeconds, a2, a3) => db.touch(buffer, keyBytes, ttlSeconds),
  (a0, a1, a2, a3) => db.beginBatch(),
  (a0, a1, a2, a3) => db.commitBatch(),
  (a0, a1, a2, a3) => {
    db.abortBatch();
    return Status.Ok;
  },
  (most, a1, a2, a3) => db.sweep(most),
  (space, a1, a2, a3) => db.purge(space),
  (a0, a1, a2, a3) => db.flush(),
  (keyBytes, a1, a2, a3) => find(keyBytes),
  (index, isReverse, a2, a3) => {
    cursor.all(index, isReverse != 0);
    return Status.Ok;
  },
  (a0, a1, a2, a3) => next(),
  (space, a1, a2, a3) => counts(space),
  (a0, a1, a2, a3) => statistics(),
  (a0, a1, a2, a3) => verify(),
  (space, capBytes, reservedBytes, eviction) => {
    db.setCap(space, capBytes, reservedBytes, eviction);
    return Status.Ok;
  },
  (a0, a1, a2, a3) => <i32>min<i64>(db.msToExpiry(), i32.MAX_VALUE),
  (variant, a1, a2, a3) => makeSmall(variant),
  (a0, a1, a2, a3) => mountState(),
  (a0, a1, a2, a3) => stepState(),
  (name, bytes, a2, a3) => putState(name, VALUE, bytes),
  (name, a1, a2, a3) => getState(name, VALUE, VALUE_BYTES),
  (a0, a1, a2, a3) => levels(),
  (a0, a1, a2, a3) => (core ? unitOf(core!.tree.root) : 0),
  (a0, a1, a2, a3) => (core ? core!.tree.units : 0),
  (a0, a1, a2, a3) => halved(),
];

export function syscall(row: i32, nowMs: i64, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32, a7: i32): i32 {
  return rows[row](a0, a1, a2, a3);
}

export function abi_version(): i32 {
  return 1;
}
export function setup(): i32 {
  return Status.Ok;
}
export function step(nowMs: i64): i32 {
  return 0;
}
export function exchange(): usize {
  return buffer;
}
export function app_started(restarts: i32): i32 {
  return 0;
}
