import { Status } from "../../../lib/status";
import { Core } from "../core";
import { BY_KEY, compare } from "../tree/cursor";
import { Mover } from "./mover";
import { unitOf } from "../tree/page";
import { CRC_BYTES, KIND_SYSTEM, SYSTEM_CHECKPOINT } from "../log/record";
import { PROBE, SCRATCH } from "../scratch";
import { HEADER_UNITS } from "../flash/sector";
import { StaleEntries } from "./staleEntries";
import { SPACES } from "../store";
import { PACKED_BYTES, packCounts } from "./packedCounts";
import { TreeBuilder, treeBuilder } from "../tree/treeBuilder";
import { UNIT, toUnits } from "../flash/units";

/** Leaves looked at, and entries of the memtable taken, in one call of advance. */
const LEAVES_PER_CALL: i32 = 16;
const ENTRIES_PER_CALL: i32 = 64;
/** Bytes of records copied in one call, and one record more. */
const COPY_PER_CALL: i32 = 2048;

export const COUNTS_OFFSET: i32 = 32;
/*
 * Body of a checkpoint: u32 pointer of the root, u32 sequence of the oldest sector with a page, u32 units of all pages, u32 boot,
 * u32 the store's own clock, i64 address from which the log is replayed, u32 sequence below which no record is live, then for
 * each space nine u32: records, live units, stored, overwritten, deleted, delivered, expired, evicted, lost; then u32 units of the
 * largest record, at most.
 */
const COUNTS_BYTES: i32 = SPACES * PACKED_BYTES;
export const LARGEST_OFFSET: i32 = COUNTS_OFFSET + COUNTS_BYTES;
export const CHECKPOINT_BYTES: i32 = LARGEST_OFFSET + 4;

/** Who has the one builder of trees. */
/** In memory, where a copy of it takes it along, and not in a global of the module. */
class Active {
  checkpointer: Checkpointer | null = null;
}

const active = new Active();

function take(checkpointer: Checkpointer): void {
  active.checkpointer = checkpointer;
}

/**
 * Writes the memtable into a new tree, a few leaves per call, while the store goes on: leaves that nothing changed and that do not
 * lie in sectors soon to be reclaimed stay where they are, branches are all written anew, from the bottom up. The checkpoint
 * record at the end makes it the tree.
 */
export class Checkpointer {
  startAddress: i64 = 0;
  private doomedBelow: u32 = 0;
  evacuateBelow: u32 = 0;
  private moveUnits: i32 = 0;
  /** Bytes of records copied in this call. */
  private copied: i32 = 0;
  private purging: i32 = 0;
  isActive: bool = false;
  private isMerged: bool = false;
  /** Whether what the old tree has of the key at `progress` in other orders was marked. */
  private isMarked: bool = false;
  /** Whether a part of the leaf at `progress` is in the new tree. */
  private isInside: bool = false;

  private readonly stale: StaleEntries;
  /** The counts of all spaces as of the moment it began: u8[COUNTS_BYTES]. */
  readonly counts: usize = heap.alloc(COUNTS_BYTES);

  constructor(
    private readonly core: Core,
    private readonly mover: Mover,
  ) {
    this.stale = new StaleEntries(core);
  }

  private get builder(): TreeBuilder {
    return treeBuilder;
  }

  /** Whether another store is writing a tree: this one has to wait. */
  get isBlocked(): bool {
    return active.checkpointer != null && active.checkpointer != this;
  }

  /** Ends what any store has begun: for a mount, which may need the builder at once. */
  seize(): void {
    const other = active.checkpointer;
    if (other) other.abort();
  }

  /** All composites below are in the new tree. */
  private get progress(): usize {
    return this.core.place;
  }

  private get progressBytes(): i32 {
    return this.core.placeBytes;
  }

