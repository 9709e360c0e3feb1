/** The owner's settings for this app: the keys under "app." of the device's configuration. */
import { Status } from "../lib/status";
import { OUT, OUT_BYTES } from "./buffers";
import { encodeWhole } from "./encode";
import { config as configRow } from "./syscalls";

/** Where a value is read to, behind its key in the same buffer. */
const KEY_BYTES: i32 = 64;
const VALUE: usize = OUT + KEY_BYTES;
const VALUE_BYTES: i32 = OUT_BYTES - KEY_BYTES;

/** Reads a value's text to VALUE. Bytes read, NotFound, TooLarge. */
function read(key: string): i32 {
  const keyLen = encodeWhole(key, OUT, KEY_BYTES);
  return keyLen < 0 ? Status.TooLarge : configRow(OUT, keyLen, VALUE, VALUE_BYTES);
}

/** The integer at `key`, such as "app.intervalMs"; `fallback` when there is none, or it is not a decimal integer of 32 bits. */
export function configInteger(key: string, fallback: i32): i32 {
  const length = read(key);
  if (length <= 0) return fallback;
  const isNegative = load<u8>(VALUE) == 0x2d;
  let value: i64 = 0;
  for (let i = i32(isNegative); i < length; i++) {
    const digit = i32(load<u8>(VALUE + i)) - 0x30;
    if (<u32>digit > 9) return fallback;
    value = value * 10 + digit;
    if (value > i64(i32.MAX_VALUE) + i64(isNegative)) return fallback;
  }
  if (length == i32(isNegative)) return fallback;
  return i32(isNegative ? -value : value);
}

/** True or false as written at `key`; `fallback` when there is neither. */
export function configFlag(key: string, fallback: bool): bool {
  const length = read(key);
  if (length == 4 && load<u32>(VALUE) == 0x65757274) return true; // "true"
  if (length == 5 && load<u32>(VALUE) == 0x736c6166) return false; // "fals"
  return fallback;
}

/** The text at `key` as a new string: for apps with a collector. `fallback` when there is none. */
export function configText(key: string, fallback: string): string {
  const length = read(key);
  return length < 0 ? fallback : String.UTF8.decodeUnsafe(VALUE, length);
}
