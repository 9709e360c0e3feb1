import { BY_KEY, Cursor } from "../../../../assembly/kernel/store/tree/cursor";
import { Item } from "../../../../assembly/kernel/store/item";
import { DOCUMENTS, Store } from "../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { NorDevice } from "../../../fakes/norDevice";
import { StoreModel, keyAddress, makeKey, putModel, removeModel, touchModel, verifyDifference } from "../../../fakes/storeModel";

let seed: u32 = 1;

function random(below: i32): i32 {
  seed = seed * 1664525 + 1013904223;
  return <i32>((seed >> 8) % <u32>below);
}

function settle(db: Store): void {
  for (let i = 0; i < 1000 && db.step(); i++) {}
}

/** Random operations against the model, now and then a remount. "" or what differs. */
function play(sectorBytes: i32, sectors: i32, keys: i32, operations: i32, entries: i32): string {
  const device = new NorDevice(sectorBytes, sectors);
  let db = new TreeStore(device, entries);
  const model = new StoreModel(keys);
  db.setTime(model.now * 1000, model.now * 1000);
  db.mount();
  settle(db);
  let refused = 0;
  for (let i = 0; i < operations; i++) {
    const n = random(keys);
    const kind = random(20);
    let status: i32 = Status.Ok;
    if (kind < 12) {
      const bytes = random(20) == 0 ? random(sectorBytes / 2) : random(120);
      const ttl = random(3) == 0 ? 1 + random(200) : 0;
      status = putModel(db, n, i, bytes, ttl);
      if (status == Status.Ok) model.put(n, i, bytes, ttl);
    } else if (kind < 16) {
      status = removeModel(db, n);
      if (status == Status.NotFound && !model.isLive(n)) status = Status.Ok;
      else if (status == Status.Ok) model.remove(n);
    } else if (kind == 16) {
      status = touchModel(db, n, 300);
      if (status == Status.NotFound && !model.isLive(n)) status = Status.Ok;
      else if (status == Status.Ok) model.expiries[n] = model.now + 300;
    } else if (kind == 17) {
      model.now += random(20);
      db.setTime(model.now * 1000, model.now * 1000);
    } else if (kind == 18) {
      while (model.firstExpired() >= 0 && db.sweep(1) == 1) model.remove(model.firstExpired());
    } else if (random(20) == 0) {
      db = new TreeStore(device, entries);
      db.setTime(model.now * 1000, model.now * 1000);
      status = db.mount();
    }
    if (status == Status.NoSpace) refused++;
    else if (status != Status.Ok) return "operation " + i.toString() + ": " + status.toString();
    for (let s = random(4); s > 0; s--) db.step();
    if (i % 500 == 499) {
      const difference = model.difference(db);
      if (difference != "") return "after " + i.toString() + ": " + difference;
      const verified = verifyDifference(db);
      if (verified != "") return "after " + i.toString() + ": " + verified;
    }
  }
  if (device.violation != "") return device.violation;
  return refused > operations / 10 ? "refused " + refused.toString() : "";
}

describe("kernel/store/treeStore beside a model", () => {
  it("agrees over random operations", () => {
    for (let run = 0; run < 6; run++) {
      seed = 1000 + run;
      expect(play(1024, 24, 40, 3000, 512)).toBe("");
    }
  });

  it("agrees in other geometries, and with the smallest memtable", () => {
    seed = 7;
    expect(play(512, 60, 50, 3000, 512)).toBe("");
    expect(play(4096, 8, 40, 3000, 128)).toBe("");
    expect(play(4096, 64, 600, 4000, 128)).toBe("");
  });
});

const value = memory.data(128);

/** Puts keys 0 to count - 1, mixed or in their order. Returns how many were taken. */
function fill(db: TreeStore, count: i32, isMixed: bool): i32 {
  for (let i = 0; i < count; i++) {
    const n = isMixed ? <i32>((<i64>i * 7919) % count) : i;
    let status = put(db, n);
    for (let tries = 0; status == Status.NoSpace && tries < 2000; tries++) {
      db.step();
      status = put(db, n);
    }
    if (status < 0) return i;
    db.step();
  }
  return count;
}

