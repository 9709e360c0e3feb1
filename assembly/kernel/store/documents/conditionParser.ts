import { Status } from "../../../lib/status";
import { textByte } from "../../../lib/text";
import { JsonCheck } from "./jsonCheck";
import { JsonNumber } from "./jsonNumber";
import { Kind, firstIn, kindAt, nextIn, skipSpace, skipText, skipValue, valueOf } from "./jsonScan";
import { TextBytes, equalsLiteral } from "./jsonText";
import { MAX_STEPS, countSteps } from "./path";
import { CONDITION, MAX_FIELDS, MAX_GROUPS, MAX_SORT, OPERATORS, Program, QUERY_BYTES, Test } from "./program";

const DOLLAR: i32 = 0x24;

/** How the entries of an open group are to be read. */
enum Entries {
  /** Members of a condition: fields, $and, $or, $not. */
  Members,
  /** Conditions: elements of the list of $and and $or. */
  Conditions,
  /** Operators on one path. */
  Operators,
}

/* An open group, u16[4]: its node, Entries, the offset of its next entry (0: none), the path of its operators. */
const OPEN_BYTES: i32 = 8;
const ENTRIES: usize = 2;
const NEXT: usize = 4;
const PATH: usize = 6;
const open: usize = memory.data(128, 8);

const check = new JsonCheck();
const name = new TextBytes();
const number = new JsonNumber();

/** Where the condition refused last goes wrong: offset in its text. */
export let errorAt: i32 = 0;

/** Compiles conditions (store.md 7; DESIGN.md). */
export class ConditionParser {
  private program: Program = changetype<Program>(0);
  private depth: i32 = 0;

  /**
   * Compiles the condition `src`: u8[len], JSON, into `program`.
   * Ok; BadQuery with errorAt: no JSON object, an unknown or misplaced `$` name, an operand that the operator cannot have, more
   * than the stated limits. TooLarge: longer than QUERY_BYTES.
   */
  parse(src: usize, len: i32, program: Program): i32 {
    errorAt = 0;
    if (len > QUERY_BYTES) return Status.TooLarge;
    check.reset();
    let status = check.feed(src, len);
    if (status >= 0) status = check.finish();
    if (status < 0 || !check.isObject) {
      errorAt = status < 0 ? check.count : 0;
      return Status.BadQuery;
    }
    program.reset(src, len);
    this.program = program;
    this.depth = 0;
    status = this.openGroup(Test.All, false, Entries.Members, skipSpace(program.text, CONDITION), 0);
    while (status >= 0 && this.depth > 0) status = this.advance();
    return status;
  }

  /** Names the offset in the text at which the condition goes wrong. */
  private refuse(at: i32): i32 {
    errorAt = at - CONDITION;
    return Status.BadQuery;
  }

  private openGroup(test: Test, isNegated: bool, entries: Entries, container: i32, path: i32): i32 {
    const node = this.program.add(test, isNegated, path, container);
    if (node < 0 || this.depth == MAX_GROUPS) return this.refuse(container);
    const frame = open + this.depth++ * OPEN_BYTES;
    store<u16>(frame, node);
    store<u16>(frame, entries, ENTRIES);
    store<u16>(frame, max(firstIn(this.program.text, container), 0), NEXT);
    store<u16>(frame, path, PATH);
    return Status.Ok;
  }

  /** Takes one entry of the innermost open group, or closes it. */
  private advance(): i32 {
    const text = this.program.text;
    const frame = open + (this.depth - 1) * OPEN_BYTES;
    const entry = <i32>load<u16>(frame, NEXT);
    if (entry == 0) {
      this.program.close(load<u16>(frame));
      this.depth--;
      return Status.Ok;
    }
    const entries = load<u16>(frame, ENTRIES) as Entries;
    const value = entries == Entries.Conditions ? entry : valueOf(text, entry);
    store<u16>(frame, max(nextIn(text, value), 0), NEXT);
    if (entries == Entries.Members) return this.member(entry, value);
    if (entries == Entries.Operators) return this.operator(load<u16>(frame, PATH), entry, value);
    if (kindAt(text, value) != Kind.Object) return this.refuse(value);
    return this.openGroup(Test.All, false, Entries.Members, value, 0);
  }

  private member(field: i32, value: i32): i32 {
    const text = this.program.text;
    const kind = kindAt(text, value);
    if (this.isDollar(field)) return this.dollar(field, value, kind);
    if (countSteps(text, field) > MAX_STEPS) return this.refuse(field);
    if (kind != Kind.Object) {
      if (equalsLiteral(text, field, "tags") || equalsLiteral(text, field, "_tags")) return this.leaf(Test.Contains, 0, value);
      const nested = this.findDollar(value);
      return nested >= 0 ? this.refuse(nested) : this.leaf(Test.Eq, field, value);
    }
    for (let each = firstIn(text, value); each >= 0; each = nextIn(text, valueOf(text, each))) {
      if (this.isDollar(each)) return this.openGroup(Test.All, false, Entries.Operators, value, field);
    }
    const nested = this.findDollar(value);
    return nested >= 0 ? this.refuse(nested) : this.leaf(Test.Eq, field, value);
  }

