/** Documents over a store of a test, with texts for bytes. */
import { Documents } from "../../../../../assembly/kernel/store/documents/documents";
import { writeError, writeQueryError } from "../../../../../assembly/kernel/store/documents/errors";
import { deleteBatch, putBatch } from "../../../../../assembly/kernel/store/documents/lists";
import { readResult } from "../../../../../assembly/kernel/store/documents/resultText";
import { compareStrictly } from "../../../../../assembly/kernel/store/documents/values";
import { Store } from "../../../../../assembly/kernel/store/store";
import { RamDevice } from "../../../../../assembly/kernel/store/flash/ramDevice";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Writer } from "../../../../../assembly/lib/bytes";
import { Status } from "../../../../../assembly/lib/status";
import { MapStore } from "../../../../fakes/mapStore";
import { NorDevice } from "../../../../fakes/norDevice";

/** The three documents of store.md 7.6. */
const A: string = '{"n":5,"s":"hello","l":[1,"x"],"o":{"p":1},"_tags":["t1","t2"]}';
const B: string = '{"n":5.5,"s":"Help","tags":["t1"],"z":null}';
const C: string = '{"n":"5","b":true}';

const text = new StaticArray<u8>(2048);
const writer = new Writer();

const BUDGET: i32 = 100000;

export enum StoreKind {
  /** Arrays: fakes/mapStore.ts. */
  Map,
  /** The engine over NOR flash. */
  Flash,
  /** The engine in RAM. */
  Memory,
}

let kind = StoreKind.Map;

/** Chooses what freshBench makes, for a whole spec. */
export function chooseStore(wanted: StoreKind): void {
  kind = wanted;
}

/** Documents in an empty store. */
export function freshBench(): Bench {
  if (kind == StoreKind.Map) return new Bench(new MapStore());
  const engine = new TreeStore(kind == StoreKind.Flash ? new NorDevice(4096, 128) : new RamDevice(4096, 32));
  assert(engine.mount() == Status.Ok);
  const bench = new Bench(engine);
  bench.settle();
  return bench;
}

export class Bench {
  readonly documents: Documents;
  /** Calls of Query.next that said Busy. */
  pauses: i32 = 0;
  budget: i32 = BUDGET;

  constructor(readonly store: Store) {
    this.documents = new Documents(store);
    this.documents.open();
  }

  /** Lets the store do its work in the background. */
  settle(): void {
    while (this.store.step()) {}
    while (this.documents.step()) while (this.store.step()) {}
  }

  /** A rule of the store's interface, or of the flash's, that was broken. */
  get violation(): string {
    const store = this.store;
    if (store instanceof MapStore) return (store as MapStore).violation;
    const device = (store as TreeStore).device;
    return device instanceof NorDevice ? (device as NorDevice).violation : "";
  }

  /** False: this store cannot be made to. */
  failNextCommit(status: i32): bool {
    const store = this.store;
    if (!(store instanceof MapStore)) return false;
    (store as MapStore).failCommit = status;
    return true;
  }

  declarePath(path: string): i32 {
    const bytes = String.UTF8.encode(path);
    return this.documents.index(changetype<usize>(bytes), bytes.byteLength);
  }

  index(path: string): void {
    assert(this.declarePath(path) == Status.Ok);
    this.settle();
  }

  /** Keys of a range of keys, joined by spaces. */
  keys(from: string, to: string, flags: i32): string {
    const fromBytes = String.UTF8.encode(from);
    const toBytes = String.UTF8.encode(to);
    const query = this.documents.query;
    let keys = "";
    let status = query.openKeys(changetype<usize>(fromBytes), fromBytes.byteLength, changetype<usize>(toBytes), toBytes.byteLength, flags);
    while (status >= 0) {
      status = query.next(BUDGET);
      if (status >= 0) keys += (keys.length > 0 ? " " : "") + this.resultKey;
    }
    return status == Status.NotFound ? keys : status.toString();
  }

  get foundKey(): string {
    const item = this.documents.found.item;
    return String.UTF8.decodeUnsafe(item.key, item.keyBytes);
  }

  time(ms: i64): void {
    this.store.setTime(ms, ms);
    this.documents.setTime(ms, ms);
  }

  /** Returns the status; `lastKey` tells the key. */
  put(key: string, document: string, ttl: i32 = 0, tags: string = ""): i32 {
    const status = this.putOnly(key, document, ttl, tags);
    while (this.store.step()) {}
    return status;
  }

  private putOnly(key: string, document: string, ttl: i32, tags: string): i32 {
    const keyBytes = String.UTF8.encode(key);
    const bytes = String.UTF8.encode(document);
    const tagBytes = String.UTF8.encode(tags);
    return this.documents.put(
      changetype<usize>(keyBytes),
      keyBytes.byteLength,
      changetype<usize>(bytes),
      bytes.byteLength,
      changetype<usize>(tagBytes),
      tagBytes.byteLength,
      ttl,
    );
  }

  get lastKey(): string {
    return String.UTF8.decodeUnsafe(changetype<usize>(this.documents.key), this.documents.keyBytes);
  }

  putVectors(): void {
    assert(this.put("c", C) == 0 && this.put("a", A) == 0 && this.put("b", B) == 0);
  }

  /** The document, or the status as a number. */
  get(key: string): string {
    const keyBytes = String.UTF8.encode(key);
    const status = this.documents.get(changetype<usize>(keyBytes), keyBytes.byteLength);
    if (status < 0) return status.toString();
    return textOf(this.documents);
  }

