import { FLAG_ENVELOPE } from "../../sdk/flags";
import { JsonMembers } from "../../lib/jsonMembers";
import { Writer } from "../../lib/bytes";
import { writeI64 } from "../../lib/number";
import { Status } from "../../lib/status";
import { equalsText } from "../../lib/text";
import { isUtf8 } from "../../lib/utf8";
import { clock } from "../client/clock";
import { publications } from "../client/publications";
import { limits } from "../limits";
import { TELEMETRY, topicAt, writeTopic } from "./topics";

/** Where a record keeps its number of data points: above the client's flags. 0: it is no telemetry; more than 63 count as that. */
export const POINTS_SHIFT: i32 = 10;
export const POINTS_MAX: i32 = 63;
/** Data points of one message that is made of rows. */
const POINTS_OF_LIST: i32 = 60;
/** `{"ts":` 13 digits `,"values":` `}` and a comma, at most. */
const ROW_BYTES: i32 = 36;
const TIME_DIGITS: i32 = 15;
const UNTIMED: i64 = -1;
const NULL: i32 = 0x6e;
const OBJECT: i32 = 0x7b;

const members = new JsonMembers();
const rows = new JsonMembers();

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
 * what comes with times, or in a list, is put together in a buffer, rows of one time as one object, each buffer a message:
 *
 *     [ {"ts":1,"values":{...}} , {...} , ...
 */
export class Telemetry {
  private buffer: usize = heap.alloc(limits.scratchBytes);
  private used: i32 = 0;
  private points: i32 = 0;
  /** Time of the newest row. */
  private lastTs: i64 = UNTIMED;
  private writer: Writer = new Writer();
  /** Largest payload that server and packet limit allow. */
  payloadMax: i32 = i32.MAX_VALUE;

  private ts: i64 = UNTIMED;
  private values: usize = 0;
  private valuesLen: i32 = 0;

  /** Sends json: u8[len] whole. The answers of publish; Invalid: none of the four shapes, or null in it; NoSpace. */
  send(json: usize, len: i32, flags: i32, ttl: i32, receipt: usize): i32 {
    if (!isUtf8(json, len) || !rows.open(json, len)) return Status.Invalid;
    if (!rows.isList && !this.isTimed(json, len)) {
      const points = countPoints(json, len);
      return points < 0 ? points : this.publish(json, len, flags | FLAG_ENVELOPE, points, ttl, receipt);
    }
    let status = this.end(flags, ttl, receipt);
    if (status < 0) return status;
    const isList = rows.isList;
    if (!isList) status = this.add(json, len, flags, ttl, receipt);
    while (isList && status >= 0 && rows.next()) status = this.add(rows.value, rows.valueLen, flags, ttl, receipt);
    if (isList && rows.isBroken) status = Status.Invalid;
    if (status >= 0) return this.used ? this.end(flags, ttl, receipt) : Status.Invalid;
    this.forget();
    return status;
  }

  /** Adds a row: u8[len], to the list. Ok, or what publish answered for the message that was full; Invalid, TooLarge, NoSpace: it is not taken. */
  addRow(row: usize, len: i32, flags: i32, ttl: i32, receipt: usize): i32 {
    return isUtf8(row, len) ? this.add(row, len, flags, ttl, receipt) : Status.Invalid;
  }

  /** Sends the rows that wait. Ok: there are none; the answers of publish. */
  end(flags: i32, ttl: i32, receipt: usize): i32 {
    if (this.used == 0) return Status.Ok;
    store<u8>(this.buffer + this.used, 0x5d);
    const status = this.publish(this.buffer, this.used + 1, flags, this.points, ttl, receipt);
    if (status >= 0) this.forget();
    return status;
  }

  /** Forgets the rows that wait. */
  forget(): void {
    this.used = 0;
    this.points = 0;
  }

  private publish(json: usize, len: i32, flags: i32, points: i32, ttl: i32, receipt: usize): i32 {
    if (len > this.payloadMax) return Status.TooLarge;
    return publications.publish(topicAt, writeTopic(TELEMETRY, 0), json, len, flags | (points << POINTS_SHIFT), ttl, receipt);
  }

  private add(row: usize, len: i32, flags: i32, ttl: i32, receipt: usize): i32 {
    if (!this.isTimed(row, len)) {
      this.ts = clock.wallMs;
      this.values = row;
      this.valuesLen = len;
    }
    if (this.ts == 0) return Status.Invalid;
    const points = countPoints(this.values, this.valuesLen);
    if (points < 0) return points;
    const cap = min(limits.scratchBytes, this.payloadMax);
    const need = this.valuesLen + ROW_BYTES;
    if (need > cap) return Status.TooLarge;
    let status: i32 = Status.Ok;
    if (this.used + need > cap || this.points + points > POINTS_OF_LIST) {
      status = this.end(flags, ttl, receipt);
      if (status < 0) return status;
    }
    this.append();
    this.points = min(this.points + points, POINTS_MAX);
    return status;
  }

  /** Writes the row found last behind the others, or into the last of them when the time is the same. */
  private append(): void {
    const isTimed = this.ts != UNTIMED;
    const isMerged = this.used > 0 && this.ts == this.lastTs;
    if (isMerged) this.used -= isTimed ? 2 : 1;
    const out = this.writer;
    out.reset(this.buffer + this.used, limits.scratchBytes - this.used);
    out.u8(this.used ? 0x2c : 0x5b);
    if (isTimed && !isMerged) {
      out.text('{"ts":');
      writeI64(out, this.ts);
      out.text(',"values":');
    }
    out.bytes(this.values + i32(isMerged), this.valuesLen - i32(isMerged));
    if (isTimed) out.u8(0x7d);
    this.used += out.length;
    this.lastTs = this.ts;
  }

  /** Takes an object with `ts` and `values` apart. False: it is none. When one of the two is not what it must be, ts is 0. */
  private isTimed(json: usize, len: i32): bool {
    let found = 0;
    this.ts = 0;
    if (!members.open(json, len)) return false;
    while (members.next()) {
      if (equalsText(members.name, members.nameLen, "ts")) {
        found |= 1;
        this.ts = readTime(members.value, members.valueLen);
      } else if (equalsText(members.name, members.nameLen, "values")) {
        found |= 2;
        this.values = members.value;
        this.valuesLen = members.valueLen;
      }
    }
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
