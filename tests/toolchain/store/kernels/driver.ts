/** The store's engine with handles for a test: a store on the board's partition, and its queue. Spans lie in `buffer`. */
import "../../../../assembly/kernel/host/abort";
import { OutboxStore } from "../../../../assembly/kernel/client/outboxStore";
import { Partition } from "../../../../assembly/kernel/host/constants";
import { BY_KEY, Cursor } from "../../../../assembly/kernel/store/tree/cursor";
import { FlashDevice } from "../../../../assembly/kernel/store/flash/flashDevice";
import { ANY_VERSION, Item } from "../../../../assembly/kernel/store/item";
import { RecordRef } from "../../../../assembly/kernel/store/recordStore";
import { SpaceCounts } from "../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";

const BUFFER_BYTES: i32 = 65536 + 1024;
const MEMTABLE_ENTRIES: i32 = 64;

const span = memory.data(BUFFER_BYTES);
let db!: TreeStore;
let queue!: OutboxStore;
const item = new Item();
const record = new RecordRef();
const cursor = new Cursor();

export function buffer(): usize {
  return span;
}

/** Makes the store: not while the module starts, for then the host has no memory yet to put the geometry into. */
export function setup(): void {
  db = new TreeStore(new FlashDevice(Partition.Store), MEMTABLE_ENTRIES);
  queue = new OutboxStore(db);
}

export function setTime(nowMs: i64, wallMs: i64): void {
  db.setTime(nowMs, wallMs);
}

export function mount(): i32 {
  return queue.mount();
}

export function step(): bool {
  return queue.step();
}

/** buffer: key, value, then entries as a record has them: u8 (index id << 5 | length), u8[length] each. */
export function put(keyBytes: i32, valueBytes: i32, entriesBytes: i32, ttlSeconds: i32): i32 {
  let status = db.begin(span, keyBytes, valueBytes, ttlSeconds, ANY_VERSION);
  if (status < 0) return status;
  status = db.write(span + keyBytes, valueBytes);
  if (status < 0) return status;
  let entry = span + keyBytes + valueBytes;
  const end = entry + entriesBytes;
  while (entry < end) {
    const head = load<u8>(entry);
    status = db.addEntry(head >> 5, entry + 1, head & 31);
    if (status < 0) {
      db.abort();
      return status;
    }
    entry += 1 + (head & 31);
  }
  return db.commit();
}

export function remove(keyBytes: i32, disposition: i32): i32 {
  return db.remove(span, keyBytes, disposition, ANY_VERSION);
}

export function touch(keyBytes: i32, ttlSeconds: i32): i32 {
  return db.touch(span, keyBytes, ttlSeconds);
}

export function beginBatch(): i32 {
  return db.beginBatch();
}

export function commitBatch(): i32 {
  return db.commitBatch();
}

export function abortBatch(): void {
  db.abortBatch();
}

export function sweep(most: i32): i32 {
  return db.sweep(most);
}

export function purge(space: i32): i32 {
  return db.purge(space);
}

export function setCap(space: i32, bytes: i32, eviction: i32): void {
  db.setCap(space, bytes, 0, eviction);
}

/** buffer: topic, context, data. */
export function publish(topicBytes: i32, contextBytes: i32, dataBytes: i32, flags: i32, capturedAtMs: i64, ttlSeconds: i32): i32 {
  record.capturedAtMs = capturedAtMs;
  record.ttlSeconds = ttlSeconds;
  record.flags = flags;
  record.topicBytes = topicBytes;
  record.contextBytes = contextBytes;
  record.dataBytes = dataBytes;
  let status = queue.begin(record);
  if (status < 0) return status;
  const bytes = topicBytes + contextBytes + dataBytes;
  status = queue.write(span, bytes);
  return status < 0 ? status : queue.commit();
}

export function rewind(): void {
  cursor.all(BY_KEY, false);
}

/** Next record in the order by key, at `buffer`: its key, then its value. Ok, or NotFound at the end. */
export function next(): i32 {
  const status = db.next(cursor, item);
  return status < 0 ? status : fetch(item);
}

export function find(keyBytes: i32): i32 {
  const status = db.find(span, keyBytes, item);
  return status < 0 ? status : fetch(item);
}

function fetch(found: Item): i32 {
  memory.copy(span, found.key, found.keyBytes);
  const read = db.read(found, 0, span + found.keyBytes, found.valueBytes);
  return read == found.valueBytes ? Status.Ok : Status.Corrupt;
}

export function keyBytes(): i32 {
  return item.keyBytes;
}

export function valueBytes(): i32 {
  return item.valueBytes;
}

export function version(): i64 {
  return item.version;
}

export function expiresAt(): u32 {
  return item.expiresAt;
}

export function isWallClock(): bool {
  return item.isClockValid;
}

export function boot(): i32 {
  return db.boot;
}

/** Counter `number` of a space, in the order of SPEC.md, 6. */
export function count(space: i32, number: i32): i32 {
  const counts: SpaceCounts = db.counts(space);
  return load<i32>(changetype<usize>(counts) + ((<usize>number) << 2));
}
