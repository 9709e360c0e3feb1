import { Status } from "../../../lib/status";
import { Applier } from "../applier";
import { Budget } from "./budget";
import { Core } from "../core";
import { ENTRIES_MAX } from "../item";
import { DISPOSITION_LOST, FLAG_CLOCK, FLAG_ENTRIES, KIND_MOVED, KIND_REMOVE, RecordView } from "../log/record";
import { SCRATCH, SCRATCH_BYTES } from "../scratch";

/** Copies records to the end of the log, and drops those that are damaged. */
export class Mover {
  constructor(
    private readonly core: Core,
    private readonly applier: Applier,
  ) {}

  /**
   * Copies a record as it is: nothing but the tree will know of the copy. One that is damaged stays so, and is to be dropped: it
   * must not hold up its sector. Its unit; NoSpace, Io.
   */
  move(view: RecordView): i32 {
    const core = this.core;
    const checked = view.verify();
    const isDamaged = checked == Status.Corrupt;
    if (checked < 0 && !isDamaged) return checked;
    const status = this.copy(view, view.expiresAt, view.has(FLAG_CLOCK), 0, isDamaged);
    if (status < 0) return status;
    if (isDamaged) core.damagedUnit = core.writer.unit;
    return core.writer.unit;
  }

  /** Copies a record, its tail loaded, with another expiry, and applies that. Ok, NoSpace, Corrupt, Io. */
  retime(view: RecordView, expiresAt: u32, budget: Budget): i32 {
    const core = this.core;
    let status = view.verify();
    if (status < 0) return status;
    if (!this.hasRoom(retimedUnits(view), retimedEntries(view), budget)) return core.refuse();
    status = this.copy(view, expiresAt, core.isClockValid, view.unit, false);
    return status < 0 ? status : this.applier.applyWritten(core.writer.unit);
  }

  /** Whether there is room for so many units and entries of the memtable. */
  hasRoom(units: i32, entries: i32, budget: Budget): bool {
    const core = this.core;
    return budget.hasRoom(units) && core.ring.writableUnits >= units && core.memtable.room >= entries;
  }

  /** Drops a record that is damaged, and counts it. Ok, NoSpace, Io. */
  drop(view: RecordView): i32 {
    const core = this.core;
    let status = core.cut();
    if (status >= 0) status = core.writer.begin(KIND_REMOVE, 0, DISPOSITION_LOST, 0, view.unit, 0, view.key, view.keyBytes, 0);
    status = this.end(status);
    return status < 0 ? status : this.applier.applyWritten(core.writer.unit);
  }

  private copy(view: RecordView, expiresAt: u32, isClockValid: bool, previous: i32, isDamaged: bool): i32 {
    const writer = this.core.writer;
    let status = this.core.cut();
    const flags = isClockValid && expiresAt != 0 ? FLAG_CLOCK : 0;
    if (status >= 0) {
      status = writer.begin(KIND_MOVED, flags, view.valueBytes, expiresAt, previous, view.version, view.key, view.keyBytes, 0);
    }
    writer.expectEntries(view.has(FLAG_ENTRIES), view.entriesBytes);
    writer.isSpoiled = isDamaged;
    for (let offset = 0; status >= 0 && offset < view.valueBytes; offset += SCRATCH_BYTES) {
      const len = min(view.valueBytes - offset, SCRATCH_BYTES);
      status = view.readAt(view.valueOffset + offset, SCRATCH, len);
      if (status >= 0) status = writer.write(SCRATCH, len);
    }
    if (status >= 0 && view.entriesBytes > 0) {
      status = view.readAt(view.entriesOffset, SCRATCH, view.entriesBytes);
      if (status >= 0) status = writer.copyEntries(SCRATCH, view.entriesBytes);
    }
    return this.end(status);
  }

  private end(status: i32): i32 {
    if (status >= 0) status = this.core.writer.end();
    if (status < 0) this.core.giveUpRecord();
    return status;
  }
}

/** Units that a copy with another expiry takes. */
export function retimedUnits(view: RecordView): i32 {
  return view.chargedUnits + 4;
}

/** Entries of the memtable that it takes: in the record each has two bytes at least. */
export function retimedEntries(view: RecordView): i32 {
  return 2 + min((<i32>view.entriesBytes + 1) >> 1, ENTRIES_MAX);
}