  /**
   * Begins. doomedBelow, evacuateBelow: sectors with a lesser sequence are to hold no page of the new tree, and no live record.
   * moveUnits: what records that move may take. replayAddress: what the log holds from there on is not in the tree yet.
   */
  begin(doomedBelow: u32, evacuateBelow: u32, moveUnits: i32, replayAddress: i64): void {
    const core = this.core;
    this.isActive = true;
    take(this);
    this.startAddress = replayAddress;
    this.doomedBelow = doomedBelow;
    this.evacuateBelow = evacuateBelow;
    this.moveUnits = moveUnits;
    this.purging = core.purged;
    this.isMerged = false;
    this.isMarked = false;
    this.isInside = false;
    core.placeBytes = 0;
    this.stale.clear();
    this.builder.begin(core);
    core.memtable.beginMerge();
    core.pinned = min(core.pinned, core.pinnedNew);
    core.pinnedNew = u32.MAX_VALUE;
    for (let space = 0; space < SPACES; space++) packCounts(this.counts + space * PACKED_BYTES, core.counts(space));
  }

  /** Gives up what was begun. */
  abort(): void {
    if (!this.isActive) return;
    this.isActive = false;
    active.checkpointer = null;
    this.core.promisedUnits = 0;
    this.core.lateRoom = -1;
    this.core.memtable.endMerge(false);
  }

  /** Goes on. Ok: also when it is finished, isActive tells; NoSpace, Io, Corrupt: it is given up. */
  advance(): i32 {
    const owed = this.core.cut();
    if (owed < 0) return this.fail(owed);
    let entries = ENTRIES_PER_CALL;
    this.copied = 0;
    for (let leaves = LEAVES_PER_CALL; leaves > 0 && entries > 0 && !this.isMerged; leaves--) {
      const taken = this.mergeNext(entries);
      if (taken < 0) return this.fail(taken);
      entries -= taken;
    }
    if (!this.isMerged) return Status.Ok;
    const status = this.finish();
    return status < 0 ? this.fail(status) : status;
  }

  fail(status: i32): i32 {
    this.core.giveUpRecord();
    this.core.note(status);
    this.abort();
    return status;
  }

  /** Takes over the leaf that follows progress, or merges it. Returns how many entries of the memtable it took; Io and others. */
  private mergeNext(most: i32): i32 {
    const core = this.core;
    const tree = core.tree;
    const memtable = core.memtable;
    const status = tree.descend(this.progress, this.progressBytes, false);
    if (status < 0 && status != Status.NotFound) return status;
    const first = core.findEntry(this.progress, this.progressBytes);
    const end = tree.highBytes < 0 ? memtable.count : core.findEntry(tree.high, tree.highBytes);
    if ((first | end) < 0) return Status.Io;
    if (tree.leaf != 0) {
      const mayKeep = first == end && !this.isInside && this.builder.isFull && this.purging == 0 && this.isLasting(tree.leaf);
      const isKept = mayKeep ? this.isSettled(tree.leaf) : 0;
      if (isKept < 0) return isKept;
      if (isKept > 0) {
        const kept = this.builder.keep(this.progress, this.progressBytes, tree.leaf);
        return kept < 0 ? kept : this.proceed(0);
      }
      const loaded = tree.page.load(tree.leaf);
      if (loaded < 0) return loaded;
    }
    return this.merge(first, end, most);
  }

  /** Whether a leaf can stay as it is: 1 or 0; Corrupt, Io. */
  private isSettled(pointer: i32): i32 {
    if (this.evacuateBelow == 0 && !this.stale.mayBeIn(pointer)) return 1;
    const page = this.core.tree.page;
    const status = page.load(pointer);
    if (status < 0) return status;
    while (page.next()) {
      if (load<u8>(page.key) == BY_KEY && this.mustMove(page.payload)) return 0;
      const stale = this.stale.isSuspect ? this.stale.isStale() : 0;
      if (stale != 0) return min(stale, 0);
    }
    return 1;
  }

  /** Marks what the old tree has in other orders of the key that the page is at, and stops before that key. Returns `taken`; Corrupt, Io. */
  private mark(taken: i32): i32 {
    const unit = this.core.tree.page.payload;
    this.pause(true, taken);
    this.isMarked = true;
    const status = this.stale.markOf(unit);
    return status < 0 ? status : taken;
  }

  private mustMove(unit: i32): bool {
    const ring = this.core.ring;
    return ring.sequenceOf(ring.sectorOf(unit)) < this.evacuateBelow;
  }

