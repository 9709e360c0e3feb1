import { Status } from "../../../lib/status";
import { Disposition, ENTRIES_MAX, KEY_MAX } from "../item";
import { Ring } from "../flash/ring";
import { SCRATCH, SCRATCH_BYTES } from "../scratch";
import { UNIT, isBlank, toUnits } from "../flash/units";

/*
 * A record: begins at a unit; header, extensions and key lie in one sector, the rest may go on in the next ones.
 *
 *   u32 header | u32 expiry | u24 previous | u40 version | key | value | u8 n, u8[n] entries, u8 n | u32 crc32 | 0xFF to a unit
 *              '-- each if its flag or kind says so --------'         '-- if flagged -------'
 *
 *   header  bits 0..15   bytes of value; of a removal: how the record left
 *           bits 16..21  bytes of key - 1; of a system record: which one
 *           bit  22      the batch goes on
 *           bit  23, 24  there is an expiry; it is by the wall clock
 *           bit  25      there is the unit of the record that this one replaces
 *           bit  26      there are index entries
 *           bit  27      an older record of that key is replaced
 *           bits 28, 29  kind
 *           bits 30, 31  check: with bit 31 the odd bits of header and address (low u32), and all bits of extensions and key, are
 *                        even in number; with bit 30 all bits of header and address. So each bit that turns is found, in the
 *                        header too, which tells how much the check is taken over
 *
 * The CRC starts with the low u32 of the record's address, so that a copy elsewhere does not check.
 */
export const KIND_SYSTEM: i32 = 0;
export const KIND_PUT: i32 = 1;
/** A copy made by reclaim or touch: it carries the version of the original. */
export const KIND_MOVED: i32 = 2;
export const KIND_REMOVE: i32 = 3;

/** The last of the Dispositions. */
export const DISPOSITION_LOST: i32 = Disposition.Lost;

export const SYSTEM_PAGE: i32 = 1;
export const SYSTEM_CHECKPOINT: i32 = 2;
/** First record of each session, and behind whatever was begun and not finished: tells where that began. */
export const SYSTEM_CUT: i32 = 3;
/** Ends a batch. */
export const SYSTEM_COMMIT: i32 = 4;
/** Drops all older records of a space. */
export const SYSTEM_PURGE: i32 = 5;

export const FLAG_MORE: u32 = 1 << 22;
export const FLAG_EXPIRY: u32 = 1 << 23;
export const FLAG_CLOCK: u32 = 1 << 24;
export const FLAG_PREVIOUS: u32 = 1 << 25;
export const FLAG_ENTRIES: u32 = 1 << 26;
export const FLAG_OVERWRITE: u32 = 1 << 27;

const KIND_SHIFT: i32 = 28;
const KEY_SHIFT: i32 = 16;
const LOW_CHECK: u32 = 1 << 30;
const HIGH_CHECK: u32 = 1 << 31;
const ODD_BITS: u32 = 0xaaaaaaaa;

export const CRC_BYTES: i32 = 4;
export const VERSION_BYTES: i32 = 5;
/** Most bytes of header, extensions and key. */
export const HEAD_MAX: i32 = 4 + 4 + 3 + VERSION_BYTES + KEY_MAX;
/** Most bytes of the entries and their length, twice. */
export const ENTRIES_BYTES_MAX: i32 = 256;
/** Largest system record's value. */
const SYSTEM_VALUE_MAX: i32 = 256;
/** What is read of a record at first: with most keys the whole head. */
const FIRST_READ: i32 = 32;

/**
 * Header of a record of `kind` at `address`. key: bytes of key - 1, or which system record; head: u8[headBytes], the extensions
 * and the key behind it.
 */
export function packHeader(kind: i32, key: i32, flags: u32, valueBytes: i32, address: i64, head: usize, headBytes: i32): u32 {
  let header = flags | valueBytes | (key << KEY_SHIFT) | ((<u32>kind) << KIND_SHIFT);
  if (isOddHead(header ^ (<u32>address), head, headBytes)) header |= HIGH_CHECK;
  if (isOdd(header ^ (<u32>address))) header |= LOW_CHECK;
  return header;
}

/** Whether a header whose checksum is compared, too, is that of a page. */
export function isPage(header: u32): bool {
  return (header & ~(LOW_CHECK | HIGH_CHECK)) >> KEY_SHIFT == SYSTEM_PAGE;
}

