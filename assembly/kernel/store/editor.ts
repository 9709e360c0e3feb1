import { Status } from "../../lib/status";
import { Applier } from "./applier";
import { Budget, PUT_EXTRA, REMOVAL_MOST } from "./space/budget";
import { Core } from "./core";
import { AGE_BYTES, BY_AGE_MARK, BY_EXPIRY } from "./tree/cursor";
import { ANY_VERSION, ENTRIES_MAX, ENTRY_MAX, FIRST_INDEX, KEEP_EXPIRY, KEY_MAX, LAST_INDEX, SURELY_NEW, VALUE_MAX } from "./item";
import {
  CRC_BYTES,
  FLAG_CLOCK,
  FLAG_MORE,
  FLAG_OVERWRITE,
  KIND_PUT,
  KIND_REMOVE,
  KIND_SYSTEM,
  RecordView,
  SYSTEM_COMMIT,
  chargedUnits,
} from "./log/record";
import { Quota } from "./space/quota";
import { Replayer } from "./log/replayer";
import { QUEUE } from "./store";
import { Scanner } from "./tree/scanner";
import { SCRATCH } from "./scratch";

/** Writes records: alone, or as batches. */
export class Editor {
  /** Unit and address of the batch's first record, unit 0: none yet. */
  private batchAddress: i64 = 0;
  private batchUnit: i32 = 0;
  /** Commits since the last sync. */
  unsynced: i32 = 0;
  /** Unit of the record that the one begun replaces without saying so, 0: none. */
  private replaced: i32 = 0;
  /** Most entries that the batch, or the record begun, puts into the memtable. */
  private demand: i32 = 0;
  /** Index entries of the record begun. */
  private entries: u8 = 0;
  /** Whether it gets an entry that tells its age. */
  private isAged: bool = false;
  /** Whether a put was begun. */
  isOpen: bool = false;
  isBatch: bool = false;

  constructor(
    private readonly core: Core,
    private readonly applier: Applier,
    private readonly replayer: Replayer,
    private readonly scanner: Scanner,
    private readonly budget: Budget,
    private readonly quota: Quota,
  ) {}

  get isBusy(): bool {
    return this.isOpen || this.isBatch;
  }

  /** The flag of a record that more of its batch follows. */
  protected get batchFlag(): u32 {
    return this.isBatch ? FLAG_MORE : 0;
  }

  /** What stands against writing a key now: Invalid, Busy (the queue's, in a batch), or Ok. */
  private mayWrite(key: usize, keyBytes: i32): i32 {
    if (this.isOpen || keyBytes < 1 || keyBytes > KEY_MAX) return Status.Invalid;
    // What the queue answers for may not wait for the end of somebody's batch, nor go with it.
    if (this.isBatch && this.core.spaceOf(key) == QUEUE) return Status.Busy;
    return this.isInBatch(key, keyBytes);
  }

  /** Ok; Invalid: the batch holds that key already; Io. */
  private isInBatch(key: usize, keyBytes: i32): i32 {
    if (this.batchUnit == 0) return Status.Ok;
    const walker = this.core.walker;
    walker.seek(this.batchUnit);
    while (true) {
      const status = walker.next();
      if (status < 0) return status == Status.NotFound ? Status.Ok : status;
      const view = walker.view;
      if (view.isData && view.keyBytes == keyBytes && memory.compare(view.key, key, keyBytes) == 0) return Status.Invalid;
    }
  }

  /** Looks an old record up, and compares its version. Its unit, 0: none; Refused, Corrupt, Busy, Io. */
  private old(key: usize, keyBytes: i32, expected: i64): i32 {
    if (expected == SURELY_NEW) return 0;
    const unit = this.scanner.load(key, keyBytes);
    if (unit < 0 && unit != Status.NotFound) return unit;
    const isThere = unit > 0 && !this.core.isExpired(this.scanner.view);
    if (expected != ANY_VERSION && expected != (isThere ? this.scanner.view.version : 0)) return Status.Refused;
    return max(unit, 0);
  }

