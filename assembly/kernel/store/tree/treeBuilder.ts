import { Status } from "../../../lib/status";
import { Core } from "../core";
import { CRC_BYTES } from "../log/record";
import { PAGE_MAX, PageBuilder, firstBytesOf, firstOf, unitOf, unitsOf } from "./page";
import { COMPOSITE_BYTES, SCRATCH } from "../scratch";
import { LEVELS_MAX } from "./tree";
import { UNIT } from "../flash/units";

/** Leaves of a tree of more than so many units are small in a store of so many and more, branches are halved (DESIGN.md): greatest such leaf. */
const LARGE_TREE: i32 = 512;
const LARGE_STORE: i32 = 65536;
const SMALL_LEAF: i32 = 120;

/** The greatest branch above leaves: two of the longest composites fit, so that each level is smaller than the one below. */
const BRANCH_MAX: i32 = 1 + 2 * (3 + COMPOSITE_BYTES + 3) + 1;
/** Levels above the branches that lead to leaves. */
const UPPER_LEVELS: i32 = LEVELS_MAX - 2;
/** Most children of a branch in the two lower of them, and in the others: those are there for composites so long that two fill a page. */
const FANOUT: i32 = 16;
const FANOUT_ABOVE: i32 = 4;
/** u24. */
const POINTER_BYTES: i32 = 3;
const POINTERS: i32 = 2 * FANOUT + (UPPER_LEVELS - 2) * FANOUT_ABOVE;

/** A leaf and the branch above it grow entry by entry. */
const LEAF = memory.data(PAGE_MAX, 4);
const BRANCH = memory.data(BRANCH_MAX, 4);
const LEAF_BUILDER: PageBuilder = new PageBuilder(0, <u16>PAGE_MAX, LEAF);
const BRANCH_BUILDER: PageBuilder = new PageBuilder(1, <u16>BRANCH_MAX, BRANCH);
/** Of the other levels, only what the next branch leads to: what a child begins with is read from it again when the branch is written. */
const UPPER = memory.data(POINTERS * POINTER_BYTES + 1, 4);
/** How many of each level there are: u8 each. */
const COUNTS = memory.data(UPPER_LEVELS, 4);
/** In SCRATCH: a branch read again. */
const CHILD = SCRATCH + 4;

/**
 * Writes a tree from its entries and from leaves that stay, in the order of their composites: leaves first, each branch when it is full.
 * One for all stores: at most one of them writes a tree at a time.
 */
export class TreeBuilder {
  /** Oldest sector (sequence) that holds a page, and the units of all pages. */
  oldest: u32 = u32.MAX_VALUE;
  units: i32 = 0;
  /** Bytes of the first composite of the leaf under way from which it is said to begin: as short as tells it from all before. */
  private startBytes: i32 = 0;
  private core: Core = changetype<Core>(0);

  /** While a leaf is written up, and none is under way, its builder makes the branches above. */
  private get leaf(): PageBuilder {
    return LEAF_BUILDER;
  }

  private get branch(): PageBuilder {
    return BRANCH_BUILDER;
  }

  /** Begins a new tree of a store. */
  begin(core: Core): void {
    this.core = core;
    this.oldest = u32.MAX_VALUE;
    this.units = 0;
    const isLarge = core.tree.units > LARGE_TREE && core.ring.sectorCount * core.ring.sectorUnits >= LARGE_STORE;
    this.leaf.capacity = <u16>(isLarge ? SMALL_LEAF : PAGE_MAX);
    this.branch.half = <u8>(isLarge ? BRANCH_MAX >> 1 : 0xff);
    this.leaf.clear();
    this.branch.clear();
    memory.fill(COUNTS, 0, UPPER_LEVELS);
  }

  /** Whether the leaf under way need not be filled up from the next one: it is at least half full. */
  get isFull(): bool {
    return this.leaf.count == 0 || this.leaf.bytes >= this.leaf.capacity >> 1;
  }

  /** Adds an entry to the leaf under way. shared: bytes that it has in common with the one added last, -1: that is not known. Ok, NoSpace, Io. */
  add(key: usize, keyBytes: i32, payload: i32, shared: i32): i32 {
    const leaf = this.leaf;
    let startBytes = 0;
    if (leaf.count > 0) {
      if (shared < 0) shared = leaf.common(key, keyBytes);
      if (leaf.append(key, keyBytes, payload, shared)) return Status.Ok;
      startBytes = shared + 1;
      const status = this.flushLeaf();
      if (status < 0) return status;
    } else {
      // All before is less than the place that was reached in the old tree. With that the leaf may begin, if its key does.
      const core = this.core;
      const place = core.place;
      const bytes = core.placeBytes;
      while (startBytes < bytes && load<u8>(place + startBytes) == load<u8>(key + startBytes)) startBytes++;
      startBytes += i32(startBytes < bytes);
    }
    this.startBytes = min(startBytes, keyBytes);
    leaf.append(key, keyBytes, payload, 0);
    return Status.Ok;
  }

  private flushLeaf(): i32 {
    if (this.leaf.count == 0) return Status.Ok;
    const pointer = this.leaf.write(this.core.writer);
    return pointer < 0 ? pointer : this.addLeaf(firstOf(LEAF), this.startBytes, pointer);
  }

