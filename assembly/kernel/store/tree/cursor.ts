import { ENTRY_MAX, KEY_MAX } from "../item";

/** Longest composite key: index id, encoded value, key. */
export const COMPOSITE_MAX: i32 = 1 + ENTRY_MAX + KEY_MAX;
/** Index id under which records are found by key. */
export const BY_KEY: i32 = 0;
/** Index id of the order by expiry. Encoded value: u32 big-endian, seconds. */
export const BY_EXPIRY: i32 = 1;
/** First byte of an encoded value of BY_EXPIRY that is no expiry but an age: kept for records that may be evicted by it. */
export const BY_AGE_MARK: u8 = 2;
/** Bytes of an encoded age: the mark and u48, big-endian. */
export const AGE_BYTES: i32 = 7;

/** Compares two composites as bytes: negative, 0, positive. */
export function compare(a: usize, aBytes: i32, b: usize, bBytes: i32): i32 {
  const len = min(aBytes, bBytes);
  for (let i = 0; i < len; i++) {
    const difference = <i32>load<u8>(a + i) - <i32>load<u8>(b + i);
    if (difference != 0) return difference;
  }
  return aBytes - bBytes;
}

/**
 * A place in one of the store's orders. It holds keys, no positions: it is stable whatever changes meanwhile, costs the store
 * no RAM, and survives for as long as its owner likes. About 400 bytes.
 */
export class Cursor {
  /** Which order: BY_KEY or an index id. */
  index: u8 = <u8>BY_KEY;
  /** Composite bounds [low, high) and the place reached: u8[...Bytes] each. */
  lowBytes: u8 = 0;
  highBytes: u8 = 0;
  atBytes: u8 = 0;
  isReverse: bool = false;
  /** Whether the end was reached. */
  isDone: bool = false;
  /** Whether `at` itself was handed out already. */
  isAfter: bool = false;
  private readonly boundMax: u8;
  /** Of `at`; and of each bound, one more byte than is copied to it. */
  private readonly buffer: usize;

  /** boundMax: most bytes of a key, a value or a beginning that it is placed by. What is longer is cut off. */
  constructor(boundMax: i32 = COMPOSITE_MAX - 1) {
    this.boundMax = <u8>boundMax;
    this.buffer = heap.alloc(COMPOSITE_MAX + 1 + 2 * (boundMax + 2));
  }

  get at(): usize {
    return this.buffer;
  }

  get low(): usize {
    return this.buffer + (COMPOSITE_MAX + 1);
  }

  get high(): usize {
    return this.buffer + (COMPOSITE_MAX + 1) + (<usize>this.boundMax + 2);
  }

  /** Starts over the whole of an order: BY_KEY, or an index by its id. */
  all(index: i32, isReverse: bool): void {
    this.prefix(index, 0, 0, isReverse);
  }

  /**
   * Starts over what begins with u8[len] at `src`: a key's beginning, or an encoded value's. A whole encoded value finds what
   * equals it, because encodings are prefix-free.
   */
  prefix(index: i32, src: usize, len: i32, isReverse: bool): void {
    this.start(index, isReverse);
    this.lowBytes = this.place(this.low, src, len);
    this.highBytes = this.least(this.high, src, len);
    this.rewind();
  }

  /**
   * Starts over a range of keys or encoded values. from, to: u8[fromLen], u8[toLen]; an address of 0 leaves that side open.
   * Inclusive flags: a whole key, or all keys of that encoded value.
   */
  range(index: i32, from: usize, fromLen: i32, isFromInclusive: bool, to: usize, toLen: i32, isToInclusive: bool, isReverse: bool): void {
    this.start(index, isReverse);
    const isKey = index == BY_KEY;
    // Behind a key: the same and a zero byte. Behind an encoded value: all that begins with it.
    if (from == 0 || isFromInclusive) this.lowBytes = this.place(this.low, from, from == 0 ? 0 : fromLen);
    else this.lowBytes = isKey ? this.placeZero(this.low, from, fromLen) : this.least(this.low, from, fromLen);
    if (to == 0) this.highBytes = this.least(this.high, 0, 0);
    else if (!isToInclusive) this.highBytes = this.place(this.high, to, toLen);
    else this.highBytes = isKey ? this.placeZero(this.high, to, toLen) : this.least(this.high, to, toLen);
    this.rewind();
  }

  /** Goes back to where it started. */
  rewind(): void {
    this.isDone = false;
    this.isAfter = false;
    this.atBytes = this.isReverse ? this.highBytes : this.lowBytes;
    memory.copy(this.at, this.isReverse ? this.high : this.low, this.atBytes);
  }

  /** What it came to last comes again. */
  back(): void {
    if (this.isReverse) store<u8>(this.at + this.atBytes++, 0);
    this.isAfter = false;
  }

  /** Goes on behind a key: u8[len]. Of an order by key that goes forward. */
  behind(key: usize, len: i32): void {
    const bytes = this.copy(this.at, key, min(len, COMPOSITE_MAX - 1));
    store<u8>(this.at + bytes, 0);
    this.atBytes = bytes + 1;
  }

  /** Goes on behind a composite that was reached: u8[bytes]. */
  resume(at: usize, bytes: i32): void {
    this.atBytes = <u8>bytes;
    this.isAfter = true;
    memory.copy(this.at, at, bytes);
  }

  private start(index: i32, isReverse: bool): void {
    this.index = <u8>index;
    this.isReverse = isReverse;
  }

  private place(dst: usize, src: usize, len: i32): u8 {
    return this.copy(dst, src, min<i32>(len, this.boundMax));
  }

  private copy(dst: usize, src: usize, len: i32): u8 {
    store<u8>(dst, this.index);
    memory.copy(dst + 1, src, len);
    return <u8>(len + 1);
  }

  private placeZero(dst: usize, src: usize, len: i32): u8 {
    const bytes = this.place(dst, src, len);
    store<u8>(dst + bytes, 0);
    return bytes + 1;
  }

  /** The least composite greater than all that begin with these bytes. */
  private least(dst: usize, src: usize, len: i32): u8 {
    let bytes = this.place(dst, src, len);
    while (load<u8>(dst + bytes - 1) == 0xff) bytes--;
    store<u8>(dst + bytes - 1, load<u8>(dst + bytes - 1) + 1);
    return bytes;
  }
}
