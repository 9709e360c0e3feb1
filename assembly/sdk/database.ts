/**
 * Documents on the device: JSON under keys, with tags and a time to live, found again by conditions. They survive power cuts
 * and share the flash with the readings that wait, whose room they cannot take. Kernels without a store answer Unsupported.
 * database.md: conditions, what costs what, a whole app.
 *
 *     const database = new Database();
 *     database.put("pump", `{"state":"off","starts":0}`);
 *     database.update("pump", `{"$set":{"state":"on"},"$inc":{"starts":1}}`);
 *     database.query(`{"state":"on"}`);
 *     while (database.next()) log(database.text());
 *
 * Busy, from any call: not now; try again after `yieldFor`. Something is being written, or the store mends its index, which a bad
 * place of the flash had damaged. A batch ends with it, as with whatever else refuses one of its changes.
 */
import { Status } from "../lib/status";
import { EXCHANGE_BYTES, OUT, OUT_BYTES, SMALL, SMALL_BYTES, roundUp8 } from "./buffers";
import { DatabaseHealth } from "./databaseHealth";
import { ExportedLine } from "./databaseLine";
import { FOUND, FOUND_BYTES, KEY_BYTES, keep } from "./databaseQueries";
import { encodeText, encodeWhole, encodedBytes, encodedTo } from "./encode";
import {
  dbAbort,
  dbBatchBegin,
  dbBatchCommit,
  dbBegin,
  dbCleanup,
  dbCommit,
  dbDelete,
  dbDeleteList,
  dbFlush,
  dbGet,
  dbImport,
  dbIndex,
  dbInfo,
  dbKey,
  dbPurge,
  dbPut,
  dbPutList,
  dbTouch,
  dbUpdate,
  dbWrite,
  yieldFor,
} from "./syscalls";

