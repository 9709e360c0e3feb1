import { Cursor } from "./tree/cursor";
import { Disposition, Item } from "./item";

/** When a commit is durable: survives a power cut. */
export enum Durability {
  /** When the call returns. */
  Sync = 0,
  /** After batchOperations commits or batchMs, whichever is first; `step` keeps the time. */
  Batched = 1,
  /** When `flush` is called, or the store must. */
  None = 2,
}

/** What happens to a put that would pass its space's cap: alone; one of a batch is refused. */
export enum Eviction {
  /** NoSpace. */
  Refuse = 0,
  /** The oldest records of that space leave, counted as evicted: by version, in the queue's space by key. */
  OldestFirst = 1,
  /** Those that expire soonest leave; when none of them expires, NoSpace. */
  SoonestToExpire = 2,
}

/** Spaces share the flash, each with counts and a cap of its own. The first byte of a key tells: 0 is the queue's. */
export const DOCUMENTS: i32 = 0;
export const QUEUE: i32 = 1;
export const SPACES: i32 = 2;

/** What a space holds and what became of the rest. Committed with what it counts. Spans are of flash, in units of 16 bytes. */
export class SpaceCounts {
  records: i32 = 0;
  liveUnits: i32 = 0;
  /** Records ever stored under a new key, and overwrites. */
  stored: i32 = 0;
  overwritten: i32 = 0;
  deleted: i32 = 0;
  delivered: i32 = 0;
  expired: i32 = 0;
  evicted: i32 = 0;
  /** Found damaged, and dropped. */
  lost: i32 = 0;
  /** Set by its owner, the rest is counted: what the space may take, what it has for itself, and how it makes room. */
  capUnits: i32 = i32.MAX_VALUE;
  reservedUnits: i32 = 0;
  eviction: Eviction = Eviction.Refuse;
}

/** The state of the whole store. */
export class StoreStats {
  records: i32 = 0;
  /** Bytes of flash: live records and index; free to be written; to be had by reclaim. */
  usedBytes: i32 = 0;
  freeBytes: i32 = 0;
  reclaimableBytes: i32 = 0;
  eraseMin: u32 = 0;
  eraseMax: u32 = 0;
  badSectors: i32 = 0;
  /** Records, pages or sectors that failed their checksum since mount. */
  corrupt: i32 = 0;
}

/** Progress of verify. */
export class VerifyReport {
  /** Records and pages checked, and those that failed. Entries without their record, or records without their entries. */
  records: i32 = 0;
  pages: i32 = 0;
  corrupt: i32 = 0;
  dangling: i32 = 0;
  isDone: bool = false;

  /** As new, for a verify from the beginning. */
  clear(): void {
    this.records = 0;
    this.pages = 0;
    this.corrupt = 0;
    this.dangling = 0;
    this.isDone = false;
  }
}

/**
 * An ordered, durable map from keys (1 to 64 bytes, compared as bytes) to values (0 to 65,535 bytes), with expiry, secondary
 * indexes and atomic batches. Allocates in its constructor alone; bounded work per call; erases happen in `step` alone, at most
 * one per call. Whatever the power does, after the next mount it holds a prefix of what was committed.
 *
 * One writer at a time: from `begin` to `commit` or `abort`, from `beginBatch` to `commitBatch` or `abortBatch`.
 * Every call may say Io (the device failed) and Closed (not mounted); each that looks a record up may say Busy: a page of the index
 * is damaged, and calls of `step` make the index anew (outside of puts and batches). They are not named below.
 */
export abstract class Store {
  /** When commits are durable, and the bounds of Durability.Batched. */
  durability: Durability = Durability.Sync;
  batchOperations: i32 = 8;
  batchMs: i32 = 1000;

  /**
   * Finds what is there; programs nothing. Ok, Corrupt (something else lies there, or an unknown
   * version: nothing is overwritten), Unsupported (no partition, or a geometry it cannot use), NoMemory.
   * Until `step` was called once there may be nothing erased to write into.
   */
  abstract mount(): i32;
  /** Tells the time, before the calls it is to hold for. nowMs: monotonic, by which expiries go while this runs; wallMs: since 1970, -1 while unknown. */
  abstract setTime(nowMs: i64, wallMs: i64): void;
  /** Background work, at most one sector erase. Returns true when more waits to be done. */
  abstract step(): bool;
  /** Number of this start of the device, from 1: greater than that in force when any record of an earlier one was stored. */
  abstract get boot(): i32;

