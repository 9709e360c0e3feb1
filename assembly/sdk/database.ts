/**
 * Documents on the device: JSON under keys, with tags and a time to live, found again by conditions. They survive power cuts
 * and share the flash with the readings that wait, whose room they cannot take. Kernels without a store answer Unsupported.
 *
 *     const database = new Database();
 *     database.put("pump", `{"state":"off","starts":0}`);
 *     database.update("pump", `{"$set":{"state":"on"},"$inc":{"starts":1}}`);
 *     database.query(`{"state":"on"}`);
 *     while (database.next()) log(database.text());
 */
import { Status } from "../lib/status";
import { EXCHANGE_BYTES, OUT, OUT_BYTES, SMALL, SMALL_BYTES, roundUp8 } from "./buffers";
import { encodeText, encodeWhole, encodedBytes, encodedTo } from "./encode";
import {
  dbAbort,
  dbBatchBegin,
  dbBatchCommit,
  dbBegin,
  dbCleanup,
  dbCommit,
  dbDelete,
  dbError,
  dbFlush,
  dbGet,
  dbInfo,
  dbKey,
  dbNext,
  dbPurge,
  dbPut,
  dbQuery,
  dbResult,
  dbTouch,
  dbUpdate,
  dbWrite,
  yieldFor,
} from "./syscalls";

/** Longest key; a generated one is `<seconds>:<ttl>:<counter>`. */
const KEY_BYTES: i32 = 64;

/** What db_next tells before the key: u32 size, i32 seconds left, i64 version, u32 keyLen, u32 0. */
const HEAD_BYTES: i32 = 24;
const HEAD: usize = memory.data(88, 8);

/** The document found last, as much of it as fits one call. */
const FOUND_BYTES: i32 = EXCHANGE_BYTES - KEY_BYTES;
const FOUND: usize = memory.data(448, 8);

let foundBytes: i32 = 0;

export class Database {
  /**
   * Puts a document, JSON, under `key`, or under a generated one when it is empty; `lastKey` tells it. ttlSeconds: 0 keeps it for
   * ever, fractions are rounded up. tags: a JSON list. Longer than one call takes, it goes over in parts, then without tags.
   * Ok; Invalid (key, TTL, no JSON), TooLarge, NoSpace (try again after yieldFor, or full), Busy, Unsupported.
   */
  put(key: string, document: string, ttlSeconds: f64 = 0, tags: string = ""): Status {
    const seconds = Math.ceil(ttlSeconds);
    if (!(seconds >= 0 && seconds <= <f64>i32.MAX_VALUE)) return Status.Invalid;
    const keyLen = encodeWhole(key, OUT, KEY_BYTES);
    if (keyLen < 0) return Status.Invalid;
    const tagsAt = OUT + roundUp8(keyLen);
    const tagsLen = encodeWhole(tags, tagsAt, OUT_BYTES - roundUp8(keyLen));
    if (tagsLen < 0) return Status.TooLarge;
    const total = encodedBytes(document);
    const room = OUT_BYTES - roundUp8(keyLen) - roundUp8(tagsLen);
    if (total > room) return tagsLen > 0 ? Status.TooLarge : putParts(keyLen, document, total, <i32>seconds);
    const body = tagsAt + roundUp8(tagsLen);
    encodeText(document, 0, body, total);
    return dbPut(OUT, keyLen, body, total, tagsAt, tagsLen, <i32>seconds) as Status;
  }

  /** Changes a document: `{"$set":{path:value},"$unset":[path],"$inc":{path:number}}`. Ok, NotFound, BadQuery, Invalid, TooLarge, NoSpace. */
  update(key: string, patch: string): Status {
    const keyLen = encodeWhole(key, OUT, KEY_BYTES);
    if (keyLen < 0) return Status.Invalid;
    const body = OUT + roundUp8(keyLen);
    const length = encodeWhole(patch, body, OUT_BYTES - roundUp8(keyLen));
    return length < 0 ? Status.TooLarge : (dbUpdate(OUT, keyLen, body, length, 0, 0) as Status);
  }

