import { floatFromDecimal } from "../../../lib/floatFromDecimal";
import { isDigit } from "./jsonCheck";
import { TextView } from "./textView";

/** Digits that are kept: what a u64 holds. Those beyond can shift the last bit of a float, never the order of integers. */
const MAX_DIGITS: i32 = 19;
/** No exponent is counted beyond this. */
const POWER_LIMIT: i32 = 100000;

/** The least f64 above all 64-bit integers. */
export const TWO_63: f64 = 9223372036854775808.0;

/**
 * A number of JSON: a 64-bit integer where it is written as one and fits, else an f64. true is 1, and false is 0.
 * Integers of more than 64 bits and all numbers with a point or an exponent are floats.
 */
export class JsonNumber {
  isInteger: bool = false;
  integer: i64 = 0;
  /** The value, or when isInteger the float nearest to it. */
  float: f64 = 0;
  private digits: i32 = 0;
  private mantissa: u64 = 0;
  private power: i32 = 0;
  private isNegative: bool = false;
  private isFraction: bool = false;
  /** Whether the exponent has begun, what it is so far, and its sign. */
  private hasExponent: bool = false;
  private exponent: i32 = 0;
  private isExponentNegative: bool = false;

  setInteger(value: i64): void {
    this.isInteger = true;
    this.integer = value;
    this.float = <f64>value;
  }

  setFloat(value: f64): void {
    this.isInteger = false;
    this.float = value;
  }

  copy(other: JsonNumber): void {
    this.isInteger = other.isInteger;
    this.integer = other.integer;
    this.float = other.float;
  }

  /** Adds another one: an integer as long as both are and 64 bits hold it. */
  add(other: JsonNumber): void {
    const sum = this.integer + other.integer;
    const overflows = ((this.integer ^ sum) & (other.integer ^ sum)) < 0;
    if (this.isInteger && other.isInteger && !overflows) this.setInteger(sum);
    else this.setFloat(this.float + other.float);
  }

  /** Reads the number, true or false at `at`. */
  read(view: TextView, at: i32): void {
    const first = view.at(at);
    if (first == 0x74 || first == 0x66) return this.setInteger(i64(first == 0x74));
    this.begin();
    for (let byte = first; isOfNumber(byte); byte = view.at(++at)) this.take(byte);
    this.finish();
  }

  /** Starts a number that comes byte by byte. */
  begin(): void {
    this.digits = 0;
    this.mantissa = 0;
    this.power = 0;
    this.isNegative = false;
    this.isFraction = false;
    this.hasExponent = false;
    this.exponent = 0;
    this.isExponentNegative = false;
  }

  /** Takes the next byte of a number. */
  take(byte: i32): void {
    if (isDigit(byte)) return this.digit(byte - 48);
    if (byte == 0x2d) {
      if (this.hasExponent) this.isExponentNegative = true;
      else this.isNegative = true;
    } else if (byte == 0x2e) this.isFraction = true;
    else if ((byte | 0x20) == 0x65) this.hasExponent = true;
  }

  private digit(digit: i32): void {
    if (this.hasExponent) {
      if (this.exponent < POWER_LIMIT) this.exponent = this.exponent * 10 + digit;
    } else if (this.digits == MAX_DIGITS) this.power += i32(!this.isFraction);
    else {
      this.mantissa = this.mantissa * 10 + digit;
      this.power -= i32(this.isFraction);
      this.digits += i32(this.mantissa != 0);
    }
  }

  /** Ends it: the value is there. */
  finish(): void {
    const isNegative = this.isNegative;
    const limit: u64 = isNegative ? 1 << 63 : <u64>i64.MAX_VALUE;
    const isWhole = !this.isFraction && this.power == 0 && !this.hasExponent;
    if (isWhole && this.mantissa <= limit) {
      this.setInteger(isNegative ? 0 - <i64>this.mantissa : <i64>this.mantissa);
      return;
    }
    const value = floatFromDecimal(this.mantissa, this.power + (this.isExponentNegative ? -this.exponent : this.exponent));
    this.setFloat(isNegative ? -value : value);
  }
}

/** Tells whether a number goes on with this byte. */
function isOfNumber(byte: i32): bool {
  return isDigit(byte) || (byte | 0x20) == 0x65 || byte == 0x2e || byte == 0x2d || byte == 0x2b;
}

/** Negative, 0 or positive as a is less than, equal to or greater than b: exactly, integers against floats too. */
export function compareNumbers(a: JsonNumber, b: JsonNumber): i32 {
  if (a.isInteger) return b.isInteger ? order<i64>(a.integer, b.integer) : compareMixed(a.integer, b.float);
  return b.isInteger ? -compareMixed(b.integer, a.float) : order<f64>(a.float, b.float);
}

function order<T>(a: T, b: T): i32 {
  return i32(a > b) - i32(a < b);
}

function compareMixed(integer: i64, float: f64): i32 {
  if (float >= TWO_63) return -1;
  if (float < -TWO_63) return 1;
  const whole = <i64>float;
  return integer != whole ? order<i64>(integer, whole) : order<f64>(<f64>whole, float);
}