  /** Where the record of a key lies in the new tree: moves it when it has to. Its unit; NoSpace, Io. */
  private place(unit: i32): i32 {
    if (!this.mustMove(unit)) return unit;
    const core = this.core;
    const view = core.ahead.view;
    let moved = view.load(unit);
    if (moved >= 0 && view.loadTail() == Status.Io) moved = Status.Io;
    if (moved >= 0) {
      const units = view.chargedUnits;
      this.moveUnits -= units;
      if (this.moveUnits < 0) return this.stay(unit);
      moved = this.mover.move(view);
      if (moved >= 0) core.live.copy(moved, units);
    }
    if (moved >= 0) this.copied += view.bytes;
    if (moved != Status.NotFound) return moved;
    // No record can be read there: the index is made anew without it.
    core.isDamaged = true;
    return this.stay(unit);
  }

  /** Leaves a record where it is, and its sector with it. */
  private stay(unit: i32): i32 {
    const ring = this.core.ring;
    this.evacuateBelow = ring.sequenceOf(ring.sectorOf(unit));
    return unit;
  }

  private isLasting(pointer: i32): bool {
    const ring = this.core.ring;
    return ring.sequenceOf(ring.sectorOf(unitOf(pointer))) >= this.doomedBelow;
  }

  /** The span of the leaf last met is done. */
  private proceed(taken: i32): i32 {
    const tree = this.core.tree;
    this.isInside = false;
    if (tree.highBytes < 0) {
      this.isMerged = true;
    } else {
      this.core.placeBytes = tree.highBytes;
      memory.copy(this.progress, tree.high, tree.highBytes);
    }
    return taken;
  }

  /** Merges the rest of the page loaded with the entries from `index` to `end` of the memtable, at most `most` of them. */
  private merge(index: i32, end: i32, most: i32): i32 {
    const core = this.core;
    const page = core.tree.page;
    const memtable = core.memtable;
    const hasPage = core.tree.leaf != 0;
    let taken = 0;
    let hasOld = hasPage && page.next();
    while (hasOld && compare(page.key, page.keyBytes, this.progress, this.progressBytes) < 0) hasOld = page.next();
    let isLoaded = false;
    // Whether the page's entry before was added last.
    let isRun = false;
    while (hasOld || index < end) {
      if (index < end && !isLoaded) {
        const status = memtable.loadRecord(index);
        if (status == Status.Io) return status;
        if (status < 0) {
          // The record cannot be read: nothing can be said of it, so it leaves the index.
          core.corrupt++;
          this.isMarked = false;
          index++;
          continue;
        }
        isLoaded = true;
      }
      const order = !hasOld ? 1 : index == end ? -1 : compare(page.key, page.keyBytes, PROBE, memtable.probeBytes);
      if (taken >= most || this.copied >= COPY_PER_CALL) return this.pause(order < 0, most);
      let status: i32;
      if (order < 0) {
        const isSuspect = this.stale.isSuspect;
        if (isSuspect) isLoaded = false;
        status = this.takeOver(isSuspect, isRun);
        isRun = status > 0;
        hasOld = page.next();
      } else {
        if (order == 0) {
          if (memtable.indexAt(index) == BY_KEY && !this.isMarked && memtable.isLinked(index)) return this.mark(taken);
          this.isMarked = false;
          hasOld = page.next();
        }
        status = this.add(index++);
        isRun = false;
        isLoaded = false;
        taken++;
      }
      if (status < 0) return status;
    }
    return this.proceed(taken);
  }

  /**
   * Takes the entry that the page is at over into the new tree, unless it does not count any more. isRun: the one before was added last.
   * 1: it is added; Ok, NoSpace, Io.
   */
  private takeOver(isSuspect: bool, isRun: bool): i32 {
    const page = this.core.tree.page;
    const stale = isSuspect ? this.stale.isStale() : 0;
    if (stale != 0 || this.isPurged(page.key, page.keyBytes, page.payload)) return min(stale, 0);
    const payload = load<u8>(page.key) == BY_KEY ? this.place(page.payload) : page.payload;
    if (payload < 0) return payload;
    const status = this.builder.add(page.key, page.keyBytes, payload, isRun ? page.shared : -1);
    return status < 0 ? status : 1;
  }

