import { Status } from "../../lib/status";
import { Applier } from "./applier";
import { BlockDevice } from "./flash/blockDevice";
import { Budget } from "./space/budget";
import { nextChange } from "./changeFeed";
import { Checkpointer } from "./space/checkpointer";
import { Core } from "./core";
import { BY_AGE_MARK, BY_KEY, Cursor } from "./tree/cursor";
import { Editor } from "./editor";
import { ANY_VERSION, Disposition, Item } from "./item";
import { Maintenance } from "./space/maintenance";
import { Mover, retimedEntries, retimedUnits } from "./space/mover";
import { Parts } from "./parts";
import { Mounter } from "./mounter";
import { Quota } from "./space/quota";
import { FLAG_CLOCK, KIND_SYSTEM, SYSTEM_PURGE, chargedUnits } from "./log/record";
import { Replayer } from "./log/replayer";
import { Scanner } from "./tree/scanner";
import { SCRATCH } from "./scratch";
import { DOCUMENTS, Durability, Eviction, QUEUE, SPACES, SpaceCounts, Store, StoreStats, VerifyReport } from "./store";
import { Survey } from "./space/survey";
import { UNIT } from "./flash/units";
import { Verifier } from "./verifier";
import { workspace } from "./workspace";

/** Entries of the memtable, of eight bytes: as kernels with documents have them, and the fewest with which a record can have all its index entries. */
export const DEFAULT_ENTRIES: i32 = 288;
const MIN_ENTRIES: i32 = 128;
const FEWEST_ENTRIES: i32 = 16;
/** Records that one put evicts at most. */
const EVICTIONS_PER_CALL: i32 = 8;

/**
 * The store on raw NOR flash: a log that runs round the sectors of a device, and a tree of pages in the same log that is written
 * anew as it rolls (DESIGN.md, SPEC.md). Each object is mounted once.
 */
export class TreeStore extends Store {
  private readonly core: Core;
  private readonly applier: Applier;
  private readonly scanner: Scanner;
  private readonly budget: Budget;
  private readonly quota: Quota;
  private readonly editor: Editor;
  private readonly checkpointer: Checkpointer;
  private readonly mover: Mover;
  private readonly maintenance: Maintenance;
  /** Made when it is first asked for: a kernel that never verifies has no RAM for it. */
  private verifier: Verifier | null = null;
  private readonly mounter: Mounter;
  /** When the oldest commit that is not durable was made. */
  private unsyncedAtMs: i64 = 0;
  private isMounted: bool = false;
  /** Whether records may wait whose expiry is on the store's own clock. */
  private mayRebase: bool = true;
  /** What one takes for which there was no room: entries of the memtable, 0: there was; units of the log. */
  private rebaseEntries: u8 = 0;
  private rebaseUnits: u16 = 0;

  /**
   * Over `device`. entries: of the memtable, eight bytes each: the more, the fewer checkpoints; MIN_ENTRIES at least. parts: what
   * a test puts in the place of the real ones. isIndexed: whether records get index entries; without, FEWEST_ENTRIES do.
   */
  constructor(device: BlockDevice, entries: i32 = DEFAULT_ENTRIES, parts: Parts = new Parts(), isIndexed: bool = true) {
    super();
    const core = parts.core(device, max(entries, isIndexed ? MIN_ENTRIES : FEWEST_ENTRIES), isIndexed);
    const applier = new Applier(core);
    const replayer = new Replayer(core, applier);
    const scanner = new Scanner(core);
    const survey = new Survey(core, scanner);
    const budget = parts.budget(core);
    const quota = new Quota(core);
    const mover = new Mover(core, applier);
    const checkpointer = parts.checkpointer(core, mover);
    this.core = core;
    this.applier = applier;
    this.scanner = scanner;
    this.budget = budget;
    this.quota = quota;
    this.editor = parts.editor(core, applier, replayer, scanner, budget, quota);
    this.checkpointer = checkpointer;
    this.mover = mover;
    this.maintenance = new Maintenance(core, budget, survey, checkpointer, mover, replayer);
    this.mounter = new Mounter(core, replayer);
  }

  private get cursor(): Cursor {
    return workspace.cursor;
  }

  get device(): BlockDevice {
    return this.core.device;
  }

