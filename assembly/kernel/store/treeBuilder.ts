import { Status } from "../../lib/status";
import { Core } from "./core";
import { COMPOSITE_MAX } from "./cursor";
import { PageBuilder, unitOf, unitsOf } from "./page";
import { LEVELS_MAX } from "./tree";

/** A page with less than that is filled up from the next leaf. */
const HALF_PAGE: i32 = 124;

const SEPARATOR = memory.data(COMPOSITE_MAX + 1, 8);
const LAST = memory.data(COMPOSITE_MAX + 1, 8);
/** The composite of a branch that goes up. */
const CARRIED = memory.data(COMPOSITE_MAX + 1, 8);

/** Writes a tree from its entries and from leaves that stay, in the order of their composites: leaves first, each branch when it is full. */
export class TreeBuilder {
  /** Oldest sector (sequence) that holds a page, and the units of all pages. */
  oldest: u32 = u32.MAX_VALUE;
  units: i32 = 0;
  /** Composite last added to a leaf, and its bytes if that was in the span under way, else 0. */
  private lastKeyBytes: i32 = 0;
  private lastBytes: i32 = 0;
  private readonly lastBuffer: StaticArray<u8> = new StaticArray<u8>(COMPOSITE_MAX + 1);
  /** Composite from which the leaf under way is said to begin. */
  private startBytes: i32 = 0;
  private readonly startBuffer: StaticArray<u8> = new StaticArray<u8>(COMPOSITE_MAX + 1);
  private readonly leaf: PageBuilder = new PageBuilder(0);
  private readonly branches: StaticArray<PageBuilder> = new StaticArray<PageBuilder>(LEVELS_MAX - 1);

  constructor(private readonly core: Core) {
    for (let i = 0; i < LEVELS_MAX - 1; i++) unchecked((this.branches[i] = new PageBuilder(i + 1)));
  }

  /** Begins a new tree. */
  clear(): void {
    this.oldest = u32.MAX_VALUE;
    this.units = 0;
    this.lastBytes = 0;
    this.leaf.clear();
    for (let i = 0; i < LEVELS_MAX - 1; i++) unchecked(this.branches[i]).clear();
  }

  /** Whether the leaf under way need not be filled up from the next one. */
  get isFull(): bool {
    return this.leaf.count == 0 || this.leaf.bytes >= HALF_PAGE;
  }

  /** The span of a leaf of the old tree is done. */
  endSpan(): void {
    this.lastBytes = 0;
  }

  /** Adds an entry to the leaf under way. */
  add(key: usize, keyBytes: i32, payload: i32): i32 {
    const leaf = this.leaf;
    if (leaf.count > 0) {
      if (leaf.append(key, keyBytes, payload, changetype<usize>(this.lastBuffer), this.lastKeyBytes)) return this.remember(key, keyBytes);
      const status = this.flushLeaf();
      if (status < 0) return status;
    }
    this.startLeaf(key, keyBytes);
    leaf.append(key, keyBytes, payload, 0, 0);
    return this.remember(key, keyBytes);
  }

  private remember(key: usize, keyBytes: i32): i32 {
    memory.copy(changetype<usize>(this.lastBuffer), key, keyBytes);
    this.lastKeyBytes = keyBytes;
    this.lastBytes = keyBytes;
    return Status.Ok;
  }

  /** Decides from where the leaf that begins with `key` is said to begin: as short as tells it from all before. */
  private startLeaf(key: usize, keyBytes: i32): void {
    const start = changetype<usize>(this.startBuffer);
    if (this.lastBytes == 0) {
      const tree = this.core.tree;
      this.startBytes = tree.lowBytes;
      memory.copy(start, tree.low, tree.lowBytes);
      return;
    }
    const last = changetype<usize>(this.lastBuffer);
    let shared = 0;
    while (shared < this.lastBytes && load<u8>(last + shared) == load<u8>(key + shared)) shared++;
    this.startBytes = min(shared + 1, keyBytes);
    memory.copy(start, key, this.startBytes);
  }

  private flushLeaf(): i32 {
    if (this.leaf.count == 0) return Status.Ok;
    const pointer = this.leaf.write(this.core.writer);
    if (pointer < 0) return pointer;
    return this.addChild(0, changetype<usize>(this.startBuffer), this.startBytes, pointer);
  }

  /** Adds a page to the branch above its level; branches that are full go up in turn. */
  private addChild(level: i32, key: usize, keyBytes: i32, pointer: i32): i32 {
    this.notePage(pointer);
    while (level < LEVELS_MAX - 1) {
      const branch = unchecked(this.branches[level]);
      const lastBytes = branch.last(LAST);
      if (branch.append(key, keyBytes, pointer, LAST, lastBytes)) return Status.Ok;
      const upBytes = branch.firstBytes;
      memory.copy(SEPARATOR, branch.first, upBytes);
      const up = branch.write(this.core.writer);
      if (up < 0) return up;
      branch.append(key, keyBytes, pointer, 0, 0);
      this.notePage(up);
      pointer = up;
      // Two separators are under way by turns: the one that went up is copied before the next branch is looked at.
      memory.copy(CARRIED, SEPARATOR, upBytes);
      key = CARRIED;
      keyBytes = upBytes;
      level++;
    }
    return Status.NoSpace;
  }

  private notePage(pointer: i32): void {
    const ring = this.core.ring;
    this.units += unitsOf(pointer);
    this.oldest = min(this.oldest, ring.sequenceOf(ring.sectorOf(unitOf(pointer))));
  }

  /** Takes over a leaf of the old tree that begins from `key`. Ok, NoSpace, Io. */
  keep(key: usize, keyBytes: i32, pointer: i32): i32 {
    const status = this.flushLeaf();
    return status < 0 ? status : this.addChild(0, key, keyBytes, pointer);
  }

  /** Writes what is left of leaf and branches. Pointer of the root, 0: the tree is empty; NoSpace, Io. */
  finish(): i32 {
    let status = this.flushLeaf();
    if (status < 0) return status;
    for (let level = 0; level < LEVELS_MAX - 1; level++) {
      const branch = unchecked(this.branches[level]);
      if (branch.count == 0) continue;
      if (branch.count == 1 && this.isTop(level)) {
        return branch.onlyChild;
      }
      const upBytes = branch.firstBytes;
      memory.copy(CARRIED, branch.first, upBytes);
      const up = branch.write(this.core.writer);
      if (up < 0) return up;
      status = this.addChild(level + 1, CARRIED, upBytes, up);
      if (status < 0) return status;
    }
    return 0;
  }

  private isTop(level: i32): bool {
    for (let i = level + 1; i < LEVELS_MAX - 1; i++) if (unchecked(this.branches[i]).count > 0) return false;
    return true;
  }
}
