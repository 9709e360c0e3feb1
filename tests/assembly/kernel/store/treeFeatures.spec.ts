import { BY_KEY, Cursor } from "../../../../assembly/kernel/store/tree/cursor";
import { ANY_VERSION, Disposition, Item, NO_VERSION } from "../../../../assembly/kernel/store/item";
import { RamDevice } from "../../../../assembly/kernel/store/flash/ramDevice";
import { DOCUMENTS, Durability, Eviction, QUEUE, Store } from "../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { Cut, NorDevice } from "../../../fakes/norDevice";
import { StoreModel, keyAddress, makeKey, putModel, removeModel, touchModel, verifyDifference } from "../../../fakes/storeModel";

const NOW: i64 = 1700000000;

function settle(db: Store): void {
  for (let i = 0; i < 1000 && db.step(); i++) {}
}

function open(device: NorDevice, seconds: i64 = NOW, uptime: i64 = 100): TreeStore {
  const db = new TreeStore(device);
  db.setTime(uptime * 1000, seconds < 0 ? -1 : seconds * 1000);
  expect(db.mount()).toBe(Status.Ok);
  settle(db);
  return db;
}

function isThere(db: Store, n: i32): bool {
  return db.find(keyAddress(), makeKey(n), new Item()) == Status.Ok;
}

function versionOf(db: Store, n: i32): i64 {
  const item = new Item();
  return db.find(keyAddress(), makeKey(n), item) == Status.Ok ? item.version : -1;
}

function putIf(db: Store, n: i32, expected: i64): i32 {
  const status = db.begin(keyAddress(), makeKey(n), 0, 0, expected);
  return status < 0 ? status : db.commit();
}

describe("kernel/store/treeStore, versions", () => {
  it("compares and sets", () => {
    const db = open(new NorDevice(1024, 16));
    expect(putIf(db, 1, 77)).toBe(Status.Refused);
    expect(putIf(db, 1, NO_VERSION)).toBe(Status.Ok);
    expect(putIf(db, 1, NO_VERSION)).toBe(Status.Refused);
    const first = versionOf(db, 1);
    expect(first).toBeGreaterThan(0);
    expect(putIf(db, 1, first)).toBe(Status.Ok);
    expect(versionOf(db, 1)).toBeGreaterThan(first);
    expect(putIf(db, 1, first)).toBe(Status.Refused);
    expect(db.remove(keyAddress(), makeKey(1), Disposition.Deleted, first)).toBe(Status.Refused);
    expect(db.remove(keyAddress(), makeKey(1), Disposition.Deleted, versionOf(db, 1))).toBe(Status.Ok);
    expect(db.remove(keyAddress(), makeKey(1), Disposition.Deleted, ANY_VERSION)).toBe(Status.NotFound);
  });

  it("keeps the version of a record that reclaim moves", () => {
    const device = new NorDevice(1024, 8);
    const db = open(device);
    putModel(db, 1, 1, 40, 0);
    const version = versionOf(db, 1);
    for (let i = 0; i < 400; i++) {
      expect(putModel(db, 2, i, 40, 0)).toBe(Status.Ok);
      settle(db);
    }
    expect(device.erases[0]).toBeGreaterThan(1);
    expect(versionOf(db, 1)).toBe(version);
    expect(versionOf(open(device), 1)).toBe(version);
  });

  it("reads on in a record that reclaim moved since it was found, though another store was used meanwhile", () => {
    const device = new NorDevice(1024, 8);
    const db = open(device);
    const other = open(new NorDevice(1024, 8));
    const item = new Item();
    const bytes = new StaticArray<u8>(40);
    putModel(db, 1, 1, 40, 0);
    expect(db.find(keyAddress(), makeKey(1), item)).toBe(Status.Ok);
    const position = item.position;
    for (let i = 0; i < 400; i++) {
      expect(putModel(db, 2, i, 40, 0)).toBe(Status.Ok);
      settle(db);
    }
    putModel(other, 3, 3, 40, 0);
    expect(db.read(item, 0, changetype<usize>(bytes), 40)).toBe(40);
    expect(item.position == position).toBe(false);
    // Its value is told by its seed alone: 31 times that, and 7 more for each byte.
    expect(bytes[39]).toBe((31 + 39 * 7) & 0xff);
  });
});