  remove(key: string): i32 {
    const keyBytes = String.UTF8.encode(key);
    return this.documents.remove(changetype<usize>(keyBytes), keyBytes.byteLength);
  }

  update(key: string, patch: string, expected: i64 = -1): i32 {
    const keyBytes = String.UTF8.encode(key);
    const bytes = String.UTF8.encode(patch);
    return this.documents.update(changetype<usize>(keyBytes), keyBytes.byteLength, changetype<usize>(bytes), bytes.byteLength, expected);
  }

  touch(key: string, ttl: i32): i32 {
    const keyBytes = String.UTF8.encode(key);
    return this.documents.touch(changetype<usize>(keyBytes), keyBytes.byteLength, ttl);
  }

  ttl(key: string): i64 {
    const keyBytes = String.UTF8.encode(key);
    return this.documents.ttl(changetype<usize>(keyBytes), keyBytes.byteLength);
  }

  begin(key: string, total: i32): i32 {
    const keyBytes = String.UTF8.encode(key);
    return this.documents.begin(changetype<usize>(keyBytes), keyBytes.byteLength, total, 0);
  }

  write(part: string): i32 {
    const bytes = String.UTF8.encode(part);
    return this.documents.write(changetype<usize>(bytes), bytes.byteLength);
  }

  errorText(status: i32): string {
    const documents = this.documents;
    writer.reset(changetype<usize>(text), text.length);
    writeError(writer, status, documents.error, documents.sizeBytes, documents.limitBytes);
    return String.UTF8.decodeUnsafe(writer.address, writer.length);
  }

  /** What the condition was refused for. */
  queryError(condition: string): string {
    const bytes = String.UTF8.encode(condition);
    const status = this.documents.query.open(changetype<usize>(bytes), bytes.byteLength, true);
    if (status != Status.BadQuery) return status.toString();
    writer.reset(changetype<usize>(text), text.length);
    writeQueryError(writer, changetype<usize>(bytes), bytes.byteLength);
    return String.UTF8.decodeUnsafe(writer.address, writer.length);
  }

  /** Keys in order, joined by spaces, or the status. */
  putBatch(list: string, ttls: string = ""): string {
    const bytes = String.UTF8.encode(list);
    const ttlBytes = String.UTF8.encode(ttls);
    writer.reset(changetype<usize>(text), text.length);
    const count = putBatch(
      this.documents,
      changetype<usize>(bytes),
      bytes.byteLength,
      changetype<usize>(ttlBytes),
      ttlBytes.byteLength,
      writer,
    );
    if (count < 0) return count.toString();
    let keys = "";
    let at = writer.address;
    for (let i = 0; i < count; i++) {
      keys += (i > 0 ? " " : "") + String.UTF8.decodeUnsafe(at + 1, load<u8>(at));
      at += 1 + load<u8>(at);
    }
    return keys;
  }

  /** keys: separated by spaces. */
  deleteBatch(keys: string): i32 {
    const list = keys.split(" ");
    writer.reset(changetype<usize>(text), text.length);
    for (let i = 0; i < list.length; i++) {
      const bytes = String.UTF8.encode(list[i]);
      writer.u8(bytes.byteLength);
      writer.bytes(changetype<usize>(bytes), bytes.byteLength);
    }
    return deleteBatch(this.documents, writer.address, writer.length);
  }

  strict(isStrict: bool): void {
    compareStrictly(isStrict);
  }

  /** Opens a query and finds its first result. */
  open(condition: string): void {
    const bytes = String.UTF8.encode(condition);
    assert(this.documents.query.open(changetype<usize>(bytes), bytes.byteLength, true) == Status.Ok);
  }

  get resultKey(): string {
    const item = this.documents.query.result.item;
    return String.UTF8.decodeUnsafe(item.key, item.keyBytes);
  }

  /** The next result's text, read in parts; empty when there is none. */
  resultText(part: i32): string {
    const query = this.documents.query;
    if (query.next(BUDGET) < 0) return "";
    let length = 0;
    while (true) {
      const got = readResult(query.program, query.result, length, changetype<usize>(text) + length, min(part, text.length - length));
      if (got <= 0) break;
      length += got;
    }
    return String.UTF8.decodeUnsafe(changetype<usize>(text), length);
  }

  /** Keys of all results, joined by spaces; the status when it is none of Ok and NotFound. */
  ask(condition: string, isOrdered: bool = true): string {
    const bytes = String.UTF8.encode(condition);
    const query = this.documents.query;
    let status = query.open(changetype<usize>(bytes), bytes.byteLength, isOrdered);
    if (status < 0) return status.toString();
    let keys = "";
    this.pauses = 0;
    while (true) {
      status = query.next(this.budget);
      if (status == Status.Busy) {
        this.pauses++;
        continue;
      }
      if (status < 0) break;
      const item = query.result.item;
      keys += (keys.length > 0 ? " " : "") + String.UTF8.decodeUnsafe(item.key, item.keyBytes);
    }
    return status == Status.NotFound ? keys : status.toString();
  }
}

/** The whole document that was found. */
function textOf(documents: Documents): string {
  const view = documents.found;
  const bytes = new ArrayBuffer(view.length);
  view.copy(0, view.length, changetype<usize>(bytes));
  return view.status < 0 ? view.status.toString() : String.UTF8.decode(bytes);
}
