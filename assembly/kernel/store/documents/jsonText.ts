import { textByte } from "../../../lib/text";
import { utf8Byte, utf8Length } from "../../../lib/utf8";
import { hexValue, unescaped } from "./jsonCheck";
import { TextView } from "./textView";

/**
 * The characters of a JSON string as UTF-8 bytes, escapes resolved: raw text passes as it is, and the order of UTF-8 bytes
 * is the order of code points. Stands on a place of a view; copied to remember a place.
 */
export class TextBytes {
  view: TextView = changetype<TextView>(0);
  /** Offset of what is read next. */
  place: i32 = 0;
  /** An escaped character, and which of its bytes come next. */
  private point: i32 = 0;
  private given: i32 = 0;
  private count: i32 = 0;

  /** Starts at the string whose opening quote is at `at`. */
  start(view: TextView, at: i32): void {
    this.view = view;
    this.place = at + 1;
    this.count = this.given;
  }

  /** Stands where `other` stands. */
  follow(other: TextBytes): void {
    this.view = other.view;
    this.place = other.place;
    this.point = other.point;
    this.given = other.given;
    this.count = other.count;
  }

  /** The next byte, -1 at the closing quote and from there on. */
  next(): i32 {
    if (this.given < this.count) return utf8Byte(this.point, this.given++, this.count);
    const byte = this.view.at(this.place);
    if (byte == 0x22 || byte == 0) return -1;
    this.place++;
    return byte == 0x5c ? this.escaped() : byte;
  }

  private escaped(): i32 {
    const byte = this.view.at(this.place++);
    if (byte != 0x75) return unescaped(byte);
    let point = this.hex4();
    if (point >> 10 == 0x36) {
      this.place += 2;
      point = 0x10000 + ((point & 0x3ff) << 10) + (this.hex4() & 0x3ff);
    }
    this.point = point;
    this.count = utf8Length(point);
    this.given = 1;
    return utf8Byte(point, 0, this.count);
  }

  private hex4(): i32 {
    let value = 0;
    for (let i = 0; i < 4; i++) value = (value << 4) | (hexValue(this.view.at(this.place++)) & 15);
    return value;
  }
}

const left = new TextBytes();
const right = new TextBytes();
const place = new TextBytes();

/** Negative, 0 or positive as the string at `a` comes before, is or comes behind the string at `b`, by code point. */
export function compareText(viewA: TextView, a: i32, viewB: TextView, b: i32): i32 {
  left.start(viewA, a);
  right.start(viewB, b);
  while (true) {
    const byte = left.next();
    const order = byte - right.next();
    if (order != 0 || byte < 0) return order;
  }
}

/** Tells whether the string at `a` begins with the string at `b`. */
export function startsWith(viewA: TextView, a: i32, viewB: TextView, b: i32): bool {
  left.start(viewA, a);
  return continuesWith(viewB, b);
}

/** Tells whether the string at `a` contains the string at `b`. */
export function containsText(viewA: TextView, a: i32, viewB: TextView, b: i32): bool {
  place.start(viewA, a);
  while (true) {
    left.follow(place);
    if (continuesWith(viewB, b)) return true;
    if (place.next() < 0) return false;
  }
}

/** Tells whether what `left` gives from here on begins with the string at `b`. */
function continuesWith(viewB: TextView, b: i32): bool {
  right.start(viewB, b);
  while (true) {
    const wanted = right.next();
    if (wanted < 0) return true;
    if (left.next() != wanted) return false;
  }
}

/** Bytes of the string at `at` in UTF-8. */
export function textBytes(view: TextView, at: i32): i32 {
  left.start(view, at);
  let count = 0;
  while (left.next() >= 0) count++;
  return count;
}

/** Tells whether the string at `at` is an ASCII literal. */
export function equalsLiteral(view: TextView, at: i32, literal: string): bool {
  left.start(view, at);
  for (let i = 0; i < literal.length; i++) {
    if (left.next() != textByte(literal, i)) return false;
  }
  return left.next() < 0;
}
