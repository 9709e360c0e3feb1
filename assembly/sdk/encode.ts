/**
 * Text to UTF-8 without allocation, in parts when need be. A surrogate without its other half becomes U+FFFD, so what
 * leaves is always well-formed. Source: Unicode 15, 3.9 (D92); W3C Encoding, UTF-8 encoder.
 */

const REPLACEMENT: i32 = 0xfffd;

let stoppedAt: i32 = 0;

/** Index of the code unit at which the last encodeText stopped; the text's length when all of it went. */
export function encodedTo(): i32 {
  return stoppedAt;
}

/** Encodes `text` from code unit `from` on, up to `to`, into dst: u8[cap], whole characters only. Returns bytes written. */
export function encodeText(text: string, from: i32, dst: usize, cap: i32, to: i32 = i32.MAX_VALUE): i32 {
  const length = min(text.length, to);
  let at = from;
  let used = 0;
  while (at < length) {
    const point = codePoint(text, at);
    const bytes = bytesOf(point);
    if (used + bytes > cap) break;
    storePoint(dst + used, point, bytes);
    used += bytes;
    at += point > 0xffff ? 2 : 1;
  }
  stoppedAt = at;
  return used;
}

/** Encodes the character at `at` to dst: u8[4]. Returns its bytes; characters of 4 bytes are two code units long. */
export function encodePoint(text: string, at: i32, dst: usize): i32 {
  const point = codePoint(text, at);
  const bytes = bytesOf(point);
  storePoint(dst, point, bytes);
  return bytes;
}

/** Bytes that `text` takes as UTF-8. */
export function encodedBytes(text: string): i32 {
  const length = text.length;
  let total = 0;
  for (let at = 0; at < length; at++) {
    const point = codePoint(text, at);
    total += bytesOf(point);
    if (point > 0xffff) at++;
  }
  return total;
}

/** Encodes all of `text` into dst: u8[cap]. Returns bytes written, or -1 when it does not fit. */
export function encodeWhole(text: string, dst: usize, cap: i32): i32 {
  const used = encodeText(text, 0, dst, cap);
  return stoppedAt == text.length ? used : -1;
}

/** Tells whether `text` is what the bytes at `src` spell. */
export function equalsBytes(text: string, src: usize, length: i32): bool {
  const end = src + length;
  for (let at = 0; at < text.length; at++) {
    const point = codePoint(text, at);
    const bytes = bytesOf(point);
    if (src + bytes > end) return false;
    storePoint(scratch, point, bytes);
    if (memory.compare(scratch, src, bytes) != 0) return false;
    src += bytes;
    if (point > 0xffff) at++;
  }
  return src == end;
}

// @ts-ignore: decorator
@lazy
const scratch: usize = memory.data(4);

function codePoint(text: string, at: i32): i32 {
  const unit: i32 = load<u16>(changetype<usize>(text) + ((<usize>at) << 1));
  if ((unit & 0xf800) != 0xd800) return unit;
  if (unit >= 0xdc00 || at + 1 >= text.length) return REPLACEMENT;
  const next: i32 = load<u16>(changetype<usize>(text) + ((<usize>at) << 1), 2);
  if ((next & 0xfc00) != 0xdc00) return REPLACEMENT;
  return 0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff);
}

function bytesOf(point: i32): i32 {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

/** The lead byte holds what is left above the continuation bytes, each of which takes six bits. */
function storePoint(dst: usize, point: i32, bytes: i32): void {
  if (bytes == 1) {
    store<u8>(dst, point);
    return;
  }
  for (let i = bytes - 1; i > 0; i--) {
    store<u8>(dst + i, 0x80 | (point & 0x3f));
    point >>= 6;
  }
  store<u8>(dst, (0xf00 >> bytes) | point);
}
