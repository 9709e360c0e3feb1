import { Status } from "../../../lib/status";
import { Core } from "../core";
import { BY_KEY, Cursor } from "../tree/cursor";
import { Scanner } from "../tree/scanner";
import { workspace } from "../workspace";

/** Keys looked at in one call. */
const KEYS_PER_CALL: i32 = 64;
/** Counts may be too high by one sector, and by one of so many sectors. */
const EXCESS_SHIFT: i32 = 4;

/** Walks all keys and counts what is live in each sector (core.live): after a mount, and when the counts are too high by much. */
export class Survey {
  constructor(
    private readonly core: Core,
    private readonly scanner: Scanner,
  ) {}

  private get cursor(): Cursor {
    return workspace.cursor;
  }

  /** Whether the counts have to be made anew. isTight: room is short, so that a largest record that is gone matters, too. */
  private isNeeded(isTight: bool): bool {
    const core = this.core;
    const live = core.live;
    if (!live.isKnown || (isTight && live.largestRecords <= 0 && core.liveUnits > 0)) return true;
    const most = core.ring.payloadUnits * (1 + (core.ring.sectorCount >> EXCESS_SHIFT));
    const excess = live.excess(core.liveUnits);
    return excess < 0 || excess > most;
  }

  /** Starts, or goes on. Ok: there is more, NotFound: all is counted, Busy, Io. */
  advance(isTight: bool): i32 {
    const core = this.core;
    const live = core.live;
    if (!live.isWalking) {
      if (!this.isNeeded(isTight)) return Status.NotFound;
      live.startWalk();
    }
    const view = this.scanner.view;
    const place = live.place;
    this.cursor.all(BY_KEY, false);
    if (live.placeBytes > 0) this.cursor.resume(place, live.placeBytes);
    for (let i = 0; i < KEYS_PER_CALL; i++) {
      const unit = this.scanner.step(this.cursor);
      if (unit < 0) {
        live.isWalking = false;
        if (unit == Status.NotFound) {
          live.endWalk(core.liveUnits);
          core.largest = live.largest;
        }
        return unit;
      }
      // One that cannot be read is found by the checkpoint.
      if (view.load(unit) >= 0 && view.loadTail() != Status.Io) live.add(unit, view.chargedUnits);
    }
    live.placeBytes = this.cursor.atBytes;
    memory.copy(place, this.cursor.at, this.cursor.atBytes);
    return Status.Ok;
  }
}