  /** Takes the geometry of the device, once, and makes what goes by it. Returns whether it can be used. */
  measure(): bool {
    return this.core.measure();
  }

  mount(): i32 {
    const device = this.device;
    if (!this.measure()) return Status.Unsupported;
    this.core.enter();
    this.checkpointer.seize();
    const failed = device.failedReads;
    let status = this.mounter.mount();
    // What could not be read now may be there at the next try: it is no damage, and nothing is made anew without it.
    if (status >= 0 && device.failedReads != failed) status = Status.Io;
    this.isMounted = status >= 0;
    return status;
  }

  /** Whether it is mounted; all that follows has the workspace. */
  private get isOpen(): bool {
    if (this.isMounted) this.core.enter();
    return this.isMounted;
  }

  setTime(nowMs: i64, wallMs: i64): void {
    this.core.tell(nowMs, wallMs);
  }

  step(): bool {
    if (!this.isOpen) return false;
    const editor = this.editor;
    if (editor.unsynced > 0 && this.durability == Durability.Batched && this.core.nowMs - this.unsyncedAtMs >= this.batchMs) editor.sync();
    const core = this.core;
    if (core.isDamaged) return this.maintenance.mend(editor.isBusy);
    const mayRebase = !editor.isBusy && this.mayRebase && core.isClockValid;
    // What was found damaged is dropped first, and may be what comes first there.
    const waits = mayRebase && core.damagedUnit != 0;
    const isRebased = mayRebase && !waits && this.rebase();
    return this.maintenance.step(editor.isBusy) || isRebased || (waits && core.damagedUnit == 0);
  }

  get boot(): i32 {
    return this.core.boot;
  }

  begin(key: usize, keyBytes: i32, valueBytes: i32, ttlSeconds: i32, expected: i64): i32 {
    if (!this.isOpen) return Status.Closed;
    let status = this.editor.begin(key, keyBytes, valueBytes, ttlSeconds, expected);
    for (let i = 0; status == Status.NoSpace && i < EVICTIONS_PER_CALL; i++) {
      if (this.editor.isBatch || this.evict(key, keyBytes, valueBytes) < 0) break;
      status = this.editor.begin(key, keyBytes, valueBytes, ttlSeconds, expected);
    }
    return status;
  }

  /** Removes one record to make room for another. Ok; NoSpace: the policy, or what is short, does not allow it. */
  private evict(key: usize, keyBytes: i32, valueBytes: i32): i32 {
    const space = this.core.spaceOf(key);
    const eviction = this.quota.evictionOf(space);
    const units = chargedUnits(16 + keyBytes + valueBytes);
    if (eviction == Eviction.Refuse || this.quota.excess(space, units, this.budget.liveMax) <= 0) return Status.NoSpace;
    const cursor = this.cursor;
    const scanner = this.scanner;
    let status: i32;
    if (eviction == Eviction.OldestFirst && space == QUEUE) {
      store<u8>(SCRATCH, 0);
      cursor.prefix(BY_KEY, SCRATCH, 1, false);
      status = scanner.reach(cursor, true);
    } else {
      status = this.firstOf(eviction == Eviction.SoonestToExpire ? this.core.clock : BY_AGE_MARK);
    }
    while (status >= 0 && this.core.spaceOf(scanner.view.key) != space) status = scanner.reach(cursor, true);
    if (status < 0) return Status.NoSpace;
    return this.drop(this.core.isExpired(scanner.view) ? Disposition.Expired : Disposition.Evicted);
  }

  /** The first of an expiry's kind, or of an age: into the scanner's view, the cursor behind it. Ok, NotFound, Busy, Io. */
  private firstOf(kind: i32): i32 {
    const expiries = this.core.expiries;
    expiries.seek(this.cursor, kind);
    const status = this.scanner.reach(this.cursor, true);
    // Behind the last one, if none is left: those passed do not count.
    if (status >= 0 || status == Status.NotFound) expiries.reach(this.cursor);
    return status;
  }

  /** Removes the record that the cursor reached; its key is in the cursor, whatever is looked up on the way. */
  private drop(disposition: Disposition): i32 {
    const cursor = this.cursor;
    const keyBytes = this.scanner.view.keyBytes;
    const key = cursor.at + (cursor.atBytes - keyBytes);
    return this.committed(this.editor.remove(key, keyBytes, disposition, ANY_VERSION, true, this.isSync));
  }

