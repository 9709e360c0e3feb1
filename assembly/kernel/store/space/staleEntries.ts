import { Status } from "../../../lib/status";
import { Core } from "../core";
import { BY_KEY } from "../tree/cursor";
import { ORDINAL_EXPIRY, compose } from "../tree/memtable";
import { FLAG_EXPIRY } from "../log/record";
import { BOUND, PROBE } from "../scratch";

const BITS: i32 = 1024;
/** Spreads a number over the bits: the golden ratio. */
const SPREAD: u32 = 0x9e3779b1;
const SHIFT: i32 = 32 - 10;

const MARKS = memory.data(BITS >> 3, 4);

/**
 * What the old tree has, in other orders than by key, of keys that the memtable has, too: it does not count any more, and the new tree
 * is to be without it. A checkpoint passes the orders one after the other, that by key first: there each such entry is marked, and
 * the leaf that holds it, in a filter with one hash (Bloom). So leaves that hold none are not even read, but for a few.
 */
export class StaleEntries {
  constructor(private readonly core: Core) {}

  clear(): void {
    memory.fill(MARKS, 0, BITS >> 3);
  }

  private mark(number: u32): void {
    const bit = (number * SPREAD) >> SHIFT;
    const word = MARKS + ((bit >> 5) << 2);
    store<u32>(word, load<u32>(word) | ((<u32>1) << (bit & 31)));
  }

  private isMarked(number: u32): bool {
    const bit = (number * SPREAD) >> SHIFT;
    return ((load<u32>(MARKS + ((bit >> 5) << 2)) >> (bit & 31)) & 1) != 0;
  }

  /** Marks what the tree has of a key, whose record in the tree is at `unit`. The page loaded is another then. Ok, Corrupt, Io. */
  markOf(unit: i32): i32 {
    const view = this.core.ahead.view;
    let status = view.load(unit);
    if (status >= 0) status = view.loadTail();
    // Of a record that cannot be read nothing is known: what it left there is passed over by those who look it up.
    if (status < 0) return status == Status.Io ? status : Status.Ok;
    if (view.has(FLAG_EXPIRY)) status = this.markEntry(ORDINAL_EXPIRY);
    for (let ordinal = 0; status >= 0 && view.entriesBytes > 0; ordinal++) status = this.markEntry(ordinal);
    return status == Status.NotFound ? Status.Ok : status;
  }

  /** Marks one entry of the record in core.ahead.view. Ok, NotFound (it has no such entry), Corrupt, Io. */
  private markEntry(ordinal: i32): i32 {
    const core = this.core;
    const tree = core.tree;
    let status = core.memtable.composeFrom(core.ahead.view, ordinal);
    if (status >= 0) status = tree.descend(PROBE, core.memtable.probeBytes, false, false);
    if (status < 0) return status;
    this.mark(tree.leaf);
    this.mark(this.hash(PROBE, core.memtable.probeBytes));
    return status;
  }

  private hash(composite: usize, bytes: i32): u32 {
    return this.core.device.crc32(0, composite, bytes);
  }

  /** Whether a leaf may hold some. */
  mayBeIn(leaf: i32): bool {
    return this.isMarked(leaf);
  }

  /** Whether the entry that the page is at may be one. */
  get isSuspect(): bool {
    const page = this.core.tree.page;
    return load<u8>(page.key) != BY_KEY && this.isMarked(this.hash(page.key, page.keyBytes));
  }

  /** Whether it is one: the memtable has its key, and with it all that counts. 1 or 0; Io. What the memtable has loaded is another then. */
  isStale(): i32 {
    const core = this.core;
    const page = core.tree.page;
    const bytes = compose(BOUND, BY_KEY, 0, 0, page.key + (page.keyBytes - page.payload), page.payload);
    const index = core.findEntry(BOUND, bytes);
    return index < 0 ? index : i32(core.memtable.isExact);
  }
}
