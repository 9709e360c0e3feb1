import { Status } from "../../../lib/status";
import { Budget } from "./budget";
import { Checkpointer } from "./checkpointer";
import { Core } from "../core";
import { BY_EXPIRY } from "../tree/cursor";
import { PACKED_BYTES, unpackCounts } from "./packedCounts";
import { PROBE } from "../scratch";
import { APPLY, COLLECT_ENTRIES, COLLECT_KEYS, Replayer } from "../log/replayer";
import { SPACES } from "../store";
import { treeBuilder } from "../tree/treeBuilder";
import { workspace } from "../workspace";

/** Records of the log looked at, entries written, and leaves taken over, in one call. */
const RECORDS_PER_CALL: i32 = 128;
const ENTRIES_PER_CALL: i32 = 32;
const LEAVES_PER_CALL: i32 = 16;

/** Phases: a pass over the log, writing what it collected, taking over the leaves of the keys' tree. */
const READING: u8 = 0;
const WRITING: u8 = 1;
const KEEPING: u8 = 2;

/**
 * Makes the index anew from the log, after a page or a checkpoint was found damaged: a piece in each step, in the room of one tree. Each
 * pass over the log collects the composites of one range, from where the pass before ended to as far as the memtable has room, as they
 * are in the end, and the tree goes on with them. First those of all keys; then, in a tree that takes their leaves over, the entries in other
 * orders: one counts if its record is where its key leads. The tree is as of the moment this began; what was put meanwhile is replayed.
 * Maintenance does it, and is one object with it: each takes RAM.
 */
export abstract class Rescue {
  /** Where the pass is, offset 0: at its beginning. */
  private sector: u16 = 0;
  private offset: u16 = 0;
  private isTrusted: bool = false;
  /** What passes do, and what comes next. */
  private task: u8 = APPLY;
  private phase: u8 = READING;
  /** Entries of the range that were written. */
  private written: u16 = 0;
  /** Whether what is damaged is counted: in the first pass; and the damage of the index itself, once, whatever tries it takes. */
  private isFirst: bool = false;
  private isCounted: bool = false;

  constructor(
    protected readonly core: Core,
    protected readonly budget: Budget,
    protected readonly checkpointer: Checkpointer,
    private readonly replayer: Replayer,
  ) {}

  /** Begins, or goes on. Ok: also when it is done, core.isDamaged tells; NoSpace, Io: it goes on or begins again. */
  protected advance(): i32 {
    const core = this.core;
    const device = core.device;
    const failed = device.failedReads;
    let status: i32;
    if (core.lateRoom < 0) {
      status = this.begin();
      // That it calls itself keeps it from being compiled into whoever steps a store.
      if (status >= 0) return this.advance();
    } else {
      status = this.phase == READING ? this.read() : this.phase == WRITING ? this.write() : this.keep();
    }
    if (device.failedReads != failed) status = Status.Io;
    // What could not be read is missing in the memtable: the pass begins again. What was written is right.
    if (status < 0 && this.phase == READING) this.offset = 0;
    return status;
  }

  private begin(): i32 {
    const core = this.core;
    const checkpointer = this.checkpointer;
    checkpointer.abort();
    // With a cut behind it, what the log ends with is judged alike in each pass.
    core.wantsCut = true;
    const status = core.cut();
    if (status < 0) return status;
    if (!this.isCounted) core.corrupt++;
    this.isCounted = true;
    core.live.forget(false);
    // Sectors before the first with a live record can be given up then.
    checkpointer.begin(0, core.ring.sequenceOf(core.ring.newest), 0, core.ring.writeAddress);
    for (let space = 0; space < SPACES; space++) store<u64>(checkpointer.counts + space * PACKED_BYTES, 0);
    core.promisedUnits = this.budget.checkpointUnits;
    // How much room the tree takes may be unknown.
    core.lateRoom = core.tree.units > 0 ? core.memtable.capacity >> 1 : 0;
    this.isFirst = true;
    this.replayer.hasEntries = false;
    this.pass(COLLECT_KEYS);
    return Status.Ok;
  }

  /** Begins a pass. */
  private pass(task: u8): void {
    this.task = task;
    this.phase = READING;
    this.offset = 0;
  }

  /** Goes to where the pass begins. Ok, Io. */
  private seek(): i32 {
    const core = this.core;
    const ring = core.ring;
    const memtable = core.memtable;
    if (this.task == APPLY) {
      memtable.clear();
      core.pinnedNew = u32.MAX_VALUE;
      for (let space = 0; space < SPACES; space++) unpackCounts(this.checkpointer.counts + space * PACKED_BYTES, core.counts(space));
      return this.replayer.seekAddress(core.replayAddress);
    }
    memtable.takeRange();
    // Before that no record is live.
    let sector = ring.tail;
    while (sector != ring.newest && ring.sequenceOf(sector) < core.evacuatedBelow) sector = ring.after(sector);
    return this.replayer.seekSector(sector);
  }

