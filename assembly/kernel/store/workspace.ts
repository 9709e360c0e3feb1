import { Cursor } from "./tree/cursor";
import { LogWalker } from "./log/logWalker";
import { Page } from "./tree/page";
import { RecordView } from "./log/record";
import { Ring } from "./flash/ring";
import { PROBE, TARGET } from "./scratch";

/** Bytes of such a beginning. */
const BOUND_MAX: i32 = 8;

/**
 * What holds nothing between two calls of a store, or no more than can be read again: one for all stores of a kernel, because RAM
 * is short and one operation runs at a time. A store takes it at the start of each call (Core.enter).
 */
export class Workspace {
  /** For whoever walks the log. */
  readonly walker: LogWalker = new LogWalker();
  readonly ahead: LogWalker = new LogWalker();
  /** The record of a memtable's entry. Its key becomes the end of the composite in PROBE: it is read to where that is made. */
  readonly probed: RecordView = new RecordView(PROBE);
  /** The record that another one replaces. While that is applied nothing is looked for by TARGET but this one, before it is loaded. */
  readonly replaced: RecordView = new RecordView(TARGET);
  /** The page of the tree read last. */
  readonly page: Page = new Page();
  /** A place in an order, by the beginning of a key or encoded value, for the length of a call. */
  readonly cursor: Cursor = new Cursor(BOUND_MAX);
  private ring: Ring | null = null;

  /**
   * The record that a look-up or a cursor found. Who walks the log looks nothing up on the way, but in the index: so what was found is in
   * the walker's.
   */
  get found(): RecordView {
    return this.walker.view;
  }

  /** Gives all of it to the store of a log. Returns whether another had it: what was kept in it is gone. */
  attach(ring: Ring): bool {
    if (this.ring == ring) return false;
    this.ring = ring;
    this.walker.attach(ring);
    this.ahead.attach(ring);
    this.probed.ring = ring;
    this.replaced.ring = ring;
    this.page.attach(ring);
    return true;
  }
}

export const workspace = new Workspace();
