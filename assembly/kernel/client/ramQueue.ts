import { Status } from "../../lib/status";
import { limits } from "../limits";
import { Disposition } from "../store/item";
import { RecordRef, RecordStore } from "../store/recordStore";

const SEQUENCE: usize = 0;
const CAPTURED: usize = 8;
const TTL: usize = 16;
const FLAGS: usize = 20;
const TOPIC: usize = 24;
const CONTEXT: usize = 28;
const DATA: usize = 32;
const BODY: i32 = 40;

/**
 * Messages without offline storage, oldest first, in one buffer of RAM: the same interface as the store, lost with the power.
 * A full queue refuses the newest.
 *
 *     | 0 i64 sequence | 8 i64 capturedAtMs | 16 i32 ttlSeconds | 20 i32 flags |
 *     | 24 i32 topicBytes | 28 i32 contextBytes | 32 i32 dataBytes | 36 - | 40 topic | context | data |  the next follows
 */
export class RamQueue extends RecordStore {
  private buffer: StaticArray<u8>;
  private used: i32 = 0;
  /** Bytes of the record begun, behind `used`; 0 for none. `written` of them are there. */
  private begun: i32 = 0;
  private written: i32 = 0;
  private sequence: i64 = 0;
  private count: i32 = 0;
  private delivered: i32 = 0;
  private expired: i32 = 0;
  private rejected: i32 = 0;

  constructor(bytes: i32) {
    super();
    this.buffer = new StaticArray<u8>(bytes);
  }

  mount(): i32 {
    return Status.Ok;
  }

  step(): bool {
    return false;
  }

  get boot(): i32 {
    return 0;
  }

  begin(record: RecordRef): i32 {
    const size = BODY + record.topicBytes + record.contextBytes + record.dataBytes;
    if (this.begun) return Status.Invalid;
    if (size > this.buffer.length) return Status.TooLarge;
    if (size > this.buffer.length - this.used) return Status.NoSpace;
    const entry = this.entryAt(this.used);
    record.sequence = this.sequence + 1;
    store<i64>(entry, record.sequence, SEQUENCE);
    store<i64>(entry, record.capturedAtMs, CAPTURED);
    store<i32>(entry, record.ttlSeconds, TTL);
    store<i32>(entry, record.flags, FLAGS);
    store<i32>(entry, record.topicBytes, TOPIC);
    store<i32>(entry, record.contextBytes, CONTEXT);
    store<i32>(entry, record.dataBytes, DATA);
    this.begun = size;
    this.written = BODY;
    return Status.Ok;
  }

  write(src: usize, len: i32): i32 {
    if (len > this.begun - this.written) return Status.Invalid;
    memory.copy(this.entryAt(this.used + this.written), src, len);
    this.written += len;
    return Status.Ok;
  }

  commit(): i32 {
    if (this.begun == 0 || this.written != this.begun) return Status.Invalid;
    this.used += this.begun;
    this.begun = 0;
    this.written = 0;
    this.sequence++;
    this.count++;
    return Status.Ok;
  }

  abort(): void {
    this.begun = 0;
    this.written = 0;
  }

  next(after: i64, out: RecordRef): i32 {
    for (let offset = 0; offset < this.used; offset += this.sizeAt(offset)) {
      const entry = this.entryAt(offset);
      const sequence = load<i64>(entry, SEQUENCE);
      if (sequence <= after) continue;
      out.sequence = sequence;
      out.capturedAtMs = load<i64>(entry, CAPTURED);
      out.ttlSeconds = load<i32>(entry, TTL);
      out.boot = 0;
      out.flags = load<i32>(entry, FLAGS);
      out.topicBytes = load<i32>(entry, TOPIC);
      out.contextBytes = load<i32>(entry, CONTEXT);
      out.dataBytes = load<i32>(entry, DATA);
      return Status.Ok;
    }
    return Status.NotFound;
  }

  check(record: RecordRef): i32 {
    return Status.Ok;
  }

  read(record: RecordRef, offset: i32, dst: usize, len: i32): i32 {
    const at = this.find(record.sequence);
    if (at < 0) return Status.Io;
    const count = min(len, this.sizeAt(at) - BODY - offset);
    memory.copy(dst, this.entryAt(at + BODY + offset), count);
    return count;
  }

  remove(record: RecordRef, disposition: Disposition): i32 {
    const at = this.find(record.sequence);
    if (at < 0) return Status.NotFound;
    const size = this.sizeAt(at);
    memory.copy(this.entryAt(at), this.entryAt(at + size), this.used + this.written - at - size);
    this.used -= size;
    this.count--;
    if (disposition == Disposition.Delivered) this.delivered++;
    else if (disposition == Disposition.Expired) this.expired++;
    else this.rejected++;
    return Status.Ok;
  }

  get storedTotal(): i32 {
    return <i32>this.sequence;
  }

  get deliveredTotal(): i32 {
    return this.delivered;
  }

  get expiredTotal(): i32 {
    return this.expired;
  }

  get evictedTotal(): i32 {
    return 0;
  }

  get rejectedTotal(): i32 {
    return this.rejected;
  }

  get waiting(): i32 {
    return this.count;
  }

  get corrupt(): i32 {
    return 0;
  }

  get lastSequence(): i64 {
    return this.sequence;
  }

  /** Percent of the buffer that is taken. */
  get load(): i32 {
    return (this.used * 100) / this.buffer.length;
  }

  private find(sequence: i64): i32 {
    for (let offset = 0; offset < this.used; offset += this.sizeAt(offset)) {
      if (load<i64>(this.entryAt(offset), SEQUENCE) == sequence) return offset;
    }
    return Status.NotFound;
  }

  private entryAt(offset: i32): usize {
    return changetype<usize>(this.buffer) + offset;
  }

  private sizeAt(offset: i32): i32 {
    const entry = this.entryAt(offset);
    return BODY + load<i32>(entry, TOPIC) + load<i32>(entry, CONTEXT) + load<i32>(entry, DATA);
  }
}

export const queue = new RamQueue(limits.queueBytes);
