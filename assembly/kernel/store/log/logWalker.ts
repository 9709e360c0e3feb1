import { Status } from "../../../lib/status";
import { CRC_BYTES, ENTRIES_BYTES_MAX, RecordView } from "./record";
import { Ring } from "../flash/ring";
import { HEADER_UNITS } from "../flash/sector";
import { UNIT, toUnits } from "../flash/units";

/**
 * Walks the records of the log in their order. Where no header can be, the walker goes on unit by unit, and takes a record for
 * one only if its checksum agrees; until then a header is trusted because the record before it, or the sector, told where it is.
 */
export class LogWalker {
  /** The record found last. */
  view: RecordView = new RecordView();
  /** Where the next one is looked for. */
  sector: i32 = -1;
  offset: i32 = 0;
  /** Whether units were passed over that are neither blank nor the beginning of a record. */
  hasSkipped: bool = false;
  /** Whether `view` holds a record of this walk. */
  hasFound: bool = false;
  isTrusted: bool = false;
  /** Offset in the sector up to which a record there may reach that does not tell. */
  far: i32 = 0;

  /** Takes a log to walk. */
  attach(ring: Ring): void {
    this.view.ring = ring;
  }

  private get ring(): Ring {
    return this.view.ring;
  }

  /** Goes on at a unit of the log where a record begins. */
  seek(unit: i32): void {
    this.sector = this.ring.sectorOf(unit);
    this.offset = this.ring.offsetOf(unit);
    this.isTrusted = true;
  }

  /** Goes on at the first record that begins in `sector`. Ok, Io. */
  seekSector(sector: i32): i32 {
    const header = this.ring.header;
    const status = header.load(sector);
    if (status < 0) return status;
    this.sector = sector;
    this.far = 0;
    this.hasFound = false;
    this.isTrusted = header.isOpen && header.sequence == this.ring.sequenceOf(sector);
    this.offset = this.isTrusted ? header.first : HEADER_UNITS;
    return Status.Ok;
  }

  /** Goes on where an earlier walk was. */
  resume(sector: i32, offset: i32, isTrusted: bool): void {
    this.sector = sector;
    this.offset = offset;
    this.isTrusted = isTrusted;
  }

  /** Goes on behind a sector. */
  seekEnd(sector: i32): void {
    this.sector = sector;
    this.offset = this.ring.sectorUnits;
  }

  /** Goes on where `other` is. */
  follow(other: LogWalker): void {
    this.resume(other.sector, other.offset, other.isTrusted);
  }

  /** Loads the next record, its tail too. Ok, NotFound (the log ends), Io. */
  next(): i32 {
    const ring = this.ring;
    while (this.sector >= 0) {
      const end = this.sector == ring.newest ? ring.writeOffset : ring.sectorUnits;
      if (this.offset >= end) {
        if (this.sector == ring.newest) return Status.NotFound;
        const following = ring.after(this.sector);
        if (following < 0) return Status.NotFound;
        const found = this.hasFound;
        const status = this.seekSector(following);
        if (status < 0) return status;
        this.hasFound = found;
        continue;
      }
      const status = this.take();
      if (status != Status.NotFound) return status;
    }
    return Status.NotFound;
  }

  /** As next, of the records that begin in `sector` only. */
  nextIn(sector: i32): i32 {
    const end = sector == this.ring.newest ? this.ring.writeOffset : this.ring.sectorUnits;
    while (this.sector == sector && this.offset < end) {
      const status = this.take();
      if (status != Status.NotFound) return status;
    }
    return Status.NotFound;
  }

  /** Takes a record, damaged or cut short, that does not tell where it ends: the next one is looked for behind its value. */
  private pass(): i32 {
    const units = this.ring.sectorUnits;
    const valueEnd = this.view.entriesOffset - 1;
    this.far = min(this.offset + toUnits(valueEnd + ENTRIES_BYTES_MAX + CRC_BYTES) / UNIT, units);
    this.offset = min(this.offset + toUnits(valueEnd) / UNIT, units);
    this.isTrusted = false;
    this.hasFound = true;
    return Status.Ok;
  }

  /** Whether a record begins right here: loads it. Ok, NotFound: the place moved on by a unit; Io. */
  private take(): i32 {
    const ring = this.ring;
    const view = this.view;
    let status = view.load(this.sector * ring.sectorUnits + this.offset);
    if (status >= 0) {
      status = this.isTrusted ? view.loadTail() : view.verify();
      if (this.isTrusted && status == Status.Corrupt) return this.pass();
    }
    if (status >= 0) {
      this.offset = min(this.offset + view.units, ring.sectorUnits);
      this.isTrusted = true;
      this.hasFound = true;
      return status;
    }
    if (status == Status.Io) return status;
    if (!view.isBlankUnit) this.hasSkipped = true;
    this.isTrusted = false;
    this.offset++;
    return Status.NotFound;
  }
}
