import { Core } from "../core";
import { Eviction, QUEUE, SPACES } from "../store";
import { UNIT } from "../flash/units";

/** What each space may take of the flash. */
export class Quota {
  private readonly caps: StaticArray<i32> = new StaticArray<i32>(SPACES);
  private readonly evictions: StaticArray<i32> = new StaticArray<i32>(SPACES);

  constructor(private readonly core: Core) {
    for (let space = 0; space < SPACES; space++) unchecked((this.caps[space] = i32.MAX_VALUE));
  }

  set(space: i32, bytes: i32, reservedBytes: i32, eviction: Eviction): void {
    unchecked((this.caps[space] = bytes / UNIT));
    this.core.counts(space).reservedUnits = reservedBytes / UNIT;
    unchecked((this.evictions[space] = eviction));
  }

  evictionOf(space: i32): Eviction {
    return unchecked(this.evictions[space]);
  }

  /** Whether records of a space need an entry that tells their age. In the queue the key does. */
  isAged(space: i32): bool {
    return space != QUEUE && this.evictionOf(space) == Eviction.OldestFirst;
  }

  /** Units by which `more` units of a space are too many; liveMax: what all spaces together may take. */
  excess(space: i32, more: i32, liveMax: i32): i32 {
    const core = this.core;
    const wanted = core.counts(space).liveUnits + more;
    const other = space == QUEUE ? core.documents : core.queue;
    const others = max(other.liveUnits, other.reservedUnits);
    return max(wanted - unchecked(this.caps[space]), wanted + others - liveMax);
  }
}
