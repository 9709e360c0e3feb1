import { BY_EXPIRY, BY_KEY } from "./cursor";
import { FLAG_CLOCK, RecordView, entryAt } from "../log/record";
import { PROBE, SCRATCH, SOUGHT } from "../scratch";
import { workspace } from "../workspace";
import { Status } from "../../../lib/status";

const ENTRY_BYTES: i32 = 8;
/** Bytes of an entry in a page beside its composite. */
const PAGE_ENTRY_BYTES: i32 = 4;
/*
 * An entry: bits 0..18 unit, 19..23 ordinal, 24..26 flags, 27..63 the composite's code: its order, as far as 37 bits tell.
 *
 *   key of the queue      0 (4 bits) | the four bytes behind its first, which is 0 | whether more follow (1)
 *   another key           0 (3 bits) | 1 (1) | its first 33 bits
 *   in another order      index id (3 bits) | the first 34 bits behind it
 *
 * A key of the queue is five bytes: there the code is the whole composite, and no record has to be read to tell two apart.
 */
const UNIT_MASK: u32 = 0x7ffff;
const ORDINAL_SHIFT: i32 = 19;
/** Bits of the code in the low word, and in the high one: 27..31. */
const CODE_SHIFT: i32 = 27;
const LOW_MASK: u32 = (1 << CODE_SHIFT) - 1;
const ID_SHIFT: i32 = 34;
const NO_QUEUE: u64 = 1 << 33;
/** Bytes of the composite of a queue's key. */
const WHOLE_BYTES: i32 = 6;
/** The composite is gone from the tree, not in it. */
const REMOVED: u32 = 1 << 24;
/** The tree has nothing under this composite: a removal needs to leave nothing behind. */
const FRESH: u32 = 1 << 25;
/** The checkpoint under way has taken it into its pages. */
const MERGED: u32 = 1 << 26;

/** Ordinals beside those of a record's index entries. */
export const ORDINAL_EXPIRY: i32 = 30;
export const ORDINAL_KEY: i32 = 31;
/** Of the entry of a key: its code is all of it. */
const ORDINAL_WHOLE: i32 = 30;

/** Compares two composites as bytes: negative, 0, positive. */
export function compare(a: usize, aBytes: i32, b: usize, bBytes: i32): i32 {
  const len = min(aBytes, bBytes);
  for (let i = 0; i < len; i++) {
    const difference = <i32>load<u8>(a + i) - <i32>load<u8>(b + i);
    if (difference != 0) return difference;
  }
  return aBytes - bBytes;
}

/** Composes index id, value and key into dst: u8[COMPOSITE_MAX]. Returns its bytes. */
export function compose(dst: usize, index: i32, value: usize, valueBytes: i32, key: usize, keyBytes: i32): i32 {
  store<u8>(dst, index);
  memory.copy(dst + 1, value, valueBytes);
  memory.copy(dst + 1 + valueBytes, key, keyBytes);
  return 1 + valueBytes + keyBytes;
}

/**
 * What changed since the last checkpoint: composites in order, each with the place of the record that holds its bytes. Eight
 * bytes each; where the code does not tell two apart, the record is read.
 */
export class Memtable {
  count: i32 = 0;
  /** Bytes by which the entries make the tree grow; negative: shrink. */
  bytes: i32 = 0;
  /** Whether the last find met the composite itself. */
  isExact: bool = false;
  /** Whether the last read of a record failed: what was found is not to be relied on. */
  hasFailed: bool = false;
  /** Bytes of the composite last loaded, which is in PROBE, and of the key at its end. */
  probeBytes: i32 = 0;
  probeKeyBytes: i32 = 0;
  readonly view: RecordView = workspace.probed;
  private readonly entries: StaticArray<u64>;

  constructor(readonly capacity: i32) {
    this.entries = new StaticArray<u64>(capacity);
  }

  get room(): i32 {
    return this.capacity - this.count;
  }

  /** The low word of an entry, without its part of the code. */
  private low(index: i32): u32 {
    return (<u32>unchecked(this.entries[index])) & LOW_MASK;
  }

  private mark(index: i32, low: u32): void {
    const at = changetype<usize>(this.entries) + index * ENTRY_BYTES;
    store<u32>(at, (load<u32>(at) & ~LOW_MASK) | low);
  }