function put(db: TreeStore, n: i32): i32 {
  const key = keyAddress();
  store<u32>(key, bswap(n + 0x40000000));
  let status = db.begin(key, 4, 100, 0, -1);
  if (status >= 0) status = db.write(value, 100);
  return status < 0 ? status : db.commit();
}

/** Bytes and calls read by 200 gets, and by 200 overwrites with a step each. */
function cost(device: NorDevice, db: TreeStore, count: i32, isPut: bool): StaticArray<i32> {
  const item = new Item();
  const bytes = device.readBytes;
  const calls = device.reads;
  for (let i = 0; i < 200; i++) {
    const n = <i32>((<i64>i * 104729) % count);
    if (isPut) {
      expect(put(db, n)).toBe(Status.Ok);
      for (let s = 0; s < 50 && db.step(); s++) {}
    } else {
      store<u32>(keyAddress(), bswap(n + 0x40000000));
      expect(db.find(keyAddress(), 4, item)).toBe(Status.Ok);
    }
  }
  return [(device.readBytes - bytes) / 200, (device.reads - calls) / 200];
}

/** Bytes read to walk 20 records from the middle of `count` on. */
function walk(device: NorDevice, db: TreeStore, count: i32): i32 {
  const cursor = new Cursor();
  const item = new Item();
  store<u32>(keyAddress(), bswap(count / 2 + 0x40000000));
  const before = device.readBytes;
  cursor.range(BY_KEY, keyAddress(), 4, true, 0, 0, false, false);
  for (let i = 0; i < 20; i++) expect(db.next(cursor, item)).toBe(Status.Ok);
  return device.readBytes - before;
}

describe("kernel/store/treeStore, growth", () => {
  it("reads little more among 10,000 records than among 100", () => {
    const small = new NorDevice(4096, 512);
    const few = new TreeStore(small);
    few.setTime(0, 0);
    few.mount();
    settle(few);
    expect(fill(few, 100, true)).toBe(100);
    settle(few);
    const big = new NorDevice(4096, 512);
    const many = new TreeStore(big);
    many.setTime(0, 0);
    many.mount();
    settle(many);
    expect(fill(many, 10000, false)).toBe(10000);
    settle(many);
    expect(many.counts(DOCUMENTS).records).toBe(10000);
    const walkFew = walk(small, few, 100);
    const walkMany = walk(big, many, 10000);
    const getFew = cost(small, few, 100, false);
    const getMany = cost(big, many, 10000, false);
    const putFew = cost(small, few, 100, true);
    const putMany = cost(big, many, 10000, true);
    trace("get bytes, calls at 100 and 10,000", 4, getFew[0], getFew[1], getMany[0], getMany[1]);
    trace("put bytes, calls at 100 and 10,000", 4, putFew[0], putFew[1], putMany[0], putMany[1]);
    trace("bytes to walk 20 records at 100 and 10,000", 2, walkFew, walkMany);
    expect(putMany[0]).toBeLessThan(4096);
    // A hundred times as many take the tree two or three levels more, each of them a page.
    expect(getMany[1]).toBeLessThanOrEqual(getFew[1] + 3);
    expect(getMany[0]).toBeLessThan(4 * getFew[0]);
    expect(walkMany).toBeLessThan(2 * walkFew);
  });
});

describe("kernel/store/treeStore, mount", () => {
  it("S21: reads less than 5 % of a full 512 KB, and programs nothing", () => {
    const device = new NorDevice(4096, 128);
    const db = new TreeStore(device);
    db.setTime(0, 0);
    db.mount();
    settle(db);
    const records = fill(db, 6000, true);
    for (let i = 0; i < 1000; i++) {
      put(db, (i * 31) % records);
      for (let s = 0; s < 50 && db.step(); s++) {}
    }
    const operations = device.operations;
    device.readBytes = 0;
    device.reads = 0;
    const again = new TreeStore(device);
    expect(again.mount()).toBe(Status.Ok);
    trace("records, mount bytes, reads", 3, records, device.readBytes, device.reads);
    expect(again.counts(DOCUMENTS).records).toBe(records);
    expect(device.operations).toBe(operations);
    expect(device.readBytes).toBeLessThan((4096 * 128) / 20);
  });
});
