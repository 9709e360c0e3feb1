/**
 * JSON that an app hands to the cloud without building it first: what is written is counted in one pass, and goes over in parts in the next.
 *
 *     beginCount(); write(); const total = counted();  beginParts(message); write(); endParts();
 */
import { OUT, OUT_BYTES } from "./buffers";
import { encodePoint } from "./encode";
import { cloudWrite } from "./syscalls";

// @ts-ignore: decorator
@lazy
const character: usize = memory.data(4);

let used: i32 = 0;
/** Bytes up to which OUT is filled before it is handed over; 0: only counted. */
let room: i32 = 0;
let message: i32 = 0;
let status: i32 = 0;

export function beginCount(): void {
  used = 0;
  room = 0;
}

export function counted(): i32 {
  return used;
}

/** What is written from here on goes to the message that cloudBegin answered. */
export function beginParts(handle: i32): void {
  used = 0;
  room = OUT_BYTES;
  message = handle;
  status = 0;
}

/** Hands over the rest. Ok, or the first refusal. */
export function endParts(): i32 {
  handOver();
  return status;
}

/** What is written from here on stays in OUT, as long as it fits. */
export function beginBuffer(): void {
  used = 0;
  room = i32.MAX_VALUE;
}

/** Bytes in OUT, -1: it did not fit. */
export function buffered(): i32 {
  return used > OUT_BYTES ? -1 : used;
}

function handOver(): void {
  if (used > 0 && status >= 0) status = cloudWrite(message, OUT, used);
  used = 0;
}

function put(byte: i32): void {
  if (room > 0) {
    if (used == room) handOver();
    if (used < OUT_BYTES) store<u8>(OUT + used, byte);
  }
  used++;
}

/** Writes text as it is, from code unit `from` on. */
export function raw(text: string, from: i32 = 0): void {
  for (let at = from; at < text.length; at++) at += point(text, at);
}

/** Writes the character at `at`. Code units that it has beyond one. */
function point(text: string, at: i32): i32 {
  const bytes = encodePoint(text, at, character);
  for (let i = 0; i < bytes; i++) put(load<u8>(character + i));
  return i32(bytes == 4);
}

/** Writes text as a JSON string. */
export function quoted(text: string): void {
  put(0x22);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20) {
      raw("\\u00");
      put(48 + (unit >> 4));
      put((unit & 15) < 10 ? 48 + (unit & 15) : 87 + (unit & 15));
      continue;
    }
    if (unit == 0x22 || unit == 0x5c) put(0x5c);
    at += point(text, at);
  }
  put(0x22);
}

/** Writes a whole number. */
export function integer(value: i32): void {
  let rest = <u32>(value < 0 ? -value : value);
  if (value < 0) put(0x2d);
  let scale: u32 = 1;
  while (rest / scale > 9) scale *= 10;
  for (; scale > 0; scale /= 10) {
    put(48 + <i32>(rest / scale));
    rest %= scale;
  }
}
