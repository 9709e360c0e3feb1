import { JsonWriter } from "../../../lib/json";
import { writeI64 } from "../../../lib/number";
import { skipText, skipValue } from "./jsonScan";
import { lookUp } from "./path";
import { Program } from "./program";
import { RecordView } from "./recordView";
import { SCRATCH, SCRATCH_BYTES } from "./scratch";
import { Slice } from "./slice";

const slice = new Slice();
const keyWriter = new JsonWriter();

/**
 * Reads a result of a query from `offset` on into dst: u8[cap]: the document as it was stored, or with $fields an object of
 * the paths asked for, each under the path's own text; those that lead nowhere are left out.
 * Bytes read, fewer than cap at the end; what kept the document from being read.
 */
export function readResult(program: Program, result: RecordView, offset: i32, dst: usize, cap: i32): i32 {
  slice.start(offset, dst, cap);
  if (program.fields == 0) slice.view(result, 0, result.length);
  else writeFields(program, result);
  return result.status < 0 ? result.status : slice.length;
}

function writeFields(program: Program, result: RecordView): void {
  const text = program.text;
  let separator = 0x7b;
  for (let field = 0; field < program.fields; field++) {
    const path = <i32>unchecked(program.fieldPaths[field]);
    const value = lookUp(result, text, path);
    if (value < 0) continue;
    slice.byte(separator);
    separator = 0x2c;
    slice.view(text, path, skipText(text, path));
    slice.byte(0x3a);
    slice.view(result, value, skipValue(result, value));
  }
  if (separator == 0x7b) slice.byte(separator);
  slice.byte(0x7d);
}

/**
 * Reads a document as one line of an export: `{"key":...,"expiry":...,"document":...}` and a line feed. expiry: seconds since
 * 1970, null: it keeps for ever; of a document stored before the clock was known, `"ttl":` and the seconds left in its place.
 * ttlSeconds: those left, -1 for ever. As readResult.
 */
export function readLine(result: RecordView, ttlSeconds: i64, offset: i32, dst: usize, cap: i32): i32 {
  const item = result.item;
  slice.start(offset, dst, cap);
  slice.text('{"key":');
  keyWriter.reset(SCRATCH, SCRATCH_BYTES);
  keyWriter.string(item.key, item.keyBytes);
  slice.written(keyWriter);
  const isRelative = !item.isClockValid && ttlSeconds >= 0;
  slice.text(isRelative ? ',"ttl":' : ',"expiry":');
  keyWriter.reset(SCRATCH, SCRATCH_BYTES);
  if (ttlSeconds < 0) keyWriter.text("null");
  else writeI64(keyWriter, isRelative ? ttlSeconds : <i64>item.expiresAt);
  slice.written(keyWriter);
  slice.text(',"document":');
  const from = slice.length;
  slice.view(result, 0, result.length);
  // Behind escapes, what breaks a line is white space between the parts of a document.
  for (let at = dst + from; at < dst + slice.length; at++) {
    if (load<u8>(at) == 0x0a || load<u8>(at) == 0x0d) store<u8>(at, 0x20);
  }
  slice.text("}\n");
  return result.status < 0 ? result.status : slice.length;
}