  /** As Store.begin. */
  begin(key: usize, keyBytes: i32, valueBytes: i32, ttlSeconds: i32, expected: i64): i32 {
    if (valueBytes < 0 || valueBytes > VALUE_MAX || ttlSeconds < KEEP_EXPIRY) return Status.Invalid;
    let status = this.mayWrite(key, keyBytes);
    if (status < 0) return status;
    const old = this.old(key, keyBytes, expected);
    if (old < 0) return old;
    const view = this.scanner.view;
    let expiresAt: u32 = 0;
    let isClockValid = this.core.isClockValid;
    if (ttlSeconds > 0) expiresAt = this.core.expiryAfter(ttlSeconds);
    else if (ttlSeconds == KEEP_EXPIRY && old > 0) {
      expiresAt = view.expiresAt;
      isClockValid = view.has(FLAG_CLOCK);
    }
    const bytes = 4 + (expiresAt != 0 ? 4 : 0) + keyBytes + valueBytes + CRC_BYTES;
    const plain = chargedUnits(bytes);
    const isPlain = old > 0 && view.expiresAt == 0 && view.entriesBytes == 0 && view.chargedUnits == plain && expiresAt == 0;
    this.isAged = this.quota.isAged(this.core.spaceOf(key));
    if (!this.isBatch) this.demand = 0;
    status = this.reserve(this.core.spaceOf(key), plain, old > 0 ? view : null, expiresAt != 0);
    if (status < 0) return status;
    let flags = this.batchFlag;
    if (old > 0) flags |= FLAG_OVERWRITE;
    if (expiresAt != 0 && isClockValid) flags |= FLAG_CLOCK;
    status = this.core.cut();
    // A batch is applied as its records tell.
    const previous = !isPlain || this.isBatch ? old : 0;
    this.replaced = old - previous;
    if (status >= 0) status = this.core.writer.begin(KIND_PUT, flags, valueBytes, expiresAt, previous, 0, key, keyBytes, 0);
    if (status < 0) return status;
    this.isOpen = true;
    this.entries = 0;
    return Status.Ok;
  }

  /** Sees to it that a put has room in log, cap and memtable. Ok, NoSpace, TooLarge. */
  private reserve(space: i32, plain: i32, old: RecordView | null, hasExpiry: bool): i32 {
    const core = this.core;
    const most = plain + PUT_EXTRA;
    if (plain > this.budget.recordMax) return Status.TooLarge;
    const oldUnits = old ? old.chargedUnits : 0;
    // What takes no more than before is always let in: what live records may take falls when the tree grows.
    if (plain > oldUnits && this.quota.excess(space, plain - oldUnits, this.budget.liveMax) > 0) return core.refuse();
    if (!this.budget.hasRoom(most)) {
      // All of the batch has to be written again, and may be as much again.
      if (this.batchUnit != 0) this.budget.wanted += 2 * <i32>(core.ring.writeAddress - this.batchAddress);
      return core.refuse();
    }
    if (core.ring.writableUnits < most) return core.refuse();
    return this.take(1 + i32(hasExpiry) + i32(this.isAged));
  }

  /** Takes room in the memtable, for this put or for all of a batch. Ok, NoSpace: not before a checkpoint; TooLarge: never. */
  private take(entries: i32): i32 {
    const core = this.core;
    const memtable = core.memtable;
    const demand = this.demand + entries;
    const room = core.lateRoom < 0 ? memtable.room : core.lateRoom;
    if (demand > memtable.capacity) return Status.TooLarge;
    core.wantedEntries = demand > room ? <u16>demand : 0;
    if (demand > room) return core.refuse();
    this.demand = demand;
    return Status.Ok;
  }

  write(src: usize, len: i32): i32 {
    if (!this.isOpen) return Status.Invalid;
    const status = this.core.writer.write(src, len);
    if (status < 0 && status != Status.Invalid) this.abort();
    return status;
  }

  addEntry(index: i32, src: usize, len: i32): i32 {
    if (!this.isOpen || this.core.writer.missing != 0 || index < FIRST_INDEX || index > LAST_INDEX) return Status.Invalid;
    if (len < 0 || len > ENTRY_MAX) return Status.Invalid;
    if (this.entries == ENTRIES_MAX) return Status.NoSpace;
    let status = this.take(1);
    if (status >= 0) status = this.core.writer.addEntry(index, src, len);
    if (status >= 0) this.entries++;
    return status;
  }

  commit(isSync: bool): i32 {
    const core = this.core;
    if (!this.isOpen || core.writer.missing != 0) return Status.Invalid;
    if (this.isAged) this.addAge();
    const status = core.writer.end();
    if (status < 0) {
      this.abort();
      return status;
    }
    this.isOpen = false;
    return this.isBatch ? this.addToBatch() : this.settle(core.writer.unit, core.writer.unit, this.replaced, null, isSync);
  }

