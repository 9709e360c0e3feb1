import { Status } from "../../../lib/status";
import { ANY_VERSION, KEY_MAX, NO_VERSION } from "../item";
import { DOCUMENTS, Store } from "../store";
import { checkKey, generateKey } from "./documentKey";
import { DocumentTap } from "./documentTap";
import { IndexedPaths } from "./indexedPaths";
import { IndexUpkeep } from "./indexUpkeep";
import { RecordView } from "./recordView";
import { TextView } from "./textView";

/** Largest document in bytes unless the store says otherwise (spec: 8192; at most 64 KiB, what a record holds). */
export const DEFAULT_DOCUMENT_BYTES: i32 = 8192;

const COPY_BYTES: i32 = 128;
const copyBuffer: usize = memory.data(128, 8);
/** Generated keys that were taken after all: tried again as often. */
const KEY_TRIES: i32 = 16;

/** Writes documents into a store, one at a time, alone or in batches. */
export class DocumentWriter {
  /** Largest document in bytes. */
  limitBytes: i32 = DEFAULT_DOCUMENT_BYTES;
  /** Key of the document written last, or begun: u8[keyBytes]. */
  readonly key: StaticArray<u8> = new StaticArray<u8>(KEY_MAX);
  keyBytes: i32 = 0;
  /** Size of the document begun last, or refused. */
  sizeBytes: i32 = 0;
  /** The time of day in seconds since 1970, or seconds since start as long as it is not known. */
  seconds: i64 = 0;
  knowsTimeOfDay: bool = false;

  /** The document that `get` found. */
  readonly found: RecordView;

  protected isOpen: bool = false;
  protected isWriting: bool = false;
  protected isBatch: bool = false;
  protected readonly tap: DocumentTap;
  protected readonly upkeep: IndexUpkeep;
  /** Generated keys of the batch so far: the store counts them when it is committed. */
  private generated: i32 = 0;

  constructor(
    protected readonly store: Store,
    readonly paths: IndexedPaths,
  ) {
    this.found = new RecordView(store);
    this.tap = new DocumentTap(paths);
    this.upkeep = new IndexUpkeep(store, paths);
  }

  /** Tells the time, as Store.setTime does: generated keys carry it. */
  setTime(nowMs: i64, wallMs: i64): void {
    this.knowsTimeOfDay = wallMs >= 0;
    this.seconds = (this.knowsTimeOfDay ? wallMs : nowMs) / 1000;
  }

  /** Ok, or why no document can be begun or removed: Closed, Busy (one is being written). */
  protected ready(): i32 {
    return !this.isOpen ? Status.Closed : this.isWriting ? Status.Busy : Status.Ok;
  }

  /** The same for what no batch can hold: Busy, too, within one. */
  protected idle(): i32 {
    const status = this.ready();
    return status >= 0 && this.isBatch ? Status.Busy : status;
  }

  /** The same before a document is put, and before `found` is used for it: what is indexed must be known. NoSpace, Io too. */
  protected readyToPut(): i32 {
    const status = this.ready();
    return status < 0 || this.isBatch ? status : this.upkeep.ensure(this.found.item);
  }

  /**
   * Begins a document of totalBytes under key u8[keyBytes], or under a generated one when keyBytes is 0; `key` tells it.
   * Nothing is written before `commit`. expected: the version that must be there, ANY_VERSION or NO_VERSION.
   * Ok; Invalid (key, TTL), TooLarge (limitBytes), Busy (one is begun), Refused (another version is there), NoSpace.
   */
  begin(key: usize, keyBytes: i32, totalBytes: i32, ttlSeconds: i32, expected: i64 = ANY_VERSION): i32 {
    const status = this.readyToPut();
    if (status < 0) return status;
    return ttlSeconds < 0 ? this.fail(Status.Invalid) : this.start(key, keyBytes, totalBytes, ttlSeconds, expected);
  }

