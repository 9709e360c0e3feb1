import { Status } from "../../../lib/status";
import { BlockDevice } from "./blockDevice";
import { SCRATCH, SCRATCH_BYTES } from "../scratch";
import { HEADER_BYTES, HEADER_UNITS, SectorHeader } from "./sector";
import { StoreStats } from "../store";
import { UNIT, isBlank } from "./units";

/** Fewest sectors, and bytes of a sector, that the store works with; most units of a device: what an entry can name. */
const MIN_SECTORS: i32 = 4;
const MIN_SECTOR_BYTES: i32 = 512;
const MAX_SECTOR_BYTES: i32 = 65536;
const UNITS_MAX: i32 = 1 << 19;
/** Sectors kept erased ahead of the log, where there are as many: a burst of records never waits for an erase. */
const READY_WANTED: i32 = 16;
/** In place of a sequence: the sector holds nothing; it failed, and is passed over until the next mount. */
const FREE: u32 = 0;
const BAD: u32 = u32.MAX_VALUE;

/*
 * The device as a ring. Sectors are used in their physical order, bad ones passed over, so that all wear alike:
 *
 *        tail                 newest
 *   ...  | log  | log  | log  | log  | ready | ready | free ...
 *
 * Ready sectors are erased and known to be blank. A place is a unit: an offset of the partition / 16. An address is a unit
 * of the endless log: sequence of the sector * units of a sector + unit in it; it grows for ever.
 */
export class Ring {
  readonly header: SectorHeader;
  sectorUnits: i32 = 0;
  /** Of which that is a power: 2^sectorShift units. */
  private sectorShift: i32 = 0;
  sectorCount: i32 = 0;

  /** Sector being written, -1 while there is none, and its unit at which the next record begins. */
  newest: i32 = -1;
  writeOffset: i32 = 0;
  /** Oldest sector of the log. */
  tail: i32 = 0;
  /** Sectors of the log; free sectors behind the newest that can be opened at once; sectors given up as bad. */
  used: i32 = 0;
  ready: i32 = 0;
  bad: i32 = 0;
  /** Sector given up last and not erased yet, -1: none. */
  dropped: i32 = -1;
  /** Unit of the last durable checkpoint, 0: none. */
  checkpoint: i32 = 0;
  highestEraseCount: u32 = 0;
  /** Counts erases: what was read before one may be gone. */
  generation: i32 = 0;
  /** Unit of the record written last, 0: none, and its bytes in RAM as long as the writer holds all of them. */
  imageUnit: i32 = 0;
  image: usize = 0;

  /** Of each sector, its place in the log; made by measure, which comes before all else. */
  private sequences: StaticArray<u32> = changetype<StaticArray<u32>>(0);

  constructor(readonly device: BlockDevice) {
    this.header = new SectorHeader(device);
  }

  /** Takes the geometry of the device: once, before all else. Returns whether the store works with it. */
  measure(): bool {
    if (this.sectorUnits != 0) return true;
    const device = this.device;
    device.measure();
    const bytes = device.sectorBytes;
    if (device.sectorCount < MIN_SECTORS || bytes < MIN_SECTOR_BYTES || bytes > MAX_SECTOR_BYTES) return false;
    if (popcnt(bytes) != 1 || device.programBytes < 1 || UNIT % device.programBytes != 0) return false;
    if (<i64>device.sectorCount * bytes > <i64>UNITS_MAX * UNIT) return false;
    this.sectorUnits = device.sectorBytes / UNIT;
    this.sectorShift = ctz(this.sectorUnits);
    this.sectorCount = device.sectorCount;
    this.sequences = new StaticArray<u32>(device.sectorCount);
    return true;
  }

  /** Units of a sector that records may fill. */
  get payloadUnits(): i32 {
    return this.sectorUnits - HEADER_UNITS;
  }

  /** Units that can be written without an erase. */
  get writableUnits(): i32 {
    return this.room + this.ready * this.payloadUnits;
  }

  /** Units of the log that can be written before it meets its tail. */
  get freeUnits(): i32 {
    return this.room + (this.sectorCount - this.bad - this.used) * this.payloadUnits;
  }

  /** Units left in the sector being written. */
  get room(): i32 {
    return this.newest < 0 ? 0 : this.sectorUnits - this.writeOffset;
  }