  /** Adds the entry by which the oldest record is found: a mark, u48 big-endian version. */
  private addAge(): void {
    const address = this.core.writer.address;
    store<u8>(SCRATCH, BY_AGE_MARK);
    for (let i = 0; i < 6; i++) store<u8>(SCRATCH + 1 + i, <u8>(address >> (40 - 8 * i)));
    this.core.writer.addEntry(BY_EXPIRY, SCRATCH, AGE_BYTES);
  }

  private addToBatch(): i32 {
    const writer = this.core.writer;
    if (this.batchUnit == 0) {
      this.batchUnit = writer.unit;
      this.batchAddress = writer.address;
    }
    return Status.Ok;
  }

  /** Makes records durable and applies them. A sync that fails leaves them void. Ok, Io. */
  private settle(first: i32, last: i32, replaced: i32, removed: RecordView | null, isSync: bool): i32 {
    const core = this.core;
    this.unsynced++;
    if (isSync) {
      const status = this.sync();
      if (status < 0) {
        core.voidFromHere(core.ring.addressOf(first));
        return status;
      }
    }
    if (core.lateRoom >= 0) {
      // It is found when the log is replayed behind the index being made anew.
      core.lateRoom -= this.demand;
      return Status.Ok;
    }
    if (first == last) return this.applier.applyWritten(first, replaced, removed);
    const status = this.replayer.applyBatch(first, last);
    if (status < 0) core.isDamaged = true;
    return status;
  }

  sync(): i32 {
    const status = this.core.device.sync();
    if (status >= 0) this.unsynced = 0;
    return status;
  }

  abort(): void {
    if (this.isOpen) this.core.giveUpRecord();
    this.isOpen = false;
    if (this.isBatch) this.abortBatch();
  }

  /** Removes a record, `isAny`: also one whose time is up. As Store.remove. */
  remove(key: usize, keyBytes: i32, disposition: i32, expected: i64, isAny: bool, isSync: bool): i32 {
    const core = this.core;
    let status = this.mayWrite(key, keyBytes);
    if (status < 0) return status;
    const old = this.old(key, keyBytes, expected);
    if (old < 0) return old;
    const view = this.scanner.view;
    if (old == 0 || (!isAny && core.isExpired(view))) return Status.NotFound;
    if (!this.budget.hasRemovalRoom(REMOVAL_MOST) || core.ring.writableUnits < REMOVAL_MOST) return core.refuse();
    if (!this.isBatch) this.demand = 0;
    status = this.take(1);
    if (status < 0) return status;
    const writer = core.writer;
    status = core.cut();
    if (status >= 0) status = writer.begin(KIND_REMOVE, this.batchFlag, disposition, 0, old, 0, key, keyBytes, 0);
    if (status >= 0) status = writer.end();
    if (status < 0) {
      core.giveUpRecord();
      if (this.isBatch) this.abortBatch();
      return status;
    }
    return this.isBatch ? this.addToBatch() : this.settle(writer.unit, writer.unit, 0, view, isSync);
  }

  beginBatch(): i32 {
    if (this.isBusy) return Status.Invalid;
    this.isBatch = true;
    this.batchUnit = 0;
    this.demand = 0;
    return Status.Ok;
  }

  commitBatch(isSync: bool): i32 {
    if (!this.isBatch || this.isOpen) return Status.Invalid;
    const first = this.batchUnit;
    const core = this.core;
    if (first != 0) {
      let status = core.writer.begin(KIND_SYSTEM, 0, 0, 0, 0, 0, 0, 0, SYSTEM_COMMIT);
      if (status >= 0) status = core.writer.end();
      if (status < 0) {
        core.giveUpRecord();
        this.abortBatch();
        return status;
      }
    }
    this.isBatch = false;
    this.batchUnit = 0;
    this.demand = 0;
    return first == 0 ? Status.Ok : this.settle(first, core.writer.unit, 0, null, isSync);
  }

  abortBatch(): void {
    if (!this.isBatch) return;
    if (this.isOpen) this.core.giveUpRecord();
    this.isOpen = false;
    this.isBatch = false;
    this.demand = 0;
    if (this.batchUnit != 0) this.core.voidFromHere(this.batchAddress);
    this.batchUnit = 0;
  }
}
