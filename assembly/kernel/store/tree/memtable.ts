import { BY_EXPIRY, BY_KEY } from "./cursor";
import { FLAG_CLOCK, RecordView, entryAt } from "../log/record";
import { PROBE, SCRATCH, SOUGHT } from "../scratch";
import { workspace } from "../workspace";
import { Status } from "../../../lib/status";

const ENTRY_BYTES: i32 = 8;
/** Bytes of an entry in a page beside its composite. */
const PAGE_ENTRY_BYTES: i32 = 4;
/** Bits of a composite's bytes that an entry holds itself. */
const PREFIX_BITS: i32 = 29;

/*
 * An entry: u32 unit (bits 0..18), ordinal (19..23), flags; u32 index id (bits 29..31), first 29 bits of the composite behind it.
 */
const UNIT_MASK: u32 = 0x7ffff;
const ORDINAL_SHIFT: i32 = 19;
/** The composite is gone from the tree, not in it. */
const REMOVED: u32 = 1 << 24;
/** The tree has nothing under this composite: a removal needs to leave nothing behind. */
const FRESH: u32 = 1 << 25;
/** The checkpoint under way has taken it into its pages. */
const MERGED: u32 = 1 << 26;

/** Ordinals beside those of a record's index entries. */
export const ORDINAL_EXPIRY: i32 = 30;
export const ORDINAL_KEY: i32 = 31;

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
 * bytes each; where the first 29 bits do not tell two apart, the record is read.
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

  private low(index: i32): u32 {
    return <u32>unchecked(this.entries[index]);
  }

  private mark(index: i32, low: u32): void {
    store<u32>(changetype<usize>(this.entries) + index * ENTRY_BYTES, low);
  }

  unitAt(index: i32): i32 {
    return this.low(index) & UNIT_MASK;
  }

  isRemoved(index: i32): bool {
    return (this.low(index) & REMOVED) != 0;
  }

  /** Index id of an entry. */
  indexAt(index: i32): i32 {
    return <i32>(unchecked(this.entries[index]) >> (32 + PREFIX_BITS));
  }

  clear(): void {
    this.count = 0;
    this.bytes = 0;
  }

  /** The place of the first entry not less than a composite; `isExact` tells whether it is the same. */
  find(composite: usize, bytes: i32): i32 {
    const prefix = prefixOf(composite, bytes);
    let low = 0;
    let high = this.count;
    this.isExact = false;
    this.hasFailed = false;
    // Keys often only grow: then the last entry tells all.
    let middle = high - 1;
    while (low < high) {
      const order = this.order(middle, prefix, composite, bytes);
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
  private order(index: i32, prefix: u32, composite: usize, bytes: i32): i32 {
    const own = <u32>(unchecked(this.entries[index]) >> 32);
    if (own != prefix) return own < prefix ? -1 : 1;
    if (this.load(index) < 0) {
      this.hasFailed = true;
      return -1;
    }
    return compare(PROBE, this.probeBytes, composite, bytes);
  }

  /** Loads the composite of an entry into PROBE. Ok, Io, Corrupt. */
  load(index: i32): i32 {
    const low = this.low(index);
    const view = this.view;
    const unit = low & UNIT_MASK;
    const ordinal = (low >> ORDINAL_SHIFT) & 31;
    const status = view.load(unit);
    if (status < 0) return status == Status.NotFound ? Status.Corrupt : status;
    return this.composeFrom(view, ordinal);
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
    let low = (<u32>unit) | ((<u32>ordinal) << ORDINAL_SHIFT);
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
    const low = (<u32>unit) | ((<u32>ordinal) << ORDINAL_SHIFT) | REMOVED;
    if (this.isExact) this.replace(index, low);
    else this.insert(index, low);
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
    store<u32>(at, low);
    store<u32>(at, prefixOf(PROBE, this.probeBytes), 4);
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

/** Index id and the 29 bits behind it. */
function prefixOf(composite: usize, bytes: i32): u32 {
  if (bytes == 0) return 0;
  let word: u32 = 0;
  for (let i = 1; i < 5; i++) word = (word << 8) | (i < bytes ? load<u8>(composite + i) : 0);
  return ((<u32>load<u8>(composite)) << PREFIX_BITS) | (word >> (32 - PREFIX_BITS));
}