describe("kernel/store/treeStore, what was written last", () => {
  it("is read out of RAM, and once it is read off the flash compared with its checksum", () => {
    const device = new NorDevice(1024, 16);
    const db = open(device);
    const item = new Item();
    const inRam = new StaticArray<u8>(40);
    const bytes = new StaticArray<u8>(40);
    putModel(db, 1, 1, 40, 0);
    const reads = device.reads;
    expect(db.find(keyAddress(), makeKey(1), item)).toBe(Status.Ok);
    expect(db.read(item, 0, changetype<usize>(inRam), 40)).toBe(40);
    expect(device.reads).toBe(reads);
    putModel(db, 2, 2, 40, 0);
    expect(db.read(item, 0, changetype<usize>(bytes), 40)).toBe(40);
    expect(device.reads).toBeGreaterThan(reads);
    expect(memory.compare(changetype<usize>(bytes), changetype<usize>(inRam), 40)).toBe(0);

    putModel(db, 3, 3, 40, 0);
    expect(db.find(keyAddress(), makeKey(3), item)).toBe(Status.Ok);
    putModel(db, 4, 4, 40, 0);
    const hit = device.base + item.position * 16 + item.valueOffset + 39;
    store<u8>(hit, load<u8>(hit) ^ 1);
    for (let i = 0; i < 2; i++) expect(db.read(item, 0, changetype<usize>(bytes), 8)).toBe(Status.Corrupt);
    expect(db.find(keyAddress(), makeKey(3), item)).toBe(Status.Corrupt);
  });

  it("is not copied from a flash that holds something else", () => {
    const device = new NorDevice(1024, 16);
    const db = open(device);
    const item = new Item();
    putModel(db, 1, 1, 40, 0);
    expect(db.find(keyAddress(), makeKey(1), item)).toBe(Status.Ok);
    const hit = device.base + item.position * 16 + item.valueOffset;
    store<u8>(hit, load<u8>(hit) ^ 1);
    expect(touchModel(db, 1, 60)).toBe(Status.Corrupt);
  });
});

describe("kernel/store/treeStore, expiry", () => {
  it("hides a record in the second it expires, and sweeps it", () => {
    const db = open(new NorDevice(1024, 16));
    putModel(db, 1, 1, 10, 60);
    putModel(db, 2, 2, 10, 61);
    putModel(db, 3, 3, 10, 0);
    expect(db.ttl(keyAddress(), makeKey(1))).toBe(60);
    expect(db.ttl(keyAddress(), makeKey(3))).toBe(-1);
    db.setTime(159000, (NOW + 59) * 1000);
    expect(isThere(db, 1)).toBe(true);
    expect(db.msToExpiry()).toBe(1000);
    db.setTime(160000, (NOW + 60) * 1000);
    expect(isThere(db, 1)).toBe(false);
    expect(isThere(db, 2)).toBe(true);
    expect(db.sweep(10)).toBe(1);
    expect(db.sweep(10)).toBe(0);
    expect(db.counts(DOCUMENTS).expired).toBe(1);
    expect(db.counts(DOCUMENTS).records).toBe(2);
    expect(verifyDifference(db)).toBe("");
  });

  it("takes the TTL of the last put or touch, over a remount too", () => {
    const device = new NorDevice(1024, 16);
    let db = open(device);
    putModel(db, 1, 1, 10, 60);
    putModel(db, 1, 2, 10, 600);
    putModel(db, 2, 3, 10, 60);
    expect(touchModel(db, 2, 500)).toBe(Status.Ok);
    putModel(db, 3, 3, 10, 60);
    expect(touchModel(db, 3, 0)).toBe(Status.Ok);
    db = open(device, NOW + 499);
    expect(isThere(db, 1) && isThere(db, 2) && isThere(db, 3)).toBe(true);
    expect(db.sweep(10)).toBe(0);
    db = open(device, NOW + 600);
    expect(db.sweep(10)).toBe(2);
    expect(isThere(db, 3)).toBe(true);
    expect(verifyDifference(db)).toBe("");
  });

  it("S11: preserves what is left when the clock becomes valid, 25 years later", () => {
    const device = new NorDevice(1024, 16);
    let db = open(device, -1, 100);
    putModel(db, 1, 1, 10, 60);
    putModel(db, 2, 2, 10, 3600);
    db.setTime(161000, -1);
    expect(isThere(db, 1)).toBe(false);
    expect(isThere(db, 2)).toBe(true);
    db = open(device, -1, 5000);
    expect(isThere(db, 1)).toBe(true);
    expect(db.sweep(10)).toBe(0);
    db = open(device, -1, 10);
    putModel(db, 3, 3, 10, 100);
    db.setTime(20000, NOW * 1000);
    settle(db);
    expect(db.ttl(keyAddress(), makeKey(3))).toBe(90);
    const left = db.ttl(keyAddress(), makeKey(2));
    expect(left > 0 && left <= 3600).toBe(true);
    db = open(device, NOW + 90);
    expect(isThere(db, 3)).toBe(false);
    expect(verifyDifference(db)).toBe("");
  });
});

