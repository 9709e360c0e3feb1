import { Status } from "../../../lib/status";
import { Core } from "../core";
import { BY_AGE_MARK, BY_EXPIRY, BY_KEY, Cursor, compare } from "./cursor";
import { Item } from "../item";
import { FLAG_CLOCK, FLAG_ENTRIES, RecordView } from "../log/record";
import { PROBE, SCRATCH, TARGET } from "../scratch";
import { workspace } from "../workspace";

/** Reads records: by key, and in order from memtable and tree together. */
export class Scanner {
  private targetBytes: i32 = 0;
  /** Of an entry that the last step met in an order other than by key: bytes of its key. */
  keyBytes: i32 = 0;

  constructor(private readonly core: Core) {}

  get view(): RecordView {
    return workspace.found;
  }

  /** Loads a key's record into `view`, its tail too, whether or not its time is up. Its unit; NotFound, Corrupt, Busy, Io. */
  load(key: usize, keyBytes: i32): i32 {
    const unit = this.core.locate(key, keyBytes);
    if (unit < 0) return unit;
    let status = this.view.load(unit);
    if (status >= 0) status = this.view.loadTail();
    if (status == Status.Corrupt) this.core.damagedUnit = unit;
    if (status == Status.NotFound || status == Status.Corrupt || (status >= 0 && !this.isOf(key, keyBytes))) {
      this.core.corrupt++;
      return Status.Corrupt;
    }
    return status < 0 ? status : unit;
  }

  private isOf(key: usize, keyBytes: i32): bool {
    const view = this.view;
    return view.isData && view.keyBytes == keyBytes && memory.compare(view.key, key, keyBytes) == 0;
  }

  /** As Store.find. */
  find(key: usize, keyBytes: i32, out: Item): i32 {
    const unit = this.load(key, keyBytes);
    if (unit < 0) return unit;
    if (this.core.isExpired(this.view)) return Status.NotFound;
    return this.check(out);
  }

  /** Compares the checksum of `view`, unless its bytes are still those that were written, and fills `out`. Ok, Corrupt, Io. */
  private check(out: Item): i32 {
    const isImage = this.view.isImage;
    const status = isImage ? Status.Ok : this.verify();
    if (status >= 0) this.fill(out);
    out.isImage = isImage;
    return status;
  }

  private verify(): i32 {
    const status = this.view.verify();
    if (status == Status.Corrupt) this.core.corrupt++;
    return status;
  }

  /** Sees to it that `item` tells where its record lies now. Ok, NotFound (it was replaced or removed), Corrupt, Busy, Io. */
  refresh(item: Item): i32 {
    const ring = this.core.ring;
    const isMoved = item.generation != ring.generation;
    if (!isMoved && (!item.isImage || item.position == ring.imageUnit)) return Status.Ok;
    this.core.enter();
    if (isMoved) {
      const unit = this.load(item.key, item.keyBytes);
      if (unit < 0) return unit;
      if (this.view.version != item.version) return Status.NotFound;
      this.fill(item);
      if (!item.isImage || item.position == ring.imageUnit) return Status.Ok;
    }
    // From now on it is read from the flash, where nobody looked yet.
    let status = this.view.load(item.position);
    if (status >= 0) status = this.verify();
    if (status >= 0) item.isImage = false;
    return status == Status.NotFound ? Status.Corrupt : status;
  }

  private fill(out: Item): void {
    const view = this.view;
    out.keyBytes = view.keyBytes;
    memory.copy(out.key, view.key, view.keyBytes);
    out.valueBytes = view.valueBytes;
    out.entriesBytes = view.has(FLAG_ENTRIES) ? view.entriesBytes : 0;
    out.expiresAt = view.expiresAt;
    out.isClockValid = view.has(FLAG_CLOCK);
    out.version = view.version;
    out.isRemoved = false;
    out.position = view.unit;
    out.valueOffset = view.valueOffset;
    out.generation = this.core.ring.generation;
  }

  /** As Store.next; isChecked false: as nextKey. */
  next(cursor: Cursor, out: Item, isChecked: bool): i32 {
    while (true) {
      const status = this.reach(cursor, false);
      if (status < 0) return status;
      if (!isChecked) {
        this.fill(out);
        return Status.Ok;
      }
      const checked = this.check(out);
      if (checked != Status.Corrupt) return checked;
    }
  }

  /** Moves a cursor to the next record, and loads that into `view`; withExpired: also one whose time is up. Ok, NotFound (the end), Busy, Io. */
  reach(cursor: Cursor, withExpired: bool): i32 {
    while (true) {
      const unit = this.step(cursor);
      if (unit < 0) {
        cursor.isDone = unit == Status.NotFound;
        return unit;
      }
      const status = this.resolve(cursor, unit);
      if (status == Status.Busy) cursor.back();
      if (status == Status.Busy || status == Status.Io) return status;
      if (status >= 0 && (withExpired || !this.core.isExpired(this.view))) return Status.Ok;
    }
  }

  /** Loads the record that the cursor is at. Ok, NotFound (the entry is stale), Corrupt, Busy, Io. */
  resolve(cursor: Cursor, unit: i32): i32 {
    if (cursor.index == BY_KEY) {
      const status = this.view.load(unit);
      return status >= 0 ? this.view.loadTail() : status;
    }
    const keyBytes = this.keyBytes;
    const status = this.load(cursor.at + (cursor.atBytes - keyBytes), keyBytes);
    return status < 0 ? status : this.hasEntry(cursor.index, cursor.at + 1, cursor.atBytes - 1 - keyBytes);
  }

