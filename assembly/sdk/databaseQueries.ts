import { Status } from "../lib/status";
import { EXCHANGE_BYTES, OUT, OUT_BYTES, SMALL, roundUp8 } from "./buffers";
import { encodeWhole } from "./encode";
import { dbAggregate, dbAggregateNext, dbChange, dbError, dbKeys, dbLine, dbNext, dbQuery, dbResult, yieldFor } from "./syscalls";

/** Longest key; a generated one is `<seconds>:<ttl>:<counter>`. */
export const KEY_BYTES: i32 = 64;

/** How `Database.keys` walks: from the end; without `from` itself; `to` included; all keys that begin with `from`. */
export const KEYS_REVERSE: i32 = 1;
export const KEYS_AFTER: i32 = 2;
export const KEYS_UP_TO: i32 = 4;
export const KEYS_PREFIX: i32 = 8;

/** What db_next tells before the key: u32 size, i32 seconds left, i64 version, u32 keyLen, u32 0. */
const HEAD_BYTES: i32 = 24;
const HEAD: usize = memory.data(88, 8);

/** The document found last, as much of it as fits one call. */
export const FOUND_BYTES: i32 = EXCHANGE_BYTES - KEY_BYTES;
export const FOUND: usize = memory.data(448, 8);

/** u32 documents, u32 numbers, f64 least, greatest, sum, i64 sum: what db_aggregate_next tells. */
const SUMS_BYTES: i32 = 40;
const SUMS: usize = memory.data(40, 8);

let foundBytes: i32 = 0;

/** What is in FOUND from now on: its bytes, or the status of the call that failed. */
export function keep(bytes: i32): i32 {
  foundBytes = max(bytes, 0);
  return bytes;
}

/** Asks, and goes through the results one at a time. One question is open at a time; documents may change meanwhile. */
export class DatabaseQueries {
  /** How the last `next`, `nextChange`, `aggregate` or `has` ended. */
  status: Status = Status.Ok;
  /** Version of the change found last: `nextChange` goes on behind it. 0: from the oldest that is still known. */
  changedVersion: i64 = 0;

  /** Asks a condition (database.md); `next` gives its results. Ok, BadQuery: `error` names the place. */
  query(condition: string): Status {
    const length = encodeWhole(condition, OUT, OUT_BYTES);
    return length < 0 ? Status.TooLarge : (dbQuery(OUT, length) as Status);
  }

  /** Asks for the documents in a range of keys; `next` gives them. An empty `from` or `to` leaves that side open. flags: KEYS_... */
  keys(from: string, to: string = "", flags: i32 = 0): Status {
    const fromLen = encodeWhole(from, OUT, KEY_BYTES);
    const toLen = encodeWhole(to, OUT + KEY_BYTES, KEY_BYTES);
    return fromLen < 0 || toLen < 0 ? Status.Invalid : (dbKeys(OUT, fromLen, OUT + KEY_BYTES, toLen, flags) as Status);
  }

  /** Asks for all documents whose keys begin with `prefix`, in the order of their keys. */
  list(prefix: string = ""): Status {
    return this.keys(prefix, "", KEYS_PREFIX);
  }

  /** Finds the next result. False: there are no more, or it failed, which `status` tells. The kernel works on while it searches. */
  next(): bool {
    let found = dbNext(HEAD, HEAD_BYTES + KEY_BYTES);
    while (found == Status.Busy) {
      yieldFor(0);
      found = dbNext(HEAD, HEAD_BYTES + KEY_BYTES);
    }
    this.status = min(found, 0) as Status;
    foundBytes = 0;
    if (found == 1) this.read(0);
    return found == 1;
  }

  /** Reads the result from `offset` on, as much as one call takes. Its bytes; fewer than FOUND_BYTES at its end. */
  read(offset: i32): i32 {
    return keep(dbResult(offset, FOUND, FOUND_BYTES));
  }

