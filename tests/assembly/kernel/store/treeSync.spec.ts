/** A flash that takes what is programmed and cannot make it durable: that is told, and nothing is built on it. */
import { ANY_VERSION, Disposition, Item } from "../../../../assembly/kernel/store/item";
import { DOCUMENTS, Durability, Store } from "../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { Cut, NorDevice } from "../../../fakes/norDevice";
import { keyAddress, makeKey, putRound, roundOf, verifyDifference } from "../../../fakes/storeModel";

const NOW: i64 = 1700000000000;

class StuckDevice extends NorDevice {
  isStuck: bool = false;

  sync(): i32 {
    return this.isStuck ? Status.Io : super.sync();
  }
}

function settle(db: Store): void {
  for (let i = 0; i < 1000 && db.step(); i++) {}
}

function open(device: NorDevice): TreeStore {
  const db = new TreeStore(device, 128);
  db.setTime(100000, NOW);
  expect(db.mount()).toBe(Status.Ok);
  settle(db);
  return db;
}

describe("kernel/store/treeStore, a sync that fails", () => {
  it("is told of each change, none of which is made: not at once, not when the flash answers again, not after a remount", () => {
    const device = new StuckDevice(1024, 16);
    let db = open(device);
    for (let n = 0; n < 3; n++) expect(putRound(db, n, 1)).toBe(Status.Ok);
    device.isStuck = true;
    expect(putRound(db, 0, 2)).toBe(Status.Io);
    expect(putRound(db, 9, 2)).toBe(Status.Io);
    expect(db.remove(keyAddress(), makeKey(1), Disposition.Deleted, ANY_VERSION)).toBe(Status.Io);
    expect(db.beginBatch()).toBe(Status.Ok);
    expect(putRound(db, 2, 2)).toBe(Status.Ok, "of a batch");
    expect(putRound(db, 8, 2)).toBe(Status.Ok, "of a batch");
    expect(db.commitBatch()).toBe(Status.Io);
    expect(db.flush()).toBe(Status.Io);
    device.isStuck = false;
    for (let round = 0; round < 3; round++) {
      if (round == 1) expect(putRound(db, 5, 1)).toBe(Status.Ok);
      if (round == 2) db = open(device);
      for (let n = 0; n < 3; n++) expect(roundOf(db, n)).toBe(1, round.toString());
      expect(roundOf(db, 8)).toBe(-1);
      expect(roundOf(db, 9)).toBe(-1);
      expect(db.counts(DOCUMENTS).records).toBe(round == 0 ? 3 : 4);
      expect(verifyDifference(db)).toBe("");
    }
  });

  it("is tried again: what waits for it still does", () => {
    const device = new StuckDevice(1024, 16);
    let db = open(device);
    db.durability = Durability.Batched;
    expect(putRound(db, 1, 1)).toBe(Status.Ok);
    device.isStuck = true;
    db.setTime(100000 + db.batchMs, NOW);
    db.step();
    device.isStuck = false;
    db.step();
    device.cutAfter(1, Cut.LosesCache);
    putRound(db, 2, 1);
    expect(device.isOff).toBe(true);
    device.powerOn();
    db = open(device);
    expect(roundOf(db, 1)).toBe(1);
  });

  it("ends a checkpoint: no sector is given up for one that is not durable", () => {
    const device = new StuckDevice(512, 16);
    let db = open(device);
    for (let n = 0; n < 20; n++) expect(putRound(db, n, 1)).toBe(Status.Ok);
    device.isStuck = true;
    db.durability = Durability.None;
    for (let i = 0; i < 400; i++) {
      putRound(db, i % 20, 2);
      for (let steps = 0; steps < 20 && db.step(); steps++) {}
    }
    // The power goes, and with it all that was programmed since the last sync.
    device.dropCache();
    device.powerOn();
    device.isStuck = false;
    db = open(device);
    for (let n = 0; n < 20; n++) expect(roundOf(db, n)).toBeGreaterThan(0, n.toString());
  });
});
