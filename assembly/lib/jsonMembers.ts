/**
 * Reads JSON where it lies, one level at a time: the members of an object or the elements of a list, each as a span. Nothing is
 * copied, nothing recurses; what is nested is stepped over and checked.
 * Source of the grammar: RFC 8259.
 */

import { parseDecimal } from "./number";
import { textByte } from "./text";

/** Deepest nesting inside one value. */
const DEPTH_MAX: i32 = 31;

/** Largest exponent of a number: what stands in front of it may have one digit before its point. */
const EXPONENT_MAX: i32 = 307;

const QUOTE: i32 = 0x22;
const BACKSLASH: i32 = 0x5c;
const COMMA: i32 = 0x2c;
const COLON: i32 = 0x3a;
const OBJECT: i32 = 0x7b;
const OBJECT_END: i32 = 0x7d;
const LIST: i32 = 0x5b;
const LIST_END: i32 = 0x5d;
const MINUS: i32 = 0x2d;

let limit: usize = 0;

/** The byte at an address, 0 at the end. */
// @ts-ignore: decorator
@inline
function byteAt(at: usize): i32 {
  return at < limit ? <i32>load<u8>(at) : 0;
}

function skipSpace(at: usize): usize {
  while (at < limit) {
    const byte = <i32>load<u8>(at);
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) break;
    at++;
  }
  return at;
}

/** Address behind the string that begins at `at`, 0: there is none. */
function skipString(at: usize): usize {
  if (byteAt(at) != QUOTE) return 0;
  for (at++; at < limit; at++) {
    const byte = <i32>load<u8>(at);
    if (byte == QUOTE) return at + 1;
    if (byte == BACKSLASH) at = skipEscape(at + 1);
    if (byte < 0x20 || at == 0) return 0;
  }
  return 0;
}

/** Address of the last byte of the escape whose letter stands at `at`, 0: it is none. */
function skipEscape(at: usize): usize {
  const letter = byteAt(at);
  if (letter == 0x75) {
    for (let i = 0; i < 4; i++) {
      const digit = byteAt(++at);
      if (<u32>(digit - 0x30) > 9 && <u32>((digit | 0x20) - 0x61) > 5) return 0;
    }
    return at;
  }
  const letters = '"\\/bfnrt';
  for (let i = 0; i < letters.length; i++) if (textByte(letters, i) == letter) return at;
  return 0;
}

function skipDigits(at: usize): usize {
  while (<u32>(byteAt(at) - 0x30) < 10) at++;
  return at;
}

/** Address behind the number that begins at `at`, 0: there is none, or it may be more than a double holds. */
function skipNumber(at: usize): usize {
  if (byteAt(at) == MINUS) at++;
  const whole = at;
  at = skipDigits(at);
  if (at == whole || (byteAt(whole) == 0x30 && at > whole + 1)) return 0;
  if (byteAt(at) == 0x2e) {
    const fraction = at + 1;
    at = skipDigits(fraction);
    if (at == fraction) return 0;
  }
  if ((byteAt(at) | 0x20) != 0x65) return at;
  at++;
  const sign = byteAt(at);
  if (sign == MINUS || sign == 0x2b) at++;
  const exponent = at;
  at = skipDigits(at);
  if (at == exponent) return 0;
  return sign == MINUS || parseDecimal(exponent, <i32>(at - exponent), EXPONENT_MAX) >= 0 ? at : 0;
}

/** Address behind an ASCII word, 0: another stands there. */
function skipWord(at: usize, word: string): usize {
  for (let i = 0; i < word.length; i++) {
    if (byteAt(at + i) != textByte(word, i)) return 0;
  }
  return at + word.length;
}

function skipScalar(at: usize): usize {
  const byte = byteAt(at);
  if (byte == QUOTE) return skipString(at);
  if (byte == 0x74) return skipWord(at, "true");
  if (byte == 0x66) return skipWord(at, "false");
  if (byte == 0x6e) return skipWord(at, "null");
  return skipNumber(at);
}

