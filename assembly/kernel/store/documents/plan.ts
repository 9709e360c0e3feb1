import { Cursor } from "../tree/cursor";
import { Encoding } from "./indexKey";
import { IndexedPaths, LOOSE_TAGS_INDEX, TAG_INDEX } from "./indexedPaths";
import { Kind, firstIn, kindAt, nextIn } from "./jsonScan";
import { compareText } from "./jsonText";
import { Program, Test } from "./program";

/** How the documents are found that a condition may hold for. */
export enum Access {
  /** All of them, by key. */
  Scan,
  /** Those with one value, which come by key: entries of one encoding. */
  Value,
  /** Those with one of several values: each by key. */
  Values,
  /** A range of values: by value. */
  Range,
}

const lowBuffer: usize = memory.data(32, 1);
const highBuffer: usize = memory.data(32, 1);
const low = new Encoding(lowBuffer);
const high = new Encoding(highBuffer);

/**
 * Chooses the index that serves a condition: a test that all results must pass and whose path is indexed. Equality before
 * lists before ranges, bounded on both sides before on one. What the index finds is tested again by the whole condition.
 */
export class Plan {
  access: Access = Access.Scan;
  /** The index, and the place of the tests in the program whose operands bound it; -1: open on that side. */
  index: i32 = 0;
  private node: i32 = -1;
  private highNode: i32 = -1;
  private rank: i32 = 0;
  private program: Program = changetype<Program>(0);

  choose(program: Program, paths: IndexedPaths): void {
    this.program = program;
    this.access = Access.Scan;
    this.index = 0;
    this.rank = 0;
    this.node = -1;
    this.highNode = -1;
    for (let node = 0; node < program.nodes;) {
      const test = program.test(node);
      // Into groups all of whose members must hold; past the others.
      const isConjunction = test == Test.All && !program.isNegated(node);
      if (test < Test.All && !program.isNegated(node)) this.consider(node, paths);
      node = isConjunction ? node + 1 : program.end(node);
    }
  }

  private consider(node: i32, paths: IndexedPaths): void {
    const program = this.program;
    const text = program.text;
    const test = program.test(node);
    const path = program.path(node);
    const operand = program.operand(node);
    if (test == Test.Contains) {
      // The path of the tags is at offset 0 of every program; a condition may also spell it.
      const isTags = path == 0 || compareText(text, path, text, 0) == 0;
      if (isTags && kindAt(text, operand) == Kind.Text) this.propose(4, Access.Values, TAG_INDEX, node);
      return;
    }
    const index = paths.find(text, path);
    if (index == 0) return;
    if (test == Test.Eq && this.hasEntry(operand)) this.propose(4, Access.Value, index, node);
    else if (test == Test.In && this.haveEntries(operand)) this.propose(3, Access.Values, index, node);
    else if (test == Test.Between && this.haveEntries(operand)) this.propose(2, Access.Range, index, node);
    else if (test == Test.Prefix) this.propose(2, Access.Range, index, node);
    else if (isBound(test) && this.hasEntry(operand)) this.bound(index, node);
  }

  private propose(rank: i32, access: Access, index: i32, node: i32): void {
    if (rank <= this.rank) return;
    this.rank = rank;
    this.access = access;
    this.index = index;
    this.node = node;
    this.highNode = -1;
  }

  /** A bound on one side, or the second one of a range begun. */
  private bound(index: i32, node: i32): void {
    if (this.rank == 1 && this.index == index && isUpper(this.program.test(node)) != isUpper(this.program.test(this.node))) {
      this.rank = 2;
      this.highNode = node;
      return;
    }
    this.propose(1, Access.Range, index, node);
  }

  private hasEntry(operand: i32): bool {
    const kind = kindAt(this.program.text, operand);
    return kind == Kind.Number || kind == Kind.Text || kind == Kind.Boolean;
  }

  private haveEntries(list: i32): bool {
    const text = this.program.text;
    for (let each = firstIn(text, list); each >= 0; each = nextIn(text, each)) {
      if (!this.hasEntry(each)) return false;
    }
    return true;
  }

  /**
   * Sets `cursor` to the source-th of the spans in which candidates lie, behind the key u8[keyBytes] where they come by key.
   * False: there are no more.
   */
  seek(source: i32, cursor: Cursor, key: usize, keyBytes: i32): bool {
    const text = this.program.text;
    if (this.access == Access.Range) {
      if (source > 0) return false;
      this.seekRange(cursor);
      return true;
    }
    let index = this.index;
    const operand = this.program.operand(this.node);
    if (index == TAG_INDEX) {
      if (source > 1) return false;
      low.tag(text, operand);
      if (source == 1) {
        index = LOOSE_TAGS_INDEX;
        store<u8>(low.address, 0);
        low.length = 1;
      }
    } else if (this.access == Access.Value) {
      if (source > 0) return false;
      this.encode(low, operand);
    } else {
      let each = firstIn(text, operand);
      for (; source > 0 && each >= 0; source--) each = nextIn(text, each);
      if (each < 0) return false;
      this.encode(low, each);
    }
    cursor.prefix(index, low.address, low.length, false);
    if (keyBytes > 0) {
      memory.copy(cursor.at + cursor.atBytes, key, keyBytes);
      cursor.atBytes += <u8>keyBytes;
      cursor.isAfter = true;
    }
    return true;
  }

  private encode(encoding: Encoding, value: i32): void {
    encoding.value(this.program.text, value);
    encoding.forIndex();
  }

  private seekRange(cursor: Cursor): void {
    const program = this.program;
    const text = program.text;
    const operand = program.operand(this.node);
    if (program.test(this.node) == Test.Prefix) {
      low.text(text, operand);
      cursor.prefix(this.index, low.address, low.length, false);
      return;
    }
    let from = operand;
    let to = operand;
    if (program.test(this.node) == Test.Between) {
      from = firstIn(text, operand);
      to = nextIn(text, from);
    } else if (this.highNode >= 0) {
      const isFirstUpper = isUpper(program.test(this.node));
      const other = program.operand(this.highNode);
      from = isFirstUpper ? other : operand;
      to = isFirstUpper ? operand : other;
    } else if (isUpper(program.test(this.node))) from = -1;
    else to = -1;
    this.encode(low, max(from, to));
    if (from < 0 || to < 0) {
      // As far as the kind of value goes: its first byte alone.
      store<u8>(high.address, load<u8>(low.address) + i32(to < 0));
      if (from < 0) cursor.range(this.index, high.address, 1, true, low.address, low.length, true, false);
      else cursor.range(this.index, low.address, low.length, true, high.address, 1, false, false);
      return;
    }
    this.encode(low, from);
    this.encode(high, to);
    cursor.range(this.index, low.address, low.length, true, high.address, high.length, true, false);
  }
}

function isUpper(test: Test): bool {
  return test == Test.Lt || test == Test.Lte;
}

function isBound(test: Test): bool {
  return test >= Test.Gt && test <= Test.Lte;
}
