import { Status } from "../../../lib/status";
import {
  CRC_BYTES,
  ENTRIES_BYTES_MAX,
  FLAG_ENTRIES,
  FLAG_EXPIRY,
  FLAG_PREVIOUS,
  HEAD_MAX,
  KIND_MOVED,
  KIND_PUT,
  KIND_REMOVE,
  KIND_SYSTEM,
  VERSION_BYTES,
  packHeader,
} from "./record";
import { Ring } from "../flash/ring";
import { HEADER_UNITS } from "../flash/sector";
import { UNIT, toUnits } from "../flash/units";

/**
 * Bytes collected before they are programmed: of a value a page of common NOR flash; a unit that is not full, all entries and the checksum
 * fit, too. In a store without indexes, which is a small one, less.
 */
const PAGE_BYTES: i32 = 256;
const STAGE_BYTES: i32 = UNIT + ENTRIES_BYTES_MAX + UNIT;
const SMALL_STAGE_BYTES: i32 = 128;

/** Writes one record at a time at the end of the log. */
export class LogWriter {
  /** Address and unit of the record being written, or written last. */
  address: i64 = 0;
  unit: i32 = 0;
  /** Bytes of the value still to come. */
  missing: i32 = 0;
  private valueBytes: i32 = 0;
  private flags: u32 = 0;
  private crc: u32 = 0;
  /** Staged bytes, and how many of them the CRC holds. */
  private staged: i32 = 0;
  private summed: i32 = 0;
  /** Where in the stage the length of the entries is to be written, once it is known; -1: none were added, or it is. */
  private entriesAt: i32 = -1;
  private entriesBytes: u16 = 0;
  /** Bytes that entries may take. */
  private entriesMost: u16 = 0;
  /** Unit at which the record behind this one begins in the sector that it went on into. */
  private first: u16 = 0;
  private kind: u8 = 0;
  private keyField: u8 = 0;
  /** Bytes of header, extensions and key. */
  private headBytes: u8 = 0;
  /** What went wrong while room was made for entries: `end` tells. */
  private failure: i8 = 0;
  isOpen: bool = false;
  /** Whether the record under way gets a checksum that does not agree: it is the copy of one that is damaged. */
  isSpoiled: bool = false;
  private isProgrammed: bool = false;
  /** Whether it was told beforehand that there are entries, or none. */
  private isTold: bool = false;
  /** Whether the entries are in the record. */
  private hasEntries: bool = false;
  /** Records may be given index entries; those of other records are copied in either case. */
  private readonly isIndexed: bool;
  private readonly stage: usize;
  private readonly stageBytes: i32;

  constructor(
    private readonly ring: Ring,
    isIndexed: bool,
  ) {
    this.isIndexed = isIndexed;
    this.stageBytes = isIndexed ? STAGE_BYTES : SMALL_STAGE_BYTES;
    this.stage = heap.alloc(this.stageBytes);
  }

  /**
   * Begins a record: header, extensions, key; the value follows. Space was made sure of. FLAG_ENTRIES is set when entries are
   * added, or when the header has to be programmed before that can be known. Ok, NoSpace, Io.
   */
  begin(kind: i32, flags: u32, valueBytes: i32, expiresAt: u32, previous: i32, version: i64, key: usize, keyBytes: i32, system: i32): i32 {
    const ring = this.ring;
    const headBytes = 4 + (expiresAt != 0 ? 4 : 0) + (previous != 0 ? 3 : 0) + (kind == KIND_MOVED ? VERSION_BYTES : 0) + keyBytes;
    if (toUnits(headBytes) > ring.room * UNIT) {
      const status = ring.open(HEADER_UNITS);
      if (status < 0) return status;
    }
    this.first = 0;
    this.unit = ring.newest * ring.sectorUnits + ring.writeOffset;
    this.address = ring.addressOf(this.unit);
    this.kind = <u8>kind;
    this.keyField = <u8>(kind == KIND_SYSTEM ? system : keyBytes - 1);
    this.valueBytes = valueBytes;
    this.missing = kind == KIND_REMOVE ? 0 : valueBytes;
    this.crc = <u32>this.address;
    this.isProgrammed = false;
    this.isOpen = true;
    this.isSpoiled = false;
    this.summed = 0;
    this.entriesBytes = 0;
    this.entriesAt = -1;
    this.failure = 0;
    this.hasEntries = false;
    this.isTold = false;
    ring.imageUnit = 0;
    this.entriesMost = <u16>(kind == KIND_PUT ? ENTRIES_BYTES_MAX : 2);
    const stage = this.stage;
    let at = 4;
    if (expiresAt != 0) {
      flags |= FLAG_EXPIRY;
      store<u32>(stage + at, expiresAt);
      at += 4;
    }
    if (previous != 0) {
      flags |= FLAG_PREVIOUS;
      store<u16>(stage + at, previous);
      store<u8>(stage + at, previous >> 16, 2);
      at += 3;
    }
    if (kind == KIND_MOVED) {
      store<u32>(stage + at, <u32>version);
      store<u8>(stage + at, <u8>(version >> 32), 4);
      at += VERSION_BYTES;
    }
    memory.copy(stage + at, key, keyBytes);
    this.staged = at + keyBytes;
    this.headBytes = <u8>this.staged;
    this.flags = flags;
    return Status.Ok;
  }