  /** A member of a condition whose name begins with `$`. */
  private dollar(at: i32, value: i32, kind: Kind): i32 {
    const text = this.program.text;
    const isAll = equalsLiteral(text, at, "$and");
    if (isAll || equalsLiteral(text, at, "$or")) {
      if (kind != Kind.Array || firstIn(text, value) < 0) return this.refuse(value);
      return this.openGroup(isAll ? Test.All : Test.Any, false, Entries.Conditions, value, 0);
    }
    if (equalsLiteral(text, at, "$not")) {
      return kind != Kind.Object ? this.refuse(value) : this.openGroup(Test.All, true, Entries.Members, value, 0);
    }
    if (this.depth > 1) return this.refuse(at);
    if (equalsLiteral(text, at, "$limit")) return (this.program.limit = this.count(value)) < 0 ? this.refuse(value) : Status.Ok;
    if (equalsLiteral(text, at, "$skip")) return (this.program.skip = this.count(value)) < 0 ? this.refuse(value) : Status.Ok;
    if (equalsLiteral(text, at, "$sort")) return kind != Kind.Object ? this.refuse(value) : this.sort(value);
    if (equalsLiteral(text, at, "$fields")) return kind != Kind.Array ? this.refuse(value) : this.fields(value);
    return this.refuse(at);
  }

  private operator(path: i32, at: i32, value: i32): i32 {
    const text = this.program.text;
    const test = this.findOperator(at);
    const kind = kindAt(text, value);
    switch (test) {
      case -1:
        return this.refuse(at);
      case Test.In:
      case Test.Nin: {
        if (kind != Kind.Array) return this.refuse(value);
        break;
      }
      case Test.Between: {
        if (kind != Kind.Array || this.countEntries(value) != 2) return this.refuse(value);
        break;
      }
      case Test.Prefix: {
        if (kind != Kind.Text) return this.refuse(value);
        break;
      }
      case Test.Exists: {
        const isClaim = kind == Kind.Boolean || (kind == Kind.Number && <u32>this.count(value) <= 1);
        if (!isClaim) return this.refuse(value);
        break;
      }
      case Test.Not: {
        if (kind != Kind.Object || firstIn(text, value) < 0) return this.refuse(value);
        return this.openGroup(Test.All, true, Entries.Operators, value, path);
      }
    }
    return this.leaf(test as Test, path, value);
  }

  private leaf(test: Test, path: i32, operand: i32): i32 {
    const isNegated = test == Test.Ne || test == Test.Nin;
    const positive = test == Test.Ne ? Test.Eq : test == Test.Nin ? Test.In : test;
    return this.program.add(positive, isNegated, path, operand) < 0 ? this.refuse(operand) : Status.Ok;
  }

  /** The Test that the name at `at` stands for, -1: none. */
  private findOperator(at: i32): i32 {
    let test = -1;
    for (let from = 0; from + 1 < OPERATORS.length; test++) {
      from++;
      name.start(this.program.text, at);
      name.next();
      let byte = name.next();
      let matches = true;
      for (; textByte(OPERATORS, from) != 0x20; from++) {
        if (byte != textByte(OPERATORS, from)) matches = false;
        else byte = name.next();
      }
      if (matches && byte < 0 && this.isDollar(at)) return test + 1;
    }
    return -1;
  }

  private sort(value: i32): i32 {
    const program = this.program;
    const text = program.text;
    for (let path = firstIn(text, value); path >= 0;) {
      const direction = valueOf(text, path);
      const sign = this.sign(direction);
      if (sign == 0) return this.refuse(direction);
      if (program.sorts == MAX_SORT || this.isDollar(path) || countSteps(text, path) > MAX_STEPS) return this.refuse(path);
      unchecked((program.sortPaths[program.sorts] = <u16>path));
      unchecked((program.isDescending[program.sorts++] = sign < 0));
      path = nextIn(text, direction);
    }
    return Status.Ok;
  }

  private fields(value: i32): i32 {
    const program = this.program;
    const text = program.text;
    for (let path = firstIn(text, value); path >= 0; path = nextIn(text, path)) {
      const isPath = kindAt(text, path) == Kind.Text && countSteps(text, path) <= MAX_STEPS;
      if (!isPath || program.fields == MAX_FIELDS) return this.refuse(path);
      unchecked((program.fieldPaths[program.fields++] = <u16>path));
    }
    return program.fields == 0 ? this.refuse(value) : Status.Ok;
  }

  /** A whole number from 0 to 2^31 - 1, 0 for null; -1: it is none. */
  private count(value: i32): i32 {
    const kind = kindAt(this.program.text, value);
    if (kind == Kind.Null) return 0;
    if (kind != Kind.Number) return -1;
    number.read(this.program.text, value);
    const isCount = number.isInteger && number.integer >= 0 && number.integer <= i32.MAX_VALUE;
    return isCount ? <i32>number.integer : -1;
  }

  /** 1 or -1, 0 for anything else. */
  private sign(value: i32): i32 {
    if (kindAt(this.program.text, value) != Kind.Number) return 0;
    number.read(this.program.text, value);
    return number.isInteger && (number.integer == 1 || number.integer == -1) ? <i32>number.integer : 0;
  }

  private countEntries(array: i32): i32 {
    let entries = 0;
    for (let entry = firstIn(this.program.text, array); entry >= 0; entry = nextIn(this.program.text, entry)) entries++;
    return entries;
  }

  private isDollar(at: i32): bool {
    name.start(this.program.text, at);
    return name.next() == DOLLAR;
  }

  /** The first name that begins with `$` anywhere in the value at `at`, -1: none. */
  private findDollar(at: i32): i32 {
    const text = this.program.text;
    const end = skipValue(text, at);
    while (at < end) {
      if (text.at(at) != 0x22) {
        at++;
        continue;
      }
      const behind = skipText(text, at);
      if (this.isDollar(at) && text.at(skipSpace(text, behind)) == 0x3a) return at;
      at = behind;
    }
    return -1;
  }
}