  sequenceOf(sector: i32): u32 {
    return unchecked(this.sequences[sector]);
  }

  setSequence(sector: i32, sequence: u32): void {
    unchecked((this.sequences[sector] = sequence));
  }

  isMember(sector: i32): bool {
    const sequence = this.sequenceOf(sector);
    return sequence != FREE && sequence != BAD;
  }

  sectorOf(unit: i32): i32 {
    return unit >> this.sectorShift;
  }

  /** Where in its sector a unit lies. */
  offsetOf(unit: i32): i32 {
    return unit & (this.sectorUnits - 1);
  }

  addressOf(unit: i32): i64 {
    return this.addressAt(this.sectorOf(unit), this.offsetOf(unit));
  }

  addressAt(sector: i32, offset: i32): i64 {
    return <i64>this.sequenceOf(sector) * <i64>(<u32>this.sectorUnits) + <i64>(<u32>offset);
  }

  /** Low half of the address of a unit; 0, which no record has: its sector is not of the log. */
  placeOf(unit: i32): u32 {
    const sector = this.sectorOf(unit);
    if (sector >= this.sectorCount) return 0;
    const sequence = unchecked(this.sequences[sector]);
    return sequence == FREE || sequence == BAD ? 0 : (sequence - sector) * this.sectorUnits + unit;
  }

  /** Address at which the next record begins at the earliest. */
  get writeAddress(): i64 {
    return this.newest < 0 ? <i64>this.sectorUnits : this.addressAt(this.newest, this.writeOffset);
  }

  /** The sector of the log that holds an address, -1: none does. */
  sectorAt(address: i64): i32 {
    const sequence = <u32>(address >> this.sectorShift);
    for (let sector = 0; sector < this.sectorCount; sector++) if (this.sequenceOf(sector) == sequence) return sector;
    return -1;
  }

  /** The sector behind `sector` in the log, -1: there is none. */
  after(sector: i32): i32 {
    if (sector == this.newest) return -1;
    let next = this.following(sector);
    while (next != sector && !this.isMember(next)) next = this.following(next);
    return next == sector ? -1 : next;
  }

  private following(sector: i32): i32 {
    return sector + 1 == this.sectorCount ? 0 : sector + 1;
  }

  /** The sector that is opened after `skip` ready ones. -1: none is free. */
  private nextFree(skip: i32): i32 {
    let sector = this.newest < 0 ? this.sectorCount - 1 : this.newest;
    for (let i = 0; i < this.sectorCount; i++) {
      sector = this.following(sector);
      if (this.isMember(sector)) return -1;
      if (this.sequenceOf(sector) != BAD && skip-- == 0) return sector;
    }
    return -1;
  }

  /** Reads bytes of a record as `read` does, from RAM while it is there. */
  readRecord(unit: i32, offset: i32, dst: usize, len: i32): i32 {
    if (unit != this.imageUnit) return this.read(unit, offset, dst, len);
    memory.copy(dst, this.image + offset, len);
    return Status.Ok;
  }

  /** Reads len bytes at `offset` of what begins at `unit`, following it from sector to sector. Ok, NotFound (the log ends before), Io. */
  read(unit: i32, offset: i32, dst: usize, len: i32): i32 {
    const sectorBytes = this.device.sectorBytes;
    let sector = this.sectorOf(unit);
    let at = unit * UNIT + offset;
    let end = (sector + 1) * sectorBytes;
    if (at + len <= end) return this.device.fetch(at, dst, len);
    while (len > 0) {
      while (at >= end) {
        const next = this.after(sector);
        if (next < 0) return Status.NotFound;
        at += next * sectorBytes + HEADER_BYTES - end;
        sector = next;
        end = (sector + 1) * sectorBytes;
      }
      const part = min(len, end - at);
      const status = this.device.fetch(at, dst, part);
      if (status < 0) return status;
      at += part;
      dst += part;
      len -= part;
    }
    return Status.Ok;
  }

  /** Makes the next ready sector the newest; the next record begins at its unit `first`. Ok, NoSpace, Io. */
  open(first: i32): i32 {
    if (this.ready == 0) return Status.NoSpace;
    const sector = this.nextFree(0);
    if (sector < 0) return Status.NoSpace;
    this.ready--;
    const sequence = this.newest < 0 ? 1 : this.sequenceOf(this.newest) + 1;
    const status = this.header.writeOpening(sector, sequence, first, this.checkpoint);
    if (status < 0) {
      this.retire(sector);
      return status;
    }
    if (this.newest < 0) this.tail = sector;
    this.setSequence(sector, sequence);
    this.newest = sector;
    this.writeOffset = HEADER_UNITS;
    this.used++;
    return Status.Ok;
  }