  /** Appends value bytes. Ok, Invalid (more than announced), NoSpace, Io. */
  write(src: usize, len: i32): i32 {
    if (!this.isOpen || len < 0 || len > this.missing) return Status.Invalid;
    return this.append(src, len, true);
  }

  /** Takes an index entry, behind the whole value. Ok, NoSpace (too many bytes). */
  addEntry(index: i32, src: usize, len: i32): i32 {
    if (!this.isIndexed || this.entriesBytes + 3 + len > ENTRIES_BYTES_MAX) return Status.NoSpace;
    if (this.entriesAt < 0) {
      this.flags |= FLAG_ENTRIES;
      this.makeRoom(1);
      this.entriesAt = this.staged++;
    }
    this.makeRoom(1 + len);
    if (this.failure < 0) return Status.Ok;
    const at = this.stage + this.staged;
    store<u8>(at, (index << 5) | len);
    memory.copy(at + 1, src, len);
    this.entriesBytes += <u16>(1 + len);
    this.staged += 1 + len;
    return Status.Ok;
  }

  /** Sees to it that the stage has room for so many bytes, and for what ends a record. */
  private makeRoom(bytes: i32): void {
    if (this.failure < 0 || this.staged + bytes + 1 + CRC_BYTES <= this.stageBytes) return;
    this.failure = <i8>this.flush(false);
  }

  /** Tells, before the value, whether index entries will be copied, and how many bytes of them. */
  expectEntries(hasEntries: bool, len: i32): void {
    this.isTold = true;
    this.flags |= hasEntries ? FLAG_ENTRIES : 0;
    this.entriesMost = hasEntries ? <u16>(len + 2) : 0;
  }

  /** Appends the index entries of another record, as they lie there, behind the value. Ok, NoSpace, Io. */
  copyEntries(src: usize, len: i32): i32 {
    this.hasEntries = true;
    this.flags |= FLAG_ENTRIES;
    let status = this.appendByte(len);
    if (status >= 0) status = this.append(src, len, false);
    return status < 0 ? status : this.appendByte(len);
  }

  /** Ends the record with entries and checksum; it is all programmed then. Ok, NoSpace, Io. */
  end(): i32 {
    const canTell = this.isTold || (!this.isProgrammed && this.staged + 2 + CRC_BYTES <= this.stageBytes);
    if (this.kind != KIND_SYSTEM && !canTell) this.flags |= FLAG_ENTRIES;
    let status: i32 = this.failure;
    if (status >= 0 && (this.flags & FLAG_ENTRIES) != 0 && !this.hasEntries) {
      if (this.entriesAt >= 0) store<u8>(this.stage + this.entriesAt, this.entriesBytes);
      else status = this.appendByte(0);
      this.entriesAt = -1;
      if (status >= 0) status = this.appendByte(this.entriesBytes);
    }
    if (status < 0) return status;
    if (this.staged + CRC_BYTES > this.stageBytes) status = this.flush(false);
    if (status < 0) return status;
    this.sum(this.staged);
    store<u32>(this.stage + this.staged, this.isSpoiled ? ~this.crc : this.crc);
    this.staged += CRC_BYTES;
    const padded = toUnits(this.staged);
    memory.fill(this.stage + this.staged, 0xff, padded - this.staged);
    this.staged = padded;
    const isWhole = !this.isProgrammed;
    status = this.flush(true);
    if (status < 0) return status;
    this.isOpen = false;
    const ring = this.ring;
    ring.writeOffset = max<i32>(ring.writeOffset, this.first);
    if (isWhole && !this.isSpoiled) {
      ring.imageUnit = this.unit;
      ring.image = this.stage;
    }
    return Status.Ok;
  }

