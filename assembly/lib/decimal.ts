import { BIG_BYTES, bigA, bigAdd, bigB, bigCompare, bigMultiply, bigScale, bigSet, bigShift, bigStart, bigSubtract } from "./bigNumber";

/**
 * The shortest decimal digits that read back as the same binary float, exactly: the value is kept as a fraction r/s, half its
 * gap to the neighbour below as below/s, and digits are drawn until what is left lies within a half-gap.
 * Source: Burger and Dybvig, "Printing Floating-Point Numbers Quickly and Accurately", 1996, figure 3 (free format).
 * Needs no tables and no allocation; a typical reading is a calculation with numbers of two or three words.
 */

const r: usize = bigA;
const s: usize = bigB;
const below: usize = memory.data(BIG_BYTES, 8);
const sum: usize = memory.data(BIG_BYTES, 8);

/** The gap above is twice the gap below: the value is a power of two. */
let isNarrow: bool = false;

/** Number of digits that the last shortestDigits wrote. */
export let digitCount: i32 = 0;

/**
 * Writes the digits of mantissa * 2^exponent to `digits`: u8[17], ASCII, and sets digitCount.
 * mantissa: not 0. hidden: the least mantissa of a full binade (2^52 for f64, 2^23 for f32). minExponent: of subnormals.
 * Returns the position of the decimal point: the value is 0.d1d2d3... * 10^result.
 */
export function shortestDigits(mantissa: u64, exponent: i32, hidden: u64, minExponent: i32, digits: usize): i32 {
  const isEven = (mantissa & 1) == 0;
  // The gap below a power of two is half the gap above it.
  const narrow: i32 = mantissa == hidden && exponent > minExponent ? 1 : 0;
  const bits = 64 - <i32>clz(mantissa);
  let point = estimatePoint(exponent + bits);
  const up = max(-point, 0);
  const down = max(point, 0);
  const whole = max(exponent, 0);
  const part = max(-exponent, 0);
  const room = max(bits + whole + bitsOfScale(up), part + bitsOfScale(down)) + 8;
  if (room <= 64) {
    rest = (mantissa << (whole + 1 + narrow)) * powerOfTen(up);
    one = ((<u64>1) << (part + 1 + narrow)) * powerOfTen(down);
    gap = ((<u64>1) << whole) * powerOfTen(up);
    return point + drawIn64(isEven, narrow, digits);
  }
  bigStart(room);
  bigSet(r, mantissa);
  bigSet(s, 1);
  bigSet(below, 1);
  bigShift(r, whole + 1 + narrow);
  bigShift(s, part + 1 + narrow);
  bigShift(below, whole);
  isNarrow = narrow != 0;
  bigScale(s, down);
  bigScale(r, up);
  bigScale(below, up);
  if (reaches(isEven)) point++;
  else scaleFraction();
  draw(isEven, digits);
  return point;
}

/** The position of the point, or one too small; bits: of the value's whole part. 78913 / 2^18 is just below log10(2). */
function estimatePoint(bits: i32): i32 {
  return (((bits - 1) * 78913) >> 18) + 1;
}

/** Bits that 10^power adds, rounded up. */
function bitsOfScale(power: i32): i32 {
  return (power * 10 + 2) / 3;
}

/** Tells whether r and the half-gap above it have reached s: the value rounds up to the next unit. */
function reaches(isInclusive: bool): bool {
  bigAdd(sum, r, below);
  if (isNarrow) bigAdd(sum, sum, below);
  const order = bigCompare(sum, s);
  return order > 0 || (isInclusive && order == 0);
}

/** r, s and below where each of them, and each sum and product, fits 64 bits: so do most readings. */
let rest: u64 = 0;
let one: u64 = 0;
let gap: u64 = 0;

function powerOfTen(power: i32): u64 {
  let product: u64 = 1;
  for (; power > 0; power--) product *= 10;
  return product;
}

/** Draws all digits as below, in numbers of 64 bits. Returns 1 when the point moves to the right, else 0. */
function drawIn64(isEven: bool, narrow: i32, digits: usize): i32 {
  const moved = rest + (gap << narrow) > one - u64(isEven);
  let isScaled = moved;
  let count = 0;
  while (true) {
    if (!isScaled) {
      rest *= 10;
      gap *= 10;
    }
    isScaled = false;
    let digit = 0;
    for (; rest >= one; digit++) rest -= one;
    const isLow = rest < gap + u64(isEven);
    let isUp = rest + (gap << narrow) > one - u64(isEven);
    if (isLow || isUp) {
      if (isLow && isUp) isUp = rest << 1 > one - u64(digit & 1);
      store<u8>(digits + count, 48 + digit + i32(isUp));
      digitCount = count + 1;
      return i32(moved);
    }
    store<u8>(digits + count++, 48 + digit);
  }
}

function scaleFraction(): void {
  bigMultiply(r, 10);
  bigMultiply(below, 10);
}

function draw(isEven: bool, digits: usize): void {
  let count = 0;
  for (;;) {
    let digit = 0;
    while (bigCompare(r, s) >= 0) {
      bigSubtract(r, s);
      digit++;
    }
    const order = bigCompare(r, below);
    const isLow = order < 0 || (isEven && order == 0);
    const isHigh = reaches(isEven);
    if (isLow || isHigh) {
      store<u8>(digits + count, 48 + digit + (isRoundedUp(isLow, isHigh, digit) ? 1 : 0));
      digitCount = count + 1;
      return;
    }
    store<u8>(digits + count++, 48 + digit);
    scaleFraction();
  }
}

/** Both neighbours of the last digit may read back: the nearer one wins, the even one between equals. */
function isRoundedUp(isLow: bool, isHigh: bool, digit: i32): bool {
  if (!isLow || !isHigh) return isHigh;
  bigAdd(sum, r, r);
  const order = bigCompare(sum, s);
  return order > 0 || (order == 0 && (digit & 1) == 1);
}
