import { Status } from "../../lib/status";
import { BlockDevice } from "./blockDevice";
import { Disposition } from "./item";
import { DATA_OFFSET, HANDOVER_OFFSET, SectorHeader } from "./sectorHeader";
import { UNIT, clearedBits, isBlank } from "./units";

/** Sectors kept erased ahead of the log, where there are as many: a burst of records never waits for an erase. */
const READY_WANTED: i32 = 16;
const CHECK_BYTES: i32 = 128;

/*
 * The device as a ring. Sectors are used strictly in their physical order, so the sequence of each follows from the newest:
 *
 *        tail                 newest
 *   ...  | live | live | live | live | ready | ready | given up or never used ...
 *
 * Ready sectors are erased and known to be blank. Counts per sector take 8 bytes: live records, and those removed here
 * since the sector was opened, by disposition.
 */
export class SectorRing {
  readonly header: SectorHeader;
  readonly sectorBytes: i32;
  readonly sectorCount: i32;

  /** Sector being written, -1 while there is none. */
  newest: i32 = -1;
  newestSequence: u32 = 0;
  /** Oldest sector that still counts. */
  tail: i32 = 0;
  /** Sectors after the newest that can be opened at once. */
  ready: i32 = 0;
  /** Where the next record begins: an offset of the partition; a sector's end when it is full. */
  writePosition: i32 = 0;
  lastSequence: i64 = 0;
  boot: i32 = 0;
  highestEraseCount: u32 = 0;
  /** Live records (0) and what became of all others since the store was made, by Disposition. */
  readonly totals: StaticArray<i32> = new StaticArray<i32>(4);
  /** What became of the records of all sectors before the tail, by Disposition. */
  readonly handedOver: StaticArray<i32> = new StaticArray<i32>(4);

  private readonly counts: StaticArray<u16>;
  private readonly scratch: StaticArray<u8> = new StaticArray<u8>(CHECK_BYTES);

  constructor(readonly device: BlockDevice) {
    this.sectorBytes = device.sectorBytes;
    this.sectorCount = device.sectorCount;
    this.header = new SectorHeader(device);
    this.counts = new StaticArray<u16>(device.sectorCount << 2);
  }

  /** Sectors from tail to newest. */
  get used(): i32 {
    return this.newest < 0 ? 0 : this.distance(this.tail, this.newest) + 1;
  }

  following(sector: i32): i32 {
    return sector + 1 == this.sectorCount ? 0 : sector + 1;
  }

  distance(from: i32, to: i32): i32 {
    return to >= from ? to - from : to - from + this.sectorCount;
  }

  /** The sector to which a position belongs; the end of a sector belongs to it. */
  sectorOf(position: i32): i32 {
    return (position - UNIT) / this.sectorBytes;
  }

  endOf(sector: i32): i32 {
    return (sector + 1) * this.sectorBytes;
  }

  /** The number that a header at `position` mixes into its CRC. */
  placeOf(position: i32): u32 {
    const sector = this.sectorOf(position);
    return (this.sequenceOf(sector) << 16) | ((position - sector * this.sectorBytes) >> 4);
  }

  /** Records of `sector`: live (0), or removed with a Disposition. */
  count(sector: i32, disposition: i32): i32 {
    return unchecked(this.counts[(sector << 2) + disposition]);
  }

  /** Counts records of `sector`, as `count` does, and in the totals. */
  addCount(sector: i32, disposition: i32, change: i32): void {
    const index = (sector << 2) + disposition;
    unchecked((this.counts[index] = <u16>(unchecked(this.counts[index]) + change)));
    unchecked((this.totals[disposition] += change));
  }

  /** Sets the counts of `sector` to so many live records and none removed, without the totals. */
  restoreLive(sector: i32, live: i32): void {
    store<u64>(changetype<usize>(this.counts) + (sector << 3), live);
  }

  /** Position of the first record that begins in `sector` of the log: its end when none does. Io reads as "at its start". */
  firstRecordOf(sector: i32): i32 {
    const isKnown = this.header.load(sector, UNIT, 3 * UNIT) >= 0 && this.isMember(sector);
    return sector * this.sectorBytes + (isKnown ? this.header.firstOffset : DATA_OFFSET);
  }

  /** Sequence that `sector` has if it belongs to the log. */
  sequenceOf(sector: i32): u32 {
    return this.newestSequence - this.distance(sector, this.newest);
  }

  /** Whether the opening part last loaded, that of `sector`, fits into the log. */
  isMember(sector: i32): bool {
    return this.header.isOpen && this.header.sectorSequence == this.sequenceOf(sector);
  }

