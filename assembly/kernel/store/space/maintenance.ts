import { Status } from "../../../lib/status";
import { Budget, REMOVAL_MOST } from "./budget";
import { Checkpointer } from "./checkpointer";
import { Core } from "../core";
import { Mover } from "./mover";
import { Replayer } from "../log/replayer";
import { Rescue } from "./rescue";
import { Survey } from "./survey";

/** Units that one call of a checkpoint may write: 16 leaves, the branches above, and 2 KB of records with one more. */
const UNITS_PER_ADVANCE: i32 = 420;

/** Without work it is looked for again after so many units, and one of so many of the store; or when the memtable has no room. */
const REST_UNITS: i32 = 64;
const REST_SHIFT: i32 = 8;

/** The work between the calls: sectors made ready, checkpoints, reclaim, and a damaged index made anew. */
export class Maintenance extends Rescue {
  /** There was no work when the log ended in this sector (-1: there was), and there is none before this unit and so many entries are reached. */
  private restSector: i32 = -1;
  private restEnd: u16 = 0;
  private restCount: u16 = 0;
  private isReadyNext: bool = false;

  constructor(
    core: Core,
    budget: Budget,
    private readonly survey: Survey,
    checkpointer: Checkpointer,
    private readonly mover: Mover,
    replayer: Replayer,
  ) {
    super(core, budget, checkpointer, replayer);
  }

  /** One piece of work, at most one erase. isBusy: a record or batch is begun, nothing else may be written. Whether more waits. */
  step(isBusy: bool): bool {
    if (this.isAtRest) return false;
    const core = this.core;
    const ring = core.ring;
    core.isShort = false;
    this.restSector = -1;
    if (this.giveUp()) return true;
    const budget = this.budget;
    const hasWork = !isBusy && !this.checkpointer.isBlocked && this.hasWork;
    if (this.wantsSector(hasWork)) return this.prepare() && (ring.wantsReady || hasWork);
    if (!hasWork) {
      if (!isBusy && !this.checkpointer.isBlocked) this.rest();
      return false;
    }
    const checkpointer = this.checkpointer;
    if (!checkpointer.isActive) {
      if (this.canDrop) return this.ended(this.dropDamaged());
      let evacuateBelow: u32 = 0;
      core.promisedUnits = budget.checkpointUnits;
      if (budget.isEmptying) {
        const surveyed = this.survey.advance(budget.isTight);
        if (surveyed == Status.NotFound) evacuateBelow = budget.evacuateBelow();
        if (surveyed != Status.NotFound || (evacuateBelow == 0 && !budget.wantsCheckpoint)) {
          core.promisedUnits = 0;
          return surveyed == Status.NotFound ? ring.wantsReady : this.ended(core.note(surveyed));
        }
      }
      // A walk that is not done starts anew: records are about to move.
      if (!core.live.isKnown) core.live.forget(false);
      checkpointer.begin(max(budget.doomedBelow, evacuateBelow), evacuateBelow, budget.moveUnits, ring.writeAddress);
    }
    return this.ended(checkpointer.advance());
  }

  /** The same while the index is damaged: nothing but what makes it anew. */
  mend(isBusy: bool): bool {
    const core = this.core;
    core.isStuck = isBusy || this.checkpointer.isBlocked;
    if (this.giveUp()) return true;
    if (this.wantsSector(!core.isStuck)) core.isStuck = !this.prepare();
    else if (!core.isStuck) core.isStuck = this.advance() < 0;
    return !core.isStuck;
  }

  /** Gives the oldest sector up if it can be, but not while passes go over the log, or erases it. Returns whether it did. */
  private giveUp(): bool {
    const core = this.core;
    const ring = core.ring;
    if (ring.dropped >= 0) {
      ring.eraseDropped();
      return true;
    }
    if (core.lateRoom >= 0 || !this.budget.canDropTail) return false;
    ring.dropTail();
    return true;
  }

  /** Whether a sector is to be made ready now: by turns, so that neither that nor other work waits where there are few steps between two resets. */
  private wantsSector(hasWork: bool): bool {
    const ring = this.core.ring;
    this.isReadyNext = !this.isReadyNext;
    return ring.wantsReady && (ring.ready < 2 || ring.writableUnits < UNITS_PER_ADVANCE || this.isReadyNext || !hasWork);
  }

  /** Makes a sector ready. Returns whether the next may be asked at once: one that was passed over is done with, one that fails otherwise is not. */
  private prepare(): bool {
    const ring = this.core.ring;
    const bad = ring.bad;
    return ring.prepare() >= 0 || ring.bad != bad;
  }

  /** Notes that there is no work: it is not looked for again before a part of what reclaim has ahead was written. */
  private rest(): void {
    const core = this.core;
    const ring = core.ring;
    this.restSector = ring.newest;
    this.restEnd = <u16>(ring.writeOffset + min((ring.sectorCount * ring.payloadUnits) >> REST_SHIFT, REST_UNITS));
    this.restCount = <u16>(core.memtable.capacity - this.budget.entriesKept);
  }

  private get isAtRest(): bool {
    const core = this.core;
    const ring = core.ring;
    if (this.restSector < 0 || this.restSector != ring.newest || ring.writeOffset > <i32>this.restEnd) return false;
    if (core.memtable.count > <i32>this.restCount || core.isShort || core.isDamaged) return false;
    return core.damagedUnit == 0 && core.purged == 0 && ring.dropped < 0 && !ring.wantsReady;
  }

  private get hasWork(): bool {
    const budget = this.budget;
    return this.checkpointer.isActive || this.canDrop || budget.wantsCheckpoint || budget.wantsReclaim;
  }

  /** Whether a record that was found damaged can be dropped now. */
  private get canDrop(): bool {
    const core = this.core;
    if (core.damagedUnit == 0 || core.memtable.room == 0 || core.ring.writableUnits < REMOVAL_MOST) return false;
    return this.budget.hasRemovalRoom(REMOVAL_MOST);
  }

  /** Drops the record that was found damaged, if it is still there. Ok, NoSpace, Io. */
  private dropDamaged(): i32 {
    const core = this.core;
    const view = core.walker.view;
    const unit = core.damagedUnit;
    core.damagedUnit = 0;
    if (view.load(unit) < 0 || !view.isData || core.locate(view.key, view.keyBytes) != unit) return Status.Ok;
    if (view.loadTail() == Status.Io) return Status.Io;
    const status = this.mover.drop(view);
    if (status >= 0) core.corrupt++;
    return status;
  }

  /** Whether more waits after a piece that ended so: not when it failed, a failing device is not asked again at once. */
  private ended(status: i32): bool {
    return status >= 0 && (this.hasWork || this.core.ring.wantsReady);
  }
}
