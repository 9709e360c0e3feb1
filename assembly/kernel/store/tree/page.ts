import { Status } from "../../../lib/status";
import { BY_EXPIRY, BY_KEY, COMPOSITE_MAX } from "./cursor";
import { CRC_BYTES, KIND_SYSTEM, SYSTEM_PAGE, packHeader } from "../log/record";
import { LogWriter } from "../log/logWriter";
import { BY_AGE_MARK } from "../space/quota";
import { Ring } from "../flash/ring";
import { COMPOSITE_BYTES } from "../scratch";
import { UNIT, toUnits } from "../flash/units";

/*
 * A page is the value of a system record, at most 248 bytes:
 *
 *   u8 level, 0: leaf | entries in order: u8 lengths, u8 shared?, u8 n?, u8[n] rest of the composite, payload
 *
 * shared: bytes that its composite has in common with the one before it. lengths: shared (bits 4..7) and n (bits 0..3); 15: it
 * follows in a byte of its own. Payload in a leaf: of a key u24 unit of its record, of a caller's entry u8 bytes of the key at its
 * end, of an expiry nothing; in a branch u24 pointer of a child, whose composites are not less than this one and less than the
 * next. A pointer is a unit (bits 0..18) and the units of the page there (19..23).
 */
export const PAGE_MAX: i32 = 248;
const RECORD_MAX: i32 = 4 + PAGE_MAX + CRC_BYTES;
const POINTER_SHIFT: i32 = 19;
const PLACE_MASK: i32 = (1 << POINTER_SHIFT) - 1;

/** Unit at which the page of a pointer lies. */
export function unitOf(pointer: i32): i32 {
  return pointer & PLACE_MASK;
}

/** Units that the page of a pointer takes. */
export function unitsOf(pointer: i32): i32 {
  return pointer >> POINTER_SHIFT;
}

/** A length from here on has a byte of its own. */
const LONG: i32 = 15;
/** Bytes in front of the key in the composite of an expiry, and of an age. */
const EXPIRY_BYTES: i32 = 6;
const AGE_BYTES: i32 = 8;

function payloadBytes(isBranch: bool, index: i32): i32 {
  return isBranch || index == BY_KEY ? 3 : index == BY_EXPIRY ? 0 : 1;
}

/** Branches whose checksum is remembered to have agreed, each in the place that its unit is spread to (by the golden ratio). */
const CHECKED_BITS: i32 = 4;
const CHECKED: i32 = 1 << CHECKED_BITS;
const SPREAD: u32 = 0x9e3779b1;

/** Eight bytes are copied at a time, up to seven beyond what is meant. */
const PAGE = memory.data(RECORD_MAX + 8, 8);
const PAGE_KEY = memory.data(COMPOSITE_BYTES + 8, 8);
const CHECKED_POINTERS = memory.data(CHECKED * 4, 4);

/** One page of the tree as last loaded, and a place in it: the one page of all stores (workspace.ts). */
export class Page {
  /** The composite at the place reached, and what it leads to. */
  keyBytes: i32 = 0;
  payload: i32 = 0;
  level: i32 = 0;
  private at: i32 = 0;
  private end: i32 = 0;
  private pointer: i32 = 0;
  private generation: i32 = -1;
  /** Generation of the ring for which CHECKED_POINTERS hold. */
  private checkedGeneration: i32 = -1;

  private ring!: Ring;

  get key(): usize {
    return PAGE_KEY;
  }

  /** Takes a log to read pages of. */
  attach(ring: Ring): void {
    this.ring = ring;
    this.pointer = 0;
    this.checkedGeneration = -1;
  }

  /** Loads a page, to its start. Ok, Corrupt, Io. */
  load(pointer: i32): i32 {
    const ring = this.ring;
    if (pointer != this.pointer || ring.generation != this.generation) {
      this.pointer = 0;
      const status = this.fetch(pointer);
      if (status < 0) return status;
      this.pointer = pointer;
      this.generation = ring.generation;
    }
    this.rewind();
    return Status.Ok;
  }

