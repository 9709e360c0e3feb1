import { Writer } from "./bytes";
import { digitCount, shortestDigits } from "./decimal";

/** Numbers as text, as JSON and ECMAScript write them. Nothing is allocated. */

const digits: usize = memory.data(24, 8);

/** Writes an unsigned decimal. */
export function writeU64(out: Writer, value: u64): void {
  let at = digits + 20;
  while (value > u32.MAX_VALUE) {
    const rest = value / 10;
    store<u8>(--at, 48 + <i32>(value - rest * 10));
    value = rest;
  }
  let low = <u32>value;
  do {
    const rest = low / 10;
    store<u8>(--at, 48 + (low - rest * 10));
    low = rest;
  } while (low);
  out.bytes(at, <i32>(digits + 20 - at));
}

/** Writes a signed decimal. */
export function writeI64(out: Writer, value: i64): void {
  if (value < 0) out.u8(0x2d);
  writeU64(out, value < 0 ? 0 - <u64>value : <u64>value);
}

/**
 * Writes the shortest text that reads back as the same f64; `null` for what JSON cannot say (NaN, infinities).
 * Source for the layout: ECMA-262, Number::toString.
 */
export function writeF64(out: Writer, value: f64): void {
  const bits = reinterpret<u64>(value);
  const biased = (<i32>(bits >> 52)) & 0x7ff;
  if (biased == 0x7ff) return out.text("null");
  const fraction = bits & 0xfffffffffffff;
  writeFloat(out, bits >> 63 != 0, fraction, biased, 52, 1075);
}

/** The same for an f32: the shortest text that reads back as that f32. */
export function writeF32(out: Writer, value: f32): void {
  const bits = reinterpret<u32>(value);
  const biased = (<i32>(bits >> 23)) & 0xff;
  if (biased == 0xff) return out.text("null");
  writeFloat(out, bits >> 31 != 0, bits & 0x7fffff, biased, 23, 150);
}

function writeFloat(out: Writer, isNegative: bool, fraction: u64, biased: i32, fractionBits: i32, bias: i32): void {
  if (biased == 0 && fraction == 0) return out.u8(48);
  if (isNegative) out.u8(0x2d);
  const hidden = (<u64>1) << fractionBits;
  const mantissa = biased ? fraction | hidden : fraction;
  const exponent = max(biased, 1) - bias;
  const point = shortestDigits(mantissa, exponent, hidden, 1 - bias, digits);
  layOut(out, digitCount, point);
}

/** Writes `digits` with the decimal point after `point` of them: plain where ECMAScript does so, else with an exponent. */
function layOut(out: Writer, count: i32, point: i32): void {
  if (point > 21 || point <= -6) {
    out.bytes(digits, 1);
    if (count > 1) {
      out.u8(0x2e);
      out.bytes(digits + 1, count - 1);
    }
    out.u8(0x65);
    out.u8(point > 0 ? 0x2b : 0x2d);
    const exponent = point > 0 ? point - 1 : 1 - point;
    writeU64(out, exponent);
    return;
  }
  if (point <= 0) {
    out.text("0.");
    writeZeros(out, -point);
    out.bytes(digits, count);
    return;
  }
  const whole = min(point, count);
  out.bytes(digits, whole);
  writeZeros(out, point - whole);
  if (count > whole) {
    out.u8(0x2e);
    out.bytes(digits + whole, count - whole);
  }
}

function writeZeros(out: Writer, count: i32): void {
  for (; count > 0; count--) out.u8(48);
}

/**
 * Reads an unsigned decimal from `src`: u8[len], nothing but digits. Returns it, or -1: empty, another character, above limit.
 * limit: below 2^31 / 10.
 */
export function parseDecimal(src: usize, len: i32, limit: i32): i32 {
  if (len <= 0) return -1;
  let value = 0;
  for (let i = 0; i < len; i++) {
    const digit = <i32>load<u8>(src + i) - 48;
    if (<u32>digit > 9) return -1;
    value = value * 10 + digit;
    if (value > limit) return -1;
  }
  return value;
}

/** Value of a hexadecimal digit, -1: it is none. */
export function hexDigit(byte: i32): i32 {
  const digit = byte - 0x30;
  if (<u32>digit <= 9) return digit;
  const letter = (byte | 0x20) - 0x61;
  return <u32>letter < 6 ? letter + 10 : -1;
}
