import { Status } from "../../../lib/status";
import { AGE_BYTES, BY_AGE_MARK, BY_EXPIRY, BY_KEY, COMPOSITE_MAX, compare } from "./cursor";
import { CRC_BYTES, KIND_SYSTEM, SYSTEM_PAGE, isPage } from "../log/record";
import { LogWriter } from "../log/logWriter";
import { Ring } from "../flash/ring";
import { PAGE_KEY } from "../scratch";
import { UNIT, toUnits } from "../flash/units";

/*
 * A page is the value of a system record, at most 248 bytes:
 *
 *   u8 level, 0: leaf | entries in order: u8 lengths, u8 shared?, u8 n?, u8[n] rest of the composite, payload | u8 middle?
 *
 * shared: bytes that its composite has in common with the one before it. lengths: shared (bits 4..7) and n (bits 0..3); 15: it
 * follows in a byte of its own. Payload in a leaf: of a key u24 unit of its record, of a caller's entry u8 bytes of the key at its
 * end, of an expiry nothing; in a branch u24 pointer of a child, whose composites are not less than this one and less than the
 * next. A pointer is a unit (bits 0..18) and the units of the page there (19..23).
 *
 * middle: where in the value of a branch an entry begins, about in the middle, that is written as if nothing were before it, so that a
 * search looks through one half; it is there if the level has bit 7.
 */
export const PAGE_MAX: i32 = 248;
const RECORD_MAX: i32 = 4 + PAGE_MAX + CRC_BYTES;
const POINTER_SHIFT: i32 = 19;
const PLACE_MASK: i32 = (1 << POINTER_SHIFT) - 1;
const POINTER_BYTES: i32 = 3;
/** Of a page's level: a branch tells where its middle entry begins. */
const HALVED: i32 = 128;

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
const AGE_HEAD_BYTES: i32 = 1 + AGE_BYTES;

/** Bytes that a branch may give for its middle entry: those that it would have in common with the one before. */
const MIDDLE_SHARED: i32 = 12;

function payloadBytes(isBranch: bool, index: i32): i32 {
  return isBranch || index == BY_KEY ? POINTER_BYTES : index == BY_EXPIRY ? 0 : 1;
}

/**
 * Branches whose checksum is remembered to have agreed, by their place: the log has each but once (an address's low half). A prime number:
 * they lie at equal distances where the leaves between them stayed.
 */
const CHECKED: i32 = 23;
/** Header of the record, and with the level. */
const VALUE_AT: i32 = 4;
const HEAD_BYTES: i32 = VALUE_AT + 1;

const PAGE = memory.data(RECORD_MAX + 8, 8);
const CHECKED_PLACES = memory.data(CHECKED * 4, 4);

/** One page of the tree as last loaded, and a place in it: the one page of all stores (workspace.ts). */
export class Page {
  /** The composite at the place reached, how much of it it has in common with the one before, and what it leads to. */
  keyBytes: u8 = 0;
  shared: u8 = 0;
  level: u8 = 0;
  /** Which of CHECKED_PLACES is replaced next. */
  private oldestChecked: u8 = 0;
  payload: i32 = 0;
  /** Where in the value its middle entry begins, 0: it has none. */
  private middle: u8 = 0;
  /** Whether the last pass of a leaf met the composite sought itself. */
  isExact: bool = false;
  /** Offsets: of the entry behind the place reached, of the page's end, and of the entry compared last of those passed. */
  private at: i32 = 0;
  private end: i32 = 0;
  private compared: i32 = 0;
  private pointer: i32 = 0;
  private generation: i32 = -1;
  /** What pages are read of: attach comes before all else. */
  private ring: Ring = changetype<Ring>(0);

  get key(): usize {
    return PAGE_KEY;
  }

  /** Takes a log to read pages of. */
  attach(ring: Ring): void {
    this.ring = ring;
    this.pointer = 0;
    memory.fill(CHECKED_PLACES, 0, CHECKED * 4);
  }

  /** Whether that page is here. */
  holds(pointer: i32): bool {
    return pointer == this.pointer && this.ring.generation == this.generation;
  }

