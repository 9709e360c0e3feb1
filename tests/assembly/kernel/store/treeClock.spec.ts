/** TTLs given while the wall clock is unknown, spec: store.md 6: they go on it when it is known, once, with what is left of them. */
import { Core } from "../../../../assembly/kernel/store/core";
import { ANY_VERSION, Item, KEEP_EXPIRY } from "../../../../assembly/kernel/store/item";
import { Parts } from "../../../../assembly/kernel/store/parts";
import { Budget } from "../../../../assembly/kernel/store/space/budget";
import { DOCUMENTS, Store } from "../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { HITS, Hit, damageRecord } from "../../../fakes/damagedRecords";
import { damageIndex } from "../../../fakes/indexPages";
import { NorDevice } from "../../../fakes/norDevice";
import { keyAddress, makeKey, putModel, removeModel, verifyDifference } from "../../../fakes/storeModel";

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

  it("moves no expiry with a step of the time of day while the device runs, and goes by it from the next start", () => {
    const device = new NorDevice(1024, 16);
    let db = open(device, 10, NOW);
    putModel(db, 1, 1, 10, 100);
    const written = device.operations;
    tell(db, 11, NOW + 1 - 86400);
    expect(ttl(db, 1)).toBe(99);
    expect(db.msToExpiry()).toBe(99000);
    tell(db, 12, NOW + 25 * 31557600);
    expect(ttl(db, 1)).toBe(98);
    tell(db, 13, UNKNOWN);
    tell(db, 14, NOW + 86400);
    expect(ttl(db, 1)).toBe(96);
    putModel(db, 2, 2, 10, 100);
    tell(db, 109, NOW + 86400);
    expect(isThere(db, 1)).toBe(true);
    expect(device.operations - written < 10).toBe(true, "nothing but the put is written");
    tell(db, 110, NOW);
    expect(isThere(db, 1)).toBe(false);
    expect(ttl(db, 2)).toBe(4);
    expect(db.sweep(10)).toBe(1);
    db = open(device, 0, NOW + 103);
    expect(ttl(db, 2)).toBe(1);
    db = open(device, 0, NOW + 86400);
    expect(isThere(db, 2)).toBe(false);
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

  it("cannot tell what is left by a wall clock that is not known, and what is put in its place may keep its expiry by either clock", () => {
    const device = new NorDevice(1024, 16);
    putModel(open(device, 100, NOW), 1, 1, 10, 1000);
    let db = open(device, 7, UNKNOWN);
    expect(ttl(db, 1)).toBe(i32.MAX_VALUE);
    putModel(db, 2, 2, 10, 1000);
    tell(db, 107, UNKNOWN);
    for (let n = 1; n <= 3; n++) expect(putModel(db, n, 7, 12, KEEP_EXPIRY)).toBe(Status.Ok);
    expect(ttl(db, 1)).toBe(i32.MAX_VALUE);
    expect(ttl(db, 2)).toBe(900);
    expect(ttl(db, 3)).toBe(-1, "there was none");
    expect(db.begin(keyAddress(), makeKey(1), 10, KEEP_EXPIRY - 1, ANY_VERSION)).toBe(Status.Invalid);
    tell(db, 207, NOW + 400);
    expect(ttl(db, 1)).toBe(600);
    expect(ttl(db, 2)).toBe(800);
    db = open(device, 0, NOW + 1000);
    expect(isThere(db, 1)).toBe(false);
    expect(db.sweep(10)).toBe(1);
    expect(verifyDifference(db)).toBe("");
  });
});

/** Whether the expiry of key number n is on the wall clock. */
function isRebased(db: Store, n: i32): bool {
  const item = new Item();
  return db.find(keyAddress(), makeKey(n), item) == Status.Ok && item.isClockValid;
}

/** Bytes that one step reads when nothing is left to do. */
function idleReads(device: NorDevice, db: Store): i32 {
  settle(db);
  const before = device.readBytes;
  expect(db.step()).toBe(false);
  return device.readBytes - before;
}

/** Of which so many erases fail. */
class WornDevice extends NorDevice {
  failures: i32 = 0;

  erase(sector: i32): i32 {
    if (this.failures == 0) return super.erase(sector);
    this.failures--;
    return Status.Io;
  }
}

/** Has no room for removals while it is told so. */
class CrampedBudget extends Budget {
  isCramped: bool = false;

  hasRemovalRoom(units: i32): bool {
    return !this.isCramped && super.hasRemovalRoom(units);
  }
}

class CrampedParts extends Parts {
  cramped: CrampedBudget = changetype<CrampedBudget>(0);