  /** Whether `view` has that index entry: Ok, NotFound, Io. */
  hasEntry(index: i32, value: usize, bytes: i32): i32 {
    const view = this.view;
    if (index == BY_EXPIRY && load<u8>(value) < BY_AGE_MARK) {
      const isSame = view.expiresAt == bswap(load<u32>(value, 1)) && i32(view.has(FLAG_CLOCK)) == <i32>load<u8>(value);
      return isSame ? Status.Ok : Status.NotFound;
    }
    const status = view.readAt(view.entriesOffset, SCRATCH, view.entriesBytes);
    if (status < 0) return status;
    for (let at = SCRATCH; at < SCRATCH + view.entriesBytes;) {
      const head = <i32>load<u8>(at);
      const length = head & 31;
      if (head >> 5 == index && length == bytes && memory.compare(at + 1, value, bytes) == 0) return Status.Ok;
      at += 1 + length;
    }
    return Status.NotFound;
  }

  /** Moves a cursor to the next composite. Unit of its record (by key), or 0; NotFound, Busy, Io. */
  step(cursor: Cursor): i32 {
    if (cursor.isDone) return Status.NotFound;
    this.targetBytes = cursor.atBytes;
    memory.copy(TARGET, cursor.at, cursor.atBytes);
    if (cursor.isAfter && !cursor.isReverse) this.pass();
    const unit = cursor.isReverse ? this.before(cursor) : this.from(cursor);
    if (unit < 0) return unit;
    cursor.atBytes = <u8>this.targetBytes;
    memory.copy(cursor.at, TARGET, this.targetBytes);
    cursor.isAfter = true;
    return unit;
  }

  /** Goes behind the target. */
  private pass(): void {
    store<u8>(TARGET + this.targetBytes++, 0);
  }

  private take(key: usize, bytes: i32): void {
    memory.copy(TARGET, key, bytes);
    this.targetBytes = bytes;
  }

  /** The first composite not less than the target, below the cursor's upper bound: it becomes the target. */
  private from(cursor: Cursor): i32 {
    const core = this.core;
    const memtable = core.memtable;
    const page = core.tree.page;
    while (true) {
      const index = core.findEntry(TARGET, this.targetBytes);
      if (index < 0) return index;
      const status = core.seekTree(TARGET, this.targetBytes);
      if (status < 0 && status != Status.NotFound) return status;
      const hasPage = status >= 0;
      const hasEntry = index < memtable.count;
      const loaded = hasEntry ? core.loadEntry(index) : 0;
      if (loaded < 0) return loaded;
      if (!hasPage && !hasEntry) return Status.NotFound;
      const order = !hasPage ? 1 : !hasEntry ? -1 : compare(page.key, page.keyBytes, PROBE, memtable.probeBytes);
      if (order < 0) {
        this.take(page.key, page.keyBytes);
        const payload = page.payload;
        if (compare(TARGET, this.targetBytes, cursor.high, cursor.highBytes) >= 0) return Status.NotFound;
        if (!this.isPurged(payload)) return this.found(cursor, payload, payload);
      } else {
        this.take(PROBE, memtable.probeBytes);
        if (compare(TARGET, this.targetBytes, cursor.high, cursor.highBytes) >= 0) return Status.NotFound;
        if (!memtable.isRemoved(index)) return this.found(cursor, memtable.unitAt(index), memtable.probeKeyBytes);
      }
      this.pass();
    }
  }

  /** The last composite less than the target, not below the cursor's lower bound: it becomes the target. */
  private before(cursor: Cursor): i32 {
    const core = this.core;
    const memtable = core.memtable;
    const page = core.tree.page;
    while (true) {
      const following = core.findEntry(TARGET, this.targetBytes);
      if (following < 0) return following;
      const index = following - 1;
      const status = core.note(core.tree.seekBefore(TARGET, this.targetBytes));
      if (status < 0 && status != Status.NotFound) return status;
      const hasPage = status >= 0;
      const hasEntry = index >= 0;
      const loaded = hasEntry ? core.loadEntry(index) : 0;
      if (loaded < 0) return loaded;
      if (!hasPage && !hasEntry) return Status.NotFound;
      const order = !hasPage ? -1 : !hasEntry ? 1 : compare(page.key, page.keyBytes, PROBE, memtable.probeBytes);
      if (order > 0) {
        this.take(page.key, page.keyBytes);
        const payload = page.payload;
        if (compare(TARGET, this.targetBytes, cursor.low, cursor.lowBytes) < 0) return Status.NotFound;
        if (!this.isPurged(payload)) return this.found(cursor, payload, payload);
      } else {
        this.take(PROBE, memtable.probeBytes);
        if (compare(TARGET, this.targetBytes, cursor.low, cursor.lowBytes) < 0) return Status.NotFound;
        if (!memtable.isRemoved(index)) return this.found(cursor, memtable.unitAt(index), memtable.probeKeyBytes);
      }
    }
  }

  private found(cursor: Cursor, unit: i32, keyBytes: i32): i32 {
    if (cursor.index == BY_KEY) return unit;
    this.keyBytes = keyBytes;
    return 0;
  }

  /** Whether the target, found in the tree, belongs to a space that was purged. */
  private isPurged(payload: i32): bool {
    if (this.core.purged == 0) return false;
    const key = load<u8>(TARGET) == BY_KEY ? TARGET + 1 : TARGET + (this.targetBytes - payload);
    return (this.core.purged & (1 << this.core.spaceOf(key))) != 0;
  }
}
