import { Cursor } from "./tree/cursor";
import { LogWalker } from "./log/logWalker";
import { Page } from "./tree/page";
import { RecordView } from "./log/record";
import { Ring } from "./flash/ring";
import { PROBE, TARGET } from "./scratch";

/** Bytes of such a beginning. */
const BOUND_MAX: i32 = 8;

/** Constants of the module: whoever uses one needs no reference to it, and no byte to keep that in. */
const WALKER: LogWalker = new LogWalker();
const AHEAD: LogWalker = new LogWalker();
const FOUND: RecordView = WALKER.view;
const PROBED: RecordView = new RecordView(PROBE);
const REPLACED: RecordView = new RecordView(TARGET);
const PAGE: Page = new Page();
const CURSOR: Cursor = new Cursor(BOUND_MAX);

/**
 * What holds nothing between two calls of a store, or no more than can be read again: one for all stores of a kernel, because RAM
 * is short and one operation runs at a time. A store takes it at the start of each call (Core.enter).
 */
export class Workspace {
  private ring: Ring | null = null;

  /** For whoever walks the log. */
  get walker(): LogWalker {
    return WALKER;
  }

  get ahead(): LogWalker {
    return AHEAD;
  }

  /**
   * The record that a look-up or a cursor found. Who walks the log looks nothing up on the way, but in the index: so what was found is in
   * the walker's.
   */
  get found(): RecordView {
    return FOUND;
  }

  /** The record of a memtable's entry. Its key becomes the end of the composite in PROBE: it is read to where that is made. */
  get probed(): RecordView {
    return PROBED;
  }

  /** The record that another one replaces. While that is applied nothing is looked for by TARGET but this one, before it is loaded. */
  get replaced(): RecordView {
    return REPLACED;
  }

  /** The page of the tree read last. */
  get page(): Page {
    return PAGE;
  }

  /** A place in an order, by the beginning of a key or encoded value, for the length of a call. */
  get cursor(): Cursor {
    return CURSOR;
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