  /** Adds an entry of the memtable, whose composite is in PROBE. What is late stays out, and so does what it replaces. Ok, NoSpace, Io. */
  private add(index: i32): i32 {
    const memtable = this.core.memtable;
    if (memtable.isRemoved(index) || memtable.isLate(index)) return Status.Ok;
    const payload = memtable.indexAt(index) == BY_KEY ? this.place(memtable.unitAt(index)) : memtable.probeKeyBytes;
    return payload < 0 ? payload : this.builder.add(PROBE, memtable.probeBytes, payload, -1);
  }

  /** Stops in the middle of a leaf, before the composite that comes next. */
  private pause(isPage: bool, taken: i32): i32 {
    const core = this.core;
    const key = isPage ? core.tree.page.key : PROBE;
    this.isInside = true;
    core.placeBytes = isPage ? core.tree.page.keyBytes : core.memtable.probeBytes;
    memory.copy(this.progress, key, core.placeBytes);
    return taken;
  }

  /** Whether an entry of the old tree belongs to a space that was purged. */
  private isPurged(key: usize, keyBytes: i32, payload: i32): bool {
    if (this.purging == 0) return false;
    const owner = load<u8>(key) == BY_KEY ? key + 1 : key + (keyBytes - payload);
    return (this.purging & (1 << this.core.spaceOf(owner))) != 0;
  }

  /** Writes the rest of the new tree, then the checkpoint record. */
  private finish(): i32 {
    const root = this.builder.finish();
    return root < 0 ? root : this.record(root);
  }

  /** Makes the new tree durable, and takes it. Ok, NoSpace, Io. */
  record(root: i32): i32 {
    const core = this.core;
    const evacuated = max(core.evacuatedBelow, this.evacuateBelow);
    const body = SCRATCH;
    store<i32>(body, root);
    store<u32>(body, this.builder.oldest, 4);
    store<i32>(body, this.builder.units, 8);
    store<i32>(body, core.boot, 12);
    store<u32>(body, core.ownSeconds, 16);
    store<i64>(body, this.startAddress, 20);
    store<u32>(body, evacuated, 28);
    memory.copy(body + COUNTS_OFFSET, this.counts, COUNTS_BYTES);
    store<i32>(body, core.largest, LARGEST_OFFSET);
    const status = this.writeRecord(body);
    if (status < 0) return status;
    this.isActive = false;
    active.checkpointer = null;
    core.tree.root = root;
    core.tree.oldest = this.builder.oldest;
    core.tree.units = this.builder.units;
    core.tree.forget();
    core.memtable.endMerge(true);
    core.replayAddress = this.startAddress;
    core.pinned = u32.MAX_VALUE;
    core.purged &= ~this.purging;
    core.evacuatedBelow = evacuated;
    core.live.evacuate(evacuated);
    core.promisedUnits = 0;
    return Status.Ok;
  }

  /** Writes the checkpoint record: u8[CHECKPOINT_BYTES] at `body`; it and all before it is durable then. Ok, NoSpace, Io. */
  protected writeRecord(body: usize): i32 {
    const core = this.core;
    const writer = core.writer;
    let status: i32 = Status.Ok;
    // It lies in one sector: the header of each sector opened later names it, and a mount walks no more than the newest one.
    if (core.ring.room * UNIT < toUnits(4 + CHECKPOINT_BYTES + CRC_BYTES)) status = core.ring.open(HEADER_UNITS);
    if (status >= 0) status = writer.begin(KIND_SYSTEM, 0, CHECKPOINT_BYTES, 0, 0, 0, 0, 0, SYSTEM_CHECKPOINT);
    if (status >= 0) status = writer.write(body, CHECKPOINT_BYTES);
    if (status >= 0) status = writer.end();
    if (status >= 0) status = core.device.sync();
    if (status >= 0) core.ring.checkpoint = writer.unit;
    return status;
  }
}