export class Database extends DatabaseHealth {
  /**
   * Puts a document, JSON, under `key`, 1 to 64 bytes without U+0000 that begin with no control character, or under a generated one
   * when it is empty; `lastKey` tells it. ttlSeconds: 0 keeps it for ever, fractions are rounded up. tags: a JSON list. Longer than one call takes, it goes over in parts, then without tags.
   * Ok; Invalid (key, TTL, no JSON), TooLarge, NoSpace (try again after yieldFor, or full), Busy, Unsupported.
   */
  put(key: string, document: string, ttlSeconds: f64 = 0, tags: string = ""): Status {
    const seconds = Math.ceil(ttlSeconds);
    if (!(ttlSeconds >= 0 && seconds <= <f64>i32.MAX_VALUE)) return Status.Invalid;
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

  /**
   * Changes a document: `{"$set":{path:value},"$unset":[path],"$inc":{path:number}}`. version: the one that must be there (`version`,
   * `resultVersion`), 0: any. Ok, NotFound, Refused (another version), BadQuery, Invalid, TooLarge, NoSpace.
   */
  update(key: string, patch: string, version: i64 = 0): Status {
    const keyLen = encodeWhole(key, OUT, KEY_BYTES);
    if (keyLen < 0) return Status.Invalid;
    const body = OUT + roundUp8(keyLen);
    const length = encodeWhole(patch, body, OUT_BYTES - 8 - roundUp8(keyLen));
    store<i64>(SMALL, version);
    return length < 0 ? Status.TooLarge : (dbUpdate(OUT, keyLen, body, length, SMALL, version == 0 ? 0 : 8) as Status);
  }

  /** Removes a document. 1, 0: there is none; Invalid, Busy. */
  remove(key: string): i32 {
    const keyLen = encodeWhole(key, OUT, KEY_BYTES);
    return keyLen < 0 ? Status.Invalid : dbDelete(OUT, keyLen);
  }

  /** Reads a document, from `offset` on as much as one call takes; `foundStart`, `foundLength` and `text` give it. Its bytes, NotFound. */
  get(key: string, offset: i32 = 0): i32 {
    keep(0);
    const keyLen = encodeWhole(key, OUT, KEY_BYTES);
    return keyLen < 0 ? Status.Invalid : keep(dbGet(OUT, keyLen, offset, FOUND, FOUND_BYTES));
  }

  /** Seconds that a document still has, -1: it keeps for ever; i32.MAX_VALUE while the time of day that tells is not known. NotFound. */
  ttl(key: string): i32 {
    const status = info(key);
    return status < 0 ? status : load<i32>(SMALL, 4);
  }

  /** Version of a document: each change has a greater one. NotFound. */
  version(key: string): i64 {
    const status = info(key);
    return status < 0 ? status : load<i64>(SMALL, 8);
  }

  /** Whether a document is there. False may mean, too, that it cannot be told now: `status` is NotFound only where there is none. */
  has(key: string): bool {
    this.status = min(info(key), 0) as Status;
    return this.status == Status.Ok;
  }

  /** Gives a document another TTL, 0: for ever. Ok, NotFound, Invalid. */
  touch(key: string, ttlSeconds: i32): Status {
    const keyLen = encodeWhole(key, OUT, KEY_BYTES);
    return keyLen < 0 ? Status.Invalid : (dbTouch(OUT, keyLen, ttlSeconds) as Status);
  }

  /** Key under which the last document was put, as a new string: for apps with a collector. */
  lastKey(): string {
    return String.UTF8.decodeUnsafe(OUT, max(dbKey(OUT, KEY_BYTES), 0));
  }

  /**
   * Puts, changes and removals until `commitBatch` take effect together, each key once; nothing sees them before, and one that is
   * refused ends the batch. Meanwhile `publish` with FLAG_OFFLINE answers Busy. Ok, Busy.
   */
  beginBatch(): Status {
    return dbBatchBegin() as Status;
  }

  /** Ok, Invalid (there is none any more), NoSpace. */
  commitBatch(): Status {
    return dbBatchCommit() as Status;
  }

  /** Puts all documents of a JSON list under generated keys, or none. ttls: "" or null, a number for all, or a list. How many; as put. */
  putAll(documents: string, ttls: string = ""): i32 {
    const length = encodeWhole(documents, OUT, OUT_BYTES);
    const at = OUT + roundUp8(max(length, 0));
    const ttlsLen = length < 0 ? -1 : encodeWhole(ttls, at, <i32>(OUT + OUT_BYTES - at));
    if (ttlsLen < 0) return Status.TooLarge;
    keep(0);
    return dbPutList(OUT, length, at, ttlsLen, FOUND, min(FOUND_BYTES, EXCHANGE_BYTES - roundUp8(length) - roundUp8(ttlsLen)));
  }

  /** Key of document `index` of the last putAll, as a new string: for apps with a collector. */
  keyOf(index: i32): string {
    let at = FOUND;
    while (index-- > 0) at += 1 + load<u8>(at);
    return String.UTF8.decodeUnsafe(at + 1, load<u8>(at));
  }

  /** Removes the documents under all keys, or none. How many there were; Invalid, TooLarge (for one call), Busy, NoSpace. */
  removeAll(keys: StaticArray<string>): i32 {
    let at = OUT;
    for (let i = 0; i < keys.length; i++) {
      const length = encodeWhole(keys[i], at + 1, min<i32>(KEY_BYTES, <i32>(OUT + OUT_BYTES - at - 1)));
      if (length < 0) return Status.TooLarge;
      store<u8>(at, length);
      at += 1 + length;
    }
    return dbDeleteList(OUT, <i32>(at - OUT));
  }

  /** Declares a path whose values are indexed, up to four and before anything is put; tags always are. Ok, NoSpace, Invalid, TooLarge, Busy. */
  index(path: string): Status {
    const length = encodeWhole(path, OUT, KEY_BYTES);
    return length < 0 ? Status.TooLarge : (dbIndex(OUT, length) as Status);
  }

  /**
   * Puts the document of one line of an export. As put; Expired (its time is up), Busy: it has an expiry, and the time of day is not
   * known yet. A line of more than 504 bytes makes new strings, and has to be as `readLine` gives it: else TooLarge.
   */
  importLine(line: string): Status {
    const length = encodeWhole(line, OUT, OUT_BYTES);
    if (length >= 0) return dbImport(OUT, length) as Status;
    const exported = new ExportedLine();
    const status = exported.read(line);
    return status < 0 ? status : this.put(exported.key, exported.document, exported.ttlSeconds);
  }

  /** Removes documents whose time is up, at most `most` of them; the kernel works on meanwhile. How many; Busy. */
  cleanup(most: i32 = i32.MAX_VALUE): i32 {
    let removed = 0;
    let status = 0;
    while (removed < most && (status = dbCleanup(most - removed)) > 0) {
      removed += status;
      yieldFor(0);
    }
    return removed > 0 ? removed : min(status, 0);
  }

  /** Removes all documents. */
  purge(): Status {
    return dbPurge() as Status;
  }

  /** Makes all that was put durable: nothing is left to do in the kernels as they come, where each call does that itself. */
  flush(): Status {
    return dbFlush() as Status;
  }
}

/** Loads size, TTL and version of a document into SMALL. Ok, NotFound, Invalid. */
function info(key: string): i32 {
  const keyLen = encodeWhole(key, OUT, KEY_BYTES);
  return keyLen < 0 ? Status.Invalid : dbInfo(OUT, keyLen, SMALL, SMALL_BYTES);
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
