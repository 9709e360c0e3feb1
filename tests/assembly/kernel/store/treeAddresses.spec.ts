/** Addresses of the log, which are versions, too, grow for ever: past 32 bits, of which checksums, cuts and codes of the memtable take the lower half. */
import { DOCUMENTS, Eviction, Store } from "../../../../assembly/kernel/store/store";
import { Item } from "../../../../assembly/kernel/store/item";
import { SectorHeader } from "../../../../assembly/kernel/store/flash/sector";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { NorDevice } from "../../../fakes/norDevice";
import { StoreModel, keyAddress, makeKey, putModel, removeModel, verifyDifference } from "../../../fakes/storeModel";

const SECTOR_BYTES: i32 = 1024;
const SECTORS: i32 = 16;
/** Sequence of the sector with which addresses pass 32 bits. */
const PASSING: u32 = u32(((<u64>1) << 32) / (SECTOR_BYTES / 16));
const LIMIT: i64 = (<i64>1) << 32;
const NOW: i64 = 1700000000;

function settle(db: Store): void {
  for (let i = 0; i < 1000 && db.step(); i++) {}
}

function open(device: NorDevice): TreeStore {
  const db = new TreeStore(device, 128);
  db.setTime(100000, NOW * 1000);
  expect(db.mount()).toBe(Status.Ok);
  settle(db);
  return db;
}

/** A device whose log is at its last sectors before that. */
function makeDevice(before: u32): NorDevice {
  const device = new NorDevice(SECTOR_BYTES, SECTORS);
  const header = new SectorHeader(device);
  expect(header.load(0)).toBe(Status.Ok);
  expect(header.writeFormat(0, 1)).toBe(Status.Ok);
  expect(header.writeOpening(0, PASSING - before, 2, 0)).toBe(Status.Ok);
  return device;
}

describe("kernel/store/treeStore, addresses that pass 32 bits", () => {
  it("holds what it should before, on the way and behind, whenever it is mounted", () => {
    for (let before: u32 = 1; before < 12; before += 5) {
      const device = makeDevice(before);
      let db = open(device);
      const model = new StoreModel(20);
      expect(db.nextVersion).toBeLessThan(LIMIT);
      for (let i = 0; i < 400; i++) {
        const n = (i * 7) % 20;
        if (i % 9 == 8) {
          if (removeModel(db, n) == Status.Ok) model.remove(n);
        } else {
          expect(putModel(db, n, i, i % 60, 0)).toBe(Status.Ok, i.toString());
          model.put(n, i, i % 60, 0);
        }
        // What is begun and given up is followed by a cut, which tells from which address on all is void.
        if (i % 7 == 3 && db.begin(keyAddress(), makeKey(n), 300, 0, -1) == Status.Ok) {
          for (let done = 0; done < 280; done += 40) db.write(device.base, 40);
          db.abort();
        }
        settle(db);
        if (i % 10 != 9) continue;
        db = open(device);
        expect(model.difference(db)).toBe("", before.toString() + " " + i.toString());
      }
      expect(db.nextVersion).toBeGreaterThan(LIMIT);
      expect(verifyDifference(db)).toBe("");
      expect(db.corrupt).toBe(0);
      expect(device.violation).toBe("");
    }
  });

  it("evicts the oldest document, not the one whose lower half is the least", () => {
    const device = makeDevice(4);
    const db = open(device);
    const item = new Item();
    db.setCap(DOCUMENTS, 2048, 0, Eviction.OldestFirst);
    for (let n = 0; n < 200; n++) {
      expect(putModel(db, n, n, 20, 0)).toBe(Status.Ok);
      settle(db);
      // Those that are left are the last ones.
      const records = db.counts(DOCUMENTS).records;
      for (let k = max(n - 40, 0); k <= n; k++) {
        const isThere = db.find(keyAddress(), makeKey(k), item) == Status.Ok;
        expect(isThere).toBe(k > n - records, n.toString() + " " + k.toString());
      }
    }
    expect(item.version).toBeGreaterThan(LIMIT);
  });

  it("keeps what was committed before them when the cut of the next session lies behind them", () => {
    for (let records = 1; records < 20; records++) {
      const device = makeDevice(1);
      let db = open(device);
      for (let n = 0; n < records; n++) expect(putModel(db, n, n, 16, 0)).toBe(Status.Ok);
      db = open(device);
      expect(putModel(db, 50, 0, 16, 0)).toBe(Status.Ok);
      db = open(device);
      expect(db.counts(DOCUMENTS).records).toBe(records + 1);
      for (let n = 0; n < records; n++) expect(db.find(keyAddress(), makeKey(n), new Item())).toBe(Status.Ok, records.toString());
      const item = new Item();
      let changes = 0;
      let version = LIMIT - SECTOR_BYTES / 16;
      for (; db.changes(version, item) == Status.Ok; changes++) version = item.version;
      expect(changes).toBe(records + 1, records.toString());
    }
  });

  it("keeps the version of a record that reclaim moves", () => {
    const device = makeDevice(1);
    let db = open(device);
    const item = new Item();
    let n = 0;
    for (; db.nextVersion < LIMIT; n++) expect(putModel(db, n, n, 20, 0)).toBe(Status.Ok);
    expect(putModel(db, 100, 1, 20, 0)).toBe(Status.Ok);
    expect(db.find(keyAddress(), makeKey(100), item)).toBe(Status.Ok);
    const version = item.version;
    const position = item.position;
    expect(version).toBeGreaterThan(LIMIT - 1);
    for (let i = 0; i < 400; i++) {
      expect(putModel(db, i % n, i, 20, 0)).toBe(Status.Ok);
      settle(db);
    }
    db = open(device);
    expect(db.find(keyAddress(), makeKey(100), item)).toBe(Status.Ok);
    expect(item.position).not.toBe(position);
    expect(item.version).toBe(version);
  });
});