describe("kernel/store/treeStore, spaces", () => {
  it("refuses, evicts the oldest, or what expires soonest", () => {
    const db = open(new NorDevice(1024, 16));
    db.setCap(DOCUMENTS, 1024, 0, Eviction.Refuse);
    let status = 0;
    let n = 0;
    while (status == 0 && n < 100) {
      status = putModel(db, n++, n, 40, 1000 - n);
      settle(db);
    }
    expect(status).toBe(Status.NoSpace);
    expect(n).toBeLessThan(30);
    db.setCap(DOCUMENTS, 1024, 0, Eviction.SoonestToExpire);
    expect(putModel(db, 50, 1, 40, 2000)).toBe(Status.Ok);
    expect(isThere(db, n - 2)).toBe(false);
    expect(isThere(db, 0)).toBe(true);
    expect(db.counts(DOCUMENTS).evicted).toBe(1);
    expect(verifyDifference(db)).toBe("");
  });

  it("sweeps what evicted others that expire later, and what was begun when the next expiry was asked for", () => {
    const db = open(new NorDevice(1024, 16));
    db.setCap(DOCUMENTS, 1024, 0, Eviction.SoonestToExpire);
    for (let n = 0; n < 30; n++) expect(putModel(db, n, n, 40, 1000 + n)).toBe(Status.Ok);
    const evicted = db.counts(DOCUMENTS).evicted;
    expect(putModel(db, 50, 1, 40, 10)).toBe(Status.Ok);
    expect(db.counts(DOCUMENTS).evicted).toBe(evicted + 1);
    expect(db.msToExpiry()).toBe(10000);
    expect(db.begin(keyAddress(), makeKey(50), 0, 5, ANY_VERSION)).toBe(Status.Ok);
    expect(db.msToExpiry()).toBe(10000);
    expect(db.commit()).toBe(Status.Ok);
    expect(db.msToExpiry()).toBe(5000);
    db.setTime(105000, (NOW + 5) * 1000);
    expect(db.sweep(10)).toBe(1);
    expect(verifyDifference(db)).toBe("");
  });

  it("evicts the oldest documents, whatever their keys, moved or not", () => {
    const db = open(new NorDevice(1024, 16));
    db.setCap(DOCUMENTS, 1024, 0, Eviction.OldestFirst);
    for (let i = 0; i < 200; i++) {
      const n = (i * 37) % 200;
      expect(putModel(db, n, i, 20, 0)).toBe(Status.Ok);
      settle(db);
    }
    for (let i = 190; i < 200; i++) expect(isThere(db, (i * 37) % 200)).toBe(true);
    expect(isThere(db, (100 * 37) % 200)).toBe(false);
    expect(db.counts(DOCUMENTS).records + db.counts(DOCUMENTS).evicted).toBe(200);
    expect(verifyDifference(db)).toBe("");
  });

  it("keeps what a space reserves from the other", () => {
    const db = open(new NorDevice(1024, 16));
    db.setCap(QUEUE, 100000, 5000, Eviction.Refuse);
    for (let n = 0; n < 400 && putModel(db, n, n, 60, 0) == Status.Ok; n++) settle(db);
    settle(db);
    expect(putModel(db, 500, 1, 60, 0)).toBe(Status.NoSpace);
    const key = memory.data(8);
    store<u8>(key, 0);
    let stored = 0;
    for (let i = 0; i < 40; i++) {
      store<u8>(key, i, 1);
      if (db.begin(key, 2, 60, 0, ANY_VERSION) != Status.Ok) break;
      db.write(key, 8);
      db.abort();
      if (db.begin(key, 2, 8, 0, ANY_VERSION) != Status.Ok || db.write(key, 8) != Status.Ok || db.commit() != Status.Ok) break;
      stored++;
      settle(db);
    }
    expect(stored).toBe(40);
    expect(db.counts(QUEUE).records).toBe(40);
  });

  it("lets records be removed from a full store", () => {
    const db = open(new NorDevice(1024, 16));
    let n = 0;
    for (; n < 1000 && putModel(db, n, n, 60, 0) == Status.Ok; n++) settle(db);
    expect(n).toBeLessThan(400);
    for (let i = 0; i < n; i++) {
      expect(removeModel(db, i)).toBe(Status.Ok);
      settle(db);
    }
    expect(db.counts(DOCUMENTS).records).toBe(0);
    expect(putModel(db, 1, 1, 60, 0)).toBe(Status.Ok);
    expect(verifyDifference(db)).toBe("");
  });
});

