import { copyText } from "../../../lib/text";
import { MAX_NESTING } from "./jsonCheck";
import { TextView } from "./textView";

/** Longest condition in bytes. */
export const QUERY_BYTES: i32 = 512;
/** Most tests and groups of one condition. */
export const MAX_NODES: i32 = 48;
/** Deepest nesting of $and, $or, $not and operators, the condition itself included. */
export const MAX_GROUPS: i32 = MAX_NESTING;
/** Most paths in $sort, and in $fields. */
export const MAX_SORT: i32 = 2;
export const MAX_FIELDS: i32 = 16;

/** What a node asks; up to Prefix in the order of OPERATORS. */
export enum Test {
  Eq,
  Ne,
  Gt,
  Gte,
  Lt,
  Lte,
  In,
  Nin,
  Exists,
  Contains,
  Between,
  Prefix,
  /** An operator of the language, never of a node: it becomes a negated group. */
  Not,
  /** Groups: all, or any, of the nodes up to `end`. */
  All,
  Any,
}

/** The names of the operators behind their `$`, in the order of Test. */
export const OPERATORS: string = " eq ne gt gte lt lte in nin exists contains between prefix not ";

/* A node, u8[8]: a test, or a group in front of its members. Offsets are those of `text`.
 *
 *   0 u8 Test | 1 u8 negated | 2 u16 path | 4 u16 operand | 6 u16 end: number of the node behind it and its members
 */
const NODE_BYTES: usize = 8;
const NEGATED: usize = 1;
const PATH: usize = 2;
const OPERAND: usize = 4;
const END: usize = 6;

/** What stands before the condition in the text: the path of the tags. */
const TAGS: string = '"_tags"';
/** Offset of the condition. */
export const CONDITION: i32 = 8;

/** A condition, compiled: its text stays, and short nodes that point into it say what to test. */
export class Program {
  /** The path of the tags, and from CONDITION on the condition as it was given. */
  readonly text: TextView = new TextView();
  nodes: i32 = 0;
  /** Most results; 0: all. */
  limit: i32 = 0;
  skip: i32 = 0;
  /** Paths to sort by, the most significant first: `sorts` of them, and whether each is descending. */
  sorts: i32 = 0;
  readonly sortPaths: StaticArray<u16> = new StaticArray<u16>(MAX_SORT);
  readonly isDescending: StaticArray<bool> = new StaticArray<bool>(MAX_SORT);
  /** Paths to keep of each result; 0: all of it. */
  fields: i32 = 0;
  readonly fieldPaths: StaticArray<u16> = new StaticArray<u16>(MAX_FIELDS);

  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(QUERY_BYTES + CONDITION);
  private readonly table: StaticArray<u64> = new StaticArray<u64>(MAX_NODES);

  /** Starts over with `src`: u8[len], len up to QUERY_BYTES. */
  reset(src: usize, len: i32): void {
    const bytes = changetype<usize>(this.bytes);
    copyText(bytes, TAGS);
    memory.copy(bytes + CONDITION, src, len);
    this.text.reset(bytes, CONDITION + len);
    this.nodes = 0;
    this.limit = 0;
    this.skip = 0;
    this.sorts = 0;
    this.fields = 0;
  }

  /** Appends a node. path 0: the tags. Returns its number, -1: there is no room. */
  add(test: Test, isNegated: bool, path: i32, operand: i32): i32 {
    if (this.nodes == MAX_NODES) return -1;
    const node = this.node(this.nodes);
    store<u8>(node, test);
    store<u8>(node, i32(isNegated), NEGATED);
    store<u16>(node, path, PATH);
    store<u16>(node, operand, OPERAND);
    store<u16>(node, ++this.nodes, END);
    return this.nodes - 1;
  }

  /** Ends a group: its members are the nodes appended since. */
  close(group: i32): void {
    store<u16>(this.node(group), this.nodes, END);
  }

  test(node: i32): Test {
    return load<u8>(this.node(node)) as Test;
  }

  isNegated(node: i32): bool {
    return load<u8>(this.node(node), NEGATED) != 0;
  }

  path(node: i32): i32 {
    return load<u16>(this.node(node), PATH);
  }

  operand(node: i32): i32 {
    return load<u16>(this.node(node), OPERAND);
  }

  end(node: i32): i32 {
    return load<u16>(this.node(node), END);
  }

  private node(node: i32): usize {
    return changetype<usize>(this.table) + <usize>node * NODE_BYTES;
  }
}
