import { Writer } from "../../../lib/bytes";
import { writeF64, writeI64 } from "../../../lib/number";
import { Status } from "../../../lib/status";
import { JsonCheck } from "./jsonCheck";
import { JsonNumber } from "./jsonNumber";
import { Kind, firstIn, kindAt, nextBehind, nextIn, skipSpace, skipValue, valueOf } from "./jsonScan";
import { equalsLiteral } from "./jsonText";
import { MAX_STEPS, Path, countSteps } from "./path";
import { QUERY_BYTES } from "./program";
import { SCRATCH, SCRATCH_BYTES } from "./scratch";
import { SplicedView } from "./splicedView";
import { TextView } from "./textView";

/** Most changes of one patch. */
export const MAX_EDITS: i32 = 8;
/** What all changes together put in lies here: the patch itself, and the objects around values on new paths. */
const inserted: usize = SCRATCH;
const writer = new Writer();
const check = new JsonCheck();
const number = new JsonNumber();
const amount = new JsonNumber();
const path = new Path();

enum Change {
  Set,
  Unset,
  Increment,
}

/**
 * A partial update: `{"$set":{path:value},"$unset":[path],"$inc":{path:number}}`, each part optional, in the order given.
 * Every change sees what those before it made. The document is not copied: the result is a view over views.
 */
export class Patch {
  /** The changed document. */
  result: TextView = changetype<TextView>(0);
  private readonly text: TextView = new TextView();
  private readonly views: StaticArray<SplicedView> = new StaticArray<SplicedView>(MAX_EDITS);
  private edits: i32 = 0;

  constructor() {
    for (let i = 0; i < MAX_EDITS; i++) unchecked((this.views[i] = new SplicedView()));
  }

  /** Starts with an unchanged document. */
  start(document: TextView): void {
    this.result = document;
    this.edits = 0;
    writer.reset(inserted, SCRATCH_BYTES);
  }

  /**
   * Applies a patch, src: u8[len], which stays where it is as long as `result` is looked at.
   * Ok; BadQuery (no patch, an unknown name, more than MAX_EDITS), Invalid (a path leads through what is no object, a number is to
   * be added to what is none, or makes one that no f64 holds), TooLarge (the patch, or what it puts in).
   */
  apply(src: usize, len: i32): i32 {
    if (len > QUERY_BYTES) return Status.TooLarge;
    check.reset();
    if (check.feed(src, len) < 0 || check.finish() < 0 || !check.isObject) return Status.BadQuery;
    const text = this.text;
    text.reset(src, len);
    for (let part = firstIn(text, skipSpace(text, 0)); part >= 0;) {
      const value = valueOf(text, part);
      const status = this.part(part, value);
      if (status < 0) return status;
      part = nextIn(text, value);
    }
    return Status.Ok;
  }

  /** Sets what the path at `at` of `paths` leads to to src: u8[len], JSON. As apply. */
  set(paths: TextView, at: i32, src: usize, len: i32): i32 {
    this.text.reset(src, len);
    return this.edit(Change.Set, paths, at, 0, len);
  }

  private part(name: i32, value: i32): i32 {
    const text = this.text;
    const isUnset = equalsLiteral(text, name, "$unset");
    const isSet = equalsLiteral(text, name, "$set");
    if (!isUnset && !isSet && !equalsLiteral(text, name, "$inc")) return Status.BadQuery;
    if (kindAt(text, value) != (isUnset ? Kind.Array : Kind.Object)) return Status.BadQuery;
    const change = isUnset ? Change.Unset : isSet ? Change.Set : Change.Increment;
    for (let entry = firstIn(text, value); entry >= 0;) {
      if (kindAt(text, entry) != Kind.Text || countSteps(text, entry) > MAX_STEPS) return Status.BadQuery;
      const operand = isUnset ? entry : valueOf(text, entry);
      const end = skipValue(text, operand);
      const status = this.edit(change, text, entry, operand, end);
      if (status < 0) return status;
      entry = nextBehind(text, end);
    }
    return Status.Ok;
  }

  private edit(change: Change, paths: TextView, at: i32, operand: i32, end: i32): i32 {
    const document = this.result;
    path.start(paths, at);
    let value = skipSpace(document, 0);
    let object = value;
    do {
      object = value;
      if (kindAt(document, object) != Kind.Object) return change == Change.Unset ? Status.Ok : Status.Invalid;
      value = path.enter(document, object);
      // A null on the way is nothing, and is replaced like nothing.
    } while (!path.isLast && kindAt(document, value) != Kind.Null);
    if (change == Change.Unset) return path.isLast ? this.unset(document, object, paths, at) : Status.Ok;
    const from = writer.length;
    const isThere = value >= 0;
    if (!isThere) path.writeName(writer);
    path.writeRest(writer);
    if (change == Change.Set) this.copy(operand, end);
    else if (!this.increment(document, value, operand)) return Status.Invalid;
    path.closeRest(writer);
    if (isThere) return this.splice(value, skipValue(document, value), from);
    if (firstIn(document, object) >= 0) writer.u8(0x2c);
    return this.splice(object + 1, object + 1, from);
  }

  /** Removes every member of that name: the last one that is left, until none is. */
  private unset(document: TextView, object: i32, paths: TextView, at: i32): i32 {
    while (path.member >= 0) {
      let before = -1;
      let member = firstIn(document, object);
      while (member != path.member) {
        before = skipValue(document, valueOf(document, member));
        member = nextBehind(document, before);
      }
      const end = skipValue(document, valueOf(document, member));
      const next = nextBehind(document, end);
      const status = before >= 0 ? this.splice(before, end, writer.length) : this.splice(member, next >= 0 ? next : end, writer.length);
      if (status < 0) return status;
      document = this.result;
      path.start(paths, at);
      let value = skipSpace(document, 0);
      do value = path.enter(document, value);
      while (!path.isLast);
    }
    return Status.Ok;
  }

  private copy(from: i32, to: i32): void {
    const address = writer.reserve(to - from);
    if (address) this.text.copy(from, to, address);
  }

  private increment(document: TextView, value: i32, operand: i32): bool {
    const text = this.text;
    const kind = kindAt(document, value);
    if (kindAt(text, operand) != Kind.Number || (kind != Kind.Number && kind != Kind.Null)) return false;
    amount.read(text, operand);
    number.setInteger(0);
    // Behind a null on the way there is nothing to add to.
    if (kind == Kind.Number) number.read(document, value);
    number.add(amount);
    if (number.isInteger) writeI64(writer, number.integer);
    else if (isFinite(number.float)) writeF64(writer, number.float);
    else return false;
    return true;
  }

  /** Puts what was written since `inserted` into the place of [from, to). */
  private splice(from: i32, to: i32, insertedAt: i32): i32 {
    if (writer.isBroken) return Status.TooLarge;
    if (this.edits == MAX_EDITS) return Status.BadQuery;
    const view = unchecked(this.views[this.edits++]);
    view.splice(this.result, from, to, inserted + insertedAt, writer.length - insertedAt);
    this.result = view;
    return Status.Ok;
  }
}