function isOdd(word: u32): bool {
  return (popcnt(word) & 1) != 0;
}

/** Whether the odd bits of `word` and all bits of u8[len] are odd in number. */
function isOddHead(word: u32, src: usize, len: i32): bool {
  let sum: u32 = 0;
  for (let i = 0; i < len; i++) sum ^= load<u8>(src + i);
  return isOdd((word & ODD_BITS) ^ sum);
}

/** One record of the log as last loaded. */
export class RecordView {
  address: i64 = 0;
  version: i64 = 0;
  unit: i32 = 0;
  private header: u32 = 0;
  expiresAt: u32 = 0;
  /** Unit of the record that this one replaces. */
  previous: i32 = 0;
  /** Offset of the key in the record. */
  keyOffset: u8 = 0;
  /** Bytes of index entries; known after loadTail. */
  entriesBytes: u8 = 0;

  /** The log that it looks into. */
  ring: Ring = changetype<Ring>(0);

  /** head: u8[HEAD_MAX + 1], where header, extensions and key are. */
  constructor(private readonly head: usize = heap.alloc(HEAD_MAX + 1)) {}

  get key(): usize {
    return this.head + this.keyOffset;
  }

  get kind(): i32 {
    return (<i32>(this.header >> KIND_SHIFT)) & 3;
  }

  /** Which system record. */
  get system(): i32 {
    return (<i32>(this.header >> KEY_SHIFT)) & 63;
  }

  get keyBytes(): i32 {
    return this.kind == KIND_SYSTEM ? 0 : ((<i32>(this.header >> KEY_SHIFT)) & 63) + 1;
  }

  /** Bytes of value; of a removal 0. */
  get valueBytes(): i32 {
    return this.kind == KIND_REMOVE ? 0 : (<i32>this.header) & 0xffff;
  }

  /** How a removed record left. */
  get disposition(): i32 {
    return this.kind == KIND_REMOVE ? (<i32>this.header) & 0xffff : 0;
  }

  get isData(): bool {
    return this.kind != KIND_SYSTEM;
  }

  has(flag: u32): bool {
    return (this.header & flag) != 0;
  }

  /** Whether the first unit of what was loaded is as after an erase. */
  get isBlankUnit(): bool {
    return isBlank(this.head, UNIT);
  }

  /** Offset of the value in the record. */
  get valueOffset(): i32 {
    return this.keyOffset + this.keyBytes;
  }

  get entriesOffset(): i32 {
    return this.valueOffset + this.valueBytes + 1;
  }

  /** Bytes of the whole record, after loadTail. */
  get bytes(): i32 {
    return this.valueOffset + this.valueBytes + (this.has(FLAG_ENTRIES) ? 2 + this.entriesBytes : 0) + CRC_BYTES;
  }

  get units(): i32 {
    return toUnits(this.bytes) / UNIT;
  }

  /** What the record is charged with: as a copy of it would take. */
  get chargedUnits(): i32 {
    return chargedUnits(this.bytes - (this.kind == KIND_MOVED ? VERSION_BYTES : 0) - (this.has(FLAG_PREVIOUS) ? 3 : 0));
  }

  /** What its predecessor was charged with, of which it says no more than that it is replaced: as itself, without entries. */
  get plainUnits(): i32 {
    return chargedUnits(4 + (this.has(FLAG_EXPIRY) ? 4 : 0) + this.keyBytes + this.valueBytes + CRC_BYTES);
  }

  /** Loads header, extensions and key at `unit`. Ok, NotFound (no header can be there), Io. */
  load(unit: i32): i32 {
    const ring = this.ring;
    const left = (ring.sectorUnits - ring.offsetOf(unit)) * UNIT;
    const have = min(FIRST_READ, left);
    const status = ring.readRecord(unit, 0, this.head, have);
    return status < 0 ? status : this.unpack(unit, have, left);
  }

  /** Whether the writer still holds the record, as it was committed. */
  get isImage(): bool {
    return this.unit == this.ring.imageUnit;
  }

