import { Writer } from "../../lib/bytes";
import { remainingLengthBytes, writeField } from "../mqtt/fixedHeader";

/** Bytes of a property: identifier and value. */
export const FLAG_BYTES: i32 = 2;
export const U16_BYTES: i32 = 3;
export const U32_BYTES: i32 = 5;

/** Bytes of properties behind their length, with it. len: 0..268435455. */
export function propertiesBytes(len: i32): i32 {
  return remainingLengthBytes(len) + len;
}

/** Appends a variable byte integer in its shortest form. value: 0..268435455 [MQTT-1.5.5-1]. */
export function writeVarint(out: Writer, value: i32): void {
  while (value > 127) {
    out.u8(value | 128);
    value >>= 7;
  }
  out.u8(value);
}

export function writeFlag(out: Writer, id: i32, value: i32): void {
  out.u8(id);
  out.u8(value);
}

export function writeU16(out: Writer, id: i32, value: i32): void {
  out.u8(id);
  out.u16Be(value);
}

export function writeU32(out: Writer, id: i32, value: u32): void {
  out.u8(id);
  out.u16Be(value >> 16);
  out.u16Be(value);
}

/** Appends a string or binary property, or with two fields in turn a pair. src: u8[len]. */
export function writeTextProperty(out: Writer, id: i32, src: usize, len: i32): void {
  out.u8(id);
  writeField(out, src, len);
}
