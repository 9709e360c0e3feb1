import { JsonNumber, compareNumbers } from "./jsonNumber";
import { compareText } from "./jsonText";
import { Kind, firstIn, kindAt, nextBehind, nextIn, skipValue, valueOf } from "./jsonScan";
import { MAX_NESTING } from "./jsonCheck";
import { TextView } from "./textView";

/** What two values compare to that have no order. */
export const UNORDERED: i32 = i32.MIN_VALUE;

/** Whether booleans are numbers, true = 1 and false = 0: the compatibility mode, a choice per store (store.md 7.4). */
export let booleansAreNumbers: bool = true;

/** Chooses for all that is compared from now on. */
export function compareStrictly(isStrict: bool): void {
  booleansAreNumbers = !isStrict;
}

const numberA = new JsonNumber();
const numberB = new JsonNumber();

/** The kind as comparisons see it. */
export function comparedKind(view: TextView, at: i32): Kind {
  const kind = kindAt(view, at);
  return kind == Kind.Boolean && booleansAreNumbers ? Kind.Number : kind;
}

/**
 * Order of the values at a and b (offset -1: no value): numbers by value, text by code point; 0: equal as far as they have an
 * order. UNORDERED: of two kinds, or of a kind without order.
 */
export function compareValues(viewA: TextView, a: i32, viewB: TextView, b: i32): i32 {
  const kind = comparedKind(viewA, a);
  if (kind != comparedKind(viewB, b)) return UNORDERED;
  if (kind == Kind.Text) return compareText(viewA, a, viewB, b);
  if (kind != Kind.Number) return UNORDERED;
  numberA.read(viewA, a);
  numberB.read(viewB, b);
  return compareNumbers(numberA, numberB);
}

/** Offset of the value of the member of the object at `at` that is named as the text at `name` of `names`; -1: none. */
export function findMember(view: TextView, at: i32, names: TextView, name: i32): i32 {
  let found = -1;
  for (let member = firstIn(view, at); member >= 0;) {
    const value = valueOf(view, member);
    if (compareText(view, member, names, name) == 0) found = value;
    member = nextIn(view, value);
  }
  return found;
}

/* A frame of equalValues, one per level: the entries of both containers that come next. */
const FRAME_BYTES: i32 = 16;
/** Object: where it begins, in a and in b. Array: 0 and -1. */
const START_A: usize = 8;
const START_B: usize = 12;
const frames: usize = memory.data(256, 4);

/**
 * Tells whether the values at a and b (offset -1: no value, which equals null) are the same: arrays element by element, objects
 * whatever the order of their members. Nothing recursive: one frame per level of nesting.
 */
export function equalValues(viewA: TextView, a: i32, viewB: TextView, b: i32): bool {
  let depth = 0;
  while (true) {
    const kind = comparedKind(viewA, a);
    if (kind != comparedKind(viewB, b)) return false;
    if (kind == Kind.Object || kind == Kind.Array) {
      if (depth == MAX_NESTING) return false;
      const frame = frames + depth++ * FRAME_BYTES;
      store<i32>(frame, firstIn(viewA, a));
      store<i32>(frame, firstIn(viewB, b), 4);
      store<i32>(frame, a, START_A);
      store<i32>(frame, kind == Kind.Object ? b : -1, START_B);
    } else if (!equalScalars(kind, viewA, a, viewB, b)) return false;
    // On to the next pair of values, out of every container that is done.
    while (true) {
      if (depth == 0) return true;
      const frame = frames + (depth - 1) * FRAME_BYTES;
      const step = load<i32>(frame, START_B) < 0 ? nextElements(frame, viewA, viewB) : nextMembers(frame, viewA, viewB);
      if (step < 0) return false;
      if (step > 0) break;
      depth--;
    }
    a = pairA;
    b = pairB;
  }
}

function equalScalars(kind: Kind, viewA: TextView, a: i32, viewB: TextView, b: i32): bool {
  if (kind == Kind.Null) return true;
  if (kind == Kind.Boolean) return viewA.at(a) == viewB.at(b);
  return compareValues(viewA, a, viewB, b) == 0;
}

/** The values that nextElements and nextMembers found. */
let pairA: i32 = 0;
let pairB: i32 = 0;

/** 1: a pair to compare, 0: both arrays end, -1: only one does. */
function nextElements(frame: usize, viewA: TextView, viewB: TextView): i32 {
  pairA = load<i32>(frame);
  pairB = load<i32>(frame, 4);
  if (pairA < 0 != pairB < 0) return -1;
  if (pairA < 0) return 0;
  store<i32>(frame, nextBehind(viewA, skipValue(viewA, pairA)));
  store<i32>(frame, nextBehind(viewB, skipValue(viewB, pairB)), 4);
  return 1;
}

/** 1: the values of the next member that both have, 0: all were seen, -1: one has a member that the other has not. */
function nextMembers(frame: usize, viewA: TextView, viewB: TextView): i32 {
  const startA = load<i32>(frame, START_A);
  const startB = load<i32>(frame, START_B);
  const name = load<i32>(frame);
  if (name >= 0) {
    store<i32>(frame, nextIn(viewA, valueOf(viewA, name)));
    pairA = findMember(viewA, startA, viewA, name);
    pairB = findMember(viewB, startB, viewA, name);
    return pairB < 0 ? -1 : 1;
  }
  for (let other = load<i32>(frame, 4); other >= 0; other = nextIn(viewB, valueOf(viewB, other))) {
    if (findMember(viewA, startA, viewB, other) < 0) return -1;
  }
  return 0;
}
