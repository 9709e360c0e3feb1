import { Disposition } from "./item";

/** Flags of a record, kept with it. Low byte: as the app's publish flags (sdk/flags.ts). */
export const RECORD_CLOCK_VALID: i32 = 0x100;
/** Of it nothing is left but that the server has taken it over: PUBREL is owed (OutboxStore.release). Never stored. */
export const RECORD_RELEASED: i32 = 0x200;

/**
 * The server will never take a message: it leaves the queue as a document leaves by its owner's hand, which nothing else in the queue's
 * space does, and is counted so.
 */
export const REJECTED: Disposition = Disposition.Deleted;

/** One record as the store sees it: three byte strings and what the kernel must know to deliver them. Owned by the caller, reused. */
export class RecordRef {
  /** Grows by one per record for the life of the store, over resets too. */
  sequence: i64 = 0;
  /** Capture time: ms since 1970 when RECORD_CLOCK_VALID, else monotonic ms of boot `boot`. */
  capturedAtMs: i64 = 0;
  /** Seconds to live, counted from capture; 0 = keeps for ever. */
  ttlSeconds: i32 = 0;
  /** Number of the start of the device at which it was captured. */
  boot: i32 = 0;
  flags: i32 = 0;
  topicBytes: i32 = 0;
  contextBytes: i32 = 0;
  dataBytes: i32 = 0;
}

/**
 * An ordered queue of records: what the outbox needs of a store, and all it sees of one. OutboxStore is durable, RamQueue is not.
 * Bounded work per call; erases happen in `step` alone, at most one per call.
 */
export abstract class RecordStore {
  /**
   * Finds what is there. Ok, Io, Corrupt (unknown format: nothing is overwritten), Unsupported (no partition); Busy: the index is being made
   * anew, a piece in each call, call again.
   * Until `step` has been called there may be nothing erased to write into: set-up calls it once or more.
   */
  abstract mount(): i32;
  /** Background work: at most one sector erase. Returns true when more waits to be done. */
  abstract step(): bool;
  /** Number of this start of the device, from 1: greater than that of every record stored in an earlier one. */
  abstract get boot(): i32;

  /**
   * Begins a record from `record`'s capture time, ttl, flags and the three lengths; sets its sequence.
   * Ok, NoSpace (nothing erased to write into), TooLarge, Io, Invalid, Busy (one is already begun, or a batch of the store's documents).
   */
  abstract begin(record: RecordRef): i32;
  /** Appends bytes: topic, then context, then data. Ok, Invalid (more than announced), Io. */
  abstract write(src: usize, len: i32): i32;
  /** Makes it durable. Ok: it survives a power cut from now on. Invalid: bytes are missing. Io. */
  abstract commit(): i32;
  /** Forgets the record begun. */
  abstract abort(): void;

  /** Finds the oldest record not removed whose sequence is greater than `after`. Ok with `out` filled, NotFound, Io, Busy (not before a step). */
  abstract next(after: i64, out: RecordRef): i32;
  /** Whether a record is still there, and whole: it may have been taken out of RAM, and be on a flash that is damaged. Ok, NotFound, Corrupt, Io, Busy (not before a step). */
  abstract check(record: RecordRef): i32;
  /** Reads bytes of a record: topic first, then context, then data. Bytes read (`next` or `check` found it whole), Corrupt, Io, Busy. */
  abstract read(record: RecordRef, offset: i32, dst: usize, len: i32): i32;
  /** Removes a record for good and counts it under `disposition`. Ok, NotFound, Io. */
  abstract remove(record: RecordRef, disposition: Disposition): i32;

  /** Counters, committed with what they count. */
  abstract get storedTotal(): i32;
  abstract get deliveredTotal(): i32;
  abstract get expiredTotal(): i32;
  abstract get evictedTotal(): i32;
  abstract get rejectedTotal(): i32;
  /** Records not yet removed. */
  abstract get waiting(): i32;
  /** Records or sectors that failed their checksum since mount. */
  abstract get corrupt(): i32;
  abstract get lastSequence(): i64;
}