  /** Reads the result as a line of an export, `importLine` takes it back: from `offset` on, as `read` does. */
  readLine(offset: i32): i32 {
    return keep(dbLine(offset, FOUND, FOUND_BYTES));
  }

  /**
   * Finds the next change of a document: `resultKey` tells which, `isRemoved` whether it is gone, else it can be read with `get`.
   * False: there are no more now; `status` Expired: not all changes are there any more: read everything anew, and set changedVersion
   * to 0 to go on.
   */
  nextChange(): bool {
    let found = 1;
    do {
      store<i64>(SMALL, this.changedVersion);
      found = dbChange(SMALL, 8, HEAD, HEAD_BYTES + KEY_BYTES);
      if (found == 1) this.changedVersion = this.resultVersion;
    } while (found == 1 && this.resultKeyLength == 0);
    this.status = min(found, 0) as Status;
    return found == 1;
  }

  /**
   * Counts a condition's results and sums up the numbers `path` leads to, if any: count, numbers, least, greatest, sum. True; what they
   * tell of no numbers means nothing.
   */
  aggregate(condition: string, path: string = ""): bool {
    memory.fill(SUMS, 0, SUMS_BYTES);
    const length = encodeWhole(condition, OUT, OUT_BYTES);
    const at = OUT + roundUp8(max(length, 0));
    const pathLen = length < 0 ? -1 : encodeWhole(path, at, <i32>(OUT + OUT_BYTES - at));
    let status: i32 = pathLen < 0 ? Status.TooLarge : dbAggregate(OUT, length, at, pathLen);
    if (status >= 0) status = dbAggregateNext(SUMS, SUMS_BYTES);
    while (status == Status.Busy) {
      yieldFor(0);
      status = dbAggregateNext(SUMS, SUMS_BYTES);
    }
    this.status = status as Status;
    return status >= 0;
  }

  /** How many documents meet a condition; negative: why it cannot be told. */
  count(condition: string = "{}"): i32 {
    return this.aggregate(condition) ? <i32>load<u32>(SUMS) : this.status;
  }

  /** Numbers that were summed up, the least, the greatest, their sum. */
  get numbers(): i32 {
    return load<u32>(SUMS, 4);
  }

  get least(): f64 {
    return load<f64>(SUMS, 8);
  }

  get greatest(): f64 {
    return load<f64>(SUMS, 16);
  }

  get sum(): f64 {
    return load<f64>(SUMS, 24);
  }

  /** NaN of no numbers. */
  get average(): f64 {
    return this.sum / <f64>this.numbers;
  }

  /** The sum exactly, 0 if a fraction was among the numbers or 64 bits do not hold it. */
  get integerSum(): i64 {
    return load<i64>(SUMS, 32);
  }

  /** Key of the result: u8[resultKeyLength]. */
  get resultKeyStart(): usize {
    return HEAD + HEAD_BYTES;
  }

  get resultKeyLength(): i32 {
    return load<u32>(HEAD, 16);
  }

  /** Seconds that the result still has, -1: it keeps for ever; its version. */
  get resultTtl(): i32 {
    return load<i32>(HEAD, 4);
  }

  get resultVersion(): i64 {
    return load<i64>(HEAD, 8);
  }

  /** Of a change: whether the document was removed. */
  get isRemoved(): bool {
    return load<i32>(HEAD) < 0;
  }

  /** The document or result found last: u8[foundLength]. */
  get foundStart(): usize {
    return FOUND;
  }

  get foundLength(): i32 {
    return foundBytes;
  }

  /** The same as a new string: for apps with a collector. */
  text(): string {
    return String.UTF8.decodeUnsafe(FOUND, foundBytes);
  }

  /** Key of the result as a new string: for apps with a collector. */
  resultKey(): string {
    return String.UTF8.decodeUnsafe(this.resultKeyStart, this.resultKeyLength);
  }

  /** What the last refusal was for, as a new string: for apps with a collector. */
  error(): string {
    return String.UTF8.decodeUnsafe(OUT, max(dbError(OUT, OUT_BYTES), 0));
  }
}
