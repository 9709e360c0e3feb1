import { FLAG_ENVELOPE } from "../../sdk/flags";
import { JsonMembers } from "../../lib/jsonMembers";
import { equalBytes, Writer } from "../../lib/bytes";
import { Status } from "../../lib/status";
import { equalsText } from "../../lib/text";
import { isUtf8 } from "../../lib/utf8";
import { clock } from "../client/clock";
import { publications } from "../client/publications";
import { limits } from "../limits";
import { openRow } from "./bundle";
import { POINTS_MAX, POINTS_SHIFT, sessionLimits } from "./sessionLimits";
import { TELEMETRY, topicAt, writeTopic } from "./topics";

/** What a row has around its values: `,{"ts":`, 15 digits, `,"values":{}}` and the list's `]`; and `,"metadata":`. */
const ROW_BYTES: i32 = 36;
const METADATA_BYTES: i32 = 12;
const TIME_DIGITS: i32 = 15;
const UNTIMED: i64 = -1;
const NULL: i32 = 0x6e;
const OBJECT: i32 = 0x7b;

const members = new JsonMembers();
const rows = new JsonMembers();
const last = new JsonMembers();
const probe = new JsonMembers();

/** Data points of an object of values: u8[len], as limits count them. Invalid: no object, empty, or one is null. Source: spec, 3 and 9. */
export function countPoints(values: usize, len: i32): i32 {
  if (!members.open(values, len) || members.isList) return Status.Invalid;
  let count = 0;
  while (members.next()) {
    if (members.kind == NULL || members.nameLen == 0) return Status.Invalid;
    count++;
  }
  return members.isBroken || count == 0 ? Status.Invalid : min(count + len / 1000, POINTS_MAX);
}

/**
 * Telemetry in its four shapes. An object without time is stored as it is and gets its time when it is sent, from its capture;
 * what comes with times, or in a list, or has more values than one message may, is put together in a buffer, rows of one time as one
 * object, each buffer a message:
 *
 *     [ {"ts":1,"values":{...}} , {...} , ...
 */
export class Telemetry {
  private buffer: usize = heap.alloc(limits.scratchBytes);
  private used: i32 = 0;
  private points: i32 = 0;
  /** Of the newest row in it: its time, where its values begin, whether metadata follow them. */
  private lastTs: i64 = UNTIMED;
  private lastAt: i32 = 0;
  private hasMetadata: bool = false;
  private writer: Writer = new Writer();

  /** The row that is being taken: its time, 0: it is none; its values, an object: u8[valuesLen]; its metadata, 0 bytes: none. */
  private ts: i64 = UNTIMED;
  private values: usize = 0;
  private valuesLen: i32 = 0;
  private metadata: usize = 0;
  private metadataLen: i32 = 0;
  private flags: i32 = 0;
  private ttl: i32 = 0;
  private receipt: usize = 0;

  /** Sends json: u8[len] whole. The answers of publish; Invalid: none of the four shapes, or null in it; NoSpace. */
  send(json: usize, len: i32, flags: i32, ttl: i32, receipt: usize): i32 {
    if (!isUtf8(json, len) || !rows.open(json, len)) return Status.Invalid;
    if (!rows.isList && !this.takeApart(json, len)) {
      const points = countPoints(json, len);
      if (points < 0) return points;
      if (points <= sessionLimits.pointsMax && len <= min(limits.scratchBytes, sessionLimits.payloadMax)) {
        return this.publish(json, len, flags | FLAG_ENVELOPE, points, ttl, receipt);
      }
    }
    let status = this.end(flags, ttl, receipt);
    if (status < 0) return status;
    const isList = rows.isList;
    if (!isList) status = this.add(json, len);
    while (isList && status >= 0 && rows.next()) status = this.add(rows.value, rows.valueLen);
    if (isList && rows.isBroken) status = Status.Invalid;
    if (status >= 0) return this.used ? this.end(flags, ttl, receipt) : Status.Invalid;
    this.forget();
    return status;
  }

  /**
   * Adds a row: u8[len], to the list. Ok, or what publish answered for the message that was full; Invalid, TooLarge, NoSpace: it is not taken, but
   * for the first values of one that takes several messages.
   */
  addRow(row: usize, len: i32, flags: i32, ttl: i32, receipt: usize): i32 {
    this.sendAs(flags, ttl, receipt);
    return isUtf8(row, len) ? this.add(row, len) : Status.Invalid;
  }

  /** Sends the rows that wait. Ok: there are none; the answers of publish. */
  end(flags: i32, ttl: i32, receipt: usize): i32 {
    this.sendAs(flags, ttl, receipt);
    return this.flush();
  }

  /** Forgets the rows that wait. */
  forget(): void {
    this.used = 0;
    this.points = 0;
  }

  private sendAs(flags: i32, ttl: i32, receipt: usize): void {
    this.flags = flags;
    this.ttl = ttl;
    this.receipt = receipt;
  }

  private flush(): i32 {
    if (this.used == 0) return Status.Ok;
    store<u8>(this.buffer + this.used, 0x5d);
    const status = this.publish(this.buffer, this.used + 1, this.flags, this.points, this.ttl, this.receipt);
    if (status >= 0) this.forget();
    return status;
  }