  /** Loads a page, to its start. Ok, Corrupt, Io. */
  load(pointer: i32): i32 {
    const generation = this.ring.generation;
    if (pointer != this.pointer || generation != this.generation) {
      this.pointer = 0;
      const status = this.fetch(pointer);
      if (status < 0) return status;
      this.pointer = pointer;
      this.generation = generation;
    }
    this.at = HEAD_BYTES;
    this.keyBytes = 0;
    return Status.Ok;
  }

  private fetch(pointer: i32): i32 {
    const ring = this.ring;
    const unit = unitOf(pointer);
    const units = unitsOf(pointer);
    const bytes = units * UNIT;
    const place = ring.placeOf(unit);
    if (place == 0 || bytes == 0 || bytes > RECORD_MAX) return Status.Corrupt;
    const isWhole = (unit & (ring.sectorUnits - 1)) + units <= ring.sectorUnits;
    const status = isWhole ? ring.device.fetch(unit * UNIT, PAGE, bytes) : ring.read(unit, 0, PAGE, bytes);
    if (status < 0) return status == Status.NotFound ? Status.Corrupt : status;
    const length = <i32>load<u16>(PAGE);
    if (!isPage(load<u32>(PAGE)) || length < 1 || length + 4 + CRC_BYTES > bytes) return Status.Corrupt;
    const head = load<u8>(PAGE, VALUE_AT);
    const level = head & (<u8>(HALVED - 1));
    let end = VALUE_AT + length;
    let middle: u8 = 0;
    if (head != level) middle = load<u8>(PAGE + --end);
    this.level = level;
    this.middle = middle;
    this.end = end;
    // Where a branch is looked for first among those checked.
    const home = CHECKED_PLACES + (place % CHECKED) * 4;
    if (level > 0 && isChecked(place, home)) return Status.Ok;
    if (ring.device.crc32(place, PAGE, 4 + length) != load<u32>(PAGE + 4 + length)) return Status.Corrupt;
    if (level > 0) this.remember(place, home);
    return Status.Ok;
  }

  /** A branch checked: it is not checked again, because each look-up reads the same few of them. In place of those remembered, in turn. */
  private remember(place: u32, home: usize): void {
    store<u32>(CHECKED_PLACES + this.oldestChecked * 4, load<u32>(home));
    store<u32>(home, place);
    this.oldestChecked = (this.oldestChecked + 1) % <u8>CHECKED;
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
    const keyBytes = shared + rest;
    if (shared > <i32>this.keyBytes || keyBytes > COMPOSITE_MAX) return false;
    copy(PAGE_KEY + shared, entry, rest);
    this.shared = <u8>shared;
    this.keyBytes = <u8>keyBytes;
    entry += rest;
    const bytes = payloadBytes(this.level > 0, keyBytes > 0 ? load<u8>(PAGE_KEY) : 0);
    if (bytes == 3) this.payload = load<u32>(entry) & 0xffffff;
    else if (bytes == 1) this.payload = load<u8>(entry);
    else this.payload = keyBytes - (load<u8>(PAGE_KEY, 1) == BY_AGE_MARK ? AGE_HEAD_BYTES : EXPIRY_BYTES);
    this.at = <i32>(entry + bytes - PAGE);
    return true;
  }

