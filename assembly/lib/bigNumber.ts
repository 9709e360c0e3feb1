/**
 * Unsigned integers in linear memory, least significant word first: just what exact number formatting (lib/decimal.ts) needs.
 * All numbers of one calculation have the same length, chosen before it.
 */

/** Room for one number of any calculation over an f64: the greatest value met is below 2^1152. */
export const BIG_BYTES: i32 = 152;

/** Room for the fraction that a calculation is about: bigA / bigB. */
export const bigA: usize = memory.data(BIG_BYTES, 8);
export const bigB: usize = memory.data(BIG_BYTES, 8);

/** Bytes of each number in this calculation, a multiple of 4. */
let length: usize = 8;

/** Chooses numbers of at least `bits` bits, for all that follows. */
export function bigStart(bits: i32): void {
  length = (<usize>max((bits + 31) >> 5, 2)) << 2;
}

/** number = value. */
export function bigSet(number: usize, value: u64): void {
  memory.fill(number, 0, length);
  store<u64>(number, value);
}

/** number *= factor. */
export function bigMultiply(number: usize, factor: u32): void {
  let carry: u64 = 0;
  for (const end = number + length; number < end; number += 4) {
    carry += <u64>load<u32>(number) * factor;
    store<u32>(number, <u32>carry);
    carry >>= 32;
  }
}

/** number *= 2^power. */
export function bigShift(number: usize, power: i32): void {
  for (; power >= 31; power -= 31) bigMultiply(number, 1 << 31);
  bigMultiply(number, 1 << power);
}

/** number *= 10^power. */
export function bigScale(number: usize, power: i32): void {
  for (; power >= 9; power -= 9) bigMultiply(number, 1000000000);
  for (; power > 0; power--) bigMultiply(number, 10);
}

/** sum = a + b. */
export function bigAdd(sum: usize, a: usize, b: usize): void {
  let carry: u64 = 0;
  for (let i: usize = 0; i < length; i += 4) {
    carry += <u64>load<u32>(a + i) + <u64>load<u32>(b + i);
    store<u32>(sum + i, <u32>carry);
    carry >>= 32;
  }
}

/** number -= other, which is not greater. */
export function bigSubtract(number: usize, other: usize): void {
  let borrow: i64 = 0;
  for (let i: usize = 0; i < length; i += 4) {
    borrow += <i64>load<u32>(number + i) - <i64>load<u32>(other + i);
    store<u32>(number + i, <u32>borrow);
    borrow >>= 32;
  }
}

/** Negative, 0 or positive, as a is less than, equal to or greater than b. */
export function bigCompare(a: usize, b: usize): i32 {
  for (let i = length; i > 0; i -= 4) {
    const left = load<u32>(a + i - 4);
    const right = load<u32>(b + i - 4);
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}
