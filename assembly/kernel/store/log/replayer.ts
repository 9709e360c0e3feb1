import { Status } from "../../../lib/status";
import { Applier } from "../applier";
import { Core } from "../core";
import { LogWalker } from "./logWalker";
import { FLAG_MORE, KIND_SYSTEM, RecordView, SYSTEM_CUT, SYSTEM_PURGE } from "./record";
import { SCRATCH } from "../scratch";
import { HEADER_UNITS } from "../flash/sector";

const BODY_BYTES: i32 = 12;

/** Tasks: to apply the records, or to collect what an index made anew is to have of them. */
export const APPLY: u8 = 0;
export const COLLECT_KEYS: u8 = 1;
export const COLLECT_ENTRIES: u8 = 2;

/**
 * Applies what the log tells: batch by batch, a single record being a batch of one. A batch counts when it is complete and no cut
 * behind it says that it is void; the last one of the log, behind which nothing tells, when its checksums agree.
 */
export class Replayer {
  /** Greatest boot number met, and the store's own time. */
  boot: i32 = 0;
  own: u32 = 0;
  /** Address from which the log's end is void, 0: nothing is. */
  voidFrom: i64 = 0;
  /** What becomes of a record that counts. */
  task: u8 = APPLY;
  /** Whether a record of which the key was collected has entries in other orders. */
  hasEntries: bool = false;

  private at: LogWalker;
  private ahead: LogWalker;
  private hasAhead: bool = false;
  private aheadStatus: i8 = 0;

  constructor(
    private readonly core: Core,
    private readonly applier: Applier,
  ) {
    this.at = core.walker;
    this.ahead = core.ahead;
  }

  /** Starts at the first record of a sector. Ok, Io. */
  seekSector(sector: i32): i32 {
    this.reset();
    return this.at.seekSector(sector);
  }

  /** Starts at an address from which a log is replayed. Ok, Corrupt (that is gone), Io. */
  seekAddress(address: i64): i32 {
    const ring = this.core.ring;
    const offset = <i32>(address % ring.sectorUnits);
    const sector = ring.sectorAt(address);
    if (sector >= 0 && offset < HEADER_UNITS) return this.seekSector(sector);
    this.reset();
    if (sector >= 0) {
      this.at.seek(sector * ring.sectorUnits + offset);
      return Status.Ok;
    }
    // The log ended with a full sector then: all behind it is new.
    const full = ring.sectorAt(address - 1);
    if (full < 0) return Status.Corrupt;
    this.at.seekEnd(full);
    return Status.Ok;
  }

  /** Goes on where a walk was that `rest` returned. */
  resume(sector: i32, offset: i32, isTrusted: bool): void {
    this.reset();
    this.at.resume(sector, offset, isTrusted);
  }

  /** Rests between two calls. Returns the walk to go on with: what it holds is gone then, but its place is not. */
  rest(): LogWalker {
    if (this.hasAhead && this.aheadStatus >= 0) this.at.seek(this.ahead.view.unit);
    this.hasAhead = false;
    return this.at;
  }

  private reset(): void {
    this.hasAhead = false;
    this.voidFrom = 0;
    this.at.hasSkipped = false;
    this.ahead.hasSkipped = false;
  }

  /**
   * Applies the next batch, or passes over one system record. Ok, NotFound (the log ends, or what follows is not before `end`), Io.
   */
  step(end: i64): i32 {
    let status = this.advance();
    if (status < 0) return status;
    let view = this.at.view;
    if (view.address >= end) return Status.NotFound;
    if (view.kind == KIND_SYSTEM && view.system != SYSTEM_PURGE) return view.system == SYSTEM_CUT ? this.takeCut(view) : Status.Ok;
    const first = view.unit;
    const address = view.address;
    while (view.has(FLAG_MORE)) {
      status = this.advance();
      if (status == Status.NotFound) this.voidFrom = address;
      if (status < 0) return status;
      view = this.at.view;
      if (view.kind == KIND_SYSTEM && view.system == SYSTEM_CUT) return this.takeCut(view);
    }
    const last = view.unit;
    status = this.isValid(first, address, last);
    if (status == Status.Io) return status;
    if (status >= 0) {
      return first != last ? this.applyBatch(first, last) : this.applyOne();
    }
    if (this.aheadStatus == Status.NotFound) this.voidFrom = address;
    return Status.Ok;
  }

