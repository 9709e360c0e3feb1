/** What comes from ThingsBoard: JSON that is read where it lies. One object serves all: it is good until the callback returns. */
import { equalBytes, Reader } from "../lib/bytes";
import { floatFromDecimal } from "../lib/floatFromDecimal";
import { JsonMembers } from "../lib/jsonMembers";
import { Status } from "../lib/status";
import { encodeWhole, equalsBytes } from "./encode";
import { message } from "./message";
import { EVENT_HEAD_BYTES } from "./thingsboardWire";

/** A message of up to so many bytes is read whole. */
export const MESSAGE_BYTES: i32 = 1024;
const BODY: usize = memory.data(1024, 8);

const PATH_BYTES: i32 = 96;
const PATH: usize = memory.data(96);
const DOT: i32 = 0x2e;
const QUOTE: i32 = 0x22;
const MINUS: i32 = 0x2d;
/** Digits that a u64 holds for certain. */
const DIGITS_MAX: i32 = 19;

const members = new JsonMembers();
const digits = new Reader();

export class ThingsBoardMessage {
  private start: usize = 0;
  private length: i32 = 0;
  /** The value found last. */
  private value: usize = 0;
  private valueLen: i32 = 0;
  /** Number of the request or call that this belongs to. */
  id: i32 = 0;
  /** Ok; of an answer that did not come: Timeout, Closed (the connection ended), TooLarge: longer than MESSAGE_BYTES. */
  status: Status = Status.Ok;
  /** Of an attribute update for one key: it was deleted. */
  isDeleted: bool = false;

  /** Takes the message of the inbox. */
  take(): void {
    this.id = load<i32>(message.topicStart);
    this.status = load<i32>(message.topicStart, 4) as Status;
    this.isDeleted = false;
    this.start = message.payloadStart;
    this.length = message.payloadBytes;
    if (message.topicBytes != EVENT_HEAD_BYTES || this.length > MESSAGE_BYTES) {
      this.length = 0;
      this.status = Status.TooLarge;
    }
    if (this.length > message.heldBytes) {
      this.start = BODY;
      for (let read = 0; read < this.length;) {
        const count = message.read(read, BODY + read, min(this.length - read, 504));
        if (count <= 0) break;
        read += count;
      }
    }
    this.value = this.start;
    this.valueLen = this.length;
  }

  /** Whether it brought what was asked for. */
  get isOk(): bool {
    return this.status == Status.Ok;
  }

  /**
   * Finds a value by its path, such as "shared.frequency" or "params.pin"; "" is the whole. It is then what is read below. False: there is none.
   */
  find(path: string): bool {
    const pathLen = encodeWhole(path, PATH, PATH_BYTES);
    this.value = this.start;
    this.valueLen = this.length;
    if (pathLen < 0) return this.lose();
    for (let from = 0; from < pathLen;) {
      let to = from;
      while (to < pathLen && load<u8>(PATH + to) != DOT) to++;
      if (!this.step(PATH + from, to - from)) return this.lose();
      from = to + 1;
    }
    return this.valueLen > 0;
  }

  /** Finds a key as it is, whatever characters are in it: u8[len]. */
  findKey(key: usize, len: i32): bool {
    this.value = this.start;
    this.valueLen = this.length;
    return this.step(key, len) || this.lose();
  }

  /** Tells whether the list `deleted` names a key: u8[len]. */
  deletes(key: usize, len: i32): bool {
    if (!this.find("deleted") || !members.open(this.value, this.valueLen)) return false;
    while (members.next()) {
      if (members.valueLen == len + 2 && equalBytes(members.value + 1, key, len)) return true;
    }
    return false;
  }

  /** The value as a whole number, `preset` when it is none. */
  integer(preset: i32 = 0): i32 {
    const value = this.float(NaN);
    return value >= <f64>i32.MIN_VALUE && value <= <f64>i32.MAX_VALUE && Math.floor(value) == value ? <i32>value : preset;
  }

  /** The value as a number, `preset` when it is none. */
  float(preset: f64 = 0): f64 {
    const kind = this.kind;
    if (kind != MINUS && <u32>(kind - 0x30) > 9) return preset;
    digits.reset(this.value, this.valueLen);
    const isNegative = kind == MINUS;
    if (isNegative) digits.u8();
    const result = parseNumber(digits);
    return isNegative ? -result : result;
  }

  /** The value as true or false, `preset` when it is neither. */
  flag(preset: bool = false): bool {
    if (this.kind == 0x74) return true;
    return this.kind == 0x66 ? false : preset;
  }

  /** Tells whether the value is exactly this text, without escapes. Allocates nothing. */
  is(text: string): bool {
    return this.kind == QUOTE && equalsBytes(text, this.value + 1, this.valueLen - 2);
  }

  /** The value as JSON: u8[jsonLength]. */
  get jsonStart(): usize {
    return this.value;
  }

  get jsonLength(): i32 {
    return this.valueLen;
  }

  /** The value as JSON, as a new string: for apps with a collector. */
  json(): string {
    return String.UTF8.decodeUnsafe(this.value, this.valueLen);
  }

  /** The value as a new string, escapes as they stand; JSON when it is no text: for apps with a collector. */
  text(): string {
    return this.kind == QUOTE ? String.UTF8.decodeUnsafe(this.value + 1, this.valueLen - 2) : this.json();
  }

  private get kind(): i32 {
    return this.valueLen > 0 ? <i32>load<u8>(this.value) : 0;
  }

  private step(key: usize, len: i32): bool {
    if (!members.open(this.value, this.valueLen) || members.isList) return false;
    while (members.next()) {
      if (members.nameLen != len || !equalBytes(members.name, key, len)) continue;
      this.value = members.value;
      this.valueLen = members.valueLen;
      return true;
    }
    return false;
  }

  private lose(): bool {
    this.valueLen = 0;
    return false;
  }
}

/** Reads an unsigned JSON number, which it is. Digits beyond what 64 bits hold count as zeros. */
function parseNumber(from: Reader): f64 {
  let mantissa: u64 = 0;
  let power = 0;
  let taken = 0;
  let isFraction = false;
  while (from.left > 0) {
    const byte = from.u8();
    if (byte == DOT) isFraction = true;
    else if ((byte | 0x20) == 0x65) return floatFromDecimal(mantissa, power + parseExponent(from));
    else if (taken < DIGITS_MAX) {
      mantissa = mantissa * 10 + (byte - 0x30);
      taken += i32(mantissa != 0);
      power -= i32(isFraction);
    } else power += i32(!isFraction);
  }
  return floatFromDecimal(mantissa, power);
}

function parseExponent(from: Reader): i32 {
  let exponent = 0;
  let isNegative = false;
  while (from.left > 0) {
    const byte = from.u8();
    if (byte == MINUS) isNegative = true;
    else if (byte >= 0x30) exponent = min(exponent * 10 + (byte - 0x30), 9999);
  }
  return isNegative ? -exponent : exponent;
}

export const thingsboardMessage = new ThingsBoardMessage();
