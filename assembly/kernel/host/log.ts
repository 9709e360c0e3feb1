import { Writer } from "../../lib/bytes";
import { writeI64 } from "../../lib/number";
import { sysLog } from "./imports";

/** Longest log line; what is longer is cut. */
const LINE_BYTES: i32 = 96;

const line: usize = memory.data(LINE_BYTES, 1);
const writer = new Writer();

/** Logs an ASCII literal. level: a LogLevel. */
export function logText(level: i32, literal: string): void {
  writer.reset(line, LINE_BYTES);
  writer.text(literal);
  sysLog(level, line, writer.length);
}

/** Logs an ASCII literal and a number behind it. */
export function logNumber(level: i32, literal: string, value: i64): void {
  writer.reset(line, LINE_BYTES);
  writer.text(literal);
  writeI64(writer, value);
  sysLog(level, line, writer.length);
}

/** Logs an ASCII literal and text: u8[len] behind it, as much of it as fits. */
export function logBytes(level: i32, literal: string, text: usize, len: i32): void {
  writer.reset(line, LINE_BYTES);
  writer.text(literal);
  writer.bytes(text, min(len, LINE_BYTES - writer.length));
  sysLog(level, line, writer.length);
}

/** Logs two ASCII literals: a key and what is expected of it. */
export function logTexts(level: i32, first: string, second: string): void {
  writer.reset(line, LINE_BYTES);
  writer.text(first);
  writer.text(second);
  sysLog(level, line, writer.length);
}