  private fetch(pointer: i32): i32 {
    const ring = this.ring;
    const unit = unitOf(pointer);
    const bytes = unitsOf(pointer) * UNIT;
    const buffer = PAGE;
    if (bytes == 0 || bytes > RECORD_MAX || ring.sectorOf(unit) >= ring.sectorCount || !ring.isMember(ring.sectorOf(unit)))
      return Status.Corrupt;
    const status = ring.read(unit, 0, buffer, bytes);
    if (status < 0) return status == Status.NotFound ? Status.Corrupt : status;
    const address = ring.addressOf(unit);
    const length = <i32>load<u16>(buffer);
    if (length + 4 + CRC_BYTES > bytes || length < 1) return Status.Corrupt;
    if (load<u32>(buffer) != packHeader(KIND_SYSTEM, SYSTEM_PAGE, 0, length, address, 0, 0)) return Status.Corrupt;
    this.level = load<u8>(buffer, 4);
    this.end = 4 + length;
    const slot = CHECKED_POINTERS + ((<u32>unit * SPREAD) >> (32 - CHECKED_BITS)) * 4;
    if (this.level > 0 && load<i32>(slot) == pointer && this.checkedGeneration == ring.generation) return Status.Ok;
    if (ring.device.crc32(<u32>address, buffer, 4 + length) != load<u32>(buffer + 4 + length)) return Status.Corrupt;
    if (this.level > 0) this.remember(slot, pointer);
    return Status.Ok;
  }

  /** A branch checks: as long as nothing is erased it is not checked again, because each look-up reads the same few of them. */
  private remember(slot: usize, pointer: i32): void {
    const generation = this.ring.generation;
    if (this.checkedGeneration != generation) memory.fill(CHECKED_POINTERS, 0, CHECKED * 4);
    this.checkedGeneration = generation;
    store<i32>(slot, pointer);
  }

  rewind(): void {
    this.at = 5;
    this.keyBytes = 0;
  }

  /** Goes on to the next entry. Returns whether there is one. */
  next(): bool {
    if (this.at >= this.end) return false;
    let entry = PAGE + this.at;
    const lengths = <i32>load<u8>(entry++);
    let shared = lengths >> 4;
    let rest = lengths & LONG;
    if (shared == LONG) shared = load<u8>(entry++);
    if (rest == LONG) rest = load<u8>(entry++);
    if (shared > this.keyBytes || shared + rest > COMPOSITE_MAX) return false;
    const key = this.key;
    memory.copy(key + shared, entry, rest);
    entry += rest;
    this.keyBytes = shared + rest;
    this.takePayload(entry);
    this.at = <i32>(entry + payloadBytes(this.level > 0, this.keyBytes > 0 ? load<u8>(key) : 0) - PAGE);
    return true;
  }

  /**
   * From the start of a page, goes on behind all composites less than the one sought; withEqual: and itself; withFirst: and the first
   * one, whatever it is. The last one passed is reached. Returns how many were passed. What an entry shares with the one before tells
   * most of how it compares, so that no byte is compared twice, and only what differs is copied.
   */
  pass(sought: usize, bytes: i32, withEqual: bool, withFirst: bool): i32 {
    const key = PAGE_KEY;
    const end = PAGE + this.end;
    const isBranch = this.level > 0;
    let passed = 0;
    // Bytes that the composite sought has in common with the one passed last; negative: that one is greater.
    let matched = 0;
    let keyBytes = 0;
    let at = PAGE + this.at;
    let payload = at;
    while (at < end) {
      let entry = at;
      const lengths = <i32>load<u8>(entry++);
      let shared = lengths >> 4;
      let rest = lengths & LONG;
      if (shared == LONG) shared = load<u8>(entry++);
      if (rest == LONG) rest = load<u8>(entry++);
      if (shared > keyBytes || shared + rest > COMPOSITE_MAX) break;
      if (shared <= matched) {
        let common = 0;
        if (shared == matched) {
          const most = min(bytes - shared, rest);
          while (common < most && load<u8>(entry + common) == load<u8>(sought + shared + common)) common++;
          const order = common == most ? shared + rest - bytes : <i32>load<u8>(entry + common) - <i32>load<u8>(sought + shared + common);
          matched = shared + common;
          if (order > 0 || (order == 0 && !withEqual)) {
            if (passed > 0 || !withFirst) break;
            matched = -1;
          }
        } else break;
      } else if (matched < 0) break;
      for (let i = 0; i < rest; i += 8) store<u64>(key + shared + i, load<u64>(entry + i));
      keyBytes = shared + rest;
      payload = entry + rest;
      at = payload + payloadBytes(isBranch, keyBytes > 0 ? load<u8>(key) : 0);
      passed++;
    }
    this.at = <i32>(at - PAGE);
    this.keyBytes = keyBytes;
    if (passed > 0) this.takePayload(payload);
    return passed;
  }

