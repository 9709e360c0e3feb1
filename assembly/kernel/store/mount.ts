import { Status } from "../../lib/status";
import { DISPOSITION_VOID } from "./recordHeader";
import { RecordReader } from "./recordReader";
import { Disposition } from "./item";
import { RecordRef } from "./recordStore";
import { DATA_OFFSET } from "./sectorHeader";
import { SectorRing } from "./sectorRing";
import { UNIT } from "./units";

/** What stands for the number of live records of a sector until its records have been read. */
const TO_BE_WALKED: u16 = u16.MAX_VALUE;

/**
 * Rebuilds the ring from the flash: the newest sector, the sectors before it up to the tail, the counts of each, the place
 * to write at. Programs nothing. Reads every sector's header, and records only of sectors from which one was removed, that
 * a record spans, or that is the newest.
 */
export class Mounter {
  /** Sectors of the log whose header does not check. */
  corrupt: i32 = 0;

  /** Whether it is known what became of the records before the tail. */
  private isBaseKnown: bool = true;
  private readonly record: RecordRef = new RecordRef();
  /** The live record last counted: whether it was finished shows only in what follows. -1: there is none. */
  private pendingSequence: i64 = -1;
  private pendingSector: i32 = 0;

  constructor(
    private readonly ring: SectorRing,
    private readonly reader: RecordReader,
  ) {}

  /** As RecordStore.mount. */
  mount(): i32 {
    const ring = this.ring;
    let status = this.findNewest();
    if (status < 0 || ring.newest < 0) {
      ring.boot = 1;
      return status;
    }
    status = this.findDamagedNewest();
    if (status >= 0) status = this.findTail();
    if (status >= 0) status = this.findWritePosition();
    for (let sector = ring.tail; status >= 0; sector = ring.following(sector)) {
      status = this.countSector(sector);
      if (sector == ring.newest) break;
    }
    if (status >= 0) status = this.settleLast();
    if (!this.isBaseKnown) this.assumeDelivered();
    ring.boot++;
    return status;
  }

  /** Finds the sector opened last. Ok, Io, Corrupt (a format of another version, or none at all on a flash that is not blank). */
  private findNewest(): i32 {
    const ring = this.ring;
    const header = ring.header;
    let isOurs: bool = false;
    let isAlien: bool = false;
    for (let sector = 0; sector < ring.sectorCount; sector++) {
      const status = header.load(sector, 0, 3 * UNIT);
      if (status < 0) return status;
      if (header.isForeign) return Status.Corrupt;
      if (header.isFormatted) ring.highestEraseCount = max(ring.highestEraseCount, header.eraseCount);
      if (header.isOpen && header.sectorSequence > ring.newestSequence) {
        ring.newest = sector;
        ring.newestSequence = header.sectorSequence;
        ring.lastSequence = header.firstSequence - 1;
        ring.boot = header.boot;
      }
      isOurs = isOurs || header.isFormatted || header.isOpen;
      isAlien = isAlien || header.isAlien;
    }
    return isAlien && !isOurs ? Status.Corrupt : Status.Ok;
  }

  /** Looks behind the newest sector for one whose opening part is damaged but whose records belong there. Ok, Io. */
  private findDamagedNewest(): i32 {
    const ring = this.ring;
    const sector = ring.following(ring.newest);
    let status = ring.header.load(sector, UNIT, 3 * UNIT);
    if (status < 0 || ring.header.isOpen || ring.header.isUnused) return status;
    const before = ring.newest;
    ring.newest = sector;
    ring.newestSequence++;
    ring.writePosition = ring.endOf(sector);
    status = this.reader.findInSector(sector * ring.sectorBytes + DATA_OFFSET, this.record);
    if (status == Status.Ok) {
      this.corrupt++;
      return Status.Ok;
    }
    ring.newest = before;
    ring.newestSequence--;
    return status == Status.NotFound ? Status.Ok : status;
  }

  /**
   * Follows the sequence back from the newest sector, over sectors whose header is damaged, to the one that was handed the
   * counts of all before it. Takes the live records of a sector from the numbers in its and the next header where that is exact.
   */
  private findTail(): i32 {
    const ring = this.ring;
    const header = ring.header;
    let sector = ring.newest;
    let nextFirst: i64 = -1;
    ring.tail = sector;
    for (let back = 0; back < ring.sectorCount; back++) {
      const status = header.load(sector, UNIT, DATA_OFFSET);
      if (status < 0) return status;
      const isMember = ring.isMember(sector);
      const isPlain = isMember && header.firstOffset == DATA_OFFSET;
      let live = <i64>TO_BE_WALKED;
      if (isPlain && nextFirst >= header.firstSequence && !header.isTouched) live = min(nextFirst - header.firstSequence, live);
      ring.restoreLive(sector, <i32>live);
      nextFirst = isPlain ? header.firstSequence : -1;
      if (isMember || header.hasHandover) {
        this.takeTail(sector);
        if (header.hasHandover) return Status.Ok;
      }
      sector = sector == 0 ? ring.sectorCount - 1 : sector - 1;
    }
    // Only the first sector of all was never handed anything: one before it is there, with a damaged header.
    if (ring.sequenceOf(ring.tail) > 1 && ring.used < ring.sectorCount) {
      ring.tail = ring.tail == 0 ? ring.sectorCount - 1 : ring.tail - 1;
      this.corrupt++;
    }
    this.isBaseKnown = ring.sequenceOf(ring.tail) == 1;
    return Status.Ok;
  }

