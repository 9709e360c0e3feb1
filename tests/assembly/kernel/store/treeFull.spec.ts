import { ANY_VERSION, Disposition, Item } from "../../../../assembly/kernel/store/item";
import { DOCUMENTS, Eviction, QUEUE, VerifyReport } from "../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { NorDevice } from "../../../fakes/norDevice";

/* A store that is full must always come out again: by removals, by what expires, by eviction. */

const SECONDS: i64 = 1700000000;
/** Steps after which reclaim never comes to an end. */
const STEPS_MAX: i32 = 2000;

const SEEDS: i32 = 12000;

const key = memory.data(8);
const value = memory.data(4096);

/** Five bytes: documents "d" and a number, the queue's 0 and a number. */
function makeKey(space: i32, n: i32): i32 {
  store<u8>(key, space == QUEUE ? 0 : 100);
  store<u32>(key, bswap(n), 1);
  return 5;
}

/** Records whose keys rise, or are spread: an odd number by which they are multiplied. */
class Filled {
  readonly device: NorDevice;
  db: TreeStore;
  /** Seed of each record's value, -1: it is not there. */
  readonly seeds: StaticArray<i32> = new StaticArray<i32>(SEEDS);
  count: i32 = 0;
  seed: i32 = 0;
  seconds: i64 = SECONDS;

  constructor(
    sectorBytes: i32,
    sectors: i32,
    readonly space: i32,
    readonly bytes: i32,
    readonly ttlSeconds: i32 = 0,
    readonly spread: i32 = 1,
  ) {
    const device = new NorDevice(sectorBytes, sectors);
    this.device = device;
    this.db = new TreeStore(device);
    this.start();
  }

  start(): void {
    this.db.setTime((this.seconds - SECONDS) * 1000, this.seconds * 1000);
    expect(this.db.mount()).toBe(Status.Ok);
  }

  reset(): void {
    this.db = new TreeStore(this.device);
    this.start();
  }

  settle(): void {
    let steps = 0;
    while (this.db.step() && steps < STEPS_MAX) steps++;
    expect(steps).toBeLessThan(STEPS_MAX);
  }

  write(n: i32): i32 {
    const seed = ++this.seed;
    let status = this.db.begin(key, makeKey(this.space, n * this.spread), this.bytes, this.ttlSeconds, ANY_VERSION);
    for (let i = 0; i < this.bytes; i++) store<u8>(value + i, seed + i);
    if (status >= 0) status = this.db.write(value, this.bytes);
    return status;
  }

  /** Puts, after what steps can do when there is no room at once. */
  put(n: i32): i32 {
    let status = this.write(n);
    // One call evicts a few records at most.
    for (let attempt = 0; attempt < 3 && status == Status.NoSpace; attempt++) {
      this.settle();
      status = this.write(n);
    }
    if (status >= 0) status = this.db.commit();
    if (status >= 0) unchecked((this.seeds[n] = this.seed));
    return status;
  }

  remove(n: i32): i32 {
    let status = this.db.remove(key, makeKey(this.space, n * this.spread), Disposition.Deleted, ANY_VERSION);
    if (status == Status.NoSpace) {
      this.settle();
      status = this.db.remove(key, makeKey(this.space, n * this.spread), Disposition.Deleted, ANY_VERSION);
    }
    if (status >= 0) unchecked((this.seeds[n] = -1));
    return status;
  }

  fill(): void {
    memory.fill(changetype<usize>(this.seeds), 0xff, 4 * SEEDS);
    while (this.put(this.count) == Status.Ok) {
      this.count++;
      if (this.count % 3 == 0) this.db.step();
    }
  }

