import { equalBytes } from "../../../lib/bytes";
import { Status } from "../../../lib/status";
import { BY_KEY, Cursor } from "../tree/cursor";
import { ANY_VERSION, Item } from "../item";
import { DOCUMENTS, Store } from "../store";
import { IndexedPaths } from "./indexedPaths";
import { SCRATCH } from "./scratch";

/** Key of the record that tells which paths every document is indexed for: no document's key begins so. */
const KEY_BYTES: i32 = 2;
/** Four paths of 64 bytes in their quotes. */
const LIST_BYTES: i32 = 264;

const key: usize = memory.data<u8>([0x01, 0x69]);
const firstKey: usize = memory.data<u8>([0x20]);
/** The list of paths as it should be, and as it is stored. */
const list: usize = SCRATCH;
const part: usize = SCRATCH + LIST_BYTES;

/**
 * Sees to it that an index is asked only when it holds all documents. Index entries are written with each document, so those
 * written before a path was declared have none: they are written anew, one per step. A record says for which paths that is
 * done; it is emptied before the first document is written under other ones, so that a power cut at any time leaves it true.
 */
export class IndexUpkeep {
  /** Whether documents are still to be written anew. */
  isRewriting: bool = false;
  private isKnown: bool = false;
  private readonly cursor: Cursor = new Cursor();

  constructor(
    private readonly store: Store,
    private readonly paths: IndexedPaths,
  ) {}

  /** The paths were declared anew, or all documents are gone. */
  forget(): void {
    this.isKnown = false;
    this.isRewriting = false;
    this.paths.areWhole = false;
  }

  /** Compares what is declared with what is indexed, before a document is written. item: to work with. Ok, NoSpace, Busy, Io. */
  ensure(item: Item): i32 {
    if (this.isKnown) return Status.Ok;
    const bytes = this.paths.write(list);
    const stored = this.store.find(key, KEY_BYTES, item);
    if (stored == Status.Io || stored == Status.Busy) return stored;
    const storedBytes = stored == Status.Ok ? item.valueBytes : 0;
    if (storedBytes == bytes && (bytes == 0 || this.isStored(item, bytes))) {
      this.paths.areWhole = true;
      this.isKnown = true;
      return Status.Ok;
    }
    // Where there are no documents yet, all have their entries.
    const isEmpty = this.store.counts(DOCUMENTS).records <= i32(stored == Status.Ok);
    const status = isEmpty ? this.finish() : storedBytes > 0 ? this.put(0) : Status.Ok;
    if (status < 0) return status;
    this.isKnown = true;
    if (isEmpty) return status;
    this.cursor.range(BY_KEY, firstKey, 1, true, 0, 0, false, false);
    this.isRewriting = bytes > 0;
    return Status.Ok;
  }

  private isStored(item: Item, bytes: i32): bool {
    return bytes <= LIST_BYTES && this.store.read(item, 0, part, bytes) == bytes && equalBytes(part, list, bytes);
  }

  /** Finds the next document to write anew. Ok with `out` filled, NotFound: all are done; Busy, Io. */
  next(out: Item): i32 {
    return this.store.next(this.cursor, out);
  }

  /** The document found last could not be written: it comes again. */
  again(): void {
    this.cursor.isAfter = false;
  }

  /** All documents are indexed for all paths. Ok, NoSpace, Io. */
  finish(): i32 {
    const status = this.put(this.paths.write(list));
    if (status < 0) return status;
    this.isRewriting = false;
    this.paths.areWhole = true;
    return status;
  }

  private put(bytes: i32): i32 {
    const store = this.store;
    let status = store.begin(key, KEY_BYTES, bytes, 0, ANY_VERSION);
    if (status < 0) return status;
    status = store.write(list, bytes);
    return status < 0 ? status : store.commit();
  }
}
