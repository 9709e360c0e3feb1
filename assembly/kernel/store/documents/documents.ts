import { Status } from "../../../lib/status";
import { ANY_VERSION, Disposition, KEEP_EXPIRY } from "../item";
import { DOCUMENTS, Store } from "../store";
import { FIRST_KEY_BYTE, checkKey } from "./documentKey";
import { DocumentWriter } from "./documentWriter";
import { DocumentError } from "./errors";
import { IndexedPaths, TAGS_SLOT } from "./indexedPaths";
import { Kind, kindAt, skipSpace } from "./jsonScan";
import { Patch } from "./patch";
import { Query } from "./query";
import { TextView } from "./textView";

/**
 * Documents in a store: JSON under keys, with tags, TTL, indexes and questions (spec: store.md 3 to 8).
 * Everything works on bytes in place; nothing is allocated after the constructor. One document is written at a time, and one
 * query is open at a time. Every call may also answer Closed, Io when the flash fails, and Busy while a page of the index is damaged:
 * after the next step of the store it can be told, outside of batches.
 */
export class Documents extends DocumentWriter {
  readonly query: Query;
  /** What the status of the last batch leaves open. */
  error: DocumentError = DocumentError.None;

  private readonly patch: Patch = new Patch();
  private readonly given: TextView = new TextView();
  private readonly givenTags: TextView = new TextView();

  constructor(store: Store) {
    const paths = new IndexedPaths();
    super(store, paths);
    this.query = new Query(store, paths);
  }

  /** The store is mounted: documents may be used. */
  open(): void {
    this.isOpen = true;
    this.query.isAllowed = true;
  }

  /** Ends what is under way; every call from now on answers Closed. */
  close(): void {
    if (this.isOpen) this.forget();
    this.isOpen = false;
    this.query.isAllowed = false;
  }

  /** Forgets the document begun, the batch begun, the query: their owner starts anew. */
  forget(): void {
    if (this.isBatch || this.isWriting) this.store.abort();
    this.isBatch = false;
    this.isWriting = false;
    this.query.close();
  }

  /**
   * Declares a path whose values are kept in an index: u8[len], steps joined by dots. Documents that are there already are indexed
   * in `step`; until then questions read them all. As IndexedPaths.add, and Busy (a document or a batch is begun).
   */
  index(path: usize, len: i32): i32 {
    const status = this.idle();
    if (status < 0) return status;
    const added = this.paths.add(path, len);
    if (added > 0) this.upkeep.forget();
    return min(added, 0);
  }

  /** Work in the background: writes one document anew whose index entries are missing. Returns true when more waits to be done. */
  step(): bool {
    // An app may not have declared its paths yet: nothing is decided before it writes.
    if (this.paths.count == 0 || this.isBatch || this.readyToPut() < 0) return false;
    const upkeep = this.upkeep;
    if (!upkeep.isRewriting) return false;
    const found = this.found;
    let status = upkeep.next(found.item);
    if (status == Status.NotFound) upkeep.finish();
    if (status < 0) return false;
    found.open();
    status = this.rewrite(found);
    if (status < 0) upkeep.again();
    return status >= 0;
  }

  /** Writes a document anew as it is, or as `view` shows it, if nobody changed it meanwhile. Its expiry stays. */
  private rewrite(view: TextView): i32 {
    const item = this.found.item;
    memory.copy(changetype<usize>(this.key), item.key, item.keyBytes);
    return this.putView(changetype<usize>(this.key), item.keyBytes, view, KEEP_EXPIRY, item.version);
  }

  /**
   * Puts a document: u8[len], JSON; tags: u8[tagsBytes], JSON, kept in it as `_tags` in the place of any it has; none, null and
   * an empty list change nothing. Otherwise as begin, write and commit. What the caller passed is left as it was.
   */
  put(key: usize, keyBytes: i32, document: usize, len: i32, tags: usize, tagsBytes: i32, ttlSeconds: i32): i32 {
    const given = this.given;
    given.reset(document, len);
    this.patch.start(given);
    let status = this.readyToPut();
    if (status >= 0 && ttlSeconds < 0) status = Status.Invalid;
    if (status >= 0 && this.hasTags(tags, tagsBytes)) {
      // Before the tags go in both must be known to be JSON.
      status = this.isJson(tags, tagsBytes);
      if (status >= 0) status = this.isJson(document, len);
      if (status >= 0) status = this.patch.set(this.paths.view, this.paths.start(TAGS_SLOT), tags, tagsBytes);
    }
    return status < 0 ? this.fail(status) : this.putView(key, keyBytes, this.patch.result, ttlSeconds, ANY_VERSION);
  }

