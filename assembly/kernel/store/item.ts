/** Longest key, in bytes. */
export const KEY_MAX: i32 = 64;
/** Longest value, in bytes. */
export const VALUE_MAX: i32 = 0xffff;
/** Longest encoded value of an index entry, in bytes. */
export const ENTRY_MAX: i32 = 31;
/** Most index entries of one record. */
export const ENTRIES_MAX: i32 = 30;
/** Index ids that callers may use: FIRST_INDEX to LAST_INDEX. */
export const FIRST_INDEX: i32 = 2;
export const LAST_INDEX: i32 = 7;

/** `expected` of Store.begin and Store.remove: whatever is there; nothing may be there. */
export const ANY_VERSION: i64 = -1;
export const NO_VERSION: i64 = 0;
/** `expected` of Store.begin: the caller answers for it that the key was never used, and saves the look-up. */
export const SURELY_NEW: i64 = -2;

/** `ttlSeconds` of Store.begin: the expiry of the record that is replaced goes on, whatever clock it is by. */
export const KEEP_EXPIRY: i32 = -1;

/** What became of a record that leaves the store: each is counted, together with its removal. */
export enum Disposition {
  /** By its owner. */
  Deleted = 0,
  Delivered = 1,
  Expired = 2,
  Evicted = 3,
  /** It was found damaged. */
  Lost = 4,
}

/** A record as a read found it. Owned by the caller, reused; good while the record is there. */
export class Item {
  keyBytes: i32 = 0;
  valueBytes: i32 = 0;
  /** Bytes of its index entries as they lie behind the value: u8 (index id << 5 | length), u8[length] each. */
  entriesBytes: i32 = 0;
  /** Seconds at which it expires, since 1970 when isClockValid, else on the store's own clock; 0: never. */
  expiresAt: u32 = 0;
  isClockValid: bool = true;
  /** Grows with each commit; that of the commit which wrote this value. Moves by reclaim and `touch` do not change it. */
  version: i64 = 0;
  /** Set by `changes` alone: the key was removed. */
  isRemoved: bool = false;
  /** Where it lies: for the store alone. */
  position: i32 = 0;
  valueOffset: i32 = 0;
  generation: i32 = 0;
  /** It was found in the RAM from which it was written: what lies on the flash was not compared with its checksum yet. */
  isImage: bool = false;

  /** Address of the key: u8[keyBytes]. */
  readonly key: usize = heap.alloc(KEY_MAX);
}
