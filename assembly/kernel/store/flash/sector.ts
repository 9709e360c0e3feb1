import { BlockDevice } from "./blockDevice";
import { HEADER } from "../scratch";
import { UNIT, isBlank } from "./units";

/*
 * The first 32 bytes of a sector: two units, each programmed at its own moment.
 *
 *   offset  0 +-------------------+----+----+---------+-------------+-------+
 *   format    | magic "WMST"      | v  | lg | 0 (u16) | erase count | crc32 |  right after the erase
 *          16 +-------------------+----+----+---------+-------------+-------+
 *   opening   | sequence u32      | first   | 0 (u16) | checkpoint  | crc32 |  when the log reaches this sector
 *          32 +-------------------+---------+---------+-------------+-------+  records follow
 *
 * first: unit of this sector at which the next record begins, its number of units when none does.
 * checkpoint: unit of the partition at which the last durable checkpoint lies, 0: none yet.
 */
export const FORMAT_VERSION: i32 = 7;
export const SECTOR_MAGIC: u32 = 0x54534d57;
/** Units of a sector's header. */
export const HEADER_UNITS: i32 = 2;
export const HEADER_BYTES: i32 = HEADER_UNITS * UNIT;

/** A sector's header as last loaded; as it lies on the flash until something is looked up. */
export class SectorHeader {
  eraseCount: u32 = 0;
  isFormatted: bool = false;
  /** Whether the format part names a version or a sector size that is not ours. */
  isForeign: bool = false;
  /** Whether the opening part checks; the fields below are valid only then. */
  isOpen: bool = false;
  first: u16 = 0;
  sequence: u32 = 0;
  checkpoint: i32 = 0;

  constructor(private readonly device: BlockDevice) {}

  /** Ok, Io. */
  load(sector: i32): i32 {
    const device = this.device;
    const status = device.read(sector * device.sectorBytes, HEADER, HEADER_BYTES);
    if (status < 0) return status;
    this.isFormatted = load<u32>(HEADER) == SECTOR_MAGIC && this.checks(0);
    this.isForeign = this.isFormatted && load<u16>(HEADER, 4) != this.formatOfThisDevice();
    this.eraseCount = load<u32>(HEADER, 8);
    this.sequence = load<u32>(HEADER, 16);
    const first = <i32>load<u16>(HEADER, 20);
    this.first = <u16>first;
    this.checkpoint = load<i32>(HEADER, 24);
    const units = device.sectorBytes / UNIT;
    this.isOpen = this.checks(UNIT) && this.sequence > 0 && first >= HEADER_UNITS && first <= units;
    return status;
  }

  /** Whether nothing but the format part was programmed. */
  get isUnused(): bool {
    return isBlank(HEADER + UNIT, UNIT);
  }

  /** Whether the first unit can be neither blank nor a format part, complete or cut short: the flash holds something else. */
  get isAlien(): bool {
    return (load<u32>(HEADER) & SECTOR_MAGIC) != SECTOR_MAGIC;
  }

  private checks(offset: i32): bool {
    const part = HEADER + offset;
    return load<u32>(part, 12) == this.device.crc32(0, part, 12);
  }

  /** Version and log2 of the sector size, as they lie on the flash. */
  private formatOfThisDevice(): i32 {
    return FORMAT_VERSION | (ctz(this.device.sectorBytes) << 8);
  }

  /** Programs the format part of a sector just erased. Ok, Io. */
  writeFormat(sector: i32, eraseCount: u32): i32 {
    store<u32>(HEADER, SECTOR_MAGIC);
    store<u32>(HEADER, this.formatOfThisDevice(), 4);
    store<u32>(HEADER, eraseCount, 8);
    return this.seal(sector, 0);
  }

  /** Programs the opening part. Ok, Io. */
  writeOpening(sector: i32, sequence: u32, first: i32, checkpoint: i32): i32 {
    store<u32>(HEADER, sequence, 16);
    store<u32>(HEADER, first, 20);
    store<i32>(HEADER, checkpoint, 24);
    return this.seal(sector, UNIT);
  }

  /** Ends a part with its CRC and programs it. Ok, Io. */
  private seal(sector: i32, offset: i32): i32 {
    const part = HEADER + offset;
    store<u32>(part, this.device.crc32(0, part, 12), 12);
    return this.device.program(sector * this.device.sectorBytes + offset, part, UNIT);
  }
}
