import { Status } from "../../../lib/status";
import { Applier } from "../applier";
import { Core } from "../core";
import { LogWalker } from "./logWalker";
import { FLAG_MORE, KIND_SYSTEM, RecordView, SYSTEM_CUT, SYSTEM_PURGE } from "./record";
import { SCRATCH } from "../scratch";

const BODY_BYTES: i32 = 12;

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

  private at: LogWalker;
  private ahead: LogWalker;
  /** Unit of the last record of a batch that is being applied record by record, 0: none is. */
  private lastPending: i32 = 0;
  private hasAhead: bool = false;
  private aheadStatus: i8 = 0;

  constructor(
    private readonly core: Core,
    private readonly applier: Applier,
  ) {
    this.at = core.walker;
    this.ahead = core.ahead;
  }

  /** Starts at a unit where a record begins. */
  seek(unit: i32): void {
    this.at.seek(unit);
    this.reset();
  }

  /** Starts at the first record of a sector. Ok, Io. */
  seekSector(sector: i32): i32 {
    this.reset();
    return this.at.seekSector(sector);
  }

  /** Starts behind a sector. */
  seekEnd(sector: i32): i32 {
    this.at.seekEnd(sector);
    this.reset();
    return Status.Ok;
  }

  private reset(): void {
    this.hasAhead = false;
    this.lastPending = 0;
    this.voidFrom = 0;
    this.at.hasSkipped = false;
    this.ahead.hasSkipped = false;
  }

  /** Unit of the record behind the one applied last, if that is loaded already; 0: it is not. */
  get following(): i32 {
    return this.hasAhead && this.aheadStatus >= 0 ? this.ahead.view.unit : 0;
  }

  /** Loads that again, after a checkpoint used the same views. Ok, Io. */
  reload(unit: i32): i32 {
    if (unit == 0) return Status.Ok;
    const view = this.ahead.view;
    return view.load(unit) == Status.Io || view.loadTail() == Status.Io ? Status.Io : Status.Ok;
  }

  /** Address of the record that `step` looks at next. */
  get address(): i64 {
    const walker = this.hasAhead ? this.ahead : this.at;
    if (this.hasAhead && this.aheadStatus >= 0) return walker.view.address;
    return this.core.ring.addressAt(walker.sector, walker.offset);
  }

  /**
   * Applies the next batch, a rescue the next record of it, or passes over one system record. Ok, NotFound (the log ends), Io.
   */
  step(isRescue: bool): i32 {
    if (this.lastPending != 0) return this.applyPending();
    let status = this.advance();
    if (status < 0) return status;
    let view = this.at.view;
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
      if (first != last && isRescue) {
        this.lastPending = last;
        this.at.seek(first);
        return Status.Ok;
      }
      if (first != last) return this.applyBatch(first, last, isRescue);
      this.applyOne(isRescue);
      return Status.Ok;
    }
    if (this.aheadStatus == Status.NotFound) this.voidFrom = address;
    return Status.Ok;
  }

  /** Applies the next record of a batch that counts. Ok, Io. */
  private applyPending(): i32 {
    const status = this.at.next();
    if (status < 0) return status;
    this.applyOne(true);
    if (this.at.view.unit == this.lastPending) this.lastPending = 0;
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
  applyBatch(first: i32, last: i32, isRescue: bool): i32 {
    this.at.seek(first);
    let status = this.at.next();
    while (status >= 0 && this.at.view.unit != last) {
      this.applyOne(isRescue);
      status = this.at.next();
    }
    if (status >= 0) this.applyOne(isRescue);
    return status == Status.NotFound ? Status.Ok : status;
  }

  /** Applies the record that is loaded. */
  private applyOne(isRescue: bool): void {
    const view = this.at.view;
    if (view.isData) this.applier.apply(view, isRescue);
    else if (view.system == SYSTEM_PURGE) this.purge(view, isRescue);
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

  private purge(view: RecordView, isRescue: bool): void {
    if (view.readAt(view.valueOffset, SCRATCH, 1) >= 0) this.applier.purge(load<u8>(SCRATCH), isRescue);
  }
}
