import { BY_KEY, Cursor } from "../../assembly/kernel/store/tree/cursor";
import { ANY_VERSION, Disposition, Item } from "../../assembly/kernel/store/item";
import { Store, VerifyReport } from "../../assembly/kernel/store/store";
import { Status } from "../../assembly/lib/status";

/** Indexes that the model's records have: a text and a number. */
export const TAG_INDEX: i32 = 2;
export const NUMBER_INDEX: i32 = 3;

const PIECE_BYTES: i32 = 512;
const piece = memory.data(PIECE_BYTES);
const keyBuffer = memory.data(64);
const encoded = memory.data(32);

/** Key number n: growing text, some of them long. Returns its bytes; it lies at keyAddress. */
export function makeKey(n: i32): i32 {
  const text = "k" + n.toString().padStart(3, "0") + (n % 5 == 3 ? "/of/a/sensor/with/a/long/name/that/fills/a/page" : "");
  String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, keyBuffer, false);
  return text.length;
}

export function keyAddress(): usize {
  return keyBuffer;
}

function valueByte(seed: i32, index: i32): u8 {
  return <u8>(seed * 31 + index * 7 + (index >> 8));
}

/** What a store should hold: for each key number the seed of its value, or -1, its length and its expiry. */
export class StoreModel {
  seeds: StaticArray<i32>;
  bytes: StaticArray<i32>;
  expiries: StaticArray<i64>;
  /** Seconds since 1970. */
  now: i64 = 1700000000;

  constructor(readonly keys: i32) {
    this.seeds = new StaticArray<i32>(keys);
    this.bytes = new StaticArray<i32>(keys);
    this.expiries = new StaticArray<i64>(keys);
    this.clear();
  }

  clone(): StoreModel {
    const copy = new StoreModel(this.keys);
    copy.now = this.now;
    for (let n = 0; n < this.keys; n++) {
      copy.seeds[n] = this.seeds[n];
      copy.bytes[n] = this.bytes[n];
      copy.expiries[n] = this.expiries[n];
    }
    return copy;
  }

  clear(): void {
    for (let n = 0; n < this.keys; n++) this.remove(n);
  }

  put(n: i32, seed: i32, bytes: i32, ttl: i32): void {
    this.seeds[n] = seed;
    this.bytes[n] = bytes;
    this.expiries[n] = ttl > 0 ? this.now + ttl : 0;
  }

  remove(n: i32): void {
    this.seeds[n] = -1;
    this.expiries[n] = 0;
  }

  isThere(n: i32): bool {
    return this.seeds[n] >= 0;
  }

  isLive(n: i32): bool {
    return this.seeds[n] >= 0 && (this.expiries[n] == 0 || this.expiries[n] > this.now);
  }

  /** The key number that expires first of those whose time is up, -1: none. */
  firstExpired(): i32 {
    let first = -1;
    for (let n = 0; n < this.keys; n++) {
      if (this.seeds[n] < 0 || this.expiries[n] == 0 || this.expiries[n] > this.now) continue;
      if (first < 0 || this.expiries[n] < this.expiries[first]) first = n;
    }
    return first;
  }

  /** "" when `store` holds just this, else what is wrong. */
  difference(db: Store): string {
    const item = new Item();
    let live = 0;
    for (let n = 0; n < this.keys; n++) {
      const status = db.find(keyBuffer, makeKey(n), item);
      if (!this.isLive(n)) {
        if (status != Status.NotFound) return "key " + n.toString() + " is there: " + status.toString();
        continue;
      }
      live++;
      if (status != Status.Ok) return "key " + n.toString() + " is lost: " + status.toString();
      if (!valueIs(db, item, this.seeds[n], this.bytes[n])) return "key " + n.toString() + " holds another value";
      if (<i64>item.expiresAt != this.expiries[n])
        return (
          "key " +
          n.toString() +
          " expires at another time " +
          item.expiresAt.toString() +
          " not " +
          this.expiries[n].toString() +
          " at " +
          item.position.toString()
        );
    }
    const byKey = this.walk(db, BY_KEY, live);
    if (byKey != "") return byKey;
    const byTag = this.walk(db, TAG_INDEX, live);
    return byTag != "" ? byTag : this.walk(db, NUMBER_INDEX, live);
  }

