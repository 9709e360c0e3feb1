/** Damaged records that come first in an order: they hold up neither what is swept behind them, nor what is evicted, nor what is looked up. */
import { BY_KEY, Cursor } from "../../../../assembly/kernel/store/tree/cursor";
import { ANY_VERSION, Disposition, Item } from "../../../../assembly/kernel/store/item";
import { DOCUMENTS, Eviction, QUEUE, Store } from "../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { HITS, Hit, damageRecord, turnBit } from "../../../fakes/damagedRecords";
import { NorDevice } from "../../../fakes/norDevice";
import { keyAddress, makeKey, putModel, verifyDifference } from "../../../fakes/storeModel";

const NOW: i64 = 1700000000;
const UNKNOWN: i64 = -1;
const RECORDS: i32 = 6;
/** Puts behind which a checkpoint has taken all before. */
const MANY: i32 = 60;

const key = memory.data(8);
const item = new Item();

function settle(db: Store): void {
  for (let i = 0; i < 1000 && db.step(); i++) {}
}

function open(device: NorDevice, wall: i64): TreeStore {
  const db = new TreeStore(device, 128);
  db.setTime(100000, wall < 0 ? -1 : wall * 1000);
  assert(db.mount() == Status.Ok);
  settle(db);
  return db;
}

/** Sees to it that what was put before is found in the tree. */
function checkpoint(db: Store): void {
  for (let i = 0; i < MANY; i++) {
    expect(putModel(db, 500, i, 10, 0)).toBe(Status.Ok);
    settle(db);
  }
}

/** Sweeps until nothing is swept any more, with steps between. */
function sweepAll(db: Store): void {
  for (let i = 0; i < 4; i++) {
    db.sweep(2);
    settle(db);
  }
}

/** The queue's key of message n: 0, u32 big-endian. Returns its bytes. */
function queueKey(n: i32): i32 {
  store<u8>(key, 0);
  store<u32>(key, bswap(n), 1);
  return 5;
}

function publish(db: Store, n: i32): i32 {
  let status = db.begin(key, queueKey(n), 40, 0, ANY_VERSION);
  for (let i = 0; i < 5 && status >= 0; i++) status = db.write(key, 8);
  return status < 0 ? status : db.commit();
}

describe("kernel/store/treeStore, damaged records", () => {
  it("are swept with the others if their key can be told; else those behind them are", () => {
    for (let way = 0; way < 4; way++) {
      for (let hit = 0; hit < HITS; hit++) {
        const id = way.toString() + " " + hit.toString();
        const wall = (way & 1) == 0 ? NOW : UNKNOWN;
        const device = new NorDevice(1024, 16);
        const db = open(device, wall);
        for (let n = 0; n < RECORDS; n++) putModel(db, n, n, 10, 10 + n);
        checkpoint(db);
        if ((way & 2) != 0) for (let n = 0; n < RECORDS; n++) putModel(db, n, n, 11, 10 + n);
        damageRecord(device, db, 0, hit);
        damageRecord(device, db, 2, hit);
        db.setTime(200000, wall < 0 ? -1 : (NOW + 100) * 1000);
        sweepAll(db);
        const counts = db.counts(DOCUMENTS);
        if (hit == Hit.Value) expect(counts.expired).toBe(RECORDS, id);
        else expect(counts.expired).toBeGreaterThan(RECORDS - 3, id);
        for (let n = 0; n < RECORDS; n++) expect(db.find(keyAddress(), makeKey(n), item)).not.toBe(Status.Ok, id);
        const before = device.readBytes;
        expect(db.sweep(2)).toBe(0);
        expect(device.readBytes - before).toBeLessThan(2000, id);
        if (hit == Hit.Value) expect(verifyDifference(db)).toBe("", id);
        expect(device.violation).toBe("");
      }
    }
  });

  it("are evicted with the others if their key can be told; else those behind them are", () => {
    for (let way = 0; way < 4; way++) {
      for (let hit = 0; hit < HITS; hit++) {
        const id = way.toString() + " " + hit.toString();
        const device = new NorDevice(1024, 16);
        const db = open(device, NOW);
        db.setCap(DOCUMENTS, 2048, 0, (way & 1) == 0 ? Eviction.SoonestToExpire : Eviction.OldestFirst);
        for (let n = 0; n < RECORDS; n++) putModel(db, n, n, 10, 100 + n);
        if ((way & 2) != 0) checkpoint(db);
        else putModel(db, 500, 1, 10, 0);
        damageRecord(device, db, 0, hit);
        damageRecord(device, db, 1, hit);
        for (let n = RECORDS; n < 60; n++) {
          let status = putModel(db, n, n, 10, 1000);
          // The index is made anew, or a checkpoint is due.
          for (let i = 0; i < 3 && (status == Status.Busy || status == Status.NoSpace); i++) {
            settle(db);
            status = putModel(db, n, n, 10, 1000);
          }
          expect(status).toBe(Status.Ok, id + " " + n.toString());
          settle(db);
        }
        for (let n = 0; n < RECORDS; n++) expect(db.find(keyAddress(), makeKey(n), item)).not.toBe(Status.Ok, id);
        expect(db.counts(DOCUMENTS).evicted).toBeGreaterThan(20, id);
        expect(device.violation).toBe("");
      }
    }
  });

  it("do not keep the queue's oldest from being evicted", () => {
    for (let hit = 0; hit < 2; hit++) {
      const device = new NorDevice(1024, 16);
      const db = open(device, NOW);
      db.setCap(QUEUE, 1024, 0, Eviction.OldestFirst);
      for (let n = 0; n < 4; n++) expect(publish(db, n)).toBe(Status.Ok);
      expect(db.find(key, queueKey(0), item)).toBe(Status.Ok);
      turnBit(device, item, hit);
      for (let n = 4; n < 200; n++) {
        expect(publish(db, n)).toBe(Status.Ok);
        settle(db);
      }
      const counts = db.counts(QUEUE);
      expect(counts.stored - counts.evicted).toBe(counts.records);
      expect(counts.evicted).toBeGreaterThan(170);
      for (let n = 199; n > 190; n--) expect(db.find(key, queueKey(n), item)).toBe(Status.Ok);
      expect(db.find(key, queueKey(1), item)).toBe(Status.NotFound);
    }
  });

  it("leave the others to be found while the store runs: whichever it is, and whatever keys begin alike", () => {
    for (let hit = 0; hit < HITS; hit++) {
      for (let damaged = 0; damaged < RECORDS; damaged++) {
        const device = new NorDevice(1024, 16);
        const db = open(device, NOW);
        for (let n = 0; n < RECORDS; n++) putModel(db, n, n, 10, 100);
        putModel(db, 9, 9, 10, 0);
        damageRecord(device, db, damaged, hit);
        const id = hit.toString() + " " + damaged.toString();
        for (let n = 0; n < RECORDS; n++) {
          let status = db.find(keyAddress(), makeKey(n), item);
          if (status == Status.Busy) {
            settle(db);
            status = db.find(keyAddress(), makeKey(n), item);
          }
          if (n != damaged) expect(status).toBe(Status.Ok, id + " " + n.toString());
          else expect(status).not.toBe(Status.Ok, id);
        }
        const cursor = new Cursor();
        cursor.all(BY_KEY, false);
        let met = 0;
        while (db.next(cursor, item) == Status.Ok) met++;
        expect(met).toBe(RECORDS, id);
        expect(db.remove(keyAddress(), makeKey((damaged + 1) % RECORDS), Disposition.Deleted, ANY_VERSION)).toBe(Status.Ok, id);
      }
    }
  });
});