  write(src: usize, len: i32): i32 {
    return this.editor.write(src, len);
  }

  addEntry(index: i32, src: usize, len: i32): i32 {
    return this.editor.addEntry(index, src, len);
  }

  commit(): i32 {
    this.core.enter();
    return this.committed(this.editor.commit(this.isSync));
  }

  abort(): void {
    this.editor.abort();
  }

  /** Whether the next commit is durable when it returns. */
  private get isSync(): bool {
    if (this.durability == Durability.Sync) return true;
    return this.durability == Durability.Batched && this.editor.unsynced + 1 >= this.batchOperations;
  }

  private committed(status: i32): i32 {
    if (status >= 0 && this.editor.unsynced == 1) this.unsyncedAtMs = this.core.nowMs;
    if (!this.core.isClockValid) this.mayRebase = true;
    return status;
  }

  remove(key: usize, keyBytes: i32, disposition: Disposition, expected: i64): i32 {
    if (!this.isOpen) return Status.Closed;
    return this.committed(this.editor.remove(key, keyBytes, disposition, expected, false, this.isSync));
  }

  touch(key: usize, keyBytes: i32, ttlSeconds: i32): i32 {
    if (!this.isOpen) return Status.Closed;
    if (ttlSeconds < 0 || this.editor.isBusy || keyBytes < 1) return Status.Invalid;
    const unit = this.scanner.load(key, keyBytes);
    if (unit < 0) return unit;
    if (this.core.isExpired(this.scanner.view)) return Status.NotFound;
    return this.retime(ttlSeconds == 0 ? 0 : this.core.expiryAfter(ttlSeconds));
  }

  /** Copies the record that the scanner holds, with another expiry. Ok, NoSpace, Corrupt, Io. */
  private retime(expiresAt: u32): i32 {
    const status = this.mover.retime(this.scanner.view, expiresAt, this.budget);
    return status < 0 || !this.isSync ? status : this.editor.sync();
  }

  /** Gives the first record whose expiry is on the store's own clock one on the wall clock; one that is damaged is to be dropped. Whether more may wait. */
  private rebase(): bool {
    const core = this.core;
    // Nothing is looked for before there is room for the one that had none: it comes first still, or has left as much.
    if (this.rebaseEntries != 0 && !this.mover.hasRoom(this.rebaseUnits, this.rebaseEntries, this.budget)) return false;
    this.rebaseEntries = 0;
    let status = this.firstOf(0);
    if (status == Status.NotFound) this.mayRebase = false;
    if (status < 0) return status == Status.Busy; // This step makes the index anew.
    const view = this.scanner.view;
    status = this.retime(core.expiryAfter(max<i64>(<i64>view.expiresAt - core.ownSeconds, 0)));
    if (status == Status.Corrupt) core.damagedUnit = view.unit;
    if (status == Status.NoSpace) {
      this.rebaseEntries = <u8>retimedEntries(view);
      this.rebaseUnits = <u16>retimedUnits(view);
    }
    return status >= 0 || status == Status.Corrupt;
  }

  beginBatch(): i32 {
    return this.isOpen ? this.editor.beginBatch() : Status.Closed;
  }

  commitBatch(): i32 {
    this.core.enter();
    return this.committed(this.editor.commitBatch(this.isSync));
  }

  abortBatch(): void {
    this.editor.abortBatch();
  }

  get nextVersion(): i64 {
    return this.core.ring.writeAddress;
  }

  find(key: usize, keyBytes: i32, out: Item): i32 {
    if (!this.isOpen) return Status.Closed;
    return keyBytes < 1 ? Status.Invalid : this.scanner.find(key, keyBytes, out);
  }

  read(item: Item, offset: i32, dst: usize, len: i32): i32 {
    return this.readPart(item, false, offset, dst, len);
  }

  readEntries(item: Item, offset: i32, dst: usize, len: i32): i32 {
    return this.readPart(item, true, offset, dst, len);
  }

  private readPart(item: Item, isEntries: bool, offset: i32, dst: usize, len: i32): i32 {
    const bytes = isEntries ? item.entriesBytes : item.valueBytes;
    if (offset < 0 || len < 0 || offset > bytes) return Status.Invalid;
    let status = this.scanner.refresh(item);
    if (status < 0) return status;
    const part = min(len, bytes - offset);
    const start = item.valueOffset + (isEntries ? item.valueBytes + 1 : 0);
    status = this.core.ring.readRecord(item.position, start + offset, dst, part);
    return status < 0 ? Status.Io : part;
  }