  private isJson(src: usize, len: i32): i32 {
    this.tap.reset();
    const status = this.tap.feed(src, len);
    return status < 0 ? status : this.tap.finish();
  }

  private hasTags(tags: usize, len: i32): bool {
    const view = this.givenTags;
    view.reset(tags, len);
    const at = skipSpace(view, 0);
    const kind = kindAt(view, at);
    return kind != Kind.Null && !(kind == Kind.Array && view.at(skipSpace(view, at + 1)) == 0x5d);
  }

  /**
   * Changes a document in place of its owner: patch u8[len] (patch.ts). Its TTL goes on. expected: as in begin.
   * Ok, NotFound, Refused (another version is there), what Patch.apply answers, TooLarge, NoSpace, Corrupt.
   */
  update(key: usize, keyBytes: i32, patch: usize, len: i32, expected: i64): i32 {
    let status = this.readyToPut();
    if (status < 0) return status;
    status = this.get(key, keyBytes);
    if (status < 0) return this.fail(status);
    const found = this.found;
    this.patch.start(found);
    status = expected != ANY_VERSION && expected != found.item.version ? Status.Refused : this.patch.apply(patch, len);
    if (status < 0) return this.fail(status);
    status = this.rewrite(this.patch.result);
    return found.status < 0 ? found.status : status;
  }

  /** Finds a document: it is `found`, as long as nothing is written. Ok, NotFound, Corrupt, Invalid (key). */
  get(key: usize, keyBytes: i32): i32 {
    if (!this.isOpen) return Status.Closed;
    let status = checkKey(key, keyBytes);
    if (status >= 0) status = this.store.find(key, keyBytes, this.found.item);
    if (status >= 0) this.found.open();
    return status;
  }

  /**
   * Finds the first change of a document newer than `version`: `found.item` tells key and version, and whether it was removed.
   * Looks at `budget` changes. Ok, NotFound (no more), Busy (none among them: ask again from found.item.version), Expired (not all
   * are there any more: read everything anew).
   */
  nextChange(version: i64, budget: i32): i32 {
    if (!this.isOpen) return Status.Closed;
    const item = this.found.item;
    item.version = version;
    for (; budget > 0; budget--) {
      const status = this.store.changes(item.version, item);
      if (status < 0) return status;
      if (item.keyBytes > 0 && <i32>load<u8>(item.key) >= FIRST_KEY_BYTE) {
        this.found.open();
        return Status.Ok;
      }
    }
    return Status.Busy;
  }

  /** Removes a document. 1; 0: there is none. Invalid (key), Busy, Refused (another version is there). */
  remove(key: usize, keyBytes: i32, expected: i64 = ANY_VERSION): i32 {
    let status = this.ready();
    if (status < 0) return status;
    status = checkKey(key, keyBytes);
    if (status >= 0) status = this.told(this.store.remove(key, keyBytes, Disposition.Deleted, expected));
    return status == Status.NotFound ? 0 : status < 0 ? this.fail(status) : 1;
  }

  /** Removes all documents: after a power cut all or none are there. Ok, Busy. */
  purge(): i32 {
    const status = this.idle();
    if (status < 0) return status;
    this.query.close();
    this.upkeep.forget();
    return this.told(this.store.purge(DOCUMENTS));
  }

  /** Gives a document another TTL, 0: it keeps for ever. Ok, NotFound, Invalid, Busy. */
  touch(key: usize, keyBytes: i32, ttlSeconds: i32): i32 {
    let status = this.idle();
    if (status >= 0) status = checkKey(key, keyBytes);
    if (status >= 0 && ttlSeconds < 0) status = Status.Invalid;
    return status < 0 ? status : this.told(this.store.touch(key, keyBytes, ttlSeconds));
  }

  /** Seconds left of a document, -1: it keeps for ever. NotFound, Invalid. */
  ttl(key: usize, keyBytes: i32): i64 {
    if (!this.isOpen) return Status.Closed;
    const status = checkKey(key, keyBytes);
    return status < 0 ? status : this.store.ttl(key, keyBytes);
  }

  /** Removes at most `most` documents whose time is up. Returns how many. Busy. */
  cleanup(most: i32): i32 {
    const status = this.idle();
    return status < 0 ? status : this.store.sweep(most);
  }
}
