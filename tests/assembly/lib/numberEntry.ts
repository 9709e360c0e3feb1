/** lib/number as a module of its own, for number.test.ts. */
import { Writer } from "../../../assembly/lib/bytes";
import { writeF32, writeF64, writeI64, writeU64 } from "../../../assembly/lib/number";

const CAP: i32 = 32;
const buffer: usize = memory.data(CAP);
const writer = new Writer();

function fresh(): Writer {
  writer.reset(buffer, CAP);
  return writer;
}

export function text(): usize {
  return buffer;
}

export function f64Length(value: f64): i32 {
  writeF64(fresh(), value);
  return writer.isBroken ? -1 : writer.length;
}

export function f32Length(value: f32): i32 {
  writeF32(fresh(), value);
  return writer.isBroken ? -1 : writer.length;
}

export function i64Length(value: i64): i32 {
  writeI64(fresh(), value);
  return writer.length;
}

export function u64Length(value: u64): i32 {
  writeU64(fresh(), value);
  return writer.length;
}
