import { Status } from "../../../lib/status";
import { BY_KEY, Cursor } from "../tree/cursor";
import { DOCUMENTS, Store } from "../store";
import { ConditionParser } from "./conditionParser";
import { FIRST_KEY_BYTE } from "./documentKey";
import { matches } from "./evaluator";
import { Encoding } from "./indexKey";
import { IndexedPaths } from "./indexedPaths";
import { Kind, kindAt } from "./jsonScan";
import { lookUp } from "./path";
import { Access, Plan } from "./plan";
import { Program } from "./program";
import { RecordView } from "./recordView";
import { Selection } from "./selection";

/** Sort bytes of what has no order: missing and null come first, arrays and objects last. */
const SORT_NULL: i32 = 0x00;
const SORT_CONTAINER: i32 = 0x40;
const SORT_BYTES_MAX: i32 = 31;
const KEY_BYTES_MAX: i32 = 64;

/** How a range of keys is walked: from its end; without `from` itself; `to` included; `from` is a prefix. */
export const KEYS_REVERSE: i32 = 1;
export const KEYS_AFTER: i32 = 2;
export const KEYS_UP_TO: i32 = 4;
export const KEYS_PREFIX: i32 = 8;

/** The condition `{}`. */
const EVERYTHING: u16 = 0x7d7b;

const entry: usize = memory.data(128, 1);
const firstKey: usize = memory.data(4, 1);
const sortValue = new Encoding(0);
const parser = new ConditionParser();

/**
 * One question to the documents, and its results one at a time: by key, or as $sort says. RAM is the same for any number of
 * them. Where an index or $sort brings them in another order, as many as fit are selected in one pass over the candidates, and
 * the next ones in another.
 * It may be asked on while documents change: those that stay as they are come exactly once.
 */
export class Query {
  readonly program: Program = new Program();
  /** The result found last. */
  readonly result: RecordView;
  /** What could not be read and so was passed over. */
  skipped: i32 = 0;
  isOpen: bool = false;
  /** Whether the documents are open: else nothing can be asked. */
  isAllowed: bool = false;

  private readonly plan: Plan = new Plan();
  private readonly selection: Selection = new Selection();
  private readonly cursor: Cursor = new Cursor();
  /** Whether results come through the selection, and whether it is being filled. */
  private isSelected: bool = false;
  private isFilling: bool = false;
  private source: i32 = 0;
  private hasSource: bool = false;
  /** Candidates seen while it was filled for the first time. */
  private candidates: i64 = 0;
  private isFirstPass: bool = true;
  private toSkip: i32 = 0;
  private given: i32 = 0;
  /** Records and keys that this call may still look at. */
  private budget: i32 = 0;

  constructor(
    private readonly store: Store,
    private readonly paths: IndexedPaths,
  ) {
    this.result = new RecordView(store);
  }

  /** Asks the condition src: u8[len]. isOrdered false: nobody minds the results' order. Ok, BadQuery, TooLarge, Closed. */
  open(src: usize, len: i32, isOrdered: bool): i32 {
    this.isOpen = false;
    if (!this.isAllowed) return Status.Closed;
    const program = this.program;
    const status = parser.parse(src, len, program);
    if (status < 0) return status;
    // Where not all results count, their order tells which.
    isOrdered = isOrdered || program.limit > 0 || program.skip > 0;
    if (!isOrdered) program.sorts = 0;
    this.plan.choose(program, this.paths);
    this.toSkip = program.skip;
    this.given = 0;
    this.skipped = 0;
    const access = this.plan.access;
    this.isSelected = program.sorts > 0 || access == Access.Values || (access == Access.Range && isOrdered);
    if (this.isSelected) {
      this.selection.start(program.sorts * SORT_BYTES_MAX + KEY_BYTES_MAX);
      this.isFirstPass = true;
      this.candidates = 0;
      this.beginPass();
    } else this.seek(0);
    this.isOpen = true;
    return Status.Ok;
  }

  /**
   * Asks for the documents in a range of keys, in their order or against it. from: u8[fromBytes], to: u8[toBytes]; an empty one
   * leaves that side open. flags: KEYS_REVERSE, KEYS_AFTER, KEYS_UP_TO; KEYS_PREFIX: `from` is what the keys begin with. Ok.
   */
  openKeys(from: usize, fromBytes: i32, to: usize, toBytes: i32, flags: i32): i32 {
    store<u16>(entry, EVERYTHING);
    const status = this.open(entry, 2, true);
    if (status < 0) return status;
    const isReverse = (flags & KEYS_REVERSE) != 0;
    const isDocuments = fromBytes > 0 && <i32>load<u8>(from) >= FIRST_KEY_BYTE;
    if ((flags & KEYS_PREFIX) != 0 && isDocuments) {
      this.cursor.prefix(BY_KEY, from, fromBytes, isReverse);
      return Status.Ok;
    }
    const isAfter = (flags & KEYS_AFTER) != 0 && isDocuments;
    if (!isDocuments) {
      from = firstKey;
      fromBytes = 1;
    }
    this.cursor.range(BY_KEY, from, fromBytes, !isAfter, toBytes > 0 ? to : 0, toBytes, (flags & KEYS_UP_TO) != 0, isReverse);
    return Status.Ok;
  }

  close(): void {
    this.isOpen = false;
  }

