/** An index made anew from the log in a store that is full: in the room of one tree, a piece in each step, while messages come. */
import { ANY_VERSION, Disposition, Item, SURELY_NEW } from "../../../../assembly/kernel/store/item";
import { QUEUE } from "../../../../assembly/kernel/store/store";
import { BY_KEY, Cursor } from "../../../../assembly/kernel/store/tree/cursor";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { damageIndex } from "../../../fakes/indexPages";
import { NorDevice } from "../../../fakes/norDevice";

const SECTOR_BYTES: i32 = 4096;
const ENTRIES: i32 = 128;
const VALUE_BYTES: i32 = 100;
const INDEX: i32 = 2;
/** Steps after which work never comes to an end, and reads that one may take: of 128 records of the log, those in the range several times. */
const STEPS_MAX: i32 = 20000;
const READS_PER_STEP: i32 = 3000;

const key = memory.data(16);
const value = memory.data(VALUE_BYTES);
const item = new Item();

/** A number for each ordinal, in no order. */
function spread(ordinal: i32): u32 {
  return <u32>ordinal * 0x9e3779b1;
}

function makeKey(ordinal: i32): i32 {
  store<u32>(key, 0x6b6b6b6b);
  store<u32>(key, spread(ordinal), 4);
  return 8;
}

function makeMessage(n: i32): i32 {
  store<u8>(key, 0);
  store<u32>(key, bswap<u32>(n), 1);
  return 5;
}

function commit(db: TreeStore, status: i32, ordinal: i32): i32 {
  // None of its units looks like a page.
  memory.fill(value, 0x55, VALUE_BYTES);
  store<u32>(value, ordinal ^ 0x55555555);
  if (status >= 0) status = db.write(value, VALUE_BYTES);
  return status;
}

function put(db: TreeStore, ordinal: i32, isIndexed: bool): i32 {
  let status = commit(db, db.begin(key, makeKey(ordinal), VALUE_BYTES, isIndexed ? 1000 : 0, ANY_VERSION), ordinal);
  if (status >= 0 && isIndexed) {
    store<u32>(key, bswap<u32>(spread(ordinal) * 31));
    status = db.addEntry(INDEX, key, 4);
  }
  return status < 0 ? status : db.commit();
}

function putMessage(db: TreeStore, n: i32): i32 {
  const status = commit(db, db.begin(key, makeMessage(n), VALUE_BYTES, 0, SURELY_NEW), n);
  return status < 0 ? status : db.commit();
}

function settle(db: TreeStore): void {
  for (let i = 0; i < STEPS_MAX && db.step(); i++) {}
}

function opened(device: NorDevice): TreeStore {
  const db = new TreeStore(device, ENTRIES);
  db.setTime(0, 1700000000000);
  expect(db.mount()).toBe(Status.Ok);
  return db;
}

/** A store with as many records as it takes. How many there are goes to `filled`. */
let filled: i32 = 0;
function full(sectors: i32, isIndexed: bool): NorDevice {
  const device = new NorDevice(SECTOR_BYTES, sectors);
  const db = opened(device);
  filled = 0;
  for (let refused = 0; refused < 3; refused++) {
    settle(db);
    if (put(db, filled, isIndexed) < 0) continue;
    filled++;
    refused = -1;
  }
  return device;
}

/** Whether look-ups answer: of a record that is no longer in the memtable. */
function look(db: TreeStore): i32 {
  const cursor = new Cursor();
  cursor.all(BY_KEY, false);
  return db.nextKey(cursor, item);
}

/** Steps until look-ups answer. */
let mostErases: i32 = 0;
let mostReads: i32 = 0;
function mend(db: TreeStore, device: NorDevice): i32 {
  let status = look(db);
  for (let i = 0; i < STEPS_MAX && status == Status.Busy; i++) {
    const erases = device.eraseTotal;
    const reads = device.reads;
    db.step();
    mostErases = max(mostErases, device.eraseTotal - erases);
    mostReads = max(mostReads, device.reads - reads);
    status = look(db);
  }
  return status;
}

/** Records found by their keys, and by the index. */
function found(db: TreeStore): i32 {
  let count = 0;
  for (let n = 0; n < filled; n++) if (db.find(key, makeKey(n), item) == Status.Ok) count++;
  return count;
}

function walked(db: TreeStore, index: i32): i32 {
  const cursor = new Cursor();
  cursor.all(index, false);
  let count = 0;
  while (db.next(cursor, item) == Status.Ok) count++;
  return count;
}

describe("kernel/store, an index made anew in a full store", () => {
  it("finds the room under keys in random order, and loses none: 16 to 128 sectors, with and without other orders", () => {
    for (let sectors = 16; sectors <= 128; sectors <<= 1) {
      for (let indexed = 0; indexed < 2; indexed++) {
        const device = full(sectors, indexed == 1);
        const where = sectors.toString() + " sectors, " + indexed.toString();
        expect(damageIndex(device)).toBeGreaterThan(10, where);
        const db = opened(device);
        expect(mend(db, device)).toBe(Status.Ok, where);
        expect(found(db)).toBe(filled, where);
        expect(walked(db, BY_KEY)).toBe(filled, where);
        expect(walked(db, INDEX)).toBe(indexed * filled, where);
        expect(walked(db, 1)).toBe(indexed * filled, where);
        expect(db.corrupt).toBe(1, where);
        expect(mostErases).toBeLessThan(2, where);
        expect(mostReads).toBeLessThan(READS_PER_STEP, where);
        expect(device.violation).toBe("", where);
      }
    }
  });

  it("takes messages that come between its pieces, each once, and has them in their order", () => {
    const device = full(64, true);
    const db = opened(device);
    for (let n = 0; n < 300; n++) {
      settle(db);
      expect(db.remove(key, makeKey(n), Disposition.Deleted, ANY_VERSION)).toBe(Status.Ok, n.toString());
    }
    damageIndex(device);
    expect(look(db)).toBe(Status.Busy);
    let messages = 0;
    let steps = 0;
    for (; look(db) == Status.Busy; steps++) {
      if (steps % 2 == 0 && putMessage(db, messages + 1) == Status.Ok) messages++;
      db.step();
    }
    expect(messages).toBeGreaterThan(50);
    expect(db.counts(QUEUE).records).toBe(messages);
    expect(db.counts(QUEUE).stored).toBe(messages);
    for (let n = 1; n <= messages; n++) expect(db.find(key, makeMessage(n), item)).toBe(Status.Ok, n.toString());
    expect(walked(db, BY_KEY)).toBe(filled - 300 + messages);
    expect(walked(db, INDEX)).toBe(filled - 300);
    const again = opened(device);
    expect(again.counts(QUEUE).records).toBe(messages);
    expect(walked(again, BY_KEY)).toBe(filled - 300 + messages);
  });

  it("goes on after a reset on the way, and takes a removal and a put then", () => {
    const device = full(32, false);
    damageIndex(device);
    for (let round = 0; round < 2; round++) {
      const db = opened(device);
      expect(look(db)).toBe(Status.Busy);
      for (let i = 0; i < 20; i++) db.step();
    }
    const db = opened(device);
    expect(mend(db, device)).toBe(Status.Ok);
    expect(found(db)).toBe(filled);
    settle(db);
    expect(db.remove(key, makeKey(0), Disposition.Deleted, ANY_VERSION)).toBe(Status.Ok);
    settle(db);
    expect(put(db, 0, false)).toBe(Status.Ok);
  });
});
