import { Status } from "../../lib/status";
import { BlockDevice } from "./flash/blockDevice";
import { LogWalker } from "./log/logWalker";
import { LogWriter } from "./log/logWriter";
import { Memtable, compose } from "./tree/memtable";
import { LiveCounts } from "./space/liveCounts";
import { Expiries } from "./tree/expiries";
import { FLAG_CLOCK, KIND_SYSTEM, RecordView, SYSTEM_CUT } from "./log/record";
import { Ring } from "./flash/ring";
import { COMPOSITE_BYTES, SCRATCH, TARGET } from "./scratch";
import { DOCUMENTS, QUEUE, SpaceCounts } from "./store";
import { Tree } from "./tree/tree";
import { workspace } from "./workspace";
import { BY_KEY } from "./tree/cursor";

/** Body of a cut: u32 boot, u32 low half of the address from which all is void, u32 time of the store's own clock. */
const CUT_BYTES: i32 = 12;

const COMPOSITE = TARGET;

const TTL_MAX: i64 = 0x7fffffff;

/** What all parts of the store share: the log, the index, the counts and the time. */
export class Core {
  readonly ring: Ring;
  readonly writer: LogWriter;
  readonly memtable: Memtable;
  readonly tree: Tree;
  readonly live: LiveCounts;
  readonly expiries: Expiries = new Expiries();
  readonly documents: SpaceCounts = new SpaceCounts();
  readonly queue: SpaceCounts = new SpaceCounts();

  boot: i32 = 1;
  corrupt: i32 = 0;
  /** Address from which all is void, 0: nothing is. */
  voidFrom: i64 = 0;
  /** Address from which the log is replayed at mount, and at which this session began. */
  replayAddress: i64 = 0;
  sessionAddress: i64 = 0;

  /** Monotonic time, wall time (-1 while unknown), and by how much the store's own clock is ahead of the monotonic one. */
  nowMs: i64 = 0;
  wallMs: i64 = -1;
  /** By how much the wall clock was ahead of the monotonic one when it was known first, 0: it was not yet. */
  private wallBase: i64 = 0;
  ownBase: u32 = 0;

  /** Sequence below which the last durable checkpoint left no live record. */
  evacuatedBelow: u32 = 0;
  /** Oldest sector (sequence) that a replay from replayAddress, or from the checkpoint under way, needs to read. */
  pinned: u32 = u32.MAX_VALUE;
  pinnedNew: u32 = u32.MAX_VALUE;
  /** How far a survey or a checkpoint came: a composite; and bytes of it, of a checkpoint. */
  readonly place: usize;
  placeBytes: i32 = 0;
  /** Unit of a record that was found damaged and is to be dropped, 0: none. */
  damagedUnit: i32 = 0;
  /** Units of the largest live record at most. */
  largest: i32 = 0;
  /** Units that the checkpoint under way may still write. */
  promisedUnits: i32 = 0;
  /** Spaces, as bits, of which the tree's entries do not count any more. */
  purged: i32 = 0;
  /** Entries of the memtable for which something was refused last, 0: nothing was. */
  wantedEntries: u16 = 0;
  /** Whether something was refused for want of room, or nearly, since work was looked for last. */
  isShort: bool = false;
  /** Whether the index was found damaged: steps make it anew from the records, and nothing is looked up until then. */
  isDamaged: bool = false;
  /** Entries that may still be put while it is; -1: it is not under way. The memtable holds a part of the new index then. */
  lateRoom: i32 = -1;
  /** Whether a step came by and could not do so. */
  isStuck: bool = false;
  /** Whether a cut has to be written before the next record. */
  wantsCut: bool = true;

  constructor(
    readonly device: BlockDevice,
    entries: i32,
    isIndexed: bool,
  ) {
    const ring = new Ring(device);
    this.ring = ring;
    this.writer = new LogWriter(ring, isIndexed);
    this.memtable = new Memtable(entries);
    this.tree = new Tree();
    const place = heap.alloc(COMPOSITE_BYTES);
    this.place = place;
    this.live = new LiveCounts(ring, place);
  }

  /** Takes the geometry of the device, once. Returns whether it can be used. */
  measure(): bool {
    if (!this.ring.measure()) return false;
    this.live.measure();
    return true;
  }

  /** Takes the workspace, which another store may have had since. */
  enter(): void {
    if (workspace.attach(this.ring)) this.tree.forget();
  }

  /** For whoever walks the log, for the length of a call. */
  get walker(): LogWalker {
    return workspace.walker;
  }

  get ahead(): LogWalker {
    return workspace.ahead;
  }

  counts(space: i32): SpaceCounts {
    return space == QUEUE ? this.queue : this.documents;
  }

  spaceOf(key: usize): i32 {
    return load<u8>(key) == 0 ? QUEUE : DOCUMENTS;
  }

  get liveUnits(): i32 {
    return this.documents.liveUnits + this.queue.liveUnits;
  }

  /** Units of what spaces have for themselves that they did not take yet. */
  get keptUnits(): i32 {
    const documents = this.documents;
    const queue = this.queue;
    return max(documents.reservedUnits - documents.liveUnits, 0) + max(queue.reservedUnits - queue.liveUnits, 0);
  }

  /** Takes the time. While the device runs the wall clock goes by the monotonic one: a step of it moves no expiry. */
  tell(nowMs: i64, wallMs: i64): void {
    this.nowMs = nowMs;
    if (this.wallBase == 0 && wallMs >= 0) this.wallBase = wallMs - nowMs;
    this.wallMs = wallMs < 0 ? wallMs : this.wallBase + nowMs;
  }