  /** Makes the next ready sector the newest; records begin at `firstOffset` of it. Ok, NoSpace, Io. */
  open(firstOffset: i32): i32 {
    if (this.ready == 0) return Status.NoSpace;
    const sector = this.newest < 0 ? 0 : this.following(this.newest);
    const sequence = this.newestSequence + 1;
    const status = this.header.writeOpening(sector, sequence, firstOffset, this.lastSequence + 1, this.boot);
    if (status < 0) {
      this.ready = 0;
      return status;
    }
    if (this.newest < 0) this.tail = sector;
    this.newest = sector;
    this.newestSequence = sequence;
    this.ready--;
    this.restoreLive(sector, 0);
    return Status.Ok;
  }

  /** Whether the sectors that `giveUp` would give up are there: the tail holds no live record and is not being written. */
  get isTailDrained(): bool {
    return this.newest >= 0 && this.tail != this.newest && this.count(this.tail, 0) == 0;
  }

  /**
   * Gives up the sectors from the tail that hold no live record: writes their counts into the header of the sector behind
   * them, which becomes the tail. One whose handover unit was spoilt by a power cut is given up together with those before.
   * Ok, NotFound (none can be given up now), Io.
   */
  giveUp(): i32 {
    let delivered = 0;
    let expired = 0;
    let evicted = 0;
    for (let sector = this.tail; sector != this.newest && this.count(sector, 0) == 0;) {
      delivered += this.count(sector, Disposition.Delivered);
      expired += this.count(sector, Disposition.Expired);
      evicted += this.count(sector, Disposition.Evicted);
      sector = this.following(sector);
      const status = this.header.load(sector, UNIT, DATA_OFFSET);
      if (status < 0) return status;
      if (this.isMember(sector) && clearedBits(this.header.bytes + HANDOVER_OFFSET) == 0) {
        return this.handOver(sector, delivered, expired, evicted);
      }
    }
    return Status.NotFound;
  }

  private handOver(sector: i32, delivered: i32, expired: i32, evicted: i32): i32 {
    const sums = this.handedOver;
    delivered += unchecked(sums[Disposition.Delivered]);
    expired += unchecked(sums[Disposition.Expired]);
    evicted += unchecked(sums[Disposition.Evicted]);
    const isFirstStored = this.lastSequence >= this.header.firstSequence;
    let status = this.header.writeHandover(sector, delivered, expired, evicted, isFirstStored);
    if (status >= 0) status = this.device.sync();
    if (status < 0) return status;
    unchecked((sums[Disposition.Delivered] = delivered));
    unchecked((sums[Disposition.Expired] = expired));
    unchecked((sums[Disposition.Evicted] = evicted));
    this.tail = sector;
    return Status.Ok;
  }

  /** Whether another sector should be made ready. */
  get wantsReady(): bool {
    return this.ready < min(this.sectorCount - this.used, READY_WANTED);
  }

  /** Makes the next sector ready, with an erase unless it is found blank. Ok, Io. */
  prepare(): i32 {
    const sector = (this.newest + 1 + this.ready) % this.sectorCount;
    const header = this.header;
    let status = header.load(sector, 0, DATA_OFFSET);
    if (status < 0) return status;
    if (header.isFormatted && header.isUnused) {
      status = this.findUsedEnd(sector);
      if (status < 0) return status;
      if (status <= DATA_OFFSET) {
        this.ready++;
        return Status.Ok;
      }
    }
    const eraseCount = header.isFormatted ? header.eraseCount + 1 : max<u32>(this.highestEraseCount, 1);
    this.highestEraseCount = max(this.highestEraseCount, eraseCount);
    status = this.device.erase(sector);
    if (status >= 0) status = header.writeFormat(sector, eraseCount);
    if (status >= 0) this.ready++;
    return status;
  }

  /** Offset in `sector` behind the last unit that is not blank. Io. */
  findUsedEnd(sector: i32): i32 {
    const chunk = changetype<usize>(this.scratch);
    const start = sector * this.sectorBytes;
    for (let offset = this.sectorBytes - CHECK_BYTES; offset >= 0; offset -= CHECK_BYTES) {
      const status = this.device.read(start + offset, chunk, CHECK_BYTES);
      if (status < 0) return status;
      for (let unit = CHECK_BYTES - UNIT; unit >= 0; unit -= UNIT) {
        if (!isBlank(chunk + unit, UNIT)) return offset + unit + UNIT;
      }
    }
    return 0;
  }
}
