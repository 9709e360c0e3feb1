/**
 * The outbox's queue in the store, by itself, over the flash rows of the host. It is a kernel to the host, on either engine, whose
 * `syscall` does one of two works `count` times and returns how often it was done.
 */
import "../../../assembly/kernel/host/abort";
import { Status } from "../../../assembly/lib/status";
import { Partition } from "../../../assembly/kernel/host/constants";
import { FlashDevice } from "../../../assembly/kernel/store/flash/flashDevice";
import { OutboxStore } from "../../../assembly/kernel/client/outboxStore";
import { Disposition } from "../../../assembly/kernel/store/item";
import { RecordRef } from "../../../assembly/kernel/store/recordStore";
import { TreeStore } from "../../../assembly/kernel/store/treeStore";

/** Of the memtable, as in kernels without documents. */
const ENTRIES: i32 = 128;
const TOPIC_BYTES: i32 = 28;
const DATA_BYTES: i32 = 100;
/** A step erases one sector at most: more of them in a row find nothing to do. */
const STEPS_MAX: i32 = 4;

const body = memory.data(TOPIC_BYTES + DATA_BYTES);
let log: OutboxStore = changetype<OutboxStore>(0);
const record = new RecordRef();
const oldest = new RecordRef();
memory.fill(body, 0x62, TOPIC_BYTES + DATA_BYTES);

/** Stores one record, as the kernel does: a step of the store beside each call. */
function append(): bool {
  record.topicBytes = TOPIC_BYTES;
  record.dataBytes = DATA_BYTES;
  log.step();
  let status = log.begin(record);
  for (let i = 0; status == Status.NoSpace && i < STEPS_MAX; i++) {
    log.step();
    status = log.begin(record);
  }
  if (status < 0) return false;
  if (log.write(body, TOPIC_BYTES) < 0 || log.write(body + TOPIC_BYTES, DATA_BYTES) < 0) return false;
  return log.commit() == Status.Ok;
}

/** Finds the oldest record, its checksum verified, and removes it. */
function removeOldest(): bool {
  return log.next(oldest.sequence, oldest) == Status.Ok && log.remove(oldest, Disposition.Delivered) == Status.Ok;
}

/** row: 0 append, 1 append and remove the oldest; a0: count. */
export function syscall(row: i32, nowMs: i64, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32, a7: i32): i32 {
  let done = 0;
  while (done < a0 && append() && (row == 0 || removeOldest())) done++;
  return done;
}

export function abi_version(): i32 {
  return 1;
}
export function setup(): i32 {
  log = new OutboxStore(new TreeStore(new FlashDevice(Partition.Store), ENTRIES));
  return log.mount();
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
