/**
 * The store's engine by itself, over the flash rows of the host: a kernel to the host, whose `syscall` does one thing a row.
 * Keys are four bytes, values 100: the workload of the peers.
 */
import "../../../assembly/kernel/host/abort";
import { Partition } from "../../../assembly/kernel/host/constants";
import { FlashDevice } from "../../../assembly/kernel/store/flash/flashDevice";
import { ANY_VERSION, Disposition, Item } from "../../../assembly/kernel/store/item";
import { DEFAULT_ENTRIES, TreeStore } from "../../../assembly/kernel/store/treeStore";
import { Status } from "../../../assembly/lib/status";

/** As in tests/bench/target/store_rows.h. */
enum Row {
  Nothing,
  Make,
  Mount,
  SetTime,
  Step,
  Put,
  PutRich,
  Get,
  Remove,
}

const KEY_BYTES: i32 = 4;
const VALUE_BYTES: i32 = 100;
const TTL_SECONDS: i32 = 3600;
/** An index of the caller's, its values four bytes. */
const INDEX: i32 = 3;

const key: usize = memory.data(8, 8);
const value: usize = memory.data(104, 8);
let db: TreeStore = changetype<TreeStore>(0);
const beforeItem = heap.alloc(0);
const item = new Item();
/** What is here for the rows alone: key, value, item. */
const OWN_BYTES = 8 + 104 + (heap.alloc(0) - beforeItem);

/** Four bytes whose order is that of n, below 262,144. */
function keyOf(n: i32): void {
  store<u8>(key, 107);
  store<u8>(key, 48 + (n >> 12), 1);
  store<u8>(key, 48 + ((n >> 6) & 63), 2);
  store<u8>(key, 48 + (n & 63), 3);
}

function put(n: i32, round: i32, isRich: bool): i32 {
  keyOf(n);
  let status = db.begin(key, KEY_BYTES, VALUE_BYTES, isRich ? TTL_SECONDS : 0, ANY_VERSION);
  if (status >= 0) status = db.write(value, VALUE_BYTES);
  if (status >= 0 && isRich) {
    store<u32>(value, bswap(round * 7919));
    status = db.addEntry(INDEX, value, 4);
  }
  return status < 0 ? status : db.commit();
}

function get(n: i32): i32 {
  keyOf(n);
  const status = db.find(key, KEY_BYTES, item);
  return status < 0 ? status : db.read(item, 0, value, VALUE_BYTES) - VALUE_BYTES;
}

/**
 * Makes a store with a memtable of so many entries, 0: as kernels with documents have them. Returns the bytes of linear memory that it takes, from the first on: static data and
 * what all stores share, which is made when the module is built.
 */
function make(entries: i32): i32 {
  db = new TreeStore(new FlashDevice(Partition.Store), entries > 0 ? entries : DEFAULT_ENTRIES);
  db.measure();
  return <i32>(heap.alloc(0) - OWN_BYTES);
}

export function syscall(row: i32, nowMs: i64, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32, a7: i32): i32 {
  switch (row) {
    case Row.Nothing:
      return Status.Ok;
    case Row.Make:
      return make(a0);
    case Row.Mount:
      return db.mount();
    case Row.SetTime: {
      db.setTime(<i64>a0 * 1000, 1700000000000 + <i64>a0 * 1000);
      return Status.Ok;
    }
    case Row.Step:
      return i32(db.step());
    case Row.Put:
      return put(a0, a1, false);
    case Row.PutRich:
      return put(a0, a1, true);
    case Row.Get:
      return get(a0);
    default:
      keyOf(a0);
      return db.remove(key, KEY_BYTES, Disposition.Deleted, ANY_VERSION);
  }
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
  return value;
}
export function app_started(restarts: i32): i32 {
  return 0;
}