  /** Goes on to the next record. What had to be passed over counts as damage, unless a cut or the log's end tells why. */
  private advance(): i32 {
    if (this.hasAhead) {
      const walker = this.at;
      this.at = this.ahead;
      this.ahead = walker;
      this.hasAhead = false;
      return this.aheadStatus;
    }
    const status = this.at.next();
    this.countSkipped(this.at, status);
    return status;
  }

  private countSkipped(walker: LogWalker, status: i32): void {
    if (!walker.hasSkipped) return;
    walker.hasSkipped = false;
    if (status < 0 || (walker.view.kind == KIND_SYSTEM && walker.view.system == SYSTEM_CUT)) return;
    // At the beginning of a sector it may be a cut that was cut short itself.
    if (walker.view.verify() >= 0) this.core.corrupt++;
  }

  /** Looks at what follows a batch. Ok: it counts, Corrupt: it is void, Io. */
  private isValid(first: i32, address: i64, last: i32): i32 {
    this.ahead.follow(this.at);
    this.aheadStatus = <i8>this.ahead.next();
    this.countSkipped(this.ahead, this.aheadStatus);
    this.hasAhead = true;
    if (this.aheadStatus == Status.Io) return Status.Io;
    if (this.aheadStatus == Status.NotFound) return this.verify(first, last);
    const view = this.ahead.view;
    if (view.kind != KIND_SYSTEM || view.system != SYSTEM_CUT) return Status.Ok;
    const status = this.readCut(view);
    if (status == Status.Corrupt) return this.verify(first, last);
    if (status < 0) return status;
    return <i32>(<u32>address - load<u32>(SCRATCH, 4)) >= 0 ? Status.Corrupt : Status.Ok;
  }

  /** Compares the checksums of the records from `first` to `last`. Ok, Corrupt, Io. */
  private verify(first: i32, last: i32): i32 {
    this.at.seek(first);
    while (true) {
      let status = this.at.next();
      if (status >= 0) status = this.at.view.verify();
      if (status < 0) return status == Status.NotFound ? Status.Corrupt : status;
      if (this.at.view.unit == last) return Status.Ok;
    }
  }

  /** Applies the records from `first` to `last`. Ok, Io. */
  applyBatch(first: i32, last: i32): i32 {
    this.at.seek(first);
    let status = this.at.next();
    while (status >= 0 && this.at.view.unit != last) {
      status = this.applyOne();
      if (status >= 0) status = this.at.next();
    }
    if (status >= 0) status = this.applyOne();
    return status == Status.NotFound ? Status.Ok : status;
  }

  /** Applies the record that is loaded, or collects of it what the index made anew is to have. Ok, Corrupt, Io. */
  private applyOne(): i32 {
    const view = this.at.view;
    const applier = this.applier;
    if (!view.isData) {
      if (view.system == SYSTEM_PURGE) this.purge(view);
    } else if (this.task == COLLECT_ENTRIES) {
      return applier.collectEntries(view);
    } else if (this.task == COLLECT_KEYS) {
      if (view.expiresAt != 0 || view.entriesBytes > 0) this.hasEntries = true;
      applier.collectKey(view);
    } else {
      applier.apply(view);
    }
    return Status.Ok;
  }

  /** Reads a cut to SCRATCH. Ok, Corrupt (it was cut short itself, and tells nothing), Io. */
  private readCut(view: RecordView): i32 {
    const status = view.verify();
    return status < 0 ? status : view.readAt(view.valueOffset, SCRATCH, BODY_BYTES);
  }

  private takeCut(view: RecordView): i32 {
    const status = this.readCut(view);
    if (status < 0) return status == Status.Corrupt ? Status.Ok : status;
    this.boot = max(this.boot, load<i32>(SCRATCH));
    this.own = max(this.own, load<u32>(SCRATCH, 8));
    return Status.Ok;
  }

  private purge(view: RecordView): void {
    if (view.readAt(view.valueOffset, SCRATCH, 1) < 0) return;
    const space = load<u8>(SCRATCH);
    if (this.task == APPLY) this.applier.purge(space);
    else if (this.task == COLLECT_KEYS) this.applier.drop(space);
  }
}