  /** Walks an order both ways: each live record once, in order. */
  private walk(db: Store, index: i32, live: i32): string {
    const cursor = new Cursor();
    const item = new Item();
    for (let way = 0; way < 2; way++) {
      cursor.all(index, way == 1);
      let found = 0;
      let last = "";
      while (db.next(cursor, item) == Status.Ok) {
        const key = String.UTF8.decodeUnsafe(item.key, item.keyBytes);
        const n = <i32>parseInt(key.substr(1, 3), 10);
        if (!this.isLive(n)) return "index " + index.toString() + " has " + key;
        let order = key;
        if (index == TAG_INDEX) order = this.tagOf(n) + key;
        if (index == NUMBER_INDEX) order = (1000000 + (this.seeds[n] & 0xffff)).toString() + key;
        if (last != "" && (way == 0 ? order <= last : order >= last)) return "index " + index.toString() + " is out of order at " + key;
        last = order;
        found++;
      }
      if (found != live) return "index " + index.toString() + " has " + found.toString() + " of " + live.toString();
    }
    return "";
  }

  private tagOf(n: i32): string {
    return "t" + (this.seeds[n] % 5).toString();
  }
}

function valueIs(db: Store, item: Item, seed: i32, bytes: i32): bool {
  if (item.valueBytes != bytes) return false;
  for (let done = 0; done < bytes;) {
    const len = db.read(item, done, piece, PIECE_BYTES);
    if (len <= 0) return false;
    for (let i = 0; i < len; i++) if (load<u8>(piece + i) != valueByte(seed, done + i)) return false;
    done += len;
  }
  return true;
}

/** Puts key number n with two index entries. The first status that is not Ok. */
export function putModel(db: Store, n: i32, seed: i32, bytes: i32, ttl: i32): i32 {
  let status = db.begin(keyBuffer, makeKey(n), bytes, ttl, ANY_VERSION);
  if (status < 0) return status;
  for (let done = 0; done < bytes;) {
    const len = min(bytes - done, 100);
    for (let i = 0; i < len; i++) store<u8>(piece + i, valueByte(seed, done + i));
    status = db.write(piece, len);
    if (status < 0) return status;
    done += len;
  }
  store<u8>(encoded, 116);
  store<u8>(encoded, 48 + (seed % 5), 1);
  store<u8>(encoded, 0, 2);
  status = db.addEntry(TAG_INDEX, encoded, 3);
  if (status < 0) {
    db.abort();
    return status;
  }
  store<u16>(encoded, bswap<u16>(<u16>seed));
  status = db.addEntry(NUMBER_INDEX, encoded, 2);
  if (status < 0) {
    db.abort();
    return status;
  }
  return db.commit();
}

export function removeModel(db: Store, n: i32): i32 {
  return db.remove(keyBuffer, makeKey(n), Disposition.Deleted, ANY_VERSION);
}

export function touchModel(db: Store, n: i32, ttl: i32): i32 {
  return db.touch(keyBuffer, makeKey(n), ttl);
}

/** "" when verify finds nothing, else what it counted. */
export function verifyDifference(db: Store): string {
  const report = new VerifyReport();
  db.startVerify();
  for (let i = 0; i < 10000 && !report.isDone; i++) {
    const status = db.verify(report);
    if (status < 0) return "verify: " + status.toString();
  }
  if (report.isDone && report.corrupt == 0 && report.dangling == 0) return "";
  return "verify: corrupt " + report.corrupt.toString() + ", dangling " + report.dangling.toString();
}

const ROUND_BYTES: i32 = 10;

/** Puts ten bytes that tell the round, under key number n. */
export function putRound(db: Store, n: i32, round: i32): i32 {
  memory.fill(piece, <u8>round, ROUND_BYTES);
  let status = db.begin(keyAddress(), makeKey(n), ROUND_BYTES, 0, ANY_VERSION);
  if (status >= 0) status = db.write(piece, ROUND_BYTES);
  return status < 0 ? status : db.commit();
}

/** Round of the value of a key, -1: it is not there. */
export function roundOf(db: Store, n: i32): i32 {
  const item = new Item();
  if (db.find(keyAddress(), makeKey(n), item) != Status.Ok || db.read(item, 0, piece, ROUND_BYTES) != ROUND_BYTES) return -1;
  return load<u8>(piece, ROUND_BYTES - 1);
}
