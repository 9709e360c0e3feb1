import { Kind, firstIn, kindAt, nextIn } from "./jsonScan";
import { containsText, startsWith } from "./jsonText";
import { lookUp } from "./path";
import { MAX_GROUPS, Program, Test } from "./program";
import { TextView } from "./textView";
import { UNORDERED, compareValues, equalValues } from "./values";

const groups = memory.data(MAX_GROUPS, 1);

/** The path looked up last in the document at hand, and where it led: the operators of one path stand side by side. */
let knownPath: i32 = -1;
let knownValue: i32 = -1;

/**
 * Tells whether a document matches a condition. Works on the document's bytes; nothing in a document can make it fail: what
 * cannot be compared does not match.
 */
export function matches(program: Program, document: TextView): bool {
  knownPath = -1;
  let depth = 0;
  let node = 0;
  while (true) {
    const test = program.test(node);
    if (test >= Test.All) {
      store<u8>(groups + depth++, node++);
      const isEmpty = program.end(node - 1) == node;
      if (!isEmpty) continue;
    }
    let result: bool = test >= Test.All ? true : holds(program, node, document) != program.isNegated(node);
    if (test < Test.All) node++;
    // Out of every group that this result decides, or ends.
    while (true) {
      if (depth == 0) return result;
      const group = <i32>load<u8>(groups + depth - 1);
      const isAll = program.test(group) == Test.All;
      if (result == isAll && node != program.end(group)) break;
      node = program.end(group);
      result = result != program.isNegated(group);
      depth--;
    }
  }
}

function holds(program: Program, node: i32, document: TextView): bool {
  const text = program.text;
  const path = program.path(node);
  if (path != knownPath) {
    knownPath = path;
    knownValue = lookUp(document, text, path);
  }
  return test(program.test(node), document, knownValue, text, program.operand(node));
}

/** Tells whether one test holds for the value at `value` (-1: none). operand: a value of `text`. */
function test(what: Test, document: TextView, value: i32, text: TextView, operand: i32): bool {
  switch (what) {
    case Test.Eq:
      return equalValues(document, value, text, operand);
    case Test.In:
      return isAmong(text, operand, document, value);
    case Test.Exists: {
      const first = text.at(operand);
      return (kindAt(document, value) != Kind.Null) == (first == 0x74 || first == 0x31);
    }
    case Test.Contains: {
      if (kindAt(document, value) == Kind.Array) return isAmong(document, value, text, operand);
      return areTexts(document, value, text, operand) && containsText(document, value, text, operand);
    }
    case Test.Prefix:
      return areTexts(document, value, text, operand) && startsWith(document, value, text, operand);
    case Test.Between: {
      const low = firstIn(text, operand);
      return compares(Test.Gte, document, value, text, low) && compares(Test.Lte, document, value, text, nextIn(text, low));
    }
    default:
      return compares(what, document, value, text, operand);
  }
}

function compares(what: Test, document: TextView, value: i32, text: TextView, operand: i32): bool {
  const order = compareValues(document, value, text, operand);
  if (order == UNORDERED) return false;
  if (what == Test.Gt) return order > 0;
  if (what == Test.Gte) return order >= 0;
  return what == Test.Lt ? order < 0 : order <= 0;
}

function areTexts(document: TextView, value: i32, text: TextView, operand: i32): bool {
  return kindAt(document, value) == Kind.Text && kindAt(text, operand) == Kind.Text;
}

/** Tells whether the array at `array` has an element that equals the value at `value`. */
function isAmong(arrays: TextView, array: i32, values: TextView, value: i32): bool {
  for (let element = firstIn(arrays, array); element >= 0; element = nextIn(arrays, element)) {
    if (equalValues(arrays, element, values, value)) return true;
  }
  return false;
}
