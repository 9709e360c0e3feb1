import { ANY_VERSION, Disposition, Item } from "../../../../assembly/kernel/store/item";
import { DOCUMENTS, Durability, Store, StoreStats } from "../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { Cut, NorDevice } from "../../../fakes/norDevice";
import { keyAddress, makeKey, putModel, touchModel, verifyDifference } from "../../../fakes/storeModel";

const NOW: i64 = 1700000000;
const value = memory.data(256);

function settle(db: Store): void {
  for (let i = 0; i < 2000 && db.step(); i++) {}
}

function open(device: NorDevice): TreeStore {
  const db = new TreeStore(device);
  db.setTime(100000, NOW * 1000);
  expect(db.mount()).toBe(Status.Ok);
  settle(db);
  return db;
}

function put(db: Store, n: i32, bytes: i32, ttl: i32): i32 {
  let status = db.begin(keyAddress(), makeKey(n), bytes, ttl, ANY_VERSION);
  if (status >= 0) status = db.write(value, bytes);
  return status < 0 ? status : db.commit();
}

function statsOf(db: Store): StoreStats {
  const stats = new StoreStats();
  expect(db.stats(stats)).toBe(Status.Ok);
  return stats;
}

describe("kernel/store/treeStore, what it tells of itself", () => {
  it("B14: used, free and reclaimable bytes, records; B12: erase counts; the same after a remount", () => {
    const device = new NorDevice(4096, 16);
    let db = open(device);
    const empty = statsOf(db);
    expect(empty.records).toBe(0);
    expect(empty.usedBytes).toBe(0);
    for (let n = 0; n < 50; n++) {
      put(db, n, 200, 0);
      settle(db);
    }
    const filled = statsOf(db);
    expect(filled.records).toBe(50);
    // 200 bytes of value, a key of 4 to 51 and 8 bytes each; the index beside them.
    expect(filled.usedBytes).toBeGreaterThan(50 * 208);
    expect(filled.usedBytes).toBeLessThan(50 * 272);
    expect(filled.freeBytes).toBeLessThan(empty.freeBytes - 50 * 208);
    for (let n = 0; n < 50; n++) {
      put(db, n, 200, 0);
      settle(db);
    }
    const rewritten = statsOf(db);
    expect(rewritten.records).toBe(50);
    expect(rewritten.reclaimableBytes).toBeGreaterThan(filled.reclaimableBytes + 20 * 208);
    for (let n = 0; n < 25; n++) {
      db.remove(keyAddress(), makeKey(n), Disposition.Deleted, ANY_VERSION);
      settle(db);
    }
    const fewer = statsOf(db);
    expect(fewer.records).toBe(25);
    expect(fewer.freeBytes).toBeGreaterThan(rewritten.freeBytes);
    for (let i = 0; i < 1500; i++) {
      put(db, 25 + (i % 25), 200, 0);
      settle(db);
    }
    const worn = statsOf(db);
    let least: u32 = u32.MAX_VALUE;
    let most: u32 = 0;
    for (let sector = 0; sector < 16; sector++) {
      least = min<u32>(least, device.erases[sector]);
      most = max<u32>(most, device.erases[sector]);
    }
    expect(worn.eraseMin).toBe(least);
    expect(worn.eraseMax).toBe(most);
    expect(worn.eraseMin).toBeGreaterThan(2);
    db = open(device);
    const again = statsOf(db);
    expect(again.records).toBe(25);
    expect(again.usedBytes - worn.usedBytes < 1024 && worn.usedBytes - again.usedBytes < 1024).toBe(true);
    expect(again.eraseMax - worn.eraseMax < 2).toBe(true);
  });

  it("M11: counts what became of records, together with them", () => {
    const device = new NorDevice(4096, 16);
    let db = open(device);
    for (let n = 0; n < 10; n++) put(db, n, 20, n < 3 ? 10 : 0);
    put(db, 9, 30, 0);
    db.remove(keyAddress(), makeKey(5), Disposition.Deleted, ANY_VERSION);
    db.setTime(200000, (NOW + 100) * 1000);
    expect(db.sweep(10)).toBe(3);
    for (let round = 0; round < 2; round++) {
      const counts = db.counts(DOCUMENTS);
      expect(counts.records).toBe(6);
      expect(counts.stored).toBe(10);
      expect(counts.overwritten).toBe(1);
      expect(counts.deleted).toBe(1);
      expect(counts.expired).toBe(3);
      expect(counts.evicted).toBe(0);
      db = open(device);
    }
  });

  it("M9: flush makes durable what no level did", () => {
    for (let isFlushed = 0; isFlushed < 2; isFlushed++) {
      const device = new NorDevice(4096, 16);
      let db = open(device);
      db.durability = Durability.None;
      for (let n = 0; n < 20; n++) put(db, n, 20, 0);
      if (isFlushed == 1) db.flush();
      device.cutAfter(1, Cut.LosesCache);
      put(db, 30, 20, 0);
      device.powerOn();
      db = open(device);
      expect(db.counts(DOCUMENTS).records).toBe(isFlushed == 1 ? 20 : 0);
    }
  });

  it("B13, M12: a sweep reads what expired, not what is there", () => {
    const reads = new StaticArray<i32>(2);
    for (let size = 0; size < 2; size++) {
      const device = new NorDevice(4096, 256);
      const db = open(device);
      const records = size == 0 ? 500 : 2000;
      for (let n = 0; n < records; n++) {
        expect(put(db, n, 40, n % (records / 10) == 0 ? 100 : 5000)).toBe(Status.Ok);
        settle(db);
      }
      db.setTime(200000, (NOW + 100) * 1000);
      const before = device.readBytes;
      expect(db.sweep(100)).toBe(10);
      reads[size] = device.readBytes - before;
      expect(db.sweep(100)).toBe(0);
    }
    trace("bytes read to sweep 10 of 500, of 2,000", 2, reads[0], reads[1]);
    expect(reads[1]).toBeLessThan((3 * reads[0]) / 2);
  });

  it("B13: a sweep goes on where the last one ended, and finds what was given an earlier time since", () => {
    const device = new NorDevice(4096, 64);
    const db = open(device);
    for (let n = 0; n < 100; n++) put(db, n, 20, 50 + (n % 2));
    settle(db);
    db.setTime(160000, (NOW + 60) * 1000);
    const first = device.readBytes;
    expect(db.sweep(10)).toBe(10);
    const ten = device.readBytes - first;
    let swept = 10;
    while (swept < 90) swept += db.sweep(10);
    const last = device.readBytes;
    expect(db.sweep(10)).toBe(10);
    trace("bytes read by the first and the last sweep of 10 among 100", 2, ten, device.readBytes - last);
    expect(device.readBytes - last).toBeLessThan(2 * ten);
    expect(db.sweep(10)).toBe(0);
    // The clock is put back: these expire before the place that the sweep has reached.
    db.setTime(210000, (NOW + 10) * 1000);
    for (let n = 0; n < 3; n++) put(db, 200 + n, 20, 5);
    put(db, 300, 20, 1000);
    touchModel(db, 300, 6);
    expect(db.msToExpiry()).toBe(5000);
    db.setTime(220000, (NOW + 16) * 1000);
    expect(db.sweep(10)).toBe(4);
    expect(db.counts(DOCUMENTS).records).toBe(0);
    expect(verifyDifference(db)).toBe("");
  });

  it("hides nothing of an expired record: no read finds it before it is swept", () => {
    const db = open(new NorDevice(1024, 16));
    putModel(db, 1, 1, 10, 60);
    db.setTime(160000, (NOW + 60) * 1000);
    expect(db.find(keyAddress(), makeKey(1), new Item())).toBe(Status.NotFound);
    expect(db.ttl(keyAddress(), makeKey(1))).toBe(Status.NotFound);
    expect(db.touch(keyAddress(), makeKey(1), 60)).toBe(Status.NotFound);
    expect(db.remove(keyAddress(), makeKey(1), Disposition.Deleted, ANY_VERSION)).toBe(Status.NotFound);
    expect(db.counts(DOCUMENTS).records).toBe(1);
  });
});
