/**
 * Static text without strings at run time. A string literal is a constant in the data segment, behind its length; these
 * functions read it there and allocate nothing. For ASCII literals only. Nobody else looks into one: its layout is textShift.ts's.
 */

import { TEXT_SHIFT } from "./textShift";

/** Bytes of an ASCII literal. */
// @ts-ignore: decorator
@inline
export function textLength(literal: string): i32 {
  return literal.length;
}

/** The character of an ASCII literal at `i`, below its length. */
// @ts-ignore: decorator
@inline
export function textByte(literal: string, i: i32): i32 {
  return <i32>load<u8>(changetype<usize>(literal) + ((<usize>i) << TEXT_SHIFT));
}

/** Copies an ASCII literal to `dst`: u8[textLength]. Returns its length; the caller has checked the room. */
export function copyText(dst: usize, literal: string): i32 {
  const length = literal.length;
  if (TEXT_SHIFT == 0) memory.copy(dst, changetype<usize>(literal), length);
  else for (let i = 0; i < length; i++) store<u8>(dst + i, textByte(literal, i));
  return length;
}

/** Tells whether the bytes at `src` equal an ASCII literal. */
export function equalsText(src: usize, length: i32, literal: string): bool {
  if (length != literal.length) return false;
  for (let i = 0; i < length; i++) {
    if (load<u8>(src + i) != textByte(literal, i)) return false;
  }
  return true;
}