  /** Adds a leaf to the branch above it; a branch that is full goes up. The first leaf begins with nothing, whatever was before it in the old tree. */
  private addLeaf(key: usize, keyBytes: i32, pointer: i32): i32 {
    this.notePage(pointer);
    const branch = this.branch;
    if (branch.count == 0) keyBytes = 0;
    if (branch.addChild(key, keyBytes, pointer)) return Status.Ok;
    const up = branch.write(this.core.writer);
    if (up < 0) return up;
    branch.addChild(key, keyBytes, pointer);
    return this.raise(0, up);
  }

  /** Hands a branch to an upper level; one that is full there goes up in turn. No leaf is under way. */
  private raise(level: i32, pointer: i32): i32 {
    while (level < UPPER_LEVELS) {
      this.notePage(pointer);
      const isFull = this.countOf(level) == (level < 2 ? FANOUT : FANOUT_ABOVE);
      const up = isFull ? this.writeBranch(level) : 0;
      if (up < 0) return up;
      const count = this.countOf(level);
      const slot = pointersOf(level) + count * POINTER_BYTES;
      store<u16>(slot, pointer);
      store<u8>(slot, pointer >> 16, 2);
      store<u8>(COUNTS + level, count + 1);
      if (up == 0) return Status.Ok;
      pointer = up;
      level++;
    }
    return Status.NoSpace;
  }

  private countOf(level: i32): i32 {
    return load<u8>(COUNTS + level);
  }

  /** Writes a branch of an upper level: as many of its pointers as fit. Pointer of it; NoSpace, Io. */
  private writeBranch(level: i32): i32 {
    const pointers = pointersOf(level);
    const count = this.countOf(level);
    const page = this.leaf;
    const capacity = page.capacity;
    page.capacity = <u16>PAGE_MAX;
    page.level = <u8>(level + 2);
    page.clear();
    let taken = 0;
    let status: i32 = Status.Ok;
    for (; taken < count; taken++) {
      const child = load<i32>(pointers + taken * POINTER_BYTES) & 0xffffff;
      status = this.read(child);
      if (status < 0) break;
      if (!page.addChild(firstOf(CHILD), firstBytesOf(CHILD), child)) break;
    }
    const pointer = status < 0 ? status : page.write(this.core.writer);
    page.capacity = capacity;
    page.level = 0;
    page.clear();
    memory.copy(pointers, pointers + taken * POINTER_BYTES, (count - taken) * POINTER_BYTES);
    store<u8>(COUNTS + level, count - taken);
    return pointer;
  }

  /** Reads a branch of this tree to SCRATCH. Ok, Io: it cannot be read, or is not what was written; the old tree is as good as it was. */
  private read(pointer: i32): i32 {
    const ring = this.core.ring;
    const unit = unitOf(pointer);
    const bytes = unitsOf(pointer) * UNIT;
    if (ring.read(unit, 0, SCRATCH, bytes) < 0) return Status.Io;
    const length = 4 + <i32>load<u16>(SCRATCH);
    if (length + CRC_BYTES > bytes) return Status.Io;
    return ring.device.crc32(<u32>ring.addressOf(unit), SCRATCH, length) == load<u32>(SCRATCH + length) ? Status.Ok : Status.Io;
  }

  private notePage(pointer: i32): void {
    const ring = this.core.ring;
    this.units += unitsOf(pointer);
    this.oldest = min(this.oldest, ring.sequenceOf(ring.sectorOf(unitOf(pointer))));
  }

  /** Takes over a leaf of the old tree that begins from `key`. Ok, NoSpace, Io. */
  keep(key: usize, keyBytes: i32, pointer: i32): i32 {
    const status = this.flushLeaf();
    return status < 0 ? status : this.addLeaf(key, keyBytes, pointer);
  }

  /** Writes what is left of leaf and branches. Pointer of the root, 0: the tree is empty; NoSpace, Io. */
  finish(): i32 {
    let status = this.flushLeaf();
    if (status < 0) return status;
    const branch = this.branch;
    if (branch.count == 0) return 0;
    if (branch.count == 1 && this.isTop(0)) return branch.onlyChild;
    let up = branch.write(this.core.writer);
    for (let level = 0; up >= 0; level++) {
      if (this.isTop(level)) {
        this.notePage(up);
        return up;
      }
      status = this.raise(level, up);
      if (status < 0) return status;
      up = this.writeBranch(level);
      while (up >= 0 && this.countOf(level) > 0) {
        status = this.raise(level + 1, up);
        if (status < 0) return status;
        up = this.writeBranch(level);
      }
    }
    return up;
  }

  /** Whether nothing lies in an upper level and above. */
  private isTop(level: i32): bool {
    for (let i = level; i < UPPER_LEVELS; i++) if (this.countOf(i) > 0) return false;
    return true;
  }
}

/** Where the pointers of an upper level are. */
function pointersOf(level: i32): usize {
  return UPPER + (min(level, 2) * FANOUT + max(level - 2, 0) * FANOUT_ABOVE) * POINTER_BYTES;
}

export const treeBuilder = new TreeBuilder();