  /** Records that are not as they were put last. */
  wrong(): i32 {
    const item = new Item();
    let wrong = 0;
    for (let n = 0; n < this.count; n++) {
      const seed = unchecked(this.seeds[n]);
      const status = this.db.find(key, makeKey(this.space, n * this.spread), item);
      if (seed < 0) {
        wrong += i32(status != Status.NotFound);
        continue;
      }
      let isSame = status == Status.Ok && this.db.read(item, 0, value, this.bytes) == this.bytes;
      for (let i = 0; i < this.bytes && isSame; i++) isSame = load<u8>(value + i) == <u8>(seed + i);
      wrong += i32(!isSame);
    }
    const report = new VerifyReport();
    this.db.startVerify();
    while (!report.isDone && this.db.verify(report) >= 0) {}
    return wrong + report.corrupt + report.dangling + i32(this.device.violation != "");
  }
}

/** Puts one record with a TTL and one index entry: three entries of the memtable. */
function putOne(db: TreeStore, n: i32): i32 {
  let status = db.begin(key, makeKey(DOCUMENTS, n), 8, 100, ANY_VERSION);
  if (status >= 0) status = db.write(value, 8);
  if (status >= 0) status = db.addEntry(3, key, 5);
  if (status >= 0) status = db.commit();
  // Those of earlier rounds make room.
  if (status >= 0 && n >= 60) db.remove(key, makeKey(DOCUMENTS, n - 60), Disposition.Deleted, ANY_VERSION);
  return status;
}

/** Puts a batch of such records. What is refused is given up. */
function putBatch(db: TreeStore, first: i32, count: i32): i32 {
  let status = db.beginBatch();
  for (let n = first; n < first + count && status >= 0; n++) status = putOne(db, n);
  if (status >= 0) return db.commitBatch();
  db.abortBatch();
  return status;
}

/** Sectors of so many bytes, how many, bytes of a value. */
const GEOMETRIES: StaticArray<i32> = [4096, 4, 100, 4096, 4, 1, 1024, 16, 20, 1024, 16, 600, 512, 32, 50, 4096, 16, 250, 1024, 8, 300];