  budget(core: Core): Budget {
    this.cramped = new CrampedBudget(core);
    return this.cramped;
  }
}

describe("kernel/store/treeStore, a clock that is known late and what stands in its way", () => {
  it("drops and counts once what is damaged, and re-bases all behind it", () => {
    for (let first = 0; first < 2; first++) {
      const device = new NorDevice(1024, 16);
      const db = open(device, 100, UNKNOWN);
      for (let n = 0; n < 6; n++) putModel(db, n, n, 10, 1000 + n);
      damageRecord(device, db, first, Hit.Value);
      damageRecord(device, db, 3, Hit.Value);
      tell(db, 150, NOW);
      expect(db.corrupt).toBe(2);
      expect(db.counts(DOCUMENTS).lost).toBe(2);
      for (let n = 0; n < 6; n++) expect(isRebased(db, n)).toBe(n != first && n != 3, n.toString());
      expect(idleReads(device, db)).toBe(0);
      expect(verifyDifference(db)).toBe("");
    }
  });

  it("re-bases all behind a record whatever of it is damaged", () => {
    for (let hit = 0; hit < HITS; hit++) {
      const device = new NorDevice(1024, 16);
      const db = open(device, 100, UNKNOWN);
      for (let n = 0; n < 4; n++) putModel(db, n, n, 10, 1000 + n);
      damageRecord(device, db, 0, hit);
      tell(db, 150, NOW);
      for (let n = 1; n < 4; n++) expect(isRebased(db, n)).toBe(true, hit.toString());
      expect(idleReads(device, db)).toBe(0);
      expect(device.violation).toBe("");
    }
  });

  it("waits without a read for the room that a large record takes after sectors went bad, and goes on once there is", () => {
    const device = new WornDevice(1024, 16);
    const db = open(device, 100, UNKNOWN);
    expect(putModel(db, 0, 0, 2400, 1000)).toBe(Status.Ok);
    let n = 1;
    for (; putModel(db, n, n, 40, 0) == Status.Ok; n++) settle(db);
    device.failures = 4;
    for (let i = 0; i < 400 && device.failures > 0; i++) {
      putModel(db, 1 + (i % (n - 1)), i, 40, 0);
      settle(db);
    }
    expect(device.failures).toBe(0);
    tell(db, 150, NOW);
    expect(isRebased(db, 0)).toBe(false);
    expect(idleReads(device, db)).toBe(0);
    let removed = 0;
    for (; !isRebased(db, 0) && removed < n - 1; removed++) {
      expect(removeModel(db, removed + 1)).toBe(Status.Ok);
      settle(db);
    }
    expect(removed).toBeGreaterThan(3, "it takes several to make the room");
    expect(removed).toBeLessThan(n - 1);
    expect(ttl(db, 0)).toBe(950);
    expect(verifyDifference(db)).toBe("");
  });

  it("drops all of a full store that are damaged, and has the room for it", () => {
    const device = new NorDevice(1024, 16);
    const db = open(device, 100, UNKNOWN);
    let n = 0;
    for (; putModel(db, n, n, 40, 1000) == Status.Ok; n++) settle(db);
    for (let i = 0; i < n - 1; i++) damageRecord(device, db, i, Hit.Value);
    tell(db, 150, NOW);
    expect(db.counts(DOCUMENTS).lost).toBe(n - 1);
    expect(db.corrupt).toBe(n - 1);
    expect(isRebased(db, n - 1)).toBe(true);
    expect(idleReads(device, db)).toBe(0);
    expect(putModel(db, 0, 0, 40, 1000)).toBe(Status.Ok);
    expect(verifyDifference(db)).toBe("");
    expect(device.violation).toBe("");
  });

  it("waits without a read for the room that it takes to drop what is damaged", () => {
    const device = new NorDevice(1024, 16);
    const parts = new CrampedParts();
    const db = new TreeStore(device, 288, parts);
    db.setTime(100000, UNKNOWN);
    expect(db.mount()).toBe(Status.Ok);
    settle(db);
    for (let n = 0; n < 4; n++) putModel(db, n, n, 10, 1000 + n);
    damageRecord(device, db, 0, Hit.Value);
    parts.cramped.isCramped = true;
    tell(db, 150, NOW);
    expect(idleReads(device, db)).toBe(0);
    expect(db.counts(DOCUMENTS).lost).toBe(0);
    parts.cramped.isCramped = false;
    settle(db);
    expect(db.counts(DOCUMENTS).lost).toBe(1);
    expect(db.corrupt).toBe(1);
    for (let n = 1; n < 4; n++) expect(isRebased(db, n)).toBe(true);
  });
});
