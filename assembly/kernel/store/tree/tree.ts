import { Status } from "../../../lib/status";
import { compare } from "./cursor";
import { Page } from "./page";
import { BOUND, HIGH } from "../scratch";
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

  /** What the last descent met: the leaf, and the upper bound of the composites that belong to it; highBytes -1: to the end, 0: not known. */
  leaf: i32 = 0;
  highBytes: i32 = -1;

  get page(): Page {
    return workspace.page;
  }

  get high(): usize {
    return HIGH;
  }

  /**
   * Finds the leaf to which a composite belongs; isBefore: to which what is just less belongs. The page loaded is the branch above it, or
   * a root that is a leaf. withHigh: the upper bound is wanted where the branch above the leaf does not have it, too. Ok, NotFound (the tree is empty), Corrupt, Io.
   */
  descend(composite: usize, bytes: i32, isBefore: bool, withHigh: bool = true): i32 {
    const page = this.page;
    this.highBytes = -1;
    this.leaf = 0;
    let pointer = this.root;
    if (pointer == 0) return Status.NotFound;
    for (let depth = 0; depth < LEVELS_MAX; depth++) {
      const status = page.load(pointer);
      if (status < 0) return status;
      const level = page.level;
      if (level > 0) {
        pointer = page.pass(composite, bytes, !isBefore);
        let before = composite;
        if (pointer < 0) {
          // Trees were written that do not begin with nothing: what is left of all belongs to the first child.
          before = this.high;
          const first = page.follow(composite, before);
          if (first >= 0) pointer = page.pass(before, first, true);
        }
        if (pointer <= 0) return Status.Corrupt;
        const high = withHigh || level == 1 ? page.follow(before, this.high) : 0;
        if (high >= 0) this.highBytes = high;
      }
      if (level <= 1) {
        this.leaf = pointer;
        return Status.Ok;
      }
    }
    return Status.Corrupt;
  }

  /** Copies the lower bound of the leaf to which what is just less than a composite belongs to BOUND. Its bytes, 0: all that is less; Corrupt, Io. */
  private lowOf(composite: usize, bytes: i32): i32 {
    const page = this.page;
    const status = this.descend(composite, bytes, true);
    // No branch is loaded, or it has nothing before the leaf.
    if (status < 0 || page.level == 0 || page.pass(composite, bytes, false) < 0) return min(status, 0);
    page.back(composite, bytes);
    memory.copy(BOUND, page.key, page.keyBytes);
    return page.keyBytes;
  }

  /** Forgets the leaf last met. */
  forget(): void {
    this.leaf = 0;
  }

  /** Goes behind all composites less than the one given, withEqual: and itself, in the leaf that it belongs to. What Page.pass answers; NotFound, Corrupt, Io. */
  private pass(composite: usize, bytes: i32, withEqual: bool): i32 {
    const page = this.page;
    // The leaf last met may be that one, too.
    if (this.leaf != 0 && page.holds(this.leaf) && (this.highBytes < 0 || compare(composite, bytes, this.high, this.highBytes) < 0)) {
      const payload = page.pass(composite, bytes, withEqual);
      if (payload >= 0) return payload;
    }
    let status = this.descend(composite, bytes, false, !withEqual);
    if (status >= 0) status = page.load(this.leaf);
    return status < 0 ? status : max(page.pass(composite, bytes, withEqual), 0);
  }

  /** What a composite leads to as a key. NotFound, Corrupt, Io. */
  find(composite: usize, bytes: i32): i32 {
    const payload = this.pass(composite, bytes, true);
    return payload < 0 || this.page.isExact ? payload : Status.NotFound;
  }

  /** Places the page at the first composite not less than the one given. Ok, NotFound, Corrupt, Io. */
  seek(composite: usize, bytes: i32): i32 {
    const page = this.page;
    for (let round = 0; round < 2; round++) {
      const status = this.pass(composite, bytes, false);
      if (status < 0) return status;
      page.stand(composite, bytes);
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
      if (page.pass(composite, bytes, false) >= 0) {
        page.back(composite, bytes);
        return Status.Ok;
      }
      // All of this leaf is not less: what is lies in the one before.
      bytes = this.lowOf(composite, bytes);
      if (bytes <= 0) return bytes < 0 ? bytes : Status.NotFound;
      composite = BOUND;
    }
    return Status.Corrupt;
  }
}