  /**
   * Begins to put a record of valueBytes; an old one under that key is replaced at commit. key: u8[keyBytes].
   * ttlSeconds: 0 keeps for ever, KEEP_EXPIRY as the old one. expected: the version that must be there, ANY_VERSION, NO_VERSION or
   * SURELY_NEW.
   * Ok; Invalid (a length or TTL out of range, one is already begun, twice the same key in a batch); Refused (another version
   * is there); NoSpace (full, or `step` has to be called first); TooLarge (would never fit).
   */
  abstract begin(key: usize, keyBytes: i32, valueBytes: i32, ttlSeconds: i32, expected: i64): i32;
  /** Appends to the value: u8[len]. Ok, Invalid (more than announced). After Io the record is forgotten. */
  abstract write(src: usize, len: i32): i32;
  /**
   * Adds an index entry of the record begun, when its value is complete: encoded u8[len] whose byte order is the index's order.
   * Encodings of one index are prefix-free: none is the beginning of another. index: FIRST_INDEX to LAST_INDEX.
   * Ok, Invalid (value incomplete, index or length out of range), NoSpace (more than ENTRIES_MAX, or than 254 bytes together).
   */
  abstract addEntry(index: i32, src: usize, len: i32): i32;
  /** Makes the record part of the store. Ok: as durable as `durability` says. Invalid: bytes are missing. */
  abstract commit(): i32;
  /** Forgets the record begun; inside a batch, the batch. */
  abstract abort(): void;
  /** Removes a record. expected: as in begin. Ok, NotFound, Refused, NoSpace (only inside a batch), Invalid. */
  abstract remove(key: usize, keyBytes: i32, disposition: Disposition, expected: i64): i32;
  /** Gives a record another TTL, its value and version unchanged. Ok, NotFound, Invalid, NoSpace. */
  abstract touch(key: usize, keyBytes: i32, ttlSeconds: i32): i32;

  /** Begins a batch: puts and removals until commitBatch take effect together or not at all, each key once; keys of the queue are refused with Busy. Ok, Invalid. */
  abstract beginBatch(): i32;
  /** Ok, Invalid. */
  abstract commitBatch(): i32;
  abstract abortBatch(): void;
  /** The version that the next commit gets at least: all changes so far are older. */
  abstract get nextVersion(): i64;

  /** Finds a record whose time is not up. Ok with `out` filled, NotFound, Corrupt (there, but damaged). */
  abstract find(key: usize, keyBytes: i32, out: Item): i32;
  /**
   * Reads value bytes from `offset`; `find` and `next` have checked them. Bytes read, fewer at the end; Invalid; NotFound: the
   * record is not there any more. An item outlives the moves of reclaim: then it is looked up again.
   */
  abstract read(item: Item, offset: i32, dst: usize, len: i32): i32;
  /** Reads bytes of the record's index entries from `offset`. Bytes read; Invalid. */
  abstract readEntries(item: Item, offset: i32, dst: usize, len: i32): i32;
  /** Finds the next record of a cursor; those whose time is up or that are damaged are passed over. Ok, NotFound (the end). */
  abstract next(cursor: Cursor, out: Item): i32;
  /** As next, of a record's key only: its checksum is not compared. */
  abstract nextKey(cursor: Cursor, out: Item): i32;
  /**
   * Finds the first change newer than `version` (0: the oldest that is still known): a put, or a removal when out.isRemoved. A key may
   * come more than once; moves are no changes. Ok, NotFound (no more), Expired (not all changes since are there any more: rescan).
   */
  abstract changes(version: i64, out: Item): i32;

  /** Removes at most `most` records whose time is up. Returns how many. */
  abstract sweep(most: i32): i32;
  /** Seconds left, -1: it does not expire, i32.MAX_VALUE: by a wall clock that is not known now, so it does not either. NotFound. */
  abstract ttl(key: usize, keyBytes: i32): i64;
  /** Milliseconds to the next expiry, i64.MAX_VALUE when none can be told. */
  abstract msToExpiry(): i64;
  /** Removes all records of a space, crash-safe: after a power cut all or none are there. Ok. */
  abstract purge(space: i32): i32;
  /** Makes all commits so far durable. Ok. */
  abstract flush(): i32;

  /** Bounds a space to `bytes` of flash. What it reserves, the other cannot take. */
  abstract setCap(space: i32, bytes: i32, reservedBytes: i32, eviction: Eviction): void;
  abstract counts(space: i32): SpaceCounts;
  abstract stats(out: StoreStats): i32;
  /** Records, pages and sectors that failed their checksum since mount. */
  abstract get corrupt(): i32;
  /** Starts to verify, and checks the next part: a bounded number of pages and records per call, until report.isDone. Ok. */
  abstract startVerify(): void;
  abstract verify(report: VerifyReport): i32;
}