  /** Reads a part of the log. Ok, Corrupt, Io. */
  private read(): i32 {
    const core = this.core;
    const replayer = this.replayer;
    const corrupt = core.corrupt;
    const isCollecting = this.task != APPLY;
    let status: i32 = Status.Ok;
    if (this.offset == 0) status = this.seek();
    else replayer.resume(this.sector, this.offset, this.isTrusted);
    replayer.task = this.task;
    const end = isCollecting ? this.checkpointer.startAddress : i64.MAX_VALUE;
    for (let i = 0; i < RECORDS_PER_CALL && status >= 0; i++) status = replayer.step(end);
    replayer.task = APPLY;
    if (!this.isFirst) core.corrupt = corrupt;
    if (status >= 0) {
      const walk = replayer.rest();
      this.sector = <u16>walk.sector;
      this.offset = <u16>walk.offset;
      this.isTrusted = walk.isTrusted;
    }
    // A page of the keys' tree is damaged by now.
    if (status == Status.Corrupt) return this.checkpointer.fail(status);
    if (status != Status.NotFound) return status;
    this.isFirst = false;
    this.written = 0;
    if (isCollecting) {
      this.phase = WRITING;
      return Status.Ok;
    }
    core.lateRoom = -1;
    core.isDamaged = core.memtable.hasFailed;
    this.isCounted = core.isDamaged;
    return Status.Ok;
  }

  /** Writes a part of the range; then the next pass begins, or what comes behind the last. Ok, NoSpace, Io. */
  private write(): i32 {
    const core = this.core;
    const memtable = core.memtable;
    for (let i = 0; i < ENTRIES_PER_CALL && <i32>this.written < memtable.taken; i++) {
      const status = this.add(this.written++);
      if (status < 0) return status;
    }
    if (<i32>this.written < memtable.taken) return Status.Ok;
    if (!memtable.isBounded) return this.end();
    const status = memtable.load(this.written);
    if (status < 0) return status;
    core.placeBytes = memtable.probeBytes;
    memory.copy(core.place, PROBE, memtable.probeBytes);
    this.pass(this.task);
    return Status.Ok;
  }

  /** Adds an entry of the range to the tree, and counts its record by its key. Ok, NoSpace, Io. */
  private add(index: i32): i32 {
    const core = this.core;
    const memtable = core.memtable;
    const view = workspace.probed;
    const isKey = this.task == COLLECT_KEYS;
    let status = memtable.loadRecord(index);
    if (status >= 0 && isKey && view.loadTail() == Status.Io) status = Status.Io;
    if (status == Status.Io) {
      this.written--;
      return status;
    }
    if (status < 0) {
      // Nothing can be said of a record that cannot be read any more: it leaves the index.
      core.corrupt++;
      return Status.Ok;
    }
    const checkpointer = this.checkpointer;
    const unit = memtable.unitAt(index);
    status = treeBuilder.add(PROBE, memtable.probeBytes, isKey ? unit : memtable.probeKeyBytes, -1);
    if (status < 0) return checkpointer.fail(status);
    if (isKey) {
      const units = view.chargedUnits;
      checkpointer.evacuateBelow = min(checkpointer.evacuateBelow, core.ring.sequenceOf(core.ring.sectorOf(unit)));
      const counts = checkpointer.counts + core.spaceOf(PROBE + 1) * PACKED_BYTES;
      store<u32>(counts, load<u32>(counts) + 1);
      store<u32>(counts, load<u32>(counts, 4) + units, 4);
      core.largest = max(core.largest, units);
    }
    return status;
  }

  /** Ends the tree, behind the last pass: the keys' if entries in other orders are to come, or the whole one, which is named then. Ok, NoSpace, Io. */
  private end(): i32 {
    const core = this.core;
    const root = treeBuilder.finish();
    if (root < 0) return this.checkpointer.fail(root);
    if (this.task == COLLECT_KEYS && this.replayer.hasEntries && root != 0) {
      core.tree.root = root;
      core.tree.forget();
      core.placeBytes = 0;
      treeBuilder.begin(core);
      this.phase = KEEPING;
      return Status.Ok;
    }
    const status = this.checkpointer.record(root);
    if (status < 0) return this.checkpointer.fail(status);
    this.pass(APPLY);
    return Status.Ok;
  }

  /** Takes leaves of the keys' tree over into the whole one. Ok, NoSpace, Io. */
  private keep(): i32 {
    const core = this.core;
    const tree = core.tree;
    for (let i = 0; i < LEAVES_PER_CALL; i++) {
      let status = tree.descend(core.place, core.placeBytes, false);
      if (status == Status.Io) return status;
      if (status >= 0) status = treeBuilder.keep(core.place, core.placeBytes, tree.leaf);
      if (status < 0) return this.checkpointer.fail(status);
      if (tree.highBytes < 0) {
        store<u8>(core.place, BY_EXPIRY);
        core.placeBytes = 1;
        this.pass(COLLECT_ENTRIES);
        return Status.Ok;
      }
      core.placeBytes = tree.highBytes;
      memory.copy(core.place, tree.high, tree.highBytes);
    }
    return Status.Ok;
  }
}