  private publish(json: usize, len: i32, flags: i32, points: i32, ttl: i32, receipt: usize): i32 {
    if (len > sessionLimits.payloadMax) return Status.TooLarge;
    return publications.publish(topicAt, writeTopic(TELEMETRY, 0), json, len, flags | (points << POINTS_SHIFT), ttl, receipt);
  }

  private add(row: usize, len: i32): i32 {
    if (!this.takeApart(row, len)) {
      this.ts = clock.wallMs;
      this.values = row;
      this.valuesLen = len;
      this.metadataLen = 0;
    }
    if (this.ts == 0) return Status.Invalid;
    const points = countPoints(this.values, this.valuesLen);
    if (points < 0) return points;
    // The members stand between the first brace and the last.
    members.open(this.values, this.valuesLen);
    let from: usize = 0;
    let to: usize = 0;
    let count = 0;
    while (members.next()) if (this.room(<i32>(members.value - members.name) + members.valueLen + 1) < 0) return Status.TooLarge;
    members.open(this.values, this.valuesLen);
    while (members.next()) {
      const end = members.value + members.valueLen;
      const isFull = count > 0 && (this.room(<i32>(end - from)) < 0 || count + 1 + <i32>(end - from) / 1000 > sessionLimits.pointsMax);
      if (isFull) {
        const status = this.append(from, <i32>(to - from), count);
        if (status < 0) return status;
        count = 0;
      }
      if (count++ == 0) from = members.name - 1;
      to = end;
    }
    return this.append(from, <i32>(to - from), count);
  }

  /** Bytes that an empty buffer has left behind a row with so many bytes of members. */
  private room(len: i32): i32 {
    return (
      min(limits.scratchBytes, sessionLimits.payloadMax) - ROW_BYTES - len - (this.metadataLen ? this.metadataLen + METADATA_BYTES : 0)
    );
  }

  /** Writes members of the row: u8[len], as a row or into the one before, when time and kind are the same. Ok, or the answers of publish. */
  private append(at: usize, len: i32, count: i32): i32 {
    const points = count + len / 1000;
    let status: i32 = Status.Ok;
    if (this.room(len) < this.used || this.points + points > sessionLimits.pointsMax) {
      status = this.flush();
      if (status < 0) return status;
    }
    const isTimed = this.ts != UNTIMED;
    const isMerged = this.used > 0 && this.ts == this.lastTs && !this.hasMetadata && this.metadataLen == 0 && !this.repeatsKey(isTimed);
    if (isMerged) this.used -= isTimed ? 2 : 1;
    const out = this.writer;
    out.reset(this.buffer + this.used, limits.scratchBytes - this.used);
    out.u8(this.used ? 0x2c : 0x5b);
    if (!isMerged) {
      if (isTimed) openRow(out, this.ts);
      this.lastAt = this.used + out.length;
      out.u8(0x7b);
    }
    out.bytes(at, len);
    out.u8(0x7d);
    this.hasMetadata = this.metadataLen > 0;
    if (this.hasMetadata) {
      out.text(',"metadata":');
      out.bytes(this.metadata, this.metadataLen);
    }
    if (isTimed) out.u8(0x7d);
    this.used += out.length;
    this.lastTs = this.ts;
    this.points = min(this.points + points, POINTS_MAX);
    return status;
  }

  /** Whether the newest row in the buffer has a key of the row that is being taken: one object must not have it twice. */
  private repeatsKey(isTimed: bool): bool {
    last.open(this.buffer + this.lastAt, this.used - this.lastAt - i32(isTimed));
    while (last.next()) {
      probe.open(this.values, this.valuesLen);
      while (probe.next()) if (probe.nameLen == last.nameLen && equalBytes(probe.name, last.name, probe.nameLen)) return true;
    }
    return false;
  }

  /** Takes an object with `ts` and `values` apart. False: it is none. When one of its members is not what it must be, ts is 0. */
  private takeApart(json: usize, len: i32): bool {
    let found = 0;
    this.ts = 0;
    this.metadataLen = 0;
    if (!members.open(json, len)) return false;
    let isGood: bool = true;
    while (members.next()) {
      if (equalsText(members.name, members.nameLen, "ts")) {
        found |= 1;
        this.ts = readTime(members.value, members.valueLen);
      } else if (equalsText(members.name, members.nameLen, "values")) {
        found |= 2;
        this.values = members.value;
        this.valuesLen = members.valueLen;
      } else if (equalsText(members.name, members.nameLen, "metadata")) {
        isGood = members.kind == OBJECT;
        this.metadata = members.value;
        this.metadataLen = members.valueLen;
      }
    }
    if (!isGood || members.isBroken) this.ts = 0;
    return found == 3;
  }
}

/** Milliseconds since 1970 from text: u8[len], 0: it is none. */
function readTime(text: usize, len: i32): i64 {
  let time: i64 = 0;
  for (let i = 0; i < len; i++) {
    const digit = <i32>load<u8>(text + i) - 0x30;
    if (<u32>digit > 9 || len > TIME_DIGITS) return 0;
    time = time * 10 + digit;
  }
  return time;
}

export const telemetry = new Telemetry();
