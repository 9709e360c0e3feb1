import { ANY_VERSION } from "../../../../../assembly/kernel/store/item";
import { DOCUMENTS, Eviction, QUEUE } from "../../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";

const UNIT: i32 = 16;
const CAP: i32 = 10;
const key = memory.data(8);
const value = memory.data(64);

/** A new store, all its work done. */
function open(): TreeStore {
  const db = new TreeStore(new NorDevice(4096, 16), 128);
  db.setTime(1000, 1700000000000);
  expect(db.mount()).toBe(Status.Ok);
  for (let i = 0; i < 100 && db.step(); i++) {}
  return db;
}

/** Puts 40 bytes under a key of five, all of which take as much. */
function put(db: TreeStore, space: i32, n: i32): i32 {
  store<u8>(key, space == QUEUE ? 0 : 100);
  store<u32>(key, bswap(n), 1);
  let status = db.begin(key, 5, 40, 0, ANY_VERSION);
  if (status >= 0) status = db.write(value, 40);
  return status < 0 ? status : db.commit();
}

/** Bytes of so many such records. */
function bytesOf(space: i32, records: i32): i32 {
  const db = open();
  expect(put(db, space, 1)).toBe(Status.Ok);
  return db.counts(space).liveUnits * UNIT * records;
}

describe("kernel/store/space/quota", () => {
  it("lets a space take its cap to the last unit, and not one more; what takes no more than before it always may", () => {
    for (let space = DOCUMENTS; space <= QUEUE; space++) {
      const db = open();
      const cap = bytesOf(space, CAP);
      db.setCap(space, cap, 0, Eviction.Refuse);
      for (let n = 0; n < CAP; n++) expect(put(db, space, n)).toBe(Status.Ok, n.toString());
      expect(db.counts(space).liveUnits * UNIT).toBe(cap);
      expect(put(db, space, CAP)).toBe(Status.NoSpace);
      expect(put(db, DOCUMENTS + QUEUE - space, 1)).toBe(Status.Ok, "the other space has its own");
      // One unit less than what is there.
      db.setCap(space, cap - UNIT, 0, Eviction.Refuse);
      expect(put(db, space, 1)).toBe(Status.Ok);
      expect(put(db, space, CAP)).toBe(Status.NoSpace);
      const less = open();
      less.setCap(space, cap - UNIT, 0, Eviction.Refuse);
      for (let n = 0; n < CAP - 1; n++) expect(put(less, space, n)).toBe(Status.Ok, n.toString());
      expect(put(less, space, CAP)).toBe(Status.NoSpace, "one unit is missing");
    }
  });

  it("evicts from the space that is full, as its owner said, and asks no other", () => {
    for (let space = DOCUMENTS; space <= QUEUE; space++) {
      const other = DOCUMENTS + QUEUE - space;
      const db = open();
      db.setCap(space, bytesOf(space, CAP), 0, Eviction.OldestFirst);
      db.setCap(other, bytesOf(other, CAP), 0, Eviction.Refuse);
      for (let n = 0; n < CAP; n++) expect(put(db, other, n)).toBe(Status.Ok);
      for (let n = 0; n < 2 * CAP; n++) expect(put(db, space, n)).toBe(Status.Ok, n.toString());
      expect(put(db, other, CAP)).toBe(Status.NoSpace);
      expect(db.counts(other).evicted).toBe(0);
      expect(db.counts(other).records).toBe(CAP);
      expect(db.counts(space).evicted).toBeGreaterThan(CAP - 1);
    }
  });
});