  /** Takes `sector`, whose header is loaded, for the tail, as long as no older one is found. */
  private takeTail(sector: i32): void {
    const ring = this.ring;
    const header = ring.header;
    const sums = ring.handedOver;
    if (sector != ring.tail) this.corrupt += ring.distance(sector, ring.tail) - 1;
    ring.tail = sector;
    if (!header.hasHandover) return;
    unchecked((sums[Disposition.Delivered] = header.delivered));
    unchecked((sums[Disposition.Expired] = header.expired));
    unchecked((sums[Disposition.Evicted] = header.evicted));
    if (ring.isMember(sector) && header.isFirstStored) ring.lastSequence = max(ring.lastSequence, header.firstSequence);
  }

  /** Sets the place to write at: behind all that was programmed, and behind the end of a record from the sector before. */
  private findWritePosition(): i32 {
    const ring = this.ring;
    memory.copy(changetype<usize>(ring.totals), changetype<usize>(ring.handedOver), 16);
    const usedEnd = ring.findUsedEnd(ring.newest);
    if (usedEnd < 0) return usedEnd;
    ring.writePosition = max(ring.newest * ring.sectorBytes + usedEnd, ring.firstRecordOf(ring.newest));
    return Status.Ok;
  }

  /** Counts the records of one sector of the log, oldest sector first. Ok, Io. */
  private countSector(sector: i32): i32 {
    const ring = this.ring;
    const live = ring.count(sector, 0);
    const isCounted = live != TO_BE_WALKED;
    ring.restoreLive(sector, 0);
    if (isCounted) ring.addCount(sector, 0, live);
    if (isCounted && this.pendingSequence < 0) return Status.Ok;
    const first = ring.firstRecordOf(sector);
    if (ring.isMember(sector) && ring.header.firstOffset == DATA_OFFSET) this.settle(ring.header.firstSequence);
    return isCounted ? Status.Ok : this.walk(sector, first);
  }

  private walk(sector: i32, position: i32): i32 {
    const ring = this.ring;
    const record = this.record;
    while (true) {
      const status = this.reader.findInSector(position, record);
      if (status < 0) return status == Status.NotFound ? Status.Ok : status;
      this.settle(record.sequence);
      this.countRecord(sector);
      position = this.reader.behind(record);
      if (sector == ring.newest) ring.writePosition = max(ring.writePosition, position);
      ring.boot = max(ring.boot, record.boot);
    }
  }

  private countRecord(sector: i32): void {
    const ring = this.ring;
    const disposition = this.reader.disposition;
    if (disposition == DISPOSITION_VOID) return;
    ring.addCount(sector, disposition, 1);
    if (disposition == 0) {
      this.pendingSequence = this.record.sequence;
      this.pendingSector = sector;
    } else {
      ring.lastSequence = max(ring.lastSequence, this.record.sequence);
    }
  }

  /** Decides on the pending record: one that was never finished shares its number with what was written next. */
  private settle(nextSequence: i64): void {
    const pending = this.pendingSequence;
    if (pending < 0) return;
    if (pending >= nextSequence) this.ring.addCount(this.pendingSector, 0, -1);
    else this.ring.lastSequence = max(this.ring.lastSequence, pending);
    this.pendingSequence = -1;
  }

  /** Decides on the last record of the log by its checksum. Ok, Io. */
  private settleLast(): i32 {
    if (this.pendingSequence < 0) return Status.Ok;
    const status = this.reader.verify(this.record);
    if (status == Status.Io) return status;
    this.settle(status == Status.Ok ? i64.MAX_VALUE : 0);
    return Status.Ok;
  }

  /** Counts as delivered what no sector tells about, after a handover was lost. */
  private assumeDelivered(): void {
    const totals = this.ring.totals;
    let missing = <i32>this.ring.lastSequence;
    for (let disposition = 0; disposition < DISPOSITION_VOID; disposition++) missing -= unchecked(totals[disposition]);
    unchecked((this.ring.handedOver[Disposition.Delivered] = missing));
    unchecked((totals[Disposition.Delivered] += missing));
  }
}
