import { Status } from "../../lib/status";
import { Core } from "./core";
import { Disposition } from "./item";
import { BY_EXPIRY, BY_KEY } from "./tree/cursor";
import { ORDINAL_EXPIRY, ORDINAL_KEY, compose } from "./tree/memtable";
import {
  DISPOSITION_LOST,
  FLAG_ENTRIES,
  FLAG_EXPIRY,
  FLAG_OVERWRITE,
  FLAG_PREVIOUS,
  KIND_MOVED,
  KIND_PUT,
  KIND_REMOVE,
  RecordView,
} from "./log/record";
import { PROBE, TARGET } from "./scratch";
import { SpaceCounts } from "./store";
import { workspace } from "./workspace";

/**
 * Applies committed records to memtable and counts: the same when they are committed and when the log is replayed. A record
 * says itself what it replaces, so that no look-up is needed.
 */
export class Applier {
  /** The record replaced. */
  private old: RecordView = workspace.replaced;

  constructor(private readonly core: Core) {}

  /**
   * Applies the record at `unit`, just written. replaced: unit of the record that it replaces without saying so, 0: none; old: the record
   * that it removes, loaded already. Ok, Io.
   */
  applyWritten(unit: i32, replaced: i32 = 0, old: RecordView | null = null): i32 {
    const view = this.core.ahead.view;
    let status = view.load(unit);
    if (status >= 0) status = view.loadTail();
    if (status < 0) {
      // It is committed, and the index lacks it: that is made anew.
      this.core.isDamaged = true;
      return Status.Io;
    }
    if (replaced != 0) this.core.live.leave(replaced, view.plainUnits, view.key, view.keyBytes);
    if (old) this.old = old;
    this.apply(view);
    this.old = workspace.replaced;
    return Status.Ok;
  }

  /** Puts or removes the key of a record, copies too, in a memtable that takes a range: the index is being made anew from the log. */
  collectKey(view: RecordView): void {
    const memtable = this.core.memtable;
    memtable.composeFrom(view, ORDINAL_KEY);
    if (!memtable.covers(this.core.place, this.core.placeBytes)) return;
    if (view.kind == KIND_REMOVE) memtable.removeKey(view.unit, false);
    else memtable.putKey(view.unit, true, false);
  }

  /** Puts the entries of a record in other orders that lie in the range, if its key leads to it: the tree has all keys. Ok, Corrupt, Io. */
  collectEntries(view: RecordView): i32 {
    if (view.kind == KIND_REMOVE) return Status.Ok;
    const core = this.core;
    const memtable = core.memtable;
    let status: i32 = Status.Ok;
    for (let ordinal = view.has(FLAG_EXPIRY) ? -1 : 0; status >= 0; ordinal++) {
      status = memtable.composeFrom(view, ordinal < 0 ? ORDINAL_EXPIRY : ordinal);
      if (status < 0 || !memtable.covers(core.place, core.placeBytes)) continue;
      const bytes = compose(TARGET, BY_KEY, 0, 0, view.key, view.keyBytes);
      const unit = core.tree.find(TARGET, bytes);
      if (unit != view.unit) return unit == Status.NotFound ? Status.Ok : min(unit, 0);
      this.putEntry(view, ordinal < 0 ? ORDINAL_EXPIRY : ordinal);
    }
    return Status.Ok;
  }

  /** Applies one record, its tail loaded. */
  apply(view: RecordView): void {
    const core = this.core;
    // A copy that a checkpoint made is known to its tree, or not wanted.
    if (view.kind == KIND_MOVED && !view.has(FLAG_PREVIOUS)) return;
    const failed = core.device.failedReads;
    const counts = core.counts(core.spaceOf(view.key));
    const hasOld = view.has(FLAG_PREVIOUS) && this.loadOld(view.previous, view);
    // Without the record itself it is not known what there is of it.
    let isLinked = view.has(FLAG_PREVIOUS);
    if (hasOld) {
      const old = this.old;
      const units = old.chargedUnits;
      counts.liveUnits -= units;
      core.live.leave(old.unit, units, view.key, view.keyBytes);
      isLinked = old.has(FLAG_EXPIRY) || old.has(FLAG_ENTRIES);
      if (isLinked) this.dropEntries();
    } else if (!view.has(FLAG_PREVIOUS) && view.has(FLAG_OVERWRITE)) {
      counts.liveUnits -= view.plainUnits;
    }
    if (view.kind == KIND_REMOVE) this.remove(view, counts, isLinked);
    else this.put(view, counts, isLinked);
    // What could not be read is missing in memtable and counts.
    if (core.device.failedReads != failed) core.isDamaged = true;
  }

