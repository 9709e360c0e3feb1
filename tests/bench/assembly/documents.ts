/**
 * Documents by themselves, over the flash rows of the host: a kernel to the host, whose `syscall` does one thing a row. Documents are
 * 106 bytes, as the peers' are; path "n" is indexed.
 */
import "../../../assembly/kernel/host/abort";
import { Partition } from "../../../assembly/kernel/host/constants";
import { Documents } from "../../../assembly/kernel/store/documents/documents";
import { FlashDevice } from "../../../assembly/kernel/store/flash/flashDevice";
import { TreeStore } from "../../../assembly/kernel/store/treeStore";
import { Writer } from "../../../assembly/lib/bytes";
import { Status } from "../../../assembly/lib/status";

/** What is asked: one document by what no index has, eight by an index, 180 by a comparison, ten from a key on. */
enum Question {
  Scan,
  Indexed,
  Greater,
  Range,
}

const DOCUMENT_BYTES: i32 = 106;
const RANGE_RESULTS: i32 = 10;
/** Of "n": 1,000 documents have each of its values eight times. */
const VALUES: i32 = 125;
const TTL_SECONDS: i32 = 100;
const BUDGET: i32 = 16;
const MEMTABLE_ENTRIES: i32 = 288;

const key: usize = memory.data(16, 8);
const body: usize = memory.data(128, 8);
const writer = new Writer();
let db: TreeStore = changetype<TreeStore>(0);
let documents: Documents = changetype<Documents>(0);
/** Of the documents, without the store below them; static data of both. */
let ramBytes: i32 = 0;

/** Writes n with five digits. */
function digits(n: i32): void {
  for (let unit = 10000; unit > 0; unit /= 10) writer.u8(48 + ((n / unit) % 10));
}

/** "key" and five digits. Returns its length. */
function keyOf(n: i32): i32 {
  writer.reset(key, 16);
  writer.text("key");
  digits(n);
  return writer.length;
}

/** A document of 106 bytes: no number begins with 0, so they begin with 1. */
function documentOf(n: i32): i32 {
  writer.reset(body, 128);
  writer.text('{"n":1');
  digits(n % VALUES);
  writer.text(',"i":1');
  digits(n);
  writer.text(',"t":"');
  while (writer.length < DOCUMENT_BYTES - 2) writer.u8(97 + (writer.length % 26));
  writer.text('"}');
  return writer.length;
}

function question(which: i32): i32 {
  writer.reset(body, 128);
  if (which == Question.Scan) writer.text('{"i":100500}');
  else if (which == Question.Indexed) writer.text('{"n":100007}');
  else writer.text('{"i":{"$gt":100819}}');
  return writer.length;
}

/** Asks, and reads each result. How many there were. */
function ask(which: i32): i32 {
  const query = documents.query;
  let status: i32;
  if (which == Question.Range) status = query.openKeys(key, keyOf(400), 0, 0, 0);
  else status = query.open(body, question(which), true);
  let results = 0;
  while (status >= 0 && !(which == Question.Range && results == RANGE_RESULTS)) {
    do status = query.next(BUDGET);
    while (status == Status.Busy);
    if (status < 0) break;
    query.result.copy(0, query.result.length, body);
    results++;
  }
  query.close();
  return results;
}

function get(n: i32): i32 {
  const status = documents.get(key, keyOf(n));
  if (status < 0) return status;
  documents.found.copy(0, documents.found.length, body);
  return documents.found.length - DOCUMENT_BYTES;
}

function mount(): i32 {
  const status = db.mount();
  if (status < 0) return status;
  documents.open();
  writer.reset(key, 16);
  writer.text("n");
  return documents.index(key, 1);
}

function setTime(seconds: i32): i32 {
  db.setTime(<i64>seconds * 1000, 1700000000000 + <i64>seconds * 1000);
  documents.setTime(<i64>seconds * 1000, 1700000000000 + <i64>seconds * 1000);
  return Status.Ok;
}

function put(n: i32, ttlSeconds: i32): i32 {
  const keyBytes = keyOf(n);
  return documents.put(key, keyBytes, body, documentOf(n), 0, 0, ttlSeconds);
}

/** By the numbers of tests/bench/target/store_rows.h. A table keeps each a function of its own: in one, they would be too large for a board. */
const ROWS: StaticArray<(argument: i32) => i32> = [
  (): i32 => Status.Ok,
  (): i32 => ramBytes,
  (): i32 => mount(),
  (seconds: i32): i32 => setTime(seconds),
  (): i32 => i32(db.step() || documents.step()),
  (n: i32): i32 => put(n, 0),
  (n: i32): i32 => put(n, TTL_SECONDS),
  (n: i32): i32 => get(n),
  (n: i32): i32 => documents.remove(key, keyOf(n)) - 1,
  (which: i32): i32 => ask(which),
  (most: i32): i32 => documents.cleanup(most),
];

export function syscall(row: i32, nowMs: i64, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32, a7: i32): i32 {
  return unchecked(ROWS[row])(a0);
}

export function abi_version(): i32 {
  return 1;
}
export function setup(): i32 {
  db = new TreeStore(new FlashDevice(Partition.Store), MEMTABLE_ENTRIES);
  const before = heap.alloc(0);
  documents = new Documents(db);
  ramBytes = <i32>(heap.alloc(0) - before + __heap_base);
  return Status.Ok;
}
export function step(nowMs: i64): i32 {
  return 0;
}
export function exchange(): usize {
  return body;
}
export function app_started(restarts: i32): i32 {
  return 0;
}
