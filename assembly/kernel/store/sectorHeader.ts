import { BlockDevice } from "./blockDevice";
import { UNIT, clearedBits, isBlank } from "./units";

/*
 * The first 80 bytes of a sector: four things, each programmed at its own moment.
 *
 *   offset  0 +-------------------+----+----+---------+-------------+-------+
 *   format    | magic "WMLG"      | v  | lg | 0 (u16) | erase count | crc32 |  right after the erase
 *          16 +-------------------+----+----+---------+-------------+-------+
 *   opening   | sector sequence   | first offset      | first sequence i64  |  when the log reaches this sector
 *          32 | boot              | 0                 | 0           | crc32 |
 *          48 +-------------------+-------------------+-------------+-------+
 *   touched   | 0 x 16                                                      |  before the first record here is removed
 *          64 +-------------------+-------------------+-------------+-------+
 *   handover  | delivered         | expired           | evicted, s  | crc32 |  when all sectors before it are given up
 *          80 +-------------------+-------------------+-------------+-------+  records follow
 *
 * s, the top bit of `evicted`: the record numbered `first sequence` was stored by then. It may have begun in a sector given
 * up, and nothing else would tell its number.
 */
export const FORMAT_VERSION: i32 = 1;
export const SECTOR_MAGIC: u32 = 0x474c4d57;
export const OPENING_OFFSET: i32 = 16;
export const TOUCHED_OFFSET: i32 = 48;
export const HANDOVER_OFFSET: i32 = 64;
/** Where records may begin. */
export const DATA_OFFSET: i32 = 80;

/** A sector's header as last loaded, and the buffer in which parts of it are packed. */
export class SectorHeader {
  /** Whether the opening part checks. The fields up to `boot` are valid only then. */
  isOpen: bool = false;
  sectorSequence: u32 = 0;
  /** Offset in the sector at which the first record begins; sectorBytes: none does. */
  firstOffset: i32 = 0;
  /** Sequence of the next record to be written when the sector was opened. */
  firstSequence: i64 = 0;
  boot: i32 = 0;
  /** Whether the format part checks. */
  isFormatted: bool = false;
  eraseCount: u32 = 0;
  /** Whether the format part names a version or a sector size that is not ours. */
  isForeign: bool = false;
  /** Whether the handover part checks; what follows is valid only then. */
  hasHandover: bool = false;

  readonly bytes: usize;
  private readonly buffer: StaticArray<u8> = new StaticArray<u8>(DATA_OFFSET);

  constructor(private readonly device: BlockDevice) {
    this.bytes = changetype<usize>(this.buffer);
  }

  /** Loads the parts from `from` to `to` (offsets in the sector) and checks those. Ok, Io. */
  load(sector: i32, from: i32, to: i32): i32 {
    memory.fill(this.bytes, 0xff, DATA_OFFSET);
    const status = this.device.read(sector * this.device.sectorBytes + from, this.bytes + from, to - from);
    if (status < 0) return status;
    this.checkFormat();
    this.checkOpening();
    const handover = this.bytes + HANDOVER_OFFSET;
    this.hasHandover = clearedBits(handover) != 0 && load<u32>(handover, 12) == this.device.crc32(0, handover, 12);
    return 0;
  }

  private checkFormat(): void {
    const format = this.bytes;
    this.isFormatted = load<u32>(format) == SECTOR_MAGIC && load<u32>(format, 12) == this.device.crc32(0, format, 12);
    this.eraseCount = load<u32>(format, 8);
    this.isForeign = this.isFormatted && load<u16>(format, 4) != this.formatOfThisDevice();
  }

  private checkOpening(): void {
    const opening = this.bytes + OPENING_OFFSET;
    this.isOpen = load<u32>(opening, 28) == this.device.crc32(0, opening, 28);
    this.sectorSequence = load<u32>(opening);
    this.firstOffset = load<i32>(opening, 4);
    this.firstSequence = load<i64>(opening, 8);
    this.boot = load<i32>(opening, 16);
    if (this.firstOffset < DATA_OFFSET || this.firstOffset > this.device.sectorBytes || (this.firstOffset & (UNIT - 1)) != 0) {
      this.isOpen = false;
    }
  }

