import { compare } from "../tree/cursor";
import { Ring } from "../flash/ring";

/**
 * Units of the live records that begin in each sector. A survey walks all keys once; from then on each put, removal and move
 * keeps the counts: exact, or too much, because a record that leaves while a checkpoint moves it is not known by its copy. What is too
 * much goes with its sector, and `excess` tells how much it is.
 */
export class LiveCounts {
  /** Walks begun since the mount. */
  walks: u8 = 0;
  /** Bytes of the composite met last, in `place`. */
  placeBytes: u8 = 0;
  /** Whether all keys were walked since the mount, or whether they are being walked: then those count that were met. */
  isKnown: bool = false;
  isWalking: bool = false;
  /** Units of the largest record met, and how many there are of that size: none, and the largest is smaller by now. */
  largest: i32 = 0;
  largestRecords: i32 = 0;
  private total: i32 = 0;
  /** What the walk itself found to be different from the counts of the spaces: it stays so. */
  private error: i32 = 0;
  /** Of each sector; made by measure. */
  private units: StaticArray<u16> = changetype<StaticArray<u16>>(0);

  /** place: how far a walk came, a composite; others use it when none is under way. */
  constructor(
    private readonly ring: Ring,
    readonly place: usize,
  ) {}

  /** Takes the geometry of the ring: once. */
  measure(): void {
    if (changetype<usize>(this.units) == 0) this.units = new StaticArray<u16>(this.ring.sectorCount);
  }

  inSector(sector: i32): i32 {
    return unchecked(this.units[sector]);
  }

  /** Forgets all; isEmpty: there is nothing, which is known. */
  forget(isEmpty: bool): void {
    this.isKnown = isEmpty;
    this.isWalking = false;
    this.total = 0;
    this.error = 0;
    this.placeBytes = 0;
    this.largest = 0;
    this.largestRecords = 0;
    memory.fill(changetype<usize>(this.units), 0, this.units.length << 1);
  }

  startWalk(): void {
    this.forget(false);
    this.isWalking = true;
    this.walks++;
  }

  /** liveUnits: as the counts of the spaces have it. */
  endWalk(liveUnits: i32): void {
    this.isWalking = false;
    this.isKnown = true;
    this.error = this.total - liveUnits;
  }

  /** Units that are counted and not live any more. */
  excess(liveUnits: i32): i32 {
    return this.total - liveUnits - this.error;
  }

  /** Whether a change of a key counts: not before a walk has come to it. */
  private has(key: usize, keyBytes: i32): bool {
    if (!this.isWalking) return this.isKnown;
    return this.placeBytes > 0 && compare(key, keyBytes, this.place + 1, <i32>this.placeBytes - 1) <= 0;
  }

  /** A record is there, or was met. */
  add(unit: i32, units: i32): void {
    const sector = this.ring.sectorOf(unit);
    unchecked((this.units[sector] += <u16>units));
    this.total += units;
    if (units > this.largest) {
      this.largest = units;
      this.largestRecords = 0;
    }
    if (units == this.largest) this.largestRecords++;
  }

  put(unit: i32, units: i32, key: usize, keyBytes: i32): void {
    if (this.has(key, keyBytes)) this.add(unit, units);
  }

  leave(unit: i32, units: i32, key: usize, keyBytes: i32): void {
    if (!this.has(key, keyBytes)) return;
    this.take(this.ring.sectorOf(unit), units);
    if (units == this.largest) this.largestRecords--;
  }

  private take(sector: i32, units: i32): void {
    const taken = min<i32>(units, this.inSector(sector));
    unchecked((this.units[sector] -= <u16>taken));
    this.total -= taken;
  }

  /** A checkpoint copied a record: it counts in both places until that is durable. */
  copy(unit: i32, units: i32): void {
    if (!this.isKnown) return;
    this.add(unit, units);
    if (units == this.largest) this.largestRecords--;
  }

  /** In sectors with a lesser sequence nothing is live any more. */
  evacuate(below: u32): void {
    const ring = this.ring;
    for (let sector = 0; sector < ring.sectorCount; sector++) {
      if (this.inSector(sector) > 0 && ring.sequenceOf(sector) < below) this.take(sector, this.inSector(sector));
    }
  }
}
