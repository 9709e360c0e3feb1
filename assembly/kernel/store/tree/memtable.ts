import { AGE_BYTES, BY_AGE_MARK, BY_EXPIRY, BY_KEY, compare } from "./cursor";
import { FLAG_CLOCK, RecordView, entryAt } from "../log/record";
import { PROBE, SCRATCH, SOUGHT } from "../scratch";
import { workspace } from "../workspace";
import { Status } from "../../../lib/status";

const ENTRY_BYTES: i32 = 8;
/** Bytes of an entry in a page beside its composite, of which the index id at least is shared with the one before. */
const PAGE_ENTRY_BYTES: i32 = 3;
/*
 * An entry: bits 0..18 unit, 19..23 ordinal, 24..26 flags, 27..63 the composite's code: its order, as far as 37 bits tell.
 *
 *   key of the queue      0 (4 bits) | the four bytes behind its first, which is 0 | whether more follow (1)
 *   another key           0 (3 bits) | 1 (1) | its first 33 bits
 *   expiry or age         1 (3 bits) | clock, or 2 (2) | seconds, or the low 32 bits of the version
 *   in another order      index id (3 bits) | the first 34 bits behind it
 *
 * A key of the queue is five bytes: there the code is the whole composite, and no record has to be read to tell two apart. The
 * ordinal tells which of the record's entries it is; of a key, KEY_WHOLE and KEY_LINKED.
 *
 * Of a key that is here, all entries in the other orders are here, too: what the tree has there of it does not count (Scanner.resolve
 * finds that out, Checkpointer drops it). So a record that leaves needs no entries that say so but its key's.
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
/** Put since the checkpoint under way began, which passes over it. */
const LATE: u32 = 1 << 26;

/** Ordinals beside those of a record's index entries. */
export const ORDINAL_EXPIRY: i32 = 30;
export const ORDINAL_KEY: i32 = 31;
/** In place of an ordinal, of a key: its code is all of it; the tree may have entries of it in other orders. */
const KEY_WHOLE: u32 = 1 << ORDINAL_SHIFT;
const KEY_LINKED: u32 = 2 << ORDINAL_SHIFT;

