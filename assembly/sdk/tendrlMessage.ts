/** A message from Tendrl: its members are found where they lie, in the kernel; nothing is built of it. */
import { Status } from "../lib/status";
import { EXCHANGE_BYTES, OUT, roundUp8 } from "./buffers";
import { encodeWhole, equalsBytes } from "./encode";
import { cloudMember } from "./syscalls";

/** What kind of value a member has; Missing: there is none. */
export enum Kind {
  Missing = -1,
  Null = 0,
  Boolean = 1,
  Number = 2,
  Text = 3,
  Array = 4,
  Object = 5,
}

const PATH_BYTES: i32 = 80;

/** Of the member read last: its kind, and its bytes: u8[found]. */
let kind: i32 = -1;
let value: usize = OUT;
let found: i32 = 0;

/** Reads a member from `offset` on. Bytes read, or NotFound, Invalid (path). */
function read(path: string, offset: i32 = 0): i32 {
  kind = Kind.Missing;
  found = 0;
  const pathLen = encodeWhole(path, OUT, PATH_BYTES);
  if (pathLen < 0) return Status.Invalid;
  const dst = OUT + roundUp8(pathLen);
  const bytes = cloudMember(OUT, pathLen, offset, dst, EXCHANGE_BYTES - roundUp8(pathLen));
  if (bytes < 1) return bytes;
  kind = load<u8>(dst);
  value = dst + 1;
  found = bytes - 1;
  return found;
}

export class TendrlMessage {
  /** Kind of the member at `path`, names joined by dots: "msg_type", "data.led". */
  kind(path: string): Kind {
    read(path);
    return kind as Kind;
  }

  has(path: string): bool {
    return this.kind(path) != Kind.Missing;
  }

  /** Tells whether a member is exactly this text. Allocates nothing. */
  is(path: string, text: string): bool {
    return read(path) >= 0 && kind == Kind.Text && equalsBytes(text, value, found);
  }

  /** A whole number, its fraction cut off; `fallback` where there is no number, or one beyond 32 bits. */
  integer(path: string, fallback: i32 = 0): i32 {
    if (read(path) < 1 || kind != Kind.Number) return fallback;
    const isNegative = load<u8>(value) == 0x2d;
    let sum: i64 = 0;
    for (let i = i32(isNegative); i < found; i++) {
      const digit = i32(load<u8>(value + i)) - 0x30;
      if (digit == -2) break; // the point
      if (<u32>digit > 9) return fallback; // an exponent
      sum = sum * 10 + digit;
      if (sum > i64(i32.MAX_VALUE) + i64(isNegative)) return fallback;
    }
    return i32(isNegative ? -sum : sum);
  }

  /** A number; `fallback` where there is none. */
  number(path: string, fallback: f64 = 0): f64 {
    return read(path) < 1 || kind != Kind.Number ? fallback : F64.parseFloat(String.UTF8.decodeUnsafe(value, found));
  }

  flag(path: string, fallback: bool = false): bool {
    if (read(path) < 1 || kind != Kind.Boolean) return fallback;
    return load<u8>(value) == 0x74;
  }

  /** A text, or any other value as JSON, as a new string: for apps with a collector. What is beyond 400 bytes is read by `bytes`. */
  text(path: string, fallback: string = ""): string {
    return read(path) < 0 ? fallback : String.UTF8.decodeUnsafe(value, found);
  }

  /** Reads a text, or any other value as JSON, from `offset` on into dst: u8[cap]. Bytes read, 0 at its end, NotFound. */
  bytes(path: string, offset: i32, dst: usize, cap: i32): i32 {
    const bytes = read(path, offset);
    if (bytes < 0) return bytes;
    memory.copy(dst, value, min(bytes, cap));
    return min(bytes, cap);
  }

  /** Tells whether it carries a tag, in its context or, as later servers write it, at the top. */
  hasTag(tag: string): bool {
    return hasElement("context.tags", tag) || hasElement("tags", tag);
  }

  // The documented members, as new strings.

  get msgType(): string {
    return this.text("msg_type");
  }

  get source(): string {
    return this.text("source");
  }

  get timestamp(): string {
    return this.text("timestamp");
  }

  get dest(): string {
    return this.text("dest");
  }

  /** "" when the message was no request. */
  get requestId(): string {
    return this.text("request_id");
  }
}

/** Whether an array of texts without escapes has one: looks for it in its quotes. */
function hasElement(path: string, text: string): bool {
  if (read(path) < 2 || kind != Kind.Array) return false;
  for (let at = 0; at < found; at++) {
    if (load<u8>(value + at) != 0x22) continue;
    const from = ++at;
    while (at < found && load<u8>(value + at) != 0x22) at += load<u8>(value + at) == 0x5c ? 2 : 1;
    if (equalsBytes(text, value + from, at - from)) return true;
  }
  return false;
}

export const tendrlMessage = new TendrlMessage();