  /** Gives the record up. Returns whether anything of it was programmed and stays behind, void. */
  abandon(): bool {
    if (!this.isOpen) return false;
    this.isOpen = false;
    if (!this.isProgrammed) return false;
    // A reader steps over it by the lengths that lie there, as far as they stay in the sector.
    const ring = this.ring;
    const end = this.unit + toUnits(HEAD_MAX + this.valueBytes + ENTRIES_BYTES_MAX + CRC_BYTES) / UNIT;
    if (ring.sectorOf(this.unit) == ring.newest) ring.writeOffset = min(end - ring.newest * ring.sectorUnits, ring.sectorUnits);
    else ring.closeNewest();
    return true;
  }

  private appendByte(value: i32): i32 {
    if (this.staged == this.stageBytes) {
      const status = this.flush(false);
      if (status < 0) return status;
    }
    store<u8>(this.stage + this.staged++, value);
    return Status.Ok;
  }

  /** isValue: missing tells at each moment what is not staged yet, for `goOn`. */
  private append(src: usize, len: i32, isValue: bool): i32 {
    const most = min(this.stageBytes, PAGE_BYTES);
    while (len > 0) {
      if (this.staged >= most) {
        const status = this.flush(false);
        if (status < 0) return status;
      }
      const part = min(len, most - this.staged);
      memory.copy(this.stage + this.staged, src, part);
      this.staged += part;
      if (isValue) this.missing -= part;
      src += part;
      len -= part;
    }
    return Status.Ok;
  }

  /** Writes the header in front of the first bytes, and takes the staged ones up to `end` into the CRC. */
  private sum(end: i32): void {
    const stage = this.stage;
    if (!this.isProgrammed && this.summed == 0) {
      store<u32>(stage, packHeader(this.kind, this.keyField, this.flags, this.valueBytes, this.address, stage + 4, this.headBytes - 4));
    }
    this.crc = this.ring.device.crc32(this.crc, stage + this.summed, end - this.summed);
    this.summed = end;
  }

  /**
   * Programs what is staged, whole units of it, as far as entries under way, whose length is not known yet. isLast: the record ends with
   * them. Ok, NoSpace, Io.
   */
  private flush(isLast: bool): i32 {
    const ring = this.ring;
    const stage = this.stage;
    const end = this.entriesAt < 0 ? this.staged : this.entriesAt;
    if (!isLast) {
      if (!this.isProgrammed && !this.isTold && this.kind != KIND_SYSTEM) this.flags |= FLAG_ENTRIES;
      this.sum(end);
    }
    const whole = isLast ? end : end & -UNIT;
    let done = 0;
    while (done < whole) {
      if (ring.room == 0) {
        const status = this.goOn(isLast ? (whole - done) / UNIT : -1, this.staged - done);
        if (status < 0) return status;
      }
      const part = min(whole - done, ring.room * UNIT);
      this.isProgrammed = true;
      const status = ring.device.program((ring.newest * ring.sectorUnits + ring.writeOffset) * UNIT, stage + done, part);
      if (status < 0) {
        ring.closeNewest();
        return status;
      }
      ring.writeOffset += part / UNIT;
      done += part;
    }
    memory.copy(stage, stage + done, this.staged - done);
    this.staged -= done;
    this.summed = end - done;
    if (this.entriesAt >= 0) this.entriesAt -= done;
    return Status.Ok;
  }

  /**
   * Goes on in the next sector. units: that are still to come, -1 when entries may follow; staged: bytes in the stage. Then the
   * next record begins behind the most that can follow.
   */
  private goOn(units: i32, staged: i32): i32 {
    const ring = this.ring;
    if (units < 0) units = toUnits(staged + this.missing + this.entriesMost + CRC_BYTES) / UNIT;
    this.first = <u16>min(HEADER_UNITS + units, ring.sectorUnits);
    return ring.open(this.first);
  }
}
