import { FLAG_ENVELOPE, FLAG_QOS_MASK } from "../../sdk/flags";
import { Writer } from "../../lib/bytes";
import { writeI64 } from "../../lib/number";
import { Status } from "../../lib/status";
import { InFlightEntry } from "../client/inFlight";
import { outbox } from "../client/outbox";
import { RECORD_CLOCK_VALID, RecordRef } from "../store/recordStore";
import { POINTS_MAX, POINTS_SHIFT, sessionLimits } from "./sessionLimits";

/** Records of one message. */
const ROWS_MAX: i32 = 16;
/** Payload of one message: eight tenths of the default packet limit, less head and topic. Source: spec/thingsboard.md, 9. */
const BYTES_MAX: i32 = 3240;
/** What stands between the data of two records: end of one row and begin of the next, each with a number. */
const LITERAL_BYTES: i32 = 96;
/** What readings that go together have in common. */
const KIND: i32 = FLAG_ENVELOPE | FLAG_QOS_MASK | RECORD_CLOCK_VALID;

/**
 * Readings that wait behind each other and go out as one message, each a row with its own time, because a limit counts messages:
 *
 *     [{"ts":1,"values":{...}},{"ts":2,"values":{...}}]
 *
 * They stay records of their own: the first is in flight for all, and they are removed together.
 */
export class Bundle {
  private readonly times: StaticArray<i64> = new StaticArray<i64>(ROWS_MAX);
  private readonly sizes: StaticArray<i32> = new StaticArray<i32>(ROWS_MAX);
  /** The record that is looked at, or sent. */
  private readonly record: RecordRef = new RecordRef();
  private readonly bytesBetween: StaticArray<u8> = new StaticArray<u8>(LITERAL_BYTES);
  private readonly between: Writer = new Writer();
  private count: i32 = 0;
  /** Row that is being sent, and what of it is gone: of the text in front of its data, of the data. */
  private row: i32 = 0;
  private betweenAt: i32 = 0;
  private dataAt: i32 = 0;
  /** Whether each row tells its sequence number. */
  hasSequence: bool = false;
  /** Bytes of the payload of what was gathered last. */
  payloadBytes: i32 = 0;

  /**
   * Finds what may go with a reading whose turn it is, `room` records at most, and notes their data points with it. Returns how many; they follow
   * it without a gap.
   */
  gather(entry: InFlightEntry, room: i32): i32 {
    const leader = entry.record;
    const source = entry.source;
    let points = leader.flags >> POINTS_SHIFT;
    this.count = 1;
    if (points == 0 || (leader.flags & (FLAG_ENVELOPE | RECORD_CLOCK_VALID)) != (FLAG_ENVELOPE | RECORD_CLOCK_VALID)) return 0;
    let bytes = 1 + this.note(0, leader);
    const next = this.record;
    const most = min(room, ROWS_MAX - 1);
    for (let sequence = leader.sequence; this.count <= most && sequence < source.lastSequence; sequence++) {
      if (source.next(sequence, next) != Status.Ok || next.sequence != sequence + 1) break;
      const isAlike =
        ((next.flags ^ leader.flags) & KIND) == 0 && next.topicBytes == leader.topicBytes && next.contextBytes == leader.contextBytes;
      if (!isAlike || next.flags >> POINTS_SHIFT == 0 || outbox.isOver(next, source)) break;
      points += next.flags >> POINTS_SHIFT;
      bytes += this.note(this.count, next);
      if (points > min(sessionLimits.pointsMax, POINTS_MAX) || bytes > min(BYTES_MAX, sessionLimits.payloadMax)) break;
      leader.flags = (leader.flags & ~(POINTS_MAX << POINTS_SHIFT)) | (points << POINTS_SHIFT);
      this.payloadBytes = bytes;
      this.count++;
    }
    if (this.count == 1) return 0;
    this.row = -1;
    next.sequence = leader.sequence - 1;
    next.topicBytes = leader.topicBytes + leader.contextBytes;
    this.goOn();
    return this.count - 1;
  }

  /** Writes the next bytes of the payload to dst: u8[len]. False: a record cannot be read. */
  read(entry: InFlightEntry, dst: usize, len: i32): bool {
    const record = this.record;
    while (len > 0) {
      let part = min(len, this.between.length - this.betweenAt);
      if (part > 0) {
        memory.copy(dst, changetype<usize>(this.bytesBetween) + this.betweenAt, part);
        this.betweenAt += part;
      } else {
        const left = this.row < this.count ? unchecked(this.sizes[this.row]) - this.dataAt : 0;
        part = min(len, left);
        if (part == 0) this.goOn();
        else if (entry.source.read(record, record.topicBytes + this.dataAt, dst, part) != part) return false;
        this.dataAt += part;
      }
      dst += part;
      len -= part;
    }
    return true;
  }

  /** Keeps what a row needs. Bytes it takes, its comma or the list's end included. */
  private note(row: i32, record: RecordRef): i32 {
    unchecked((this.times[row] = record.capturedAtMs));
    unchecked((this.sizes[row] = record.dataBytes));
    this.reset();
    openRow(this.between, record.capturedAtMs);
    closeRow(this.between, this.hasSequence ? record.sequence : 0);
    return this.between.length + record.dataBytes + 1;
  }

  /** Composes what stands behind a row and in front of the next. */
  private goOn(): void {
    this.reset();
    const out = this.between;
    if (this.row >= 0) closeRow(out, this.hasSequence ? this.record.sequence : 0);
    this.row++;
    this.record.sequence++;
    if (this.row == this.count) out.u8(0x5d);
    else {
      out.u8(this.row ? 0x2c : 0x5b);
      openRow(out, unchecked(this.times[this.row]));
    }
  }

  private reset(): void {
    this.between.reset(changetype<usize>(this.bytesBetween), LITERAL_BYTES);
    this.betweenAt = 0;
    this.dataAt = 0;
  }
}

/** Writes what stands in front of the values of a row with a time. */
export function openRow(out: Writer, ts: i64): void {
  out.text('{"ts":');
  writeI64(out, ts);
  out.text(',"values":');
}

/** Writes what stands behind them; sequence 0: the row does not tell it. */
export function closeRow(out: Writer, sequence: i64): void {
  if (sequence) {
    out.text(',"metadata":{"seq":');
    writeI64(out, sequence);
    out.u8(0x7d);
  }
  out.u8(0x7d);
}

export const bundle = new Bundle();