describe("kernel/store/treeStore, change feed", () => {
  it("tells puts and removals in their order, moves not, aborted ones not", () => {
    const device = new NorDevice(1024, 16);
    let db = open(device);
    putModel(db, 1, 1, 10, 0);
    putModel(db, 2, 2, 10, 0);
    db.beginBatch();
    putModel(db, 7, 2, 10, 0);
    db.abortBatch();
    removeModel(db, 1);
    touchModel(db, 2, 50);
    db.beginBatch();
    putModel(db, 3, 2, 10, 0);
    putModel(db, 4, 2, 10, 0);
    db.commitBatch();
    for (let round = 0; round < 2; round++) {
      const item = new Item();
      let since: i64 = 0;
      let text = "";
      while (db.changes(since, item) == Status.Ok) {
        expect(item.version).toBeGreaterThan(since);
        since = item.version;
        text += (item.isRemoved ? "-" : "+") + String.UTF8.decodeUnsafe(item.key, 4);
      }
      expect(text).toBe("+k001+k002-k001+k003+k004");
      db = open(device);
    }
  });

  it("says so when the log does not go back so far", () => {
    const db = open(new NorDevice(1024, 8));
    for (let i = 0; i < 400; i++) {
      putModel(db, i % 5, i, 40, 0);
      settle(db);
    }
    const item = new Item();
    expect(db.changes(1, item)).toBe(Status.Expired);
    expect(db.changes(0, item)).toBe(Status.Ok, "from the oldest that is still known");
    expect(item.version).toBeGreaterThan(1);
    const oldest = item.version;
    let changes = 1;
    while (db.changes(item.version, item) == Status.Ok) changes++;
    expect(changes > 20 && changes < 400).toBe(true, changes.toString());
    expect(item.version).toBe(versionOf(db, 399 % 5));
    expect(db.changes(oldest, item)).toBe(Status.Ok);
    expect(db.changes(db.nextVersion - 1, new Item())).toBe(Status.NotFound);
  });
});

describe("kernel/store/treeStore, durability", () => {
  it("holds a prefix of what was committed in batches", () => {
    for (let operation = 1; operation < 60; operation++) {
      const device = new NorDevice(1024, 16);
      let db = open(device);
      db.durability = Durability.Batched;
      db.batchOperations = 5;
      device.cutAfter(operation, Cut.LosesCache);
      let acknowledged = 0;
      for (let n = 0; n < 40 && !device.isOff; n++) if (putModel(db, n, n, 30, 0) == Status.Ok) acknowledged++;
      device.powerOn();
      db = open(device);
      let found = 0;
      while (found < 40 && isThere(db, found)) found++;
      expect(db.counts(DOCUMENTS).records).toBe(found);
      expect(found).toBeGreaterThan(acknowledged - 6);
    }
  });

  it("keeps the time with step", () => {
    const device = new NorDevice(1024, 16);
    const db = open(device);
    db.durability = Durability.Batched;
    putModel(db, 1, 1, 30, 0);
    const syncs = device.syncs;
    db.setTime(100000 + 999, NOW * 1000);
    db.step();
    expect(device.syncs).toBe(syncs);
    db.setTime(100000 + 1000, NOW * 1000);
    db.step();
    expect(device.syncs).toBe(syncs + 1);
  });
});

describe("kernel/store/treeStore in RAM", () => {
  it("is the same store", () => {
    const db = new TreeStore(new RamDevice(1024, 16));
    db.setTime(0, NOW * 1000);
    db.mount();
    settle(db);
    const model = new StoreModel(30);
    for (let i = 0; i < 500; i++) {
      const n = (i * 7) % 30;
      if (putModel(db, n, i, i % 90, 0) == Status.Ok) model.put(n, i, i % 90, 0);
      settle(db);
    }
    expect(model.difference(db)).toBe("");
    const cursor = new Cursor();
    cursor.all(BY_KEY, false);
    expect(db.next(cursor, new Item())).toBe(Status.Ok);
  });
});