/** Address behind the value that begins at `at`, 0: there is none. Open brackets are bits: 1 for an object. */
function skipValue(at: usize): usize {
  let depth = 0;
  let kinds: u32 = 0;
  while (true) {
    // at a value
    at = skipSpace(at);
    const byte = byteAt(at);
    if (byte == OBJECT || byte == LIST) {
      if (depth == DEPTH_MAX) return 0;
      depth++;
      kinds = (kinds << 1) | u32(byte == OBJECT);
      at = skipSpace(at + 1);
      if (byteAt(at) != (byte == OBJECT ? OBJECT_END : LIST_END)) {
        if (byte == OBJECT) at = skipName(at);
        if (at == 0) return 0;
        continue;
      }
    } else {
      at = skipScalar(at);
      if (at == 0) return 0;
      if (depth == 0) return at;
      at = skipSpace(at);
    }
    // behind a value, inside a bracket
    while (byteAt(at) == (kinds & 1 ? OBJECT_END : LIST_END)) {
      at++;
      kinds >>= 1;
      if (--depth == 0) return at;
      at = skipSpace(at);
    }
    if (byteAt(at) != COMMA) return 0;
    at++;
    if (kinds & 1) at = skipName(skipSpace(at));
    if (at == 0) return 0;
  }
}

/** Address behind a member's name and colon, 0: there are none. */
function skipName(at: usize): usize {
  at = skipString(at);
  if (at == 0) return 0;
  at = skipSpace(at);
  return byteAt(at) == COLON ? at + 1 : 0;
}

/** A walk over the members of an object, or the elements of a list. */
export class JsonMembers {
  private at: usize = 0;
  private end: usize = 0;
  private isObject: bool = false;
  private isFirst: bool = false;
  /** No JSON, or not a whole object or list: what was given so far stands. */
  isBroken: bool = false;
  /** Name of the member, between its quotes, escapes as they stand: u8[nameLen]. Empty in a list. */
  name: usize = 0;
  nameLen: i32 = 0;
  /** The value: u8[valueLen], JSON without space around it. */
  value: usize = 0;
  valueLen: i32 = 0;

  /** Begins at text: u8[len]. False: it begins neither as an object nor as a list. */
  open(text: usize, len: i32): bool {
    limit = text + len;
    const at = skipSpace(text);
    const bracket = byteAt(at);
    this.isObject = bracket == OBJECT;
    this.at = at + 1;
    this.end = limit;
    this.isFirst = true;
    this.isBroken = !this.isObject && bracket != LIST;
    return !this.isBroken;
  }

  get isList(): bool {
    return !this.isObject;
  }

  /** First byte of the value: what kind it is. */
  get kind(): i32 {
    return <i32>load<u8>(this.value);
  }

  /** Goes to the next. False: there are no more, or it is broken. */
  next(): bool {
    if (this.isBroken) return false;
    limit = this.end;
    let at = skipSpace(this.at);
    if (byteAt(at) == (this.isObject ? OBJECT_END : LIST_END)) {
      // Nothing but space may follow, and no comma may have stood before.
      this.isBroken = skipSpace(at + 1) != limit;
      this.at = at;
      return false;
    }
    if (!this.isFirst) {
      if (byteAt(at) != COMMA) return this.fail();
      at = skipSpace(at + 1);
    }
    this.isFirst = false;
    this.nameLen = 0;
    if (this.isObject) {
      this.name = at + 1;
      at = skipName(at);
      if (at == 0) return this.fail();
      this.nameLen = nameLength(this.name);
    }
    this.value = skipSpace(at);
    at = skipValue(this.value);
    if (at == 0) return this.fail();
    this.valueLen = <i32>(at - this.value);
    this.at = at;
    return true;
  }

  private fail(): bool {
    this.isBroken = true;
    return false;
  }
}

function nameLength(name: usize): i32 {
  return <i32>(skipString(name - 1) - name) - 1;
}

/** Tells whether text: u8[len] is one JSON value with nothing behind it. */
export function isJson(text: usize, len: i32): bool {
  limit = text + len;
  const end = skipValue(text);
  return end != 0 && skipSpace(end) == limit;
}