  unitAt(index: i32): i32 {
    return this.low(index) & UNIT_MASK;
  }

  isRemoved(index: i32): bool {
    return (this.low(index) & REMOVED) != 0;
  }

  /** Index id of an entry. */
  indexAt(index: i32): i32 {
    return <i32>(unchecked(this.entries[index]) >> (CODE_SHIFT + ID_SHIFT));
  }

  clear(): void {
    this.count = 0;
    this.bytes = 0;
  }

  /** The place of the first entry not less than a composite; `isExact` tells whether it is the same. */
  find(composite: usize, bytes: i32): i32 {
    const code = codeOf(composite, bytes);
    let low = 0;
    let high = this.count;
    this.isExact = false;
    this.hasFailed = false;
    // Keys often only grow: then the last entry tells all.
    let middle = high - 1;
    while (low < high) {
      const order = this.order(middle, code, composite, bytes);
      if (order == 0) {
        this.isExact = true;
        return middle;
      }
      if (order < 0) low = middle + 1;
      else high = middle;
      middle = (low + high) >> 1;
    }
    return low;
  }

  /** Compares entry `index` with a composite. */
  private order(index: i32, code: u64, composite: usize, bytes: i32): i32 {
    const entry = unchecked(this.entries[index]);
    const own = entry >> CODE_SHIFT;
    if (own != code) return own < code ? -1 : 1;
    if (bytes == WHOLE_BYTES && isWhole(entry)) return 0;
    if (this.load(index) < 0) {
      this.hasFailed = true;
      return -1;
    }
    return compare(PROBE, this.probeBytes, composite, bytes);
  }

  /** Loads the composite of an entry into PROBE. Ok, Io, Corrupt. */
  load(index: i32): i32 {
    const entry = unchecked(this.entries[index]);
    if (isWhole(entry)) {
      store<u16>(PROBE, BY_KEY);
      store<u32>(PROBE, bswap(<u32>(entry >> (CODE_SHIFT + 1))), 2);
      this.probeBytes = WHOLE_BYTES;
      this.probeKeyBytes = WHOLE_BYTES - 1;
      return Status.Ok;
    }
    return this.loadRecord(index);
  }

  /** The same out of the record, which has to be there. */
  loadRecord(index: i32): i32 {
    const low = this.low(index);
    const view = this.view;
    const unit = low & UNIT_MASK;
    const ordinal = (low >> ORDINAL_SHIFT) & 31;
    const status = view.load(unit);
    if (status < 0) return status == Status.NotFound ? Status.Corrupt : status;
    return this.composeFrom(view, isWhole(unchecked(this.entries[index])) ? ORDINAL_KEY : ordinal);
  }

  /** Puts the composite of one of a record's entries into PROBE. Ok, NotFound (it has no such entry), Io. */
  composeFrom(view: RecordView, ordinal: i32): i32 {
    this.probeKeyBytes = view.keyBytes;
    if (ordinal == ORDINAL_KEY) {
      this.probeBytes = compose(PROBE, BY_KEY, 0, 0, view.key, view.keyBytes);
      return Status.Ok;
    }
    const tail = SCRATCH;
    if (ordinal == ORDINAL_EXPIRY) {
      store<u8>(tail, view.has(FLAG_CLOCK) ? 1 : 0);
      store<u32>(tail, bswap(view.expiresAt), 1);
      this.probeBytes = compose(PROBE, BY_EXPIRY, tail, 5, view.key, view.keyBytes);
      return Status.Ok;
    }
    let status = view.loadTail();
    if (status < 0) return status;
    status = view.readAt(view.entriesOffset, tail, view.entriesBytes);
    if (status < 0) return status;
    const entry = entryAt(tail, view.entriesBytes, ordinal);
    if (entry == 0) return Status.NotFound;
    const head = load<u8>(entry);
    this.probeBytes = compose(PROBE, head >> 5, entry + 1, head & 31, view.key, view.keyBytes);
    return Status.Ok;
  }

  /** Puts the composite in PROBE: it is in the record at `unit`. isFresh: the tree has nothing under it. */
  put(unit: i32, ordinal: i32, isFresh: bool): void {
    let low = this.place(unit, ordinal);
    const index = this.search();
    if (this.isExact) {
      const old = this.low(index);
      if ((old & (REMOVED | MERGED | FRESH)) == FRESH) low |= FRESH;
      this.replace(index, low);
    } else {
      this.insert(index, isFresh ? low | FRESH : low);
    }
  }

