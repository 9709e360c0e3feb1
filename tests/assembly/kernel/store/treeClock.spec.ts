/** TTLs given while the wall clock is unknown, spec: store.md 6: they go on it when it is known, once, with what is left of them. */
import { Item } from "../../../../assembly/kernel/store/item";
import { Store } from "../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { damageIndex } from "../../../fakes/indexPages";
import { NorDevice } from "../../../fakes/norDevice";
import { keyAddress, makeKey, putModel, verifyDifference } from "../../../fakes/storeModel";

const NOW: i64 = 1700000000;
const UNKNOWN: i64 = -1;

function settle(db: Store): void {
  for (let i = 0; i < 1000 && db.step(); i++) {}
}

/** Tells uptime and wall clock in seconds, and lets the store do what waits. */
function tell(db: Store, uptime: i64, wall: i64): void {
  db.setTime(uptime * 1000, wall < 0 ? -1 : wall * 1000);
  settle(db);
}

function open(device: NorDevice, uptime: i64, wall: i64): TreeStore {
  const db = new TreeStore(device);
  db.setTime(uptime * 1000, wall < 0 ? -1 : wall * 1000);
  expect(db.mount()).toBe(Status.Ok);
  settle(db);
  return db;
}

function ttl(db: Store, n: i32): i64 {
  return db.ttl(keyAddress(), makeKey(n));
}

function isThere(db: Store, n: i32): bool {
  return db.find(keyAddress(), makeKey(n), new Item()) == Status.Ok;
}

describe("kernel/store/treeStore, a clock that is known late", () => {
  it("re-bases what an earlier start left, though nothing was put since: once, whatever time goes by and however often it is mounted", () => {
    const device = new NorDevice(1024, 16);
    putModel(open(device, 100, UNKNOWN), 1, 1, 10, 3600);
    putModel(open(device, 7, UNKNOWN), 2, 2, 10, 3600);
    let db = open(device, 20, UNKNOWN);
    tell(db, 30, NOW);
    const first = ttl(db, 1);
    const second = ttl(db, 2);
    expect(first > 3500 && first <= 3600 && second > 3500 && second <= 3600).toBe(true);
    const written = device.operations;
    tell(db, 130, NOW + 100);
    expect(ttl(db, 1)).toBe(first - 100);
    expect(ttl(db, 2)).toBe(second - 100);
    expect(device.operations).toBe(written, "nothing is written anew");
    db = open(device, 0, NOW + 200);
    expect(ttl(db, 1)).toBe(first - 200);
    db = open(device, 0, UNKNOWN);
    tell(db, 5, NOW + 300);
    expect(ttl(db, 1)).toBe(first - 300);
    expect(ttl(db, 2)).toBe(second - 300);
    db = open(device, 0, NOW + first);
    expect(isThere(db, 1)).toBe(false);
    expect(verifyDifference(db)).toBe("");
  });

  it("re-bases all that waits, and what is put while the clock is lost again", () => {
    const device = new NorDevice(1024, 16);
    let db = open(device, 100, UNKNOWN);
    for (let n = 0; n < 5; n++) putModel(db, n, n, 10, 1000 + n);
    tell(db, 150, NOW);
    for (let n = 0; n < 5; n++) expect(ttl(db, n)).toBe(950 + n);
    tell(db, 160, UNKNOWN);
    putModel(db, 5, 5, 10, 1000);
    tell(db, 200, NOW + 50);
    expect(ttl(db, 5)).toBe(960);
    // By the wall clock they expire together with it; on the store's own, which starts again where it was left, they would not.
    db = open(device, 0, NOW + 1010);
    for (let n = 0; n < 6; n++) expect(isThere(db, n)).toBe(false, n.toString());
    expect(db.sweep(10)).toBe(6);
  });

  it("re-bases nothing that it cannot look up, and all once a step has made the index anew", () => {
    const device = new NorDevice(4096, 16);
    let db = open(device, 100, UNKNOWN);
    for (let n = 0; n < 120; n++) {
      expect(putModel(db, n, n, 20, 1000)).toBe(Status.Ok);
      settle(db);
    }
    db = open(device, 0, UNKNOWN);
    expect(damageIndex(device)).toBeGreaterThan(5);
    tell(db, 1, NOW);
    tell(db, 2, NOW + 1);
    db = open(device, 0, NOW + 1200);
    for (let n = 0; n < 120; n++) expect(isThere(db, n)).toBe(false, n.toString());
  });
});
