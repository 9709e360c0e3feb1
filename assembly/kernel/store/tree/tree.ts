import { Status } from "../../../lib/status";
import { compare } from "./memtable";
import { Page } from "./page";
import { BOUND, HIGH, LOW } from "../scratch";
import { workspace } from "../workspace";

/** Levels of a tree: a leaf and the branches above it. */
export const LEVELS_MAX: i32 = 6;

/** The tree as the last durable checkpoint left it. Its pages never change. */
export class Tree {
  /** Pointer of the root, 0: the tree is empty. */
  root: i32 = 0;
  /** Units of all its pages, and the sequence of the oldest sector that holds one. */
  units: i32 = 0;
  oldest: u32 = u32.MAX_VALUE;
  readonly page: Page = workspace.page;
  /** Pages read. */
  reads: i32 = 0;

  /** What the last descent met: the leaf, and the span of composites that belongs to it; highBytes -1: to the end. */
  leaf: i32 = 0;
  lowBytes: i32 = 0;
  highBytes: i32 = -1;

  get low(): usize {
    return LOW;
  }

  get high(): usize {
    return HIGH;
  }

  /**
   * Finds the leaf to which a composite belongs; isBefore: to which what is just less belongs. It is not loaded, but for a root.
   * Ok, NotFound (the tree is empty), Corrupt, Io.
   */
  descend(composite: usize, bytes: i32, isBefore: bool): i32 {
    const page = this.page;
    this.lowBytes = 0;
    this.highBytes = -1;
    this.leaf = 0;
    let pointer = this.root;
    if (pointer == 0) return Status.NotFound;
    for (let depth = 0; depth < LEVELS_MAX; depth++) {
      const status = page.load(pointer);
      if (status < 0) return status;
      if (page.level == 0) {
        this.leaf = pointer;
        return Status.Ok;
      }
      const level = page.level;
      pointer = this.choose(composite, bytes, isBefore);
      if (pointer == 0) return Status.Corrupt;
      if (level == 1) {
        this.leaf = pointer;
        return Status.Ok;
      }
    }
    return Status.Corrupt;
  }

  /** The child of the page loaded that a composite belongs to. */
  private choose(composite: usize, bytes: i32, isBefore: bool): i32 {
    const page = this.page;
    if (page.pass(composite, bytes, !isBefore, true) == 0) return 0;
    const pointer = page.payload;
    this.lowBytes = page.keyBytes;
    memory.copy(this.low, page.key, page.keyBytes);
    if (page.next()) {
      this.highBytes = page.keyBytes;
      memory.copy(this.high, page.key, page.keyBytes);
    }
    return pointer;
  }

  /** Whether the leaf last met is that of a composite. */
  private holds(composite: usize, bytes: i32): bool {
    if (this.leaf == 0) return false;
    if (compare(composite, bytes, this.low, this.lowBytes) < 0) return false;
    return this.highBytes < 0 || compare(composite, bytes, this.high, this.highBytes) < 0;
  }

  /** Forgets the leaf last met. */
  forget(): void {
    this.leaf = 0;
  }

  /** Places the page at the first composite not less than the one given. Ok, NotFound, Corrupt, Io. */
  seek(composite: usize, bytes: i32): i32 {
    const page = this.page;
    for (let round = 0; round < 2; round++) {
      let status: i32 = Status.Ok;
      if (!this.holds(composite, bytes)) status = this.descend(composite, bytes, false);
      if (status >= 0) status = page.load(this.leaf);
      if (status < 0) return status;
      page.pass(composite, bytes, false, false);
      if (page.next()) return Status.Ok;
      if (this.highBytes < 0) return Status.NotFound;
      // All of this leaf is less: the next one begins at its upper bound.
      bytes = this.highBytes;
      memory.copy(BOUND, this.high, bytes);
      composite = BOUND;
    }
    return Status.Corrupt;
  }

  /** Places the page at the last composite less than the one given. Ok, NotFound, Corrupt, Io. */
  seekBefore(composite: usize, bytes: i32): i32 {
    const page = this.page;
    for (let round = 0; round < 2; round++) {
      let status = this.descend(composite, bytes, true);
      if (status >= 0) status = page.load(this.leaf);
      if (status < 0) return status;
      if (page.pass(composite, bytes, false, false) > 0) return Status.Ok;
      if (this.lowBytes == 0) return Status.NotFound;
      bytes = this.lowBytes;
      memory.copy(BOUND, this.low, bytes);
      composite = BOUND;
    }
    return Status.Corrupt;
  }
}
