/**
 * Checks UTF-8 byte by byte, over any split: well-formed, shortest form, no surrogates, nothing above U+10FFFF, no U+0000.
 * Source: MQTT 3.1.1, 1.5.3 [MQTT-1.5.3-1, -2]; Unicode 15, table 3-7.
 */
export class Utf8Check {
  /** Continuation bytes still owed. */
  private owed: i32 = 0;
  /** Bounds of the next continuation byte: narrower than 80..BF behind E0, ED, F0 and F4. */
  private low: i32 = 0x80;
  private high: i32 = 0xbf;

  reset(): void {
    this.owed = 0;
  }

  /** Takes the next byte. False: ill-formed from here on. */
  feed(byte: i32): bool {
    if (this.owed == 0) return this.lead(byte);
    if (byte < this.low || byte > this.high) return false;
    this.owed--;
    this.low = 0x80;
    this.high = 0xbf;
    return true;
  }

  /** True when the text may end here. */
  get isComplete(): bool {
    return this.owed == 0;
  }

  private lead(byte: i32): bool {
    if (byte < 0x80) return byte != 0;
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
    this.high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    this.owed = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    return true;
  }
}

/**
 * Bytes of `src`: u8[len] from its start that need no closer look: ASCII from "," to DEL, eight at a time. A byte below "," borrows
 * from the one above it, which at worst is then looked at closely, too.
 */
export function plainPrefix(src: usize, len: i32): i32 {
  if (len < 8) return 0;
  const last = src + len - 8;
  let at = src;
  while (isPlain(load<u64>(at))) {
    if (at == last) return len;
    at = min(at + 8, last); // the last word may begin among bytes that were looked at
  }
  return <i32>(at - src);
}

// @ts-ignore: decorator
@inline
function isPlain(word: u64): bool {
  return ((word | (word - 0x2c2c2c2c2c2c2c2c)) & 0x8080808080808080) == 0;
}

const check = new Utf8Check();

/** Tells whether `src`: u8[len] is UTF-8 that MQTT allows. */
export function isUtf8(src: usize, len: i32): bool {
  check.reset();
  for (let i = plainPrefix(src, len); i < len; i++) {
    if (!check.feed(load<u8>(src + i))) return false;
  }
  return check.isComplete;
}

/** Bytes of a code point in UTF-8. */
export function utf8Length(point: i32): i32 {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

/** One byte of a code point in UTF-8: the one at `index` of `length`. */
export function utf8Byte(point: i32, index: i32, length: i32): i32 {
  if (length == 1) return point;
  const bits = point >> (6 * (length - 1 - index));
  return index == 0 ? ((0xff00 >> length) & 0xff) | bits : 0x80 | (bits & 0x3f);
}
