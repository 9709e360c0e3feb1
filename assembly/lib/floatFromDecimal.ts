import { bigA, bigB, bigCompare, bigMultiply, bigScale, bigSet, bigShift, bigStart, bigSubtract } from "./bigNumber";

/** Powers of ten up to here are f64 without error, and so are integers up to EXACT_INTEGER. */
const EXACT_POWER: i32 = 22;
const EXACT_INTEGER: u64 = 1 << 53;

/** Beyond these every f64 is infinite or 0, whatever the 64 bits in front. */
const MAX_POWER: i32 = 308;
const MIN_POWER: i32 = -344;

/**
 * The f64 nearest to mantissa * 10^power, the even one between two. Exact for every argument.
 * Small numbers take one multiplication (Clinger, "How to Read Floating Point Numbers Accurately", 1990); the others a long
 * division of large integers, which needs no tables.
 */
export function floatFromDecimal(mantissa: u64, power: i32): f64 {
  if (mantissa == 0 || power < MIN_POWER) return 0;
  if (power > MAX_POWER) return Infinity;
  if (mantissa <= EXACT_INTEGER && power >= -EXACT_POWER && power <= EXACT_POWER) {
    let scale: f64 = 1;
    for (let i = abs(power); i > 0; i--) scale *= 10;
    return power < 0 ? <f64>mantissa / scale : <f64>mantissa * scale;
  }
  const exponent = setFraction(mantissa, power);
  let quotient: u64 = 0;
  for (let i = 0; i < 64; i++) {
    quotient <<= 1;
    if (bigCompare(bigA, bigB) >= 0) {
      bigSubtract(bigA, bigB);
      quotient |= 1;
    }
    bigMultiply(bigA, 2);
  }
  bigSet(bigB, 0);
  return round(quotient, exponent, bigCompare(bigA, bigB) != 0);
}

/** Makes bigA / bigB the value over 2^exponent, at least 1 and below 2. Returns the exponent. */
function setFraction(mantissa: u64, power: i32): i32 {
  const bits = 64 - <i32>clz(mantissa);
  // 217706 / 2^16 is log2(10).
  let exponent = bits - 1 + ((power * 217706) >> 16);
  // Both sides stay within twice the longer one: 10 / 3 is more than log2(10). At MIN_POWER that is all the room there is.
  bigStart(bits + (abs(power) * 10) / 3 + 4);
  bigSet(bigA, mantissa);
  bigSet(bigB, 1);
  bigScale(bigA, max(power, 0));
  bigScale(bigB, max(-power, 0));
  bigShift(bigA, max(-exponent, 0));
  bigShift(bigB, max(exponent, 0));
  bigMultiply(bigB, 2);
  if (bigCompare(bigA, bigB) >= 0) exponent++;
  else bigMultiply(bigA, 2);
  return exponent;
}

/** The f64 nearest to quotient * 2^(exponent - 63), or to a little more. quotient: its highest bit is set. */
function round(quotient: u64, exponent: i32, isMore: bool): f64 {
  if (exponent > 1023) return Infinity;
  const dropped = exponent >= -1022 ? 11 : 11 - 1022 - exponent;
  if (dropped > 64) return 0;
  let fraction: u64 = dropped == 64 ? 0 : quotient >> dropped;
  const rest = quotient << (64 - dropped);
  const half: u64 = 1 << 63;
  if (rest > half || (rest == half && (isMore || (fraction & 1) != 0))) fraction++;
  // The hidden bit, and a carry out of the fraction, count the exponent up by themselves.
  return reinterpret<f64>(((<u64>max(exponent + 1022, 0)) << 52) + fraction);
}
