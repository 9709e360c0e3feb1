import { Status } from "../../../lib/status";
import { Utf8Check } from "../../../lib/utf8";
import { KEY_MAX } from "../item";

/** The least first byte of a document's key: what begins lower is not a document's, the outbox's 0 above all. */
export const FIRST_KEY_BYTE: i32 = 0x20;

/** Digits of the counter in generated keys. */
const COUNTER_DIGITS: i32 = 5;
const COUNTER_LIMIT: i32 = 100000;
const COLON: i32 = 0x3a;

const utf8 = new Utf8Check();
const digits: usize = memory.data(24, 1);

/** Ok, or Invalid: no key of a document, which is 1 to 64 bytes of UTF-8 that begin with no control character. */
export function checkKey(key: usize, len: i32): i32 {
  if (len < 1 || len > KEY_MAX || <i32>load<u8>(key) < FIRST_KEY_BYTE) return Status.Invalid;
  utf8.reset();
  for (let i = 0; i < len; i++) {
    if (!utf8.feed(load<u8>(key + i))) return Status.Invalid;
  }
  return utf8.isComplete ? Status.Ok : Status.Invalid;
}

/**
 * Writes a generated key, `<seconds>:<ttl>:<counter>`, to dst: u8[64]. counter: the next number of a count that only grows; its
 * last five digits make keys of one second different and keep their order. Returns the key's length.
 */
export function generateKey(dst: usize, seconds: i64, ttlSeconds: i32, counter: i32): i32 {
  let at = writeNumber(dst, seconds, 1);
  store<u8>(at++, COLON);
  at = writeNumber(at, ttlSeconds, 1);
  store<u8>(at++, COLON);
  return <i32>(writeNumber(at, <u32>counter % COUNTER_LIMIT, COUNTER_DIGITS) - dst);
}

/** Writes an unsigned decimal with at least `width` digits. Returns the address behind it. */
function writeNumber(dst: usize, value: i64, width: i32): usize {
  let at = digits + 24;
  do {
    store<u8>(--at, 48 + <i32>(value % 10));
    value /= 10;
    width--;
  } while (value > 0 || width > 0);
  const length = digits + 24 - at;
  memory.copy(dst, at, length);
  return dst + length;
}
