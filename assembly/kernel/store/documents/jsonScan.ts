import { TextView } from "./textView";

/**
 * Walking over JSON that has been checked (jsonCheck.ts). Offsets are those of a view; a value is known by the offset of its
 * first byte. On other bytes the answers mean nothing, but every function returns.
 */

/** What kind of value begins with a byte; the order is that of $sort. */
export enum Kind {
  /** No value, or null: one and the same everywhere. */
  Null,
  Boolean,
  Number,
  Text,
  Array,
  Object,
}

export function kindAt(view: TextView, at: i32): Kind {
  switch (at < 0 ? 0 : view.at(at)) {
    case 0x74:
    case 0x66:
      return Kind.Boolean;
    case 0x22:
      return Kind.Text;
    case 0x5b:
      return Kind.Array;
    case 0x7b:
      return Kind.Object;
    case 0:
    case 0x6e:
      return Kind.Null;
    default:
      return Kind.Number;
  }
}

export function isSpace(byte: i32): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/** Offset of the first byte at or behind `at` that is no white space. */
export function skipSpace(view: TextView, at: i32): i32 {
  while (isSpace(view.at(at))) at++;
  return at;
}

/** Offset behind the string whose opening quote is at `at`. */
export function skipText(view: TextView, at: i32): i32 {
  while (true) {
    const byte = view.at(++at);
    if (byte == 0x22) return at + 1;
    if (byte == 0) return at;
    if (byte == 0x5c) at++;
  }
}

/** Offset behind the value at `at`. */
export function skipValue(view: TextView, at: i32): i32 {
  let depth = 0;
  while (true) {
    const byte = view.at(at);
    if (byte == 0) return at;
    if (byte == 0x22) at = skipText(view, at);
    else if (byte == 0x7b || byte == 0x5b) {
      depth++;
      at++;
    } else if (byte == 0x7d || byte == 0x5d) {
      depth--;
      at++;
    } else if (depth > 0) {
      at++;
      continue;
    } else at = skipWord(view, at);
    if (depth <= 0) return at;
  }
}

/** Offset behind the number, true, false or null at `at`. */
function skipWord(view: TextView, at: i32): i32 {
  while (true) {
    const byte = view.at(++at);
    if (byte == 0 || byte == 0x2c || byte == 0x5d || byte == 0x7d || isSpace(byte)) return at;
  }
}

/** Offset of the first member's name or the first element of the container at `at`, -1: it is empty. */
export function firstIn(view: TextView, at: i32): i32 {
  return entryAt(view, skipSpace(view, at + 1));
}

/** Offset of the entry behind the one whose value is at `value`, -1: it was the last. */
export function nextIn(view: TextView, value: i32): i32 {
  return nextBehind(view, skipValue(view, value));
}

/** As nextIn, from the offset behind the value. */
export function nextBehind(view: TextView, end: i32): i32 {
  const at = skipSpace(view, end);
  return view.at(at) == 0x2c ? entryAt(view, skipSpace(view, at + 1)) : -1;
}

function entryAt(view: TextView, at: i32): i32 {
  const byte = view.at(at);
  return byte == 0 || byte == 0x7d || byte == 0x5d ? -1 : at;
}

/** Offset of the value of the member whose name is at `name`. */
export function valueOf(view: TextView, name: i32): i32 {
  return skipSpace(view, skipSpace(view, skipText(view, name)) + 1);
}