  /** Leaves a unit blank in front of the next record, which begins in the same sector. Ok, NoSpace, Io. */
  leaveBlank(): i32 {
    const status = this.room < 2 ? this.open(HEADER_UNITS) : Status.Ok;
    if (status >= 0) this.writeOffset++;
    return status;
  }

  /** Passes over a sector until the next mount. */
  private retire(sector: i32): void {
    this.setSequence(sector, BAD);
    this.bad++;
  }

  /** Nothing more is written into the newest sector: a program failed there. */
  closeNewest(): void {
    this.writeOffset = this.sectorUnits;
  }

  /** Gives up the tail: it may be erased from now on, and should be soon, because a reset forgets that it was given up. */
  dropTail(): void {
    const next = this.after(this.tail);
    if (next < 0) return;
    this.setSequence(this.tail, FREE);
    this.dropped = this.tail;
    this.tail = next;
    this.used--;
    this.generation++;
  }

  /** Whether another sector should be made ready. */
  get wantsReady(): bool {
    return this.ready < min(this.sectorCount - this.bad - this.used, READY_WANTED);
  }

  /** Makes the next sector ready, with an erase unless it is found blank. Ok, NoSpace, Io: it is passed over. */
  prepare(): i32 {
    const sector = this.nextFree(this.ready);
    if (sector < 0) return Status.NoSpace;
    const header = this.header;
    let status = header.load(sector);
    if (status < 0) return status;
    if (header.isFormatted && !header.isForeign && header.isUnused) {
      status = this.usedEnd(sector, 1);
      if (status < 0) return status;
      if (status == 1) {
        this.ready++;
        return Status.Ok;
      }
    }
    status = this.clean(sector);
    if (status >= 0) this.ready++;
    return status;
  }

  /** Erases the sector given up last. Ok, Io: it is passed over. */
  eraseDropped(): i32 {
    const sector = this.dropped;
    this.dropped = -1;
    const status = this.header.load(sector);
    return status < 0 ? status : this.clean(sector);
  }

  /** Erases a sector whose header is loaded. */
  private clean(sector: i32): i32 {
    const header = this.header;
    const eraseCount = header.isFormatted ? header.eraseCount + 1 : max<u32>(this.highestEraseCount, 1);
    this.highestEraseCount = max(this.highestEraseCount, eraseCount);
    if (sector == this.dropped) this.dropped = -1;
    this.generation++;
    this.imageUnit = 0;
    // No sync is needed: what took the sector's place was durable before the sector was given up.
    let status = this.device.erase(sector);
    if (status >= 0) status = header.writeFormat(sector, eraseCount);
    if (status < 0) this.retire(sector);
    return status;
  }

  /** Fills in the least and the greatest erase count of all sectors. Ok, Io. */
  eraseCounts(out: StoreStats): i32 {
    out.eraseMin = u32.MAX_VALUE;
    out.eraseMax = 0;
    for (let sector = 0; sector < this.sectorCount; sector++) {
      const status = this.header.load(sector);
      if (status < 0) return status;
      const count = this.header.isFormatted ? this.header.eraseCount : 0;
      out.eraseMin = min(out.eraseMin, count);
      out.eraseMax = max(out.eraseMax, count);
    }
    return Status.Ok;
  }

  /** Unit of `sector` behind the last one that is not blank, not below `from`. Io. */
  usedEnd(sector: i32, from: i32): i32 {
    const chunk = SCRATCH;
    const start = sector * this.device.sectorBytes;
    for (let end = this.device.sectorBytes; end > from * UNIT; end -= SCRATCH_BYTES) {
      const offset = max(end - SCRATCH_BYTES, from * UNIT);
      const status = this.device.read(start + offset, chunk, end - offset);
      if (status < 0) return status;
      for (let unit = end - UNIT; unit >= offset; unit -= UNIT) {
        if (!isBlank(chunk + (unit - offset), UNIT)) return unit / UNIT + 1;
      }
    }
    return from;
  }
}