describe("kernel/store/treeStore, full", () => {
  it("removes, overwrites and takes as many again, whatever was removed", () => {
    for (let at = 0; at < GEOMETRIES.length; at += 3) {
      for (let space = DOCUMENTS; space <= QUEUE; space++) {
        const full = new Filled(GEOMETRIES[at], GEOMETRIES[at + 1], space, GEOMETRIES[at + 2]);
        full.fill();
        trace("sectors, bytes, value: records", 4, GEOMETRIES[at + 1], GEOMETRIES[at], full.bytes, full.count);
        expect(full.count).toBeGreaterThan(3);
        for (let round = 0; round < 6; round++) {
          expect(full.put((round * 7) % full.count)).toBe(Status.Ok, "overwrites");
          // Every third, the oldest or the newest of them.
          const step = round % 3 == 0 ? 3 : 1;
          const first = round % 3 == 2 ? (full.count * 2) / 3 : 0;
          const last = round % 3 == 1 ? full.count / 3 : full.count;
          for (let n = first; n < last; n += step) if (full.seeds[n] >= 0) expect(full.remove(n)).toBe(Status.Ok, "removes");
          if (round == 3) full.reset();
          let back = 0;
          for (let n = first; n < last; n += step) back += i32(full.put(n) == Status.Ok);
          // What one record takes of the tree may be more than it was.
          expect(back).toBeGreaterThan((((last - first) / step) * 3) / 4 - 2);
        }
        expect(full.wrong()).toBe(0);
        for (let n = 0; n < full.count; n++) if (full.seeds[n] >= 0) expect(full.remove(n)).toBe(Status.Ok, "removes all");
        full.settle();
        expect(full.wrong()).toBe(0);
        full.reset();
        expect(full.db.counts(space).records).toBe(0);
        let back = 0;
        while (back < full.count && full.put(back) == Status.Ok) back++;
        expect(back).toBeGreaterThan((full.count * 4) / 5, "about as many as at first");
      }
    }
  });

  it("removes and takes again in a large store that keys in random order filled", () => {
    const full = new Filled(4096, 512, DOCUMENTS, 100, 0, 0x9e3779b1);
    full.fill();
    trace("records of 100 bytes under random keys in 2 MB", 1, full.count);
    expect(full.count).toBeGreaterThan(9000);
    for (let n = 0; n < full.count; n += 3) expect(full.remove(n)).toBe(Status.Ok, "removes");
    let back = 0;
    for (let n = 0; n < full.count; n += 3) back += i32(full.put(n) == Status.Ok);
    expect(back).toBeGreaterThan((full.count * 3) / 10, "most of what left is taken again");
    expect(full.wrong()).toBe(0);
  });

  it("sweeps what expired", () => {
    const full = new Filled(1024, 16, DOCUMENTS, 60, 100);
    full.fill();
    full.seconds += 200;
    full.db.setTime((full.seconds - SECONDS) * 1000, full.seconds * 1000);
    let swept = 0;
    for (let i = 0; i < 200 && swept < full.count; i++) {
      swept += full.db.sweep(8);
      full.settle();
    }
    expect(swept).toBe(full.count);
    expect(full.put(0)).toBe(Status.Ok);
    expect(full.db.counts(DOCUMENTS).records).toBe(1);
  });

  it("evicts for ever, in both orders", () => {
    for (let order = 0; order < 2; order++) {
      const full = new Filled(1024, 16, DOCUMENTS, 60, 10000);
      full.db.setCap(DOCUMENTS, i32.MAX_VALUE, 0, order == 0 ? Eviction.OldestFirst : Eviction.SoonestToExpire);
      let refused = 0;
      for (let n = 0; n < 2000; n++) {
        refused += i32(full.put(n) != Status.Ok);
        full.seconds++;
        full.db.setTime((full.seconds - SECONDS) * 1000, full.seconds * 1000);
        if (n % 2 == 0) full.db.step();
      }
      expect(refused).toBe(0);
      expect(full.db.counts(DOCUMENTS).evicted).toBeGreaterThan(1000);
    }
  });

  it("takes a batch that needs more of the memtable than a checkpoint is begun for, and never one that needs more than there is", () => {
    const db = new TreeStore(new NorDevice(4096, 16), 128);
    db.setTime(0, SECONDS * 1000);
    expect(db.mount()).toBe(Status.Ok);
    let next = 0;
    for (let round = 0; round < 40; round++) {
      // Whatever the memtable holds already.
      for (let i = 0; i < STEPS_MAX && db.step(); i++) {}
      for (let i = 0; i < round % 8; i++) expect(putOne(db, next++)).toBe(Status.Ok);
      let status: i32 = Status.NoSpace;
      for (let attempt = 0; attempt < 4 && status == Status.NoSpace; attempt++) {
        for (let i = 0; i < STEPS_MAX && db.step(); i++) {}
        status = putBatch(db, next, 30);
      }
      expect(status).toBe(Status.Ok);
      next += 30;
    }
    putBatch(db, next, 60);
    for (let i = 0; i < STEPS_MAX && db.step(); i++) {}
    expect(putBatch(db, next, 60)).toBe(Status.TooLarge);
  });

  it("commits a batch wholly, or refuses it and takes it later", () => {
    const full = new Filled(1024, 16, DOCUMENTS, 100);
    full.fill();
    // A batch lies beside what it replaces.
    for (let n = full.count - 15; n < full.count; n++) expect(full.remove(n)).toBe(Status.Ok);
    const db = full.db;
    for (let round = 0; round < 30; round++) {
      let status: i32 = Status.NoSpace;
      for (let attempt = 0; attempt < 6 && status == Status.NoSpace; attempt++) {
        if (attempt > 0) full.settle();
        status = db.beginBatch();
        for (let i = 0; i < 10 && status >= 0; i++) {
          status = full.write((round * 10 + i) % (full.count - 15));
          if (status >= 0) status = db.commit();
        }
        if (status >= 0) status = db.commitBatch();
        else db.abortBatch();
      }
      expect(status).toBe(Status.Ok);
      if (status != Status.Ok) return;
      for (let i = 0; i < 10; i++) full.seeds[(round * 10 + i) % (full.count - 15)] = full.seed - 9 + i;
    }
    expect(full.wrong()).toBe(0);
  });
});
