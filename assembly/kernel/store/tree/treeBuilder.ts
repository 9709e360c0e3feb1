import { Status } from "../../../lib/status";
import { Core } from "../core";
import { PAGE_MAX, PageBuilder, unitOf, unitsOf } from "./page";
import { BOUND, COMPOSITE_BYTES, SOUGHT, TARGET } from "../scratch";
import { LEVELS_MAX } from "./tree";

/** Leaves of a tree of more than so many units are small in a store of so many and more (DESIGN.md): greatest such leaf. */
const LARGE_TREE: i32 = 512;
const LARGE_STORE: i32 = 65536;
const SMALL_LEAF: i32 = 120;

/** The greatest branch: two of the longest composites fit, so that each level is smaller than the one below. */
const BRANCH_MAX: i32 = 1 + 2 * (3 + COMPOSITE_BYTES + 3);
const BRANCHES: i32 = LEVELS_MAX - 1;

const LEAF = memory.data(PAGE_MAX, 8);
const BRANCH = memory.data(BRANCHES * BRANCH_MAX, 8);
/** Composite last added to a leaf; that from which the leaf under way is said to begin. */
const LAST_KEY = memory.data(COMPOSITE_BYTES, 8);
const START = memory.data(COMPOSITE_BYTES, 8);
/** In place of what a look-up sought: the last composite of a branch, and the first ones of two branches that go up. */
const LAST = TARGET;
const SEPARATOR = SOUGHT;
const CARRIED = BOUND;

/**
 * Writes a tree from its entries and from leaves that stay, in the order of their composites: leaves first, each branch when it is full.
 * One for all stores: at most one of them writes a tree at a time.
 */
export class TreeBuilder {
  /** Oldest sector (sequence) that holds a page, and the units of all pages. */
  oldest: u32 = u32.MAX_VALUE;
  units: i32 = 0;
  /** Bytes of the composite last added to a leaf; again if that was in the span under way, else 0. */
  private lastKeyBytes: i32 = 0;
  private lastBytes: i32 = 0;
  private startBytes: i32 = 0;
  private readonly leaf: PageBuilder = new PageBuilder(0, LEAF, PAGE_MAX);
  private readonly branches: StaticArray<PageBuilder> = new StaticArray<PageBuilder>(BRANCHES);
  private core: Core = changetype<Core>(0);

  constructor() {
    for (let i = 0; i < BRANCHES; i++) unchecked((this.branches[i] = new PageBuilder(i + 1, BRANCH + i * BRANCH_MAX, BRANCH_MAX)));
  }

  /** Begins a new tree of a store. */
  begin(core: Core): void {
    this.core = core;
    this.oldest = u32.MAX_VALUE;
    this.units = 0;
    this.lastBytes = 0;
    const isLarge = core.tree.units > LARGE_TREE && core.ring.sectorCount * core.ring.sectorUnits >= LARGE_STORE;
    this.leaf.capacity = isLarge ? SMALL_LEAF : PAGE_MAX;
    this.leaf.clear();
    for (let i = 0; i < BRANCHES; i++) unchecked(this.branches[i]).clear();
  }

  /** Whether the leaf under way need not be filled up from the next one: it is at least half full. */
  get isFull(): bool {
    return this.leaf.count == 0 || this.leaf.bytes >= this.leaf.capacity >> 1;
  }

  /** The span of a leaf of the old tree is done. */
  endSpan(): void {
    this.lastBytes = 0;
  }

  /** Adds an entry to the leaf under way. */
  add(key: usize, keyBytes: i32, payload: i32): i32 {
    const leaf = this.leaf;
    if (leaf.count > 0) {
      if (leaf.append(key, keyBytes, payload, LAST_KEY, this.lastKeyBytes)) return this.remember(key, keyBytes);
      const status = this.flushLeaf();
      if (status < 0) return status;
    }
    this.startLeaf(key, keyBytes);
    leaf.append(key, keyBytes, payload, 0, 0);
    return this.remember(key, keyBytes);
  }

  private remember(key: usize, keyBytes: i32): i32 {
    memory.copy(LAST_KEY, key, keyBytes);
    this.lastKeyBytes = keyBytes;
    this.lastBytes = keyBytes;
    return Status.Ok;
  }

  /** Decides from where the leaf that begins with `key` is said to begin: as short as tells it from all before. */
  private startLeaf(key: usize, keyBytes: i32): void {
    if (this.lastBytes == 0) {
      const tree = this.core.tree;
      this.startBytes = tree.lowBytes;
      memory.copy(START, tree.low, tree.lowBytes);
      return;
    }
    let shared = 0;
    while (shared < this.lastBytes && load<u8>(LAST_KEY + shared) == load<u8>(key + shared)) shared++;
    this.startBytes = min(shared + 1, keyBytes);
    memory.copy(START, key, this.startBytes);
  }

  private flushLeaf(): i32 {
    if (this.leaf.count == 0) return Status.Ok;
    const pointer = this.leaf.write(this.core.writer);
    if (pointer < 0) return pointer;
    return this.addChild(0, START, this.startBytes, pointer);
  }

  /** Adds a page to the branch above its level; branches that are full go up in turn. */
  private addChild(level: i32, key: usize, keyBytes: i32, pointer: i32): i32 {
    this.notePage(pointer);
    while (level < BRANCHES) {
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
    for (let level = 0; level < BRANCHES; level++) {
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
    for (let i = level + 1; i < BRANCHES; i++) if (unchecked(this.branches[i]).count > 0) return false;
    return true;
  }
}

export const treeBuilder = new TreeBuilder();