  /** The same, once it is ready; ttlSeconds may be KEEP_EXPIRY. */
  private start(key: usize, keyBytes: i32, totalBytes: i32, ttlSeconds: i32, expected: i64): i32 {
    let status = keyBytes != 0 ? checkKey(key, keyBytes) : Status.Ok;
    this.sizeBytes = totalBytes;
    if (totalBytes < 0) status = Status.Invalid;
    else if (totalBytes > this.limitBytes) status = Status.TooLarge;
    if (status < 0) return this.fail(status);
    this.keyBytes = keyBytes;
    memory.copy(changetype<usize>(this.key), key, keyBytes);
    status = keyBytes == 0 ? this.beginGenerated(totalBytes, ttlSeconds) : this.beginKey(totalBytes, ttlSeconds, expected);
    this.isWriting = status >= 0;
    this.tap.reset();
    return this.fail(status);
  }

  /** An error in a batch is the end of all of it, but that one of its documents is being written. */
  protected fail(status: i32): i32 {
    if (status < 0 && this.isBatch && (status != Status.Busy || !this.isWriting)) {
      this.store.abortBatch();
      this.isBatch = false;
    }
    return status;
  }

  /** Forgets the batch begun, if there is one. */
  cancelBatch(): void {
    if (this.isBatch) this.fail(Status.Closed);
  }

  private beginKey(totalBytes: i32, ttlSeconds: i32, expected: i64): i32 {
    return this.told(this.store.begin(changetype<usize>(this.key), this.keyBytes, totalBytes, ttlSeconds, expected));
  }

  /** An answer of the store, when all it was given has been looked at: outside of a batch Invalid is left for a message that is begun. */
  protected told(status: i32): i32 {
    return status == Status.Invalid && !this.isBatch ? Status.Busy : status;
  }

  private beginGenerated(totalBytes: i32, ttlSeconds: i32): i32 {
    let status = <i32>Status.Refused;
    for (let tries = 0; tries < KEY_TRIES && status == Status.Refused; tries++) {
      const counter = this.store.counts(DOCUMENTS).stored + this.generated + tries;
      this.keyBytes = generateKey(changetype<usize>(this.key), this.seconds, ttlSeconds, counter);
      status = this.beginKey(totalBytes, ttlSeconds, NO_VERSION);
    }
    if (this.isBatch) this.generated++;
    return status;
  }

  /** Appends to the document begun: u8[len]. Ok, Invalid (no JSON, tags that are none), TooLarge: it is forgotten; NoSpace. */
  write(src: usize, len: i32): i32 {
    if (!this.isWriting) return this.isOpen ? Status.Invalid : Status.Closed;
    let status = this.tap.feed(src, len);
    if (status >= 0) status = this.store.write(src, len);
    if (status < 0) this.abort();
    return status;
  }

  /** Makes the document begun part of the store, or of the batch. Ok; as write, and Invalid when bytes are missing. */
  commit(): i32 {
    if (!this.isWriting) return this.isOpen ? Status.Invalid : Status.Closed;
    let status = this.tap.finish();
    if (status >= 0) status = this.tap.addEntries(this.store);
    if (status >= 0) status = this.store.commit();
    if (status < 0) this.abort();
    this.isWriting = false;
    return status;
  }

  /** Forgets the document begun, and the batch. */
  abort(): void {
    if (this.isBatch || this.isWriting) this.store.abort();
    this.isWriting = false;
    this.isBatch = false;
  }

  /** Puts a document once it is ready: as start. */
  protected putView(key: usize, keyBytes: i32, view: TextView, ttlSeconds: i32, expected: i64): i32 {
    let status = this.start(key, keyBytes, view.length, ttlSeconds, expected);
    for (let at = 0; at < view.length && status >= 0;) {
      const part = min(view.length - at, COPY_BYTES);
      view.copy(at, at + part, copyBuffer);
      status = this.write(copyBuffer, part);
      at += part;
    }
    return status < 0 ? status : this.commit();
  }

  /** Puts and removals until endBatch take effect together or not at all; each key once. Ok, Busy. */
  beginBatch(): i32 {
    const status = this.readyToPut();
    if (status < 0 || this.isBatch) return status < 0 ? status : Status.Busy;
    const begun = this.told(this.store.beginBatch());
    this.isBatch = begun >= 0;
    this.generated = 0;
    return begun;
  }

  /** Ok, Invalid (no batch: one of its documents was refused, and all of it forgotten), NoSpace. */
  endBatch(): i32 {
    const status = this.ready();
    if (status < 0) return status;
    if (!this.isBatch) return Status.Invalid;
    this.isBatch = false;
    return this.store.commitBatch();
  }
}
