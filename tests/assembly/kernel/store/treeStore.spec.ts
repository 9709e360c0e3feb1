import { BY_KEY, Cursor } from "../../../../assembly/kernel/store/tree/cursor";
import { ANY_VERSION, Disposition, Item } from "../../../../assembly/kernel/store/item";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { StoreStats, VerifyReport } from "../../../../assembly/kernel/store/store";
import { Status } from "../../../../assembly/lib/status";
import { NorDevice } from "../../../fakes/norDevice";

const key = memory.data(64);
const value = memory.data(512);

function keyOf(n: i32): i32 {
  const text = "k" + n.toString().padStart(5, "0");
  String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, key, false);
  return text.length;
}

function put(db: TreeStore, n: i32, seed: i32, bytes: i32): i32 {
  const len = keyOf(n);
  let status = db.begin(key, len, bytes, 0, ANY_VERSION);
  if (status < 0) return status;
  for (let i = 0; i < bytes; i++) store<u8>(value + i, seed + i);
  status = db.write(value, bytes);
  if (status < 0) return status;
  return db.commit();
}

function settle(db: TreeStore): void {
  for (let i = 0; i < 1000 && db.step(); i++) {}
}

function holds(db: TreeStore, n: i32, seed: i32, bytes: i32): bool {
  const item = new Item();
  if (db.find(key, keyOf(n), item) != Status.Ok || item.valueBytes != bytes) return false;
  if (db.read(item, 0, value, bytes) != bytes) return false;
  for (let i = 0; i < bytes; i++) if (load<u8>(value + i) != <u8>(seed + i)) return false;
  return true;
}

describe("kernel/store/treeStore", () => {
  it("puts, gets, overwrites, removes", () => {
    const device = new NorDevice(4096, 16);
    const db = new TreeStore(device);
    expect(db.mount()).toBe(Status.Ok);
    settle(db);
    expect(put(db, 1, 7, 100)).toBe(Status.Ok);
    expect(put(db, 2, 9, 100)).toBe(Status.Ok);
    expect(holds(db, 1, 7, 100)).toBe(true);
    expect(put(db, 1, 8, 50)).toBe(Status.Ok);
    expect(holds(db, 1, 8, 50)).toBe(true);
    expect(db.remove(key, keyOf(2), Disposition.Deleted, ANY_VERSION)).toBe(Status.Ok);
    expect(holds(db, 2, 9, 100)).toBe(false);
    expect(db.counts(0).records).toBe(1);
    const again = new TreeStore(device);
    expect(again.mount()).toBe(Status.Ok);
    expect(holds(again, 1, 8, 50)).toBe(true);
    expect(holds(again, 2, 9, 100)).toBe(false);
    expect(again.counts(0).records).toBe(1);
    expect(device.violation).toBe("");
  });

  it("holds 400 records through 5,000 overwrites", () => {
    const device = new NorDevice(4096, 32);
    let db = new TreeStore(device);
    db.mount();
    settle(db);
    const seeds = new StaticArray<i32>(400);
    for (let i = 0; i < 5000; i++) {
      const n = i < 400 ? i : (i * 7919) % 400;
      const status = put(db, n, i, 100);
      if (status != Status.Ok) trace("put " + i.toString() + " " + status.toString());
      expect(status).toBe(Status.Ok);
      if (status != Status.Ok) break;
      seeds[n] = i;
      db.step();
    }
    let good = 0;
    for (let n = 0; n < 400; n++) good += i32(holds(db, n, seeds[n], 100));
    expect(good).toBe(400);
    expect(db.counts(0).records).toBe(400);
    db = new TreeStore(device);
    expect(db.mount()).toBe(Status.Ok);
    good = 0;
    for (let n = 0; n < 400; n++) good += i32(holds(db, n, seeds[n], 100));
    expect(good).toBe(400);
    expect(db.counts(0).records).toBe(400);
    const cursor = new Cursor();
    const item = new Item();
    cursor.all(BY_KEY, false);
    let n = 0;
    while (db.next(cursor, item) == Status.Ok) n++;
    expect(n).toBe(400);
    cursor.all(BY_KEY, true);
    n = 0;
    while (db.next(cursor, item) == Status.Ok) n++;
    expect(n).toBe(400);
    const report = new VerifyReport();
    db.startVerify();
    while (!report.isDone) db.verify(report);
    expect(report.records).toBe(400);
    expect(report.corrupt + report.dangling).toBe(0);
    const stats = new StoreStats();
    db.stats(stats);
    expect(stats.corrupt).toBe(0);
    expect(device.violation).toBe("");
  });
});