  /** Removes the composite in PROBE, whose bytes are in the record at `unit`. */
  remove(unit: i32, ordinal: i32): void {
    const index = this.search();
    if (this.isExact && (this.low(index) & (REMOVED | MERGED | FRESH)) == FRESH) {
      this.drop(index);
      return;
    }
    const low = this.place(unit, ordinal) | REMOVED;
    if (this.isExact) this.replace(index, low);
    else this.insert(index, low);
  }

  /** Where the bytes of the composite in PROBE are. */
  private place(unit: i32, ordinal: i32): u32 {
    const isWhole = this.probeBytes == WHOLE_BYTES && load<u16>(PROBE) == BY_KEY;
    return (<u32>unit) | ((<u32>(isWhole ? ORDINAL_WHOLE : ordinal)) << ORDINAL_SHIFT);
  }

  private replace(index: i32, low: u32): void {
    this.bytes += this.growth(low) - this.growth(this.low(index));
    this.mark(index, low);
  }

  /** Bytes by which an entry, whose composite is in PROBE, makes the tree grow: at most, as the prefixes are not counted. */
  private growth(low: u32): i32 {
    const bytes = this.probeBytes + PAGE_ENTRY_BYTES;
    return (low & REMOVED) != 0 ? -bytes : (low & FRESH) != 0 ? bytes : 0;
  }

  /** Finds the composite in PROBE, which stays as it is. */
  private search(): i32 {
    const bytes = this.probeBytes;
    memory.copy(SOUGHT, PROBE, bytes);
    const index = this.find(SOUGHT, bytes);
    memory.copy(PROBE, SOUGHT, bytes);
    this.probeBytes = bytes;
    return index;
  }

  private insert(index: i32, low: u32): void {
    if (this.count == this.capacity) {
      this.hasFailed = true;
      return;
    }
    const at = changetype<usize>(this.entries) + index * ENTRY_BYTES;
    memory.copy(at + ENTRY_BYTES, at, (this.count - index) * ENTRY_BYTES);
    store<u64>(at, (codeOf(PROBE, this.probeBytes) << CODE_SHIFT) | low);
    this.count++;
    this.bytes += this.growth(low);
  }

  /** Drops an entry, whose composite is in PROBE. */
  drop(index: i32): void {
    this.bytes -= this.growth(this.low(index));
    const at = changetype<usize>(this.entries) + index * ENTRY_BYTES;
    this.count--;
    memory.copy(at, at + ENTRY_BYTES, (this.count - index) * ENTRY_BYTES);
  }

  /** Notes that the checkpoint under way has taken an entry. */
  setMerged(index: i32): void {
    this.mark(index, this.low(index) | MERGED);
  }

  /** Ends a checkpoint: what it took leaves when it is durable, and is as before when it failed. */
  endMerge(isDurable: bool): void {
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const low = this.low(i);
      if (isDurable && (low & MERGED) != 0) continue;
      const entry = unchecked(this.entries[i]);
      unchecked((this.entries[kept++] = entry & ~(<u64>MERGED)));
    }
    this.bytes = this.count > 0 ? (this.bytes / this.count) * kept : 0;
    this.count = kept;
  }
}

/** Whether an entry's code is all of its composite. */
function isWhole(entry: u64): bool {
  return entry >> (CODE_SHIFT + 33) == 0 && (((<u32>entry) >> ORDINAL_SHIFT) & 31) == ORDINAL_WHOLE;
}

/** The order of a composite, as far as 37 bits tell. */
function codeOf(composite: usize, bytes: i32): u64 {
  if (bytes == 0) return 0;
  const id = <u64>load<u8>(composite);
  let first: u32 = 0;
  for (let i = 1; i < 5; i++) first = (first << 8) | (i < bytes ? load<u8>(composite + i) : 0);
  const word = ((<u64>first) << 8) | (bytes > 5 ? load<u8>(composite + 5) : 0);
  if (id != BY_KEY) return (id << ID_SHIFT) | (word >> 6);
  if (first >> 24 != 0) return NO_QUEUE | (word >> 7);
  return ((word & 0xffffffff) << 1) | u64(bytes > WHOLE_BYTES);
}
