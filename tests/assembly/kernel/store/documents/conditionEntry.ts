/** JSON, conditions and their evaluation as a module of its own, for differential.test.ts and hostile.test.ts. */
import { ConditionParser, errorAt } from "../../../../../assembly/kernel/store/documents/conditionParser";
import { matches } from "../../../../../assembly/kernel/store/documents/evaluator";
import { JsonCheck } from "../../../../../assembly/kernel/store/documents/jsonCheck";
import { JsonNumber } from "../../../../../assembly/kernel/store/documents/jsonNumber";
import { Program } from "../../../../../assembly/kernel/store/documents/program";
import { TextView } from "../../../../../assembly/kernel/store/documents/textView";
import { compareStrictly } from "../../../../../assembly/kernel/store/documents/values";
import { floatFromDecimal } from "../../../../../assembly/lib/floatFromDecimal";

const DOCUMENT_BYTES: i32 = 16384;
const QUERY_BYTES: i32 = 1024;
const WINDOW_BYTES: i32 = 24;

const documentBuffer: usize = memory.data(16384);
const queryBuffer: usize = memory.data(1024);
const windowBuffer: usize = memory.data(24);

/** A view that holds but a few bytes, as one of a record in the store does. */
class WindowedView extends TextView {
  begin(length: i32): void {
    this.reset(windowBuffer, 0);
    this.length = length;
  }

  protected fetch(offset: i32): bool {
    if (offset < 0 || offset >= this.length) return false;
    this.first = max(offset - 3, 0);
    this.held = min(WINDOW_BYTES, this.length - this.first);
    memory.copy(windowBuffer, documentBuffer + this.first, this.held);
    return true;
  }
}

const check = new JsonCheck();
const parser = new ConditionParser();
const program = new Program();
const whole = new TextView();
const windowed = new WindowedView();
const number = new JsonNumber();

export function documentAt(): usize {
  return documentBuffer;
}

export function queryAt(): usize {
  return queryBuffer;
}

export function strict(isStrict: bool): void {
  compareStrictly(isStrict);
}

/** Feeds the document in parts of `part` bytes. */
export function checkJson(length: i32, part: i32): i32 {
  check.reset();
  for (let at = 0; at < length; at += part) {
    const status = check.feed(documentBuffer + at, min(part, length - at));
    if (status < 0) return status;
  }
  return check.finish();
}

export function compileQuery(length: i32): i32 {
  return parser.parse(queryBuffer, length, program);
}

export function queryErrorAt(): i32 {
  return errorAt;
}

/** 1, 0, or 2 when the answer depends on how the document is looked at. */
export function matchesDocument(length: i32): i32 {
  whole.reset(documentBuffer, length);
  windowed.begin(length);
  const isMatch = matches(program, whole);
  return isMatch != matches(program, windowed) ? 2 : i32(isMatch);
}

export function readFloat(length: i32): f64 {
  whole.reset(documentBuffer, length);
  number.read(whole, 0);
  return number.float;
}

export function readInteger(length: i32): i64 {
  whole.reset(documentBuffer, length);
  number.read(whole, 0);
  return number.isInteger ? number.integer : i64.MIN_VALUE;
}

export function fromDecimal(mantissa: u64, power: i32): f64 {
  return floatFromDecimal(mantissa, power);
}