  /**
   * Finds the next result. Ok: it is `result`. NotFound: there are no more. Busy: `budget` records were looked at, none of
   * them the next result; ask again. Closed, Io.
   */
  next(budget: i32): i32 {
    if (!this.isOpen) return Status.Closed;
    const limit = this.program.limit;
    if (limit > 0 && this.given == limit) return Status.NotFound;
    this.budget = budget;
    while (true) {
      const status = this.isSelected ? this.nextSelected() : this.nextDirect();
      if (status < 0) return status;
      if (this.toSkip == 0) break;
      this.toSkip--;
    }
    this.given++;
    return Status.Ok;
  }

  private nextDirect(): i32 {
    while (this.budget-- > 0) {
      const status = this.store.next(this.cursor, this.result.item);
      if (status < 0) return status;
      if (this.holds()) return Status.Ok;
      if (this.result.status == Status.Io) return Status.Io;
    }
    return Status.Busy;
  }

  private nextSelected(): i32 {
    const selection = this.selection;
    while (true) {
      if (this.isFilling) {
        const status = this.fill();
        if (status < 0) return status;
        if (!this.isSelected) return this.nextDirect();
      }
      if (this.budget-- <= 0) return Status.Busy;
      if (selection.take()) {
        const status = this.store.find(selection.key, selection.keyBytes, this.result.item);
        if (status == Status.Ok && this.holds()) return Status.Ok;
        if (status == Status.Busy) {
          selection.back();
          return status;
        }
        if (status == Status.Io || this.result.status == Status.Io) return Status.Io;
        if (status == Status.Corrupt) this.skipped++;
      } else {
        if (!selection.isOverfull) return Status.NotFound;
        this.beginPass();
      }
    }
  }

  private holds(): bool {
    this.result.open();
    const isMatch = matches(this.program, this.result);
    if (this.result.status < 0) this.skipped++;
    return isMatch && this.result.status == Status.Ok;
  }

  private beginPass(): void {
    this.selection.clear();
    this.source = 0;
    this.hasSource = false;
    this.isFilling = true;
  }

  /** Sets the cursor to one of the spans of candidates. False: there are no more. */
  private seek(source: i32): bool {
    const plan = this.plan;
    if (plan.access != Access.Scan) {
      const isByKey = this.isSelected && this.program.sorts == 0;
      return plan.seek(source, this.cursor, this.selection.key, isByKey ? this.selection.keyBytes : 0);
    }
    store<u8>(firstKey, FIRST_KEY_BYTE);
    this.cursor.range(BY_KEY, firstKey, 1, true, 0, 0, false, false);
    return source == 0;
  }

  /** Goes on with a pass over all candidates. Ok: it is done. Busy, Io. */
  private fill(): i32 {
    const isSorted = this.program.sorts > 0;
    const item = this.result.item;
    while (true) {
      if (!this.hasSource) {
        this.hasSource = this.seek(this.source);
        if (!this.hasSource) break;
      }
      if (this.budget-- <= 0) return Status.Busy;
      const status = isSorted ? this.store.next(this.cursor, item) : this.store.nextKey(this.cursor, item);
      let isSourceDone = status == Status.NotFound;
      if (status < 0 && !isSourceDone) return status;
      if (status == Status.Ok) {
        if (isSorted) this.offerSorted();
        else isSourceDone = !this.selection.offer(item.key, item.keyBytes, 0) && this.plan.access == Access.Values;
        if (!isSorted && this.isTooWide()) return this.scanInstead();
        if (this.result.status == Status.Io) return Status.Io;
      }
      if (isSourceDone) {
        this.hasSource = false;
        this.source++;
      }
    }
    this.isFilling = false;
    this.isFirstPass = false;
    return Status.Ok;
  }

  /**
   * A range of many values comes by value, and each pass over it gives but as many results as fit: beyond some size reading
   * all documents by key costs less. As many passes as there are selections in the range, each over the whole of it.
   */
  private isTooWide(): bool {
    if (this.plan.access != Access.Range || !this.isFirstPass) return false;
    this.candidates++;
    return this.candidates * this.candidates > <i64>this.store.counts(DOCUMENTS).records * this.selection.room;
  }

  private scanInstead(): i32 {
    this.plan.access = Access.Scan;
    this.isSelected = false;
    this.isFilling = false;
    this.seek(0);
    return Status.Ok;
  }

  /** Offers the record at hand with its sort values in front, if the condition holds. */
  private offerSorted(): void {
    if (!this.holds()) return;
    const program = this.program;
    const result = this.result;
    let length = 0;
    for (let sort = 0; sort < program.sorts; sort++) {
      const from = entry + length;
      const value = lookUp(result, program.text, unchecked(program.sortPaths[sort]));
      sortValue.address = from;
      sortValue.value(result, value);
      if (sortValue.length == 0) {
        store<u8>(from, kindAt(result, value) == Kind.Null ? SORT_NULL : SORT_CONTAINER);
        sortValue.length = 1;
      }
      length += sortValue.length;
      if (!unchecked(program.isDescending[sort])) continue;
      for (let at = from; at < entry + length; at++) store<u8>(at, ~load<u8>(at));
    }
    memory.copy(entry + length, result.item.key, result.item.keyBytes);
    this.selection.offer(entry, length + result.item.keyBytes, length);
  }
}