  private takePayload(at: usize): void {
    const key = PAGE_KEY;
    const bytes = payloadBytes(this.level > 0, this.keyBytes > 0 ? load<u8>(key) : 0);
    if (bytes == 3) this.payload = (<i32>load<u16>(at)) | ((<i32>load<u8>(at, 2)) << 16);
    else if (bytes == 1) this.payload = load<u8>(at);
    else this.payload = this.keyBytes - (load<u8>(key, 1) == BY_AGE_MARK ? AGE_BYTES : EXPIRY_BYTES);
  }
}

/** Collects the entries of one page. */
export class PageBuilder {
  bytes: i32 = 0;
  count: i32 = 0;

  /** buffer: u8[capacity], of one page and no more. */
  constructor(
    private readonly level: i32,
    private readonly buffer: usize,
    private readonly capacity: i32,
  ) {}

  clear(): void {
    this.bytes = 1;
    this.count = 0;
    store<u8>(this.buffer, this.level);
  }

  /** Length and address of the composite of the first entry, which shares nothing. */
  get firstBytes(): i32 {
    const bytes = <i32>load<u8>(this.buffer, 1);
    return bytes == LONG ? load<u8>(this.buffer, 2) : bytes;
  }

  get first(): usize {
    return this.buffer + (load<u8>(this.buffer, 1) == LONG ? 3 : 2);
  }

  /** What the only entry of a branch leads to. */
  get onlyChild(): i32 {
    const payload = this.first + this.firstBytes;
    return (<i32>load<u16>(payload)) | ((<i32>load<u8>(payload, 2)) << 16);
  }

  /** Copies the composite of the last entry to dst: u8[COMPOSITE_MAX]. Returns its bytes. */
  last(dst: usize): i32 {
    let at = this.buffer + 1;
    const end = this.buffer + this.bytes;
    let bytes = 0;
    while (at < end) {
      const lengths = <i32>load<u8>(at++);
      let shared = lengths >> 4;
      let rest = lengths & LONG;
      if (shared == LONG) shared = load<u8>(at++);
      if (rest == LONG) rest = load<u8>(at++);
      memory.copy(dst + shared, at, rest);
      bytes = shared + rest;
      at += rest + payloadBytes(this.level > 0, load<u8>(dst));
    }
    return bytes;
  }

  /** Adds an entry behind those there, of which the last is u8[lastBytes] at `last`. Returns whether it had room. */
  append(key: usize, keyBytes: i32, payload: i32, last: usize, lastBytes: i32): bool {
    let shared = 0;
    if (this.count > 0) {
      const most = min(keyBytes, lastBytes);
      while (shared < most && load<u8>(key + shared) == load<u8>(last + shared)) shared++;
    }
    const rest = keyBytes - shared;
    const bytes = payloadBytes(this.level > 0, keyBytes > 0 ? load<u8>(key) : 0);
    if (this.bytes + 1 + i32(shared >= LONG) + i32(rest >= LONG) + rest + bytes > this.capacity) return false;
    let entry = this.buffer + this.bytes;
    store<u8>(entry++, (min(shared, LONG) << 4) | min(rest, LONG));
    if (shared >= LONG) store<u8>(entry++, shared);
    if (rest >= LONG) store<u8>(entry++, rest);
    memory.copy(entry, key + shared, rest);
    entry += rest;
    if (bytes > 0) store<u8>(entry, payload);
    if (bytes == 3) store<u16>(entry, payload >> 8, 1);
    this.bytes = <i32>(entry + bytes - this.buffer);
    this.count++;
    return true;
  }

  /** Writes the page at the end of the log, and starts a new one. Returns its pointer; NoSpace, Io. */
  write(writer: LogWriter): i32 {
    let status = writer.begin(KIND_SYSTEM, 0, this.bytes, 0, 0, 0, 0, 0, SYSTEM_PAGE);
    if (status >= 0) status = writer.write(this.buffer, this.bytes);
    if (status >= 0) status = writer.end();
    if (status < 0) return status;
    const units = toUnits(4 + this.bytes + CRC_BYTES) / UNIT;
    this.clear();
    return writer.unit | (units << POINTER_SHIFT);
  }
}