  next(cursor: Cursor, out: Item): i32 {
    return this.isOpen ? this.scanner.next(cursor, out, true) : Status.Closed;
  }

  nextKey(cursor: Cursor, out: Item): i32 {
    return this.isOpen ? this.scanner.next(cursor, out, false) : Status.Closed;
  }

  changes(version: i64, out: Item): i32 {
    if (!this.isOpen) return Status.Closed;
    return nextChange(this.core, version, out, this.editor.isBatch);
  }

  sweep(most: i32): i32 {
    let swept = 0;
    if (!this.isOpen || this.editor.isBusy) return swept;
    for (let clock = 0; clock < 2; clock++) {
      while (this.firstOf(clock) >= 0 && this.core.isExpired(this.scanner.view)) {
        if (swept >= most || this.drop(Disposition.Expired) < 0) return swept;
        swept++;
      }
    }
    return swept;
  }

  ttl(key: usize, keyBytes: i32): i64 {
    if (!this.isOpen) return Status.Closed;
    const unit = this.scanner.load(key, keyBytes);
    if (unit < 0) return unit;
    const view = this.scanner.view;
    if (this.core.isExpired(view)) return Status.NotFound;
    if (view.expiresAt == 0) return -1;
    if (view.has(FLAG_CLOCK) && !this.core.isClockValid) return i32.MAX_VALUE;
    const now = view.has(FLAG_CLOCK) ? this.core.wallMs / 1000 : <i64>this.core.ownSeconds;
    return max<i64>(<i64>view.expiresAt - now, 0);
  }

  msToExpiry(): i64 {
    if (!this.isOpen) return i64.MAX_VALUE;
    if (this.firstOf(this.core.clock) < 0) return i64.MAX_VALUE;
    const nowMs = this.core.wallMs >= 0 ? this.core.wallMs : <i64>this.core.ownSeconds * 1000;
    return max<i64>(<i64>this.scanner.view.expiresAt * 1000 - nowMs, 0);
  }

  purge(space: i32): i32 {
    if (!this.isOpen) return Status.Closed;
    if (this.editor.isBusy || space < 0 || space >= SPACES) return Status.Invalid;
    const core = this.core;
    this.checkpointer.abort();
    let status = core.cut();
    if (status >= 0) status = core.writer.begin(KIND_SYSTEM, 0, 1, 0, 0, 0, 0, 0, SYSTEM_PURGE);
    store<u8>(SCRATCH, space);
    if (status >= 0) status = core.writer.write(SCRATCH, 1);
    if (status >= 0) status = core.writer.end();
    if (status >= 0) status = this.editor.sync();
    if (status < 0) {
      core.giveUpRecord();
      return status;
    }
    this.applier.purge(space);
    return Status.Ok;
  }

  flush(): i32 {
    return this.isOpen ? this.editor.sync() : Status.Closed;
  }

  setCap(space: i32, bytes: i32, reservedBytes: i32, eviction: Eviction): void {
    this.quota.set(space, bytes, reservedBytes, eviction);
  }

  counts(space: i32): SpaceCounts {
    return this.core.counts(space);
  }

  stats(out: StoreStats): i32 {
    if (!this.isOpen) return Status.Closed;
    const core = this.core;
    out.records = core.documents.records + core.queue.records;
    out.usedBytes = (core.liveUnits + core.tree.units) * UNIT;
    out.freeBytes = max(this.budget.liveMax - core.liveUnits, 0) * UNIT;
    out.reclaimableBytes = max(this.budget.garbage, 0) * UNIT;
    out.badSectors = core.ring.bad;
    out.corrupt = core.corrupt;
    return core.ring.eraseCounts(out);
  }

  get corrupt(): i32 {
    return this.core.corrupt;
  }

  startVerify(): void {
    if (!this.verifier) this.verifier = new Verifier(this.core, this.scanner);
    this.verifier!.start();
  }

  verify(report: VerifyReport): i32 {
    const verifier = this.verifier;
    return this.isOpen && verifier ? verifier.advance(report) : Status.Closed;
  }
}
