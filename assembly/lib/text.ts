/**
 * Static text without strings at run time. A string literal is a constant in the data segment, UTF-16 behind its length; these
 * functions read it there and allocate nothing. For ASCII literals only: one character, one byte.
 */

/** Bytes of an ASCII literal. */
// @ts-ignore: decorator
@inline
export function textLength(literal: string): i32 {
  return literal.length;
}

/** Copies an ASCII literal to `dst`: u8[textLength]. Returns its length; the caller has checked the room. */
export function copyText(dst: usize, literal: string): i32 {
  const length = literal.length;
  const src = changetype<usize>(literal);
  for (let i = 0; i < length; i++) store<u8>(dst + i, load<u8>(src + ((<usize>i) << 1)));
  return length;
}

/** Tells whether the bytes at `src` equal an ASCII literal. */
export function equalsText(src: usize, length: i32, literal: string): bool {
  if (length != literal.length) return false;
  const expected = changetype<usize>(literal);
  for (let i = 0; i < length; i++) {
    if (load<u8>(src + i) != load<u8>(expected + ((<usize>i) << 1))) return false;
  }
  return true;
}