  /**
   * Goes behind all composites less than the one sought, withEqual: and itself. Returns what the last of them leads to, in a branch or
   * as a key; -1: there is none. What an entry shares with the one before tells most of how it compares, so that no byte is
   * compared twice. Nothing is copied: the place reached is the composite sought, until `back`.
   */
  pass(sought: usize, bytes: i32, withEqual: bool): i32 {
    let end = PAGE + this.end;
    let at = PAGE + HEAD_BYTES;
    const isBranch = this.level > 0;
    const middle: i32 = this.middle;
    if (middle != 0) {
      const half = PAGE + VALUE_AT + middle;
      let entry = half + 1;
      let rest = <i32>load<u8>(half);
      if (rest == LONG) rest = load<u8>(entry++);
      if (compare(sought, bytes, entry, rest) >= i32(!withEqual)) at = half;
      else end = half;
    }
    // Bytes that the composite sought has in common with the one passed last, and its first byte behind them; -1: it ends there.
    let matched = 0;
    let wanted = bytes > 0 ? <i32>load<u8>(sought) : -1;
    let isExact = false;
    let compared: usize = 0;
    let extra = isBranch ? POINTER_BYTES : 0;
    while (at < end) {
      const lengths = <i32>load<u8>(at);
      let entry = at + 1;
      let shared = lengths >> 4;
      let rest = lengths & LONG;
      if (shared == LONG) shared = load<u8>(entry++);
      if (rest == LONG) rest = load<u8>(entry++);
      // With less in common with the one before than that has with the one sought it is greater; with more it is less, as that is.
      if (shared < matched) break;
      if (shared == matched) {
        const first = <i32>load<u8>(entry);
        if (first >= wanted) {
          if (first > wanted && rest > 0) break;
          const most = min(bytes, shared + rest);
          const offset = entry - shared;
          while (matched < most && load<u8>(offset + matched) == load<u8>(sought + matched)) matched++;
          wanted = matched < bytes ? <i32>load<u8>(sought + matched) : -1;
          const order = matched < most ? <i32>load<u8>(offset + matched) - wanted : shared + rest - bytes;
          isExact = order == 0;
          if (order > 0 || (isExact && !withEqual)) break;
        }
        compared = at;
        if (shared == 0) extra = payloadBytes(this.level > 0, first);
      }
      at = entry + rest + extra;
    }
    this.at = <i32>(at - PAGE);
    this.compared = <i32>(compared - PAGE);
    this.isExact = isExact;
    return compared == 0 ? -1 : load<u32>(at - extra) & 0xffffff;
  }

  /** After a pass: the place reached is the composite sought. */
  stand(sought: usize, bytes: i32): void {
    copy(PAGE_KEY, sought, bytes);
    this.keyBytes = <u8>bytes;
  }

  /** After a pass that went behind something: reaches the last composite that it went behind. */
  back(sought: usize, bytes: i32): void {
    const at = this.at;
    this.at = this.compared;
    this.stand(sought, bytes);
    while (this.at < at && this.next()) {}
  }

  /** After a pass: copies the composite that follows the one sought to dst: u8[COMPOSITE_MAX + 7]. Returns its bytes, -1: there is none. */
  follow(sought: usize, dst: usize): i32 {
    if (this.at >= this.end) return -1;
    let entry = PAGE + this.at;
    const lengths = <i32>load<u8>(entry++);
    let shared = lengths >> 4;
    let rest = lengths & LONG;
    if (shared == LONG) shared = load<u8>(entry++);
    if (rest == LONG) rest = load<u8>(entry++);
    if (shared + rest > COMPOSITE_MAX) return -1;
    copy(dst, sought, shared);
    copy(dst + shared, entry, rest);
    return shared + rest;
  }
}

/** Whether a place is among those remembered. Most are found at home; one that is elsewhere changes places with what is there. */
function isChecked(place: u32, home: usize): bool {
  const there = load<u32>(home);
  if (there == place) return true;
  for (let slot = CHECKED_PLACES; slot < CHECKED_PLACES + CHECKED * 4; slot += 4) {
    if (load<u32>(slot) != place) continue;
    store<u32>(slot, there);
    store<u32>(home, place);
    return true;
  }
  return false;
}

/** Copies eight bytes at a time, up to seven beyond what is meant. */
function copy(dst: usize, src: usize, bytes: i32): void {
  for (let i = 0; i < bytes; i += 8) store<u64>(dst + i, load<u64>(src + i));
}

/** Length and address of the composite of a page's first entry, which shares nothing. */
export function firstBytesOf(page: usize): i32 {
  const bytes = <i32>load<u8>(page, 1);
  return bytes == LONG ? load<u8>(page, 2) : bytes;
}

export function firstOf(page: usize): usize {
  return page + (load<u8>(page, 1) == LONG ? 3 : 2);
}

/** Collects the entries of one page. */
export class PageBuilder {
  bytes: u16 = 0;
  count: u8 = 0;
  /** Of a branch: where its middle entry begins, 0: there is none yet; from where on it may, 0xff: it gets none. */
  private middle: u8 = 0;
  half: u8 = 0xff;

