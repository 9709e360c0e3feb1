import { Core } from "../core";
import { Eviction, QUEUE } from "../store";
import { UNIT } from "../flash/units";

/** What each space may take of the flash. */
export class Quota {
  constructor(private readonly core: Core) {}

  set(space: i32, bytes: i32, reservedBytes: i32, eviction: Eviction): void {
    const counts = this.core.counts(space);
    counts.capUnits = bytes / UNIT;
    counts.reservedUnits = reservedBytes / UNIT;
    counts.eviction = eviction;
  }

  evictionOf(space: i32): Eviction {
    return this.core.counts(space).eviction;
  }

  /** Whether records of a space need an entry that tells their age. In the queue the key does. */
  isAged(space: i32): bool {
    return space != QUEUE && this.evictionOf(space) == Eviction.OldestFirst;
  }

  /** Units by which `more` units of a space are too many; liveMax: what all spaces together may take. */
  excess(space: i32, more: i32, liveMax: i32): i32 {
    const core = this.core;
    const counts = core.counts(space);
    const wanted = counts.liveUnits + more;
    const other = space == QUEUE ? core.documents : core.queue;
    const others = max(other.liveUnits, other.reservedUnits);
    return max(wanted - counts.capUnits, wanted + others - liveMax);
  }
}