  /** Whether the wall clock is known. */
  get isClockValid(): bool {
    return this.wallMs >= 0;
  }

  /** Seconds on the store's own clock: it runs while the device does, over resets too. */
  get ownSeconds(): u32 {
    return this.ownBase + <u32>(this.nowMs / 1000);
  }

  /** Which clock the expiries tell that are given now: 1 the wall's, 0 the store's own. */
  get clock(): i32 {
    return i32(this.isClockValid);
  }

  /** Second of that clock at which a record expires that gets a TTL now. */
  expiryAfter(ttlSeconds: i64): u32 {
    const now = this.isClockValid ? this.wallMs / 1000 : <i64>this.ownSeconds;
    return <u32>min<i64>(now + min<i64>(ttlSeconds, TTL_MAX), u32.MAX_VALUE);
  }

  /** Whether a record's time is up. */
  isExpired(view: RecordView): bool {
    if (view.expiresAt == 0) return false;
    if (view.has(FLAG_CLOCK)) return this.wallMs >= 0 && this.wallMs / 1000 >= <i64>view.expiresAt;
    // Without a clock only the time of this start can be told.
    if (this.wallMs < 0 && view.version < this.sessionAddress) return false;
    return this.ownSeconds >= view.expiresAt;
  }

  /** As Memtable.find. Io: a read failed, the place cannot be told; Busy, Io: nothing is looked up in a damaged index. */
  findEntry(composite: usize, bytes: i32): i32 {
    if (this.isDamaged) return this.lost();
    const failed = this.device.failedReads;
    const index = this.memtable.find(composite, bytes);
    if (this.device.failedReads != failed) return Status.Io;
    return this.memtable.hasFailed ? this.note(Status.Corrupt) : index;
  }

  /** As Memtable.load; damage is noted: what the entry is cannot be told, nor what lies behind it. */
  loadEntry(index: i32): i32 {
    return this.note(this.memtable.load(index));
  }

  /** Finds the unit at which the record of a key lies. Its unit, NotFound, Busy, Io. */
  locate(key: usize, keyBytes: i32): i32 {
    const bytes = compose(COMPOSITE, BY_KEY, 0, 0, key, keyBytes);
    const memtable = this.memtable;
    const index = this.findEntry(COMPOSITE, bytes);
    if (index < 0) return index;
    if (memtable.isExact) return memtable.isRemoved(index) ? Status.NotFound : memtable.unitAt(index);
    if ((this.purged & (1 << this.spaceOf(key))) != 0) return Status.NotFound;
    return this.note(this.tree.find(COMPOSITE, bytes));
  }

  /** As Tree.seek; damage is noted. */
  seekTree(composite: usize, bytes: i32): i32 {
    return this.note(this.tree.seek(composite, bytes));
  }

  /** Notes damage of the index. What is told of it: that is no damage of a record. */
  note(status: i32): i32 {
    if (status != Status.Corrupt) return status;
    this.isDamaged = true;
    return this.lost();
  }

  /** What look-ups answer while the index is damaged. Busy: steps are making it anew; Io: the last one could not go on. */
  private lost(): i32 {
    return this.isStuck ? Status.Io : Status.Busy;
  }

  /** Something has no room: work is looked for. NoSpace. */
  refuse(): i32 {
    this.isShort = true;
    return Status.NoSpace;
  }

  /** Whether the last durable checkpoint needs nothing of a sector: no live record, no page, nothing that a replay would read. */
  isGivenUp(sequence: u32): bool {
    if (sequence >= this.evacuatedBelow || sequence >= this.tree.oldest) return false;
    return <i64>(sequence + 1) * this.ring.sectorUnits <= this.replayAddress;
  }

  /** Writes the cut that is owed. Ok, NoSpace, Io. */
  cut(): i32 {
    if (!this.wantsCut) return Status.Ok;
    const writer = this.writer;
    // Behind a blank unit a header counts only with its checksum. Else a cut that is cut short itself could pass for any record, and
    // what it makes void for one that was finished because another follows.
    let status = this.voidFrom != 0 ? this.ring.leaveBlank() : Status.Ok;
    if (status < 0) return status;
    status = writer.begin(KIND_SYSTEM, 0, CUT_BYTES, 0, 0, 0, 0, 0, SYSTEM_CUT);
    if (status < 0) return status;
    store<u32>(SCRATCH, this.boot);
    store<u32>(SCRATCH, <u32>(this.voidFrom == 0 ? writer.address : this.voidFrom), 4);
    store<u32>(SCRATCH, this.ownSeconds, 8);
    status = writer.write(SCRATCH, CUT_BYTES);
    if (status >= 0) status = writer.end();
    if (status >= 0) {
      this.wantsCut = false;
      this.voidFrom = 0;
    } else {
      this.giveUpRecord();
    }
    return status;
  }

  /** Gives up the record that is being written: what was programmed of it is void. */
  giveUpRecord(): void {
    const address = this.writer.address;
    if (this.writer.abandon()) this.voidFromHere(address);
  }

  /** All from `address` on is void: the next record is preceded by a cut that says so. */
  voidFromHere(address: i64): void {
    this.voidFrom = this.voidFrom == 0 ? address : min(this.voidFrom, address);
    this.wantsCut = true;
  }
}