  private unpack(unit: i32, have: i32, left: i32): i32 {
    const head = this.head;
    this.unit = unit;
    this.address = this.ring.addressOf(unit);
    const header = load<u32>(head);
    this.header = header;
    const system = this.system;
    const length = (<i32>header) & 0xffff;
    this.entriesBytes = 0;
    if (this.kind == KIND_SYSTEM) {
      if (system < SYSTEM_PAGE || system > SYSTEM_PURGE || length > SYSTEM_VALUE_MAX) return Status.NotFound;
    } else if (this.kind == KIND_REMOVE) {
      if (length > DISPOSITION_LOST || !this.has(FLAG_PREVIOUS)) return Status.NotFound;
    }
    return this.loadExtensions(head, have, left);
  }

  private loadExtensions(head: usize, have: i32, left: i32): i32 {
    let at = 4;
    this.expiresAt = 0;
    if (this.has(FLAG_EXPIRY)) {
      this.expiresAt = load<u32>(head + at);
      at += 4;
    }
    this.previous = 0;
    if (this.has(FLAG_PREVIOUS)) {
      this.previous = load<u16>(head + at) | ((<i32>load<u8>(head + at, 2)) << 16);
      at += 3;
    }
    this.version = this.address;
    if (this.kind == KIND_MOVED) {
      this.version = (<i64>load<u32>(head + at)) | ((<i64>load<u8>(head + at, 4)) << 32);
      at += VERSION_BYTES;
    }
    this.keyOffset = <u8>at;
    const need = at + this.keyBytes;
    if (need > left) return Status.NotFound;
    if (need > have) {
      const status = this.ring.readRecord(this.unit, have, head + have, need - have);
      if (status < 0) return status;
    }
    if (this.isImage) return Status.Ok;
    const word = load<u32>(head) ^ (<u32>this.address);
    return isOdd(word) || isOddHead(word, head + 4, need - 4) ? Status.NotFound : Status.Ok;
  }

  /**
   * Learns how many bytes of index entries there are: it stands before and behind them, because a walk goes on from here. Ok;
   * Corrupt: not alike, none are taken for there; Io.
   */
  loadTail(): i32 {
    this.entriesBytes = 0;
    if (!this.has(FLAG_ENTRIES)) return Status.Ok;
    const status = this.readAt(this.entriesOffset - 1, SCRATCH, 1);
    if (status < 0) return status == Status.NotFound ? Status.Corrupt : status;
    const bytes = <i32>load<u8>(SCRATCH);
    const again = this.readAt(this.entriesOffset + bytes, SCRATCH, 1);
    if (again == Status.Io) return again;
    if (again < 0 || <i32>load<u8>(SCRATCH) != bytes || bytes == 255) return Status.Corrupt;
    this.entriesBytes = <u8>bytes;
    return Status.Ok;
  }

  /** Reads len bytes at `offset` of the record, following it from sector to sector. Ok, NotFound (the log ends before), Io. */
  readAt(offset: i32, dst: usize, len: i32): i32 {
    return this.ring.readRecord(this.unit, offset, dst, len);
  }

  /** Compares the record, as it lies on the flash, with its checksum. Ok with the tail loaded, Corrupt, Io. */
  verify(): i32 {
    let status = this.loadTail();
    if (status < 0) return status;
    const device = this.ring.device;
    // The checksum comes with what it covers.
    let left = this.bytes;
    let crc = <u32>this.address;
    let offset = 0;
    while (true) {
      const len = min(left, SCRATCH_BYTES);
      status = this.ring.read(this.unit, offset, SCRATCH, len);
      if (status < 0) return status == Status.NotFound ? Status.Corrupt : status;
      const covered = min(len, left - CRC_BYTES);
      crc = device.crc32(crc, SCRATCH, covered);
      offset += covered;
      left -= covered;
      if (left == CRC_BYTES && len == covered + CRC_BYTES) return load<u32>(SCRATCH + covered) == crc ? Status.Ok : Status.Corrupt;
    }
  }
}

/** What a record of so many bytes, without version and previous, is charged with. */
export function chargedUnits(bytes: i32): i32 {
  return toUnits(bytes + VERSION_BYTES) / UNIT;
}

/** Index entry `ordinal` among `entries`: u8[len]. Returns its address, 0: there is none. */
export function entryAt(entries: usize, len: i32, ordinal: i32): usize {
  let at = entries;
  const end = entries + len;
  for (let i = 0; i < ENTRIES_MAX && at < end; i++) {
    const next = at + 1 + (load<u8>(at) & 31);
    // Of a damaged record: what lies behind its entries is not the same each time.
    if (next > end) return 0;
    if (i == ordinal) return at;
    at = next;
  }
  return 0;
}