  /** buffer: u8[capacity], of one page and no more; the capacity may be less for a while. */
  constructor(
    public level: u8,
    public capacity: u16,
    private readonly buffer: usize,
  ) {}

  clear(): void {
    this.bytes = 1;
    this.count = 0;
    this.middle = 0;
    store<u8>(this.buffer, this.level);
  }

  /** What the only entry of a branch leads to. */
  get onlyChild(): i32 {
    const payload = firstOf(this.buffer) + firstBytesOf(this.buffer);
    return (<i32>load<u16>(payload)) | ((<i32>load<u8>(payload, 2)) << 16);
  }

  /** Bytes that a composite has in common with the last one here. */
  common(key: usize, keyBytes: i32): i32 {
    let at = this.buffer + max<i32>(this.middle, 1);
    const end = this.buffer + this.bytes;
    // In common with the one looked at last: with another that shares more with that it is as much, and else no more than that shares.
    let matched = 0;
    let extra = 0;
    while (at < end) {
      const lengths = <i32>load<u8>(at++);
      let shared = lengths >> 4;
      let rest = lengths & LONG;
      if (shared == LONG) shared = load<u8>(at++);
      if (rest == LONG) rest = load<u8>(at++);
      if (shared <= matched) {
        matched = shared;
        const most = min(keyBytes, shared + rest);
        const offset = at - shared;
        while (matched < most && load<u8>(offset + matched) == load<u8>(key + matched)) matched++;
        if (shared == 0) extra = payloadBytes(this.level > 0, rest > 0 ? load<u8>(at) : 0);
      }
      at += rest + extra;
    }
    return matched;
  }

  /** Adds a child behind those of a branch. Returns whether it had room. */
  addChild(key: usize, keyBytes: i32, pointer: i32): bool {
    const at = this.bytes;
    const shared = this.common(key, keyBytes);
    const isMiddle = this.middle == 0 && at >= this.half && shared <= MIDDLE_SHARED;
    if (!this.append(key, keyBytes, pointer, isMiddle ? 0 : shared)) return false;
    if (isMiddle) this.middle = <u8>at;
    return true;
  }

  /** Adds an entry behind those there, with the last of which it has `shared` bytes in common. Returns whether it had room. */
  append(key: usize, keyBytes: i32, payload: i32, shared: i32): bool {
    const rest = keyBytes - shared;
    const isBranch = this.level > 0;
    const bytes = payloadBytes(isBranch, keyBytes > 0 ? load<u8>(key) : 0);
    if (this.bytes + 1 + i32(shared >= LONG) + i32(rest >= LONG) + rest + bytes + i32(isBranch) > <i32>this.capacity) return false;
    let entry = this.buffer + this.bytes;
    store<u8>(entry++, (min(shared, LONG) << 4) | min(rest, LONG));
    if (shared >= LONG) store<u8>(entry++, shared);
    if (rest >= LONG) store<u8>(entry++, rest);
    memory.copy(entry, key + shared, rest);
    entry += rest;
    if (bytes > 0) store<u8>(entry, payload);
    if (bytes == 3) store<u16>(entry, payload >> 8, 1);
    this.bytes = <u16>(entry + bytes - this.buffer);
    this.count++;
    return true;
  }

  /** Writes the page at the end of the log, and starts a new one. Returns its pointer; NoSpace, Io. */
  write(writer: LogWriter): i32 {
    if (this.middle != 0) {
      store<u8>(this.buffer, this.level | HALVED);
      store<u8>(this.buffer + this.bytes++, this.middle);
    }
    let status = writer.begin(KIND_SYSTEM, 0, this.bytes, 0, 0, 0, 0, 0, SYSTEM_PAGE);
    if (status >= 0) status = writer.write(this.buffer, this.bytes);
    if (status >= 0) status = writer.end();
    if (status < 0) return status;
    const units = toUnits(4 + this.bytes + CRC_BYTES) / UNIT;
    this.clear();
    return writer.unit | (units << POINTER_SHIFT);
  }
}