  /** Removes a document. 1, 0: there is none; Invalid, Busy. */
  remove(key: string): i32 {
    const keyLen = encodeWhole(key, OUT, KEY_BYTES);
    return keyLen < 0 ? Status.Invalid : dbDelete(OUT, keyLen);
  }

  /** Reads a document, from `offset` on as much as one call takes; `foundStart`, `foundLength` and `text` give it. Its bytes, NotFound. */
  get(key: string, offset: i32 = 0): i32 {
    foundBytes = 0;
    const keyLen = encodeWhole(key, OUT, KEY_BYTES);
    return keyLen < 0 ? Status.Invalid : keep(dbGet(OUT, keyLen, offset, FOUND, FOUND_BYTES));
  }

  /** Seconds that a document still has, -1: it keeps for ever. NotFound. */
  ttl(key: string): i32 {
    const keyLen = encodeWhole(key, OUT, KEY_BYTES);
    if (keyLen < 0) return Status.Invalid;
    const status = dbInfo(OUT, keyLen, SMALL, SMALL_BYTES);
    return status < 0 ? status : load<i32>(SMALL, 4);
  }

  has(key: string): bool {
    const keyLen = encodeWhole(key, OUT, KEY_BYTES);
    return keyLen >= 0 && dbInfo(OUT, keyLen, SMALL, SMALL_BYTES) == Status.Ok;
  }

  /** Gives a document another TTL, 0: for ever. Ok, NotFound, Invalid. */
  touch(key: string, ttlSeconds: i32): Status {
    const keyLen = encodeWhole(key, OUT, KEY_BYTES);
    return keyLen < 0 ? Status.Invalid : (dbTouch(OUT, keyLen, ttlSeconds) as Status);
  }

  /** Asks a condition (README: the query language); `next` gives its results. Ok, BadQuery: `error` names the place. */
  query(condition: string): Status {
    const length = encodeWhole(condition, OUT, OUT_BYTES);
    return length < 0 ? Status.TooLarge : (dbQuery(OUT, length) as Status);
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
    if (found == 1) keep(dbResult(0, FOUND, FOUND_BYTES));
    return found == 1;
  }

  /** How the last `next` ended. */
  status: Status = Status.Ok;

  /** Key of the result: u8[resultKeyLength]. */
  get resultKeyStart(): usize {
    return HEAD + HEAD_BYTES;
  }

  get resultKeyLength(): i32 {
    return load<u32>(HEAD, 16);
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

  /** Key under which the last document was put, as a new string: for apps with a collector. */
  lastKey(): string {
    return String.UTF8.decodeUnsafe(OUT, max(dbKey(OUT, KEY_BYTES), 0));
  }

  /** What the last refusal was for, as a new string: for apps with a collector. */
  error(): string {
    return String.UTF8.decodeUnsafe(OUT, max(dbError(OUT, OUT_BYTES), 0));
  }

  /** Puts, changes and removals until `commitBatch` take effect together; one that is refused ends the batch. Ok, Busy. */
  beginBatch(): Status {
    return dbBatchBegin() as Status;
  }

  /** Ok, Invalid (there is none any more), NoSpace. */
  commitBatch(): Status {
    return dbBatchCommit() as Status;
  }

  /** Removes documents whose time is up, at most 16 at once. How many. */
  cleanup(): i32 {
    return dbCleanup(i32.MAX_VALUE);
  }

  /** Removes all documents. */
  purge(): Status {
    return dbPurge() as Status;
  }

  /** Makes all that was put durable, where the owner chose to do that later. */
  flush(): Status {
    return dbFlush() as Status;
  }
}

function keep(bytes: i32): i32 {
  foundBytes = max(bytes, 0);
  return bytes;
}

/** Puts a document that one call does not take; its key is in OUT. */
function putParts(keyLen: i32, document: string, total: i32, seconds: i32): Status {
  let status = dbBegin(OUT, keyLen, total, seconds);
  for (let at = 0; at < document.length && status >= 0; at = encodedTo()) {
    status = dbWrite(OUT, encodeText(document, at, OUT, OUT_BYTES));
  }
  if (status >= 0) return dbCommit() as Status;
  if (status != Status.Busy) dbAbort();
  return status as Status;
}
