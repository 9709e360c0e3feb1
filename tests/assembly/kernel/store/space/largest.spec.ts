/** The largest live record, for which reclaim keeps room: it is known over a remount, and forgotten some time after it left. */
import { ANY_VERSION, Disposition, Item } from "../../../../../assembly/kernel/store/item";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";
import { SeenParts, seen } from "../../../../fakes/seenParts";
import { keyAddress, makeKey } from "../../../../fakes/storeModel";

/** Numbers of keys, multiples of five: those are short. */
const BIG: i32 = 990;
const SMALL: i32 = 300;
const BIG_BYTES: i32 = 2000;
const SMALL_BYTES: i32 = 40;

const value = memory.data(BIG_BYTES);

function open(device: NorDevice): TreeStore {
  const db = new TreeStore(device, 128, new SeenParts());
  db.setTime(1000, 1700000000000);
  assert(db.mount() == Status.Ok);
  return db;
}

function settle(db: TreeStore): void {
  for (let i = 0; i < 3000 && db.step(); i++) {}
}

function put(db: TreeStore, n: i32, bytes: i32): i32 {
  let status = db.begin(keyAddress(), makeKey(n), bytes, 0, ANY_VERSION);
  if (status >= 0) status = db.write(value, bytes);
  return status < 0 ? status : db.commit();
}

/** Units that a record of so many bytes under key number n is charged with. */
function unitsOf(n: i32, bytes: i32): i32 {
  const db = open(new NorDevice(4096, 16));
  settle(db);
  assert(put(db, n, bytes) == Status.Ok);
  return seen.documents.liveUnits;
}

/** Steps and overwrites a small record until a checkpoint has taken what was put before. */
function checkpoint(db: TreeStore): void {
  const before = seen.ring.writeAddress;
  while (seen.replayAddress < before) {
    expect(put(db, SMALL, SMALL_BYTES)).toBe(Status.Ok);
    settle(db);
  }
}

describe("kernel/store/space, the largest record", () => {
  it("is known after a remount: from the checkpoint, or from the log behind it", () => {
    const big = unitsOf(BIG, BIG_BYTES);
    const small = unitsOf(SMALL, SMALL_BYTES);
    const device = new NorDevice(4096, 16);
    let db = open(device);
    settle(db);
    for (let n = 0; n < 10; n++) expect(put(db, 5 * n, SMALL_BYTES - 20)).toBe(Status.Ok);
    checkpoint(db);
    expect(seen.largest).toBe(small);
    db = open(device);
    expect(seen.largest).toBe(small);
    expect(put(db, BIG, BIG_BYTES)).toBe(Status.Ok);
    expect(seen.largest).toBe(big);
    db = open(device);
    expect(seen.largest).toBe(big, "from the log");
    settle(db);
    checkpoint(db);
    const written = seen.replayAddress;
    db = open(device);
    expect(seen.replayAddress).toBe(written);
    const item = new Item();
    expect(db.find(keyAddress(), makeKey(BIG), item)).toBe(Status.Ok);
    expect(item.version).toBeLessThan(written, "the replay does not meet it");
    expect(seen.largest).toBe(big, "from the checkpoint");
  });

  it("is forgotten once room is short and it has left", () => {
    const big = unitsOf(BIG, BIG_BYTES);
    const small = unitsOf(SMALL, SMALL_BYTES);
    const db = open(new NorDevice(4096, 16));
    settle(db);
    expect(put(db, BIG, BIG_BYTES)).toBe(Status.Ok);
    checkpoint(db);
    expect(db.remove(keyAddress(), makeKey(BIG), Disposition.Deleted, ANY_VERSION)).toBe(Status.Ok);
    checkpoint(db);
    expect(seen.largest).toBe(big, "while there is room it need not be known");
    // Until it is full, then overwriting, so that reclaim has something to gain.
    let count = 0;
    for (; count < 500 && put(db, 5 * count, SMALL_BYTES) == Status.Ok; count++) settle(db);
    expect(count).toBeLessThan(500);
    for (let i = 0; i < 1000 && seen.largest == big; i++) {
      put(db, 5 * ((i * 7) % count), SMALL_BYTES);
      settle(db);
    }
    expect(seen.largest).toBe(small);
  });
});