/** Composes index id, value and key into dst: u8[COMPOSITE_MAX]. The key may lie there already, anywhere. Returns its bytes. */
export function compose(dst: usize, index: i32, value: usize, valueBytes: i32, key: usize, keyBytes: i32): i32 {
  memory.copy(dst + 1 + valueBytes, key, keyBytes);
  memory.copy(dst + 1, value, valueBytes);
  store<u8>(dst, index);
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
  /** Bytes of the composite last loaded, which is in PROBE, and of the key at its end. */
  probeBytes: i32 = 0;
  probeKeyBytes: i32 = 0;
  /** How many bytes of growth were here when a checkpoint began, and whether it takes what is here. */
  private mergingBytes: i32 = 0;
  private isMerging: bool = false;
  /** Whether the last find met the composite itself. */
  isExact: bool = false;
  /** Whether since it was cleared a record was found damaged, or an entry found no room: what is here is not to be relied on. */
  hasFailed: bool = false;
  /** Whether it takes a range only, and whether the last entry is no more than the upper bound of that. */
  private isRanged: bool = false;
  isBounded: bool = false;
  private readonly entries: StaticArray<u64>;

  constructor(capacity: i32) {
    this.entries = new StaticArray<u64>(capacity);
  }

  private get view(): RecordView {
    return workspace.probed;
  }

  get capacity(): i32 {
    return this.entries.length;
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

  /** Whether the checkpoint under way passes over an entry. */
  isLate(index: i32): bool {
    return (this.low(index) & LATE) != 0;
  }

  /** Whether the tree may have entries of a key in other orders. index: of the entry of a key. */
  isLinked(index: i32): bool {
    return (this.low(index) & KEY_LINKED) != 0;
  }

  /** Index id of an entry. */
  indexAt(index: i32): i32 {
    return <i32>(unchecked(this.entries[index]) >> (CODE_SHIFT + ID_SHIFT));
  }

  clear(): void {
    this.count = 0;
    this.bytes = 0;
    this.hasFailed = false;
    this.isRanged = false;
    this.isBounded = false;
  }

  /** Clears it for a pass over the log: of what is put it takes the least, as much as there is room for. What leaves leaves nothing behind. */
  takeRange(): void {
    this.clear();
    this.isRanged = true;
  }

  /** Entries in its range: all, but the bound. */
  get taken(): i32 {
    return this.count - i32(this.isBounded);
  }

  /** The place of the first entry not less than a composite; `isExact` tells whether it is the same. */
  find(composite: usize, bytes: i32): i32 {
    const code = codeOf(composite, bytes) << CODE_SHIFT;
    let low = 0;
    let high = this.count;
    this.isExact = false;
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

  /** Compares entry `index` with a composite, whose code is where an entry has it. */
  private order(index: i32, code: u64, composite: usize, bytes: i32): i32 {
    const entry = unchecked(this.entries[index]);
    // As whole words: what lies below the code in an entry only makes it greater.
    if (entry < code) return -1;
    if (entry - code > LOW_MASK) return 1;
    if (bytes == WHOLE_BYTES && isWhole(entry)) return 0;
    const status = this.load(index);
    if (status < 0) {
      if (status != Status.Io) this.hasFailed = true;
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
    let status = view.load(unit);
    if (status >= 0) status = this.composeFrom(view, this.indexAt(index) == BY_KEY ? ORDINAL_KEY : ordinal);
    return status == Status.NotFound ? Status.Corrupt : status;
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
    const head = <i32>load<u8>(entry);
    const index = head >> 5;
    // Of a damaged record: a key, or a value too short for its order, would be taken for what it is not.
    if (index == BY_KEY || (index == BY_EXPIRY && (head & 31) != AGE_BYTES)) return Status.NotFound;
    this.probeBytes = compose(PROBE, index, entry + 1, head & 31, view.key, view.keyBytes);
    return Status.Ok;
  }

  /** Puts the key in PROBE: its record is at `unit`. isFresh: the tree has nothing under it; isLinked: it may have entries of it in other orders. */
  putKey(unit: i32, isFresh: bool, isLinked: bool): void {
    const index = this.search();
    if (index < 0) return;
    let low = this.keyAt(unit, index, isLinked);
    if (this.isExact) {
      if (this.isUnknown(index)) low = (low & ~KEY_LINKED) | FRESH;
      this.replace(index, low);
    } else {
      this.insert(index, isFresh ? low | FRESH : low);
    }
  }

  /** Removes the key in PROBE, whose bytes are in the record at `unit`. isLinked: as above. */
  removeKey(unit: i32, isLinked: bool): void {
    const index = this.search();
    if (index < 0) return;
    if (this.isExact && this.isUnknown(index)) {
      this.drop(index);
      return;
    }
    if (this.isRanged) return;
    const low = this.keyAt(unit, index, isLinked) | REMOVED;
    if (this.isExact) this.replace(index, low);
    else this.insert(index, low);
  }

  /** Puts the composite in PROBE of another order: it is in the record at `unit`, its entry `ordinal`. */
  putEntry(unit: i32, ordinal: i32): void {
    const low = (<u32>unit) | ((<u32>ordinal) << ORDINAL_SHIFT) | FRESH | this.lateness;
    const index = this.search();
    if (index < 0) return;
    if (this.isExact) this.replace(index, low);
    else this.insert(index, low);
  }

  /** Drops the composite in PROBE of another order; in the tree it does not count, because its key is put or removed here. */
  dropEntry(): void {
    const index = this.search();
    if (this.isExact) this.drop(index);
    else this.bytes -= this.probeBytes + PAGE_ENTRY_BYTES;
  }

  private get lateness(): u32 {
    return this.isMerging ? LATE : 0;
  }

  /** Whether neither the tree nor the one being written has an entry. */
  private isUnknown(index: i32): bool {
    return (this.low(index) & (REMOVED | FRESH | this.lateness)) == (FRESH | this.lateness);
  }

  /** The low word of the entry of the key in PROBE, which search found at `index`. */
  private keyAt(unit: i32, index: i32, isLinked: bool): u32 {
    let low = (<u32>unit) | this.lateness;
    if (this.probeBytes == WHOLE_BYTES && load<u16>(PROBE) == BY_KEY) low |= KEY_WHOLE;
    if (isLinked || (this.isExact && this.isLinked(index))) low |= KEY_LINKED;
    return low;
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

  /** Whether the composite in PROBE lies in the range that it takes, which begins with u8[bytes] at `from`, as far as that reaches now. */
  covers(from: usize, bytes: i32): bool {
    return compare(PROBE, this.probeBytes, from, bytes) >= 0 && this.search() >= 0;
  }

  /** Finds the composite in PROBE, which stays as it is. -1: it lies above the range. */
  private search(): i32 {
    const bytes = this.probeBytes;
    memory.copy(SOUGHT, PROBE, bytes);
    const index = this.find(SOUGHT, bytes);
    memory.copy(PROBE, SOUGHT, bytes);
    this.probeBytes = bytes;
    // The bound itself is out of it.
    return this.isBounded && index + i32(this.isExact) >= this.count ? -1 : index;
  }

  private insert(index: i32, low: u32): void {
    if (this.count == this.capacity) {
      if (this.isRanged) this.isBounded = true;
      else this.hasFailed = true;
      if (!this.isBounded || index == this.count) return;
      this.count--;
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

  /** A checkpoint takes what is here now, and passes over what is put from now on. */
  beginMerge(): void {
    this.isMerging = true;
    this.mergingBytes = this.bytes;
  }

  /** Ends a checkpoint: what it took leaves when it is durable. */
  endMerge(isDurable: bool): void {
    this.isMerging = false;
    if (isDurable) this.bytes -= this.mergingBytes;
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const entry = unchecked(this.entries[i]);
      if (isDurable && (entry & LATE) == 0) continue;
      unchecked((this.entries[kept++] = entry & ~(<u64>LATE)));
    }
    this.count = kept;
  }
}

/** Whether an entry's code is all of its composite. */
function isWhole(entry: u64): bool {
  return entry >> (CODE_SHIFT + 33) == 0 && ((<u32>entry) & KEY_WHOLE) != 0;
}

/** The order of a composite, as far as 37 bits tell. */
function codeOf(composite: usize, bytes: i32): u64 {
  if (bytes == 0) return 0;
  const id = <u64>load<u8>(composite);
  let word = wordOf(composite + 1, bytes - 1);
  if (id == BY_EXPIRY) {
    const kind = min<u64>(word >> 56, 3);
    word <<= 8;
    // An age is six bytes: of versions beyond 32 bits all have the greatest code.
    const order = kind != BY_AGE_MARK ? word >> 32 : min<u64>(word >> 16, u32.MAX_VALUE);
    return (id << ID_SHIFT) | (kind << 32) | order;
  }
  if (id != BY_KEY) return (id << ID_SHIFT) | (word >> 30);
  if (word >> 56 != 0) return NO_QUEUE | (word >> 31);
  return (((word << 8) >> 32) << 1) | u64(bytes > WHOLE_BYTES);
}

/** The first eight bytes of u8[len] at `src`, big-endian, as if zeros followed. */
function wordOf(src: usize, len: i32): u64 {
  const word = bswap(load<u64>(src));
  return len >= 8 ? word : len <= 0 ? 0 : word & ~(u64.MAX_VALUE >> (len << 3));
}