  /** Loads the record that `view` replaces. Returns whether it is there. */
  private loadOld(unit: i32, view: RecordView): bool {
    const core = this.core;
    const ring = core.ring;
    const old = this.old;
    const sector = ring.sectorOf(unit);
    if (sector >= ring.sectorCount || !ring.isMember(sector)) return false;
    core.pinnedNew = min(core.pinnedNew, ring.sequenceOf(sector));
    if (old != workspace.replaced) return true;
    if (old.load(unit) < 0 || old.loadTail() == Status.Io) return false;
    if (old.kind != KIND_PUT && old.kind != KIND_MOVED) return false;
    return old.keyBytes == view.keyBytes && memory.compare(old.key, view.key, old.keyBytes) == 0;
  }

  private put(view: RecordView, counts: SpaceCounts, isLinked: bool): void {
    const core = this.core;
    const isReplacing = view.has(FLAG_OVERWRITE) || view.kind == KIND_MOVED;
    const units = view.chargedUnits;
    counts.liveUnits += units;
    core.largest = max(core.largest, units);
    core.live.put(view.unit, units, view.key, view.keyBytes);
    if (!isReplacing) counts.records++;
    if (view.kind == KIND_PUT) {
      if (view.has(FLAG_OVERWRITE)) counts.overwritten++;
      else counts.stored++;
    }
    const memtable = core.memtable;
    memtable.composeFrom(view, ORDINAL_KEY);
    memtable.putKey(view.unit, !isReplacing, isLinked);
    if (view.has(FLAG_EXPIRY)) this.putEntry(view, ORDINAL_EXPIRY);
    if (!view.has(FLAG_ENTRIES)) return;
    for (let ordinal = 0; this.putEntry(view, ordinal); ordinal++) {}
  }

  private putEntry(view: RecordView, ordinal: i32): bool {
    const core = this.core;
    const memtable = core.memtable;
    if (memtable.composeFrom(view, ordinal) < 0) return false;
    if (load<u8>(PROBE) == BY_EXPIRY) core.expiries.add(PROBE, memtable.probeBytes);
    memtable.putEntry(view.unit, ordinal);
    return true;
  }

  private remove(view: RecordView, counts: SpaceCounts, isLinked: bool): void {
    counts.records--;
    this.countLeft(view.disposition, counts);
    const memtable = this.core.memtable;
    memtable.composeFrom(view, ORDINAL_KEY);
    memtable.removeKey(view.unit, isLinked);
  }

  private countLeft(disposition: i32, counts: SpaceCounts): void {
    if (disposition == Disposition.Deleted) counts.deleted++;
    else if (disposition == Disposition.Delivered) counts.delivered++;
    else if (disposition == Disposition.Expired) counts.expired++;
    else if (disposition == Disposition.Evicted) counts.evicted++;
    else if (disposition == DISPOSITION_LOST) counts.lost++;
  }

  /** Drops what the memtable has of a space. */
  drop(space: i32): void {
    const core = this.core;
    const memtable = core.memtable;
    for (let i = memtable.taken - 1; i >= 0; i--) {
      if (memtable.load(i) < 0) {
        core.isDamaged = true;
        continue;
      }
      const key = PROBE + (memtable.probeBytes - memtable.probeKeyBytes);
      if (core.spaceOf(key) == space) memtable.drop(i);
    }
  }

  /** Drops all records of a space: those in the memtable now, those in the tree with the next checkpoint. */
  purge(space: i32): void {
    const core = this.core;
    this.drop(space);
    core.purged |= 1 << space;
    core.live.forget(false);
    const counts = core.counts(space);
    counts.deleted += counts.records;
    counts.records = 0;
    counts.liveUnits = 0;
  }

  /** Drops the entries of the old record in other orders. */
  private dropEntries(): void {
    const old = this.old;
    if (old.has(FLAG_EXPIRY)) this.dropEntry(ORDINAL_EXPIRY);
    if (!old.has(FLAG_ENTRIES)) return;
    for (let ordinal = 0; this.dropEntry(ordinal); ordinal++) {}
  }

  private dropEntry(ordinal: i32): bool {
    const memtable = this.core.memtable;
    if (memtable.composeFrom(this.old, ordinal) < 0) return false;
    memtable.dropEntry();
    return true;
  }
}