  /** Whether a record of this sector may have been removed. */
  get isTouched(): bool {
    return clearedBits(this.bytes + TOUCHED_OFFSET) != 0;
  }

  /** Whether nothing but the format part was programmed. */
  get isUnused(): bool {
    return isBlank(this.bytes + OPENING_OFFSET, DATA_OFFSET - OPENING_OFFSET);
  }

  /** Whether the first unit can be neither blank nor a format part, complete or cut short: the flash holds something else. */
  get isAlien(): bool {
    return (load<u32>(this.bytes) & SECTOR_MAGIC) != SECTOR_MAGIC;
  }

  /** Version and log2 of the sector size, as they lie on the flash. */
  private formatOfThisDevice(): i32 {
    return FORMAT_VERSION | (ctz(this.device.sectorBytes) << 8);
  }

  /** Programs the format part of a sector just erased. Ok, Io. */
  writeFormat(sector: i32, eraseCount: u32): i32 {
    const format = this.bytes;
    store<u32>(format, SECTOR_MAGIC);
    store<u32>(format, this.formatOfThisDevice(), 4);
    store<u32>(format, eraseCount, 8);
    return this.seal(sector, 0, UNIT);
  }

  /** Programs the opening part. Ok, Io. */
  writeOpening(sector: i32, sectorSequence: u32, firstOffset: i32, firstSequence: i64, boot: i32): i32 {
    const opening = this.bytes + OPENING_OFFSET;
    store<u32>(opening, sectorSequence);
    store<i32>(opening, firstOffset, 4);
    store<i64>(opening, firstSequence, 8);
    store<i32>(opening, boot, 16);
    store<u64>(opening, 0, 20);
    return this.seal(sector, OPENING_OFFSET, 2 * UNIT);
  }

  /** Programs the touched part unless that was done before. Ok, Io. */
  touch(sector: i32): i32 {
    const touched = this.bytes + TOUCHED_OFFSET;
    const offset = sector * this.device.sectorBytes + TOUCHED_OFFSET;
    const status = this.device.read(offset, touched, UNIT);
    if (status < 0 || clearedBits(touched) != 0) return status;
    memory.fill(touched, 0, UNIT);
    return this.device.program(offset, touched, UNIT);
  }

  get delivered(): i32 {
    return load<i32>(this.bytes, HANDOVER_OFFSET);
  }

  get expired(): i32 {
    return load<i32>(this.bytes, HANDOVER_OFFSET + 4);
  }

  get evicted(): i32 {
    return load<i32>(this.bytes, HANDOVER_OFFSET + 8) & i32.MAX_VALUE;
  }

  get isFirstStored(): bool {
    return load<i32>(this.bytes, HANDOVER_OFFSET + 8) < 0;
  }

  /** Programs the handover part: what became of the records of all sectors before this one. Ok, Io. */
  writeHandover(sector: i32, delivered: i32, expired: i32, evicted: i32, isFirstStored: bool): i32 {
    const handover = this.bytes + HANDOVER_OFFSET;
    store<i32>(handover, delivered);
    store<i32>(handover, expired, 4);
    store<i32>(handover, evicted | (i32(isFirstStored) << 31), 8);
    return this.seal(sector, HANDOVER_OFFSET, UNIT);
  }

  /** Ends a part of `len` bytes with its CRC and programs it. Ok, Io. */
  private seal(sector: i32, offset: i32, len: i32): i32 {
    const part = this.bytes + offset;
    store<u32>(part + len - 4, this.device.crc32(0, part, len - 4));
    return this.device.program(sector * this.device.sectorBytes + offset, part, len);
  }
}
