/** Pages of the index that are damaged: no record is, and it is made anew. Until then that is told, and nothing else. */
import { ANY_VERSION, Item, SURELY_NEW } from "../../../../assembly/kernel/store/item";
import { Store } from "../../../../assembly/kernel/store/store";
import { BY_KEY, Cursor } from "../../../../assembly/kernel/store/tree/cursor";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { damageIndex, damagePage, indexPages } from "../../../fakes/indexPages";
import { NorDevice } from "../../../fakes/norDevice";
import { keyAddress, makeKey, putModel, removeModel, TAG_INDEX, touchModel, verifyDifference } from "../../../fakes/storeModel";
import { Bench } from "./documents/bench";

const RECORDS: i32 = 120;
const DOCUMENTS: i32 = 120;
const NOW: i64 = 1700000000000;

let whole: NorDevice = new NorDevice(4096, 16);
const item = new Item();

function settle(db: Store): void {
  for (let i = 0; i < 1000 && db.step(); i++) {}
}

function mounted(device: NorDevice): TreeStore {
  const db = new TreeStore(device, 128);
  db.setTime(100000, NOW);
  expect(db.mount()).toBe(Status.Ok);
  return db;
}

function copyOfWhole(): NorDevice {
  const device = new NorDevice(4096, 16);
  device.copyFrom(whole);
  return device;
}

function find(db: Store, n: i32): i32 {
  return db.find(keyAddress(), makeKey(n), item);
}

/** Walks an order to its end, a step wherever it is told to wait. Keys met, and how often it waited. */
let waits: i32 = 0;
function walk(db: Store, index: i32, isReverse: bool): string {
  const cursor = new Cursor();
  cursor.all(index, isReverse);
  let keys = "";
  while (true) {
    const status = db.next(cursor, item);
    if (status == Status.Busy) {
      waits++;
      db.step();
    } else if (status < 0) {
      return status == Status.NotFound ? keys : status.toString();
    } else {
      keys += " " + String.UTF8.decodeUnsafe(item.key, item.keyBytes);
    }
  }
}

describe("kernel/store, a damaged index", () => {
  beforeAll(() => {
    whole = new NorDevice(4096, 16);
    const db = mounted(whole);
    settle(db);
    for (let n = 0; n < RECORDS; n++) {
      expect(putModel(db, n, n, 20, 0)).toBe(Status.Ok);
      settle(db);
    }
  });

  it("looks nothing up until a step has made it anew, and loses nothing; what is surely new is stored meanwhile", () => {
    const device = copyOfWhole();
    const db = mounted(device);
    expect(damageIndex(device)).toBeGreaterThan(10);
    expect(find(db, 1)).toBe(Status.Busy);
    expect(putModel(db, 1, 7, 20, 0)).toBe(Status.Busy);
    expect(removeModel(db, 2)).toBe(Status.Busy);
    expect(touchModel(db, 3, 60)).toBe(Status.Busy);
    expect(db.ttl(keyAddress(), makeKey(3))).toBe(Status.Busy);
    const cursor = new Cursor();
    cursor.all(BY_KEY, false);
    expect(db.next(cursor, item)).toBe(Status.Busy);
    expect(db.begin(keyAddress(), makeKey(RECORDS), 0, 0, SURELY_NEW)).toBe(Status.Ok);
    expect(db.commit()).toBe(Status.Ok);
    expect(find(db, RECORDS)).toBe(Status.Busy);
    settle(db);
    for (let n = 0; n <= RECORDS; n++) expect(find(db, n)).toBe(Status.Ok, n.toString());
    expect(putModel(db, 1, 7, 20, 0)).toBe(Status.Ok);
    expect(removeModel(db, 2)).toBe(Status.Ok);
    expect(verifyDifference(db)).toBe("");
    expect(device.violation).toBe("");
  });

  it("goes on where it was: whichever page it is, a cursor of any order that waits passes over nothing and gives nothing twice", () => {
    const pages = indexPages(whole);
    const orders: string[] = [];
    for (let way = 0; way < 4; way++) orders.push(walk(mounted(copyOfWhole()), way < 2 ? BY_KEY : TAG_INDEX, (way & 1) == 1));
    waits = 0;
    for (let i = 0; i < pages.length; i++) {
      for (let way = 0; way < 4; way++) {
        const device = copyOfWhole();
        const db = mounted(device);
        damagePage(device, pages[i]);
        expect(walk(db, way < 2 ? BY_KEY : TAG_INDEX, (way & 1) == 1)).toBe(orders[way], pages[i].toString() + ", " + way.toString());
      }
    }
    expect(waits).toBeGreaterThan(20);
  });

  it("says Io where a step could not mend it, because a batch was open, and Ok behind the batch", () => {
    const device = copyOfWhole();
    const db = mounted(device);
    expect(db.beginBatch()).toBe(Status.Ok);
    damageIndex(device);
    expect(find(db, 1)).toBe(Status.Busy);
    settle(db);
    expect(find(db, 1)).toBe(Status.Io);
    expect(db.commitBatch()).toBe(Status.Ok);
    settle(db);
    expect(find(db, 1)).toBe(Status.Ok);
  });

  it("is found by verify", () => {
    const device = copyOfWhole();
    const db = mounted(device);
    damageIndex(device);
    expect(verifyDifference(db)).toBe("verify: corrupt 1, dangling 0");
    settle(db);
    expect(verifyDifference(db)).toBe("");
  });
});

/** As Bench.ask, a step of the store wherever it is told to wait. device: all pages are damaged behind the first result. */
function ask(bench: Bench, condition: string, device: NorDevice | null = null): string {
  const bytes = String.UTF8.encode(condition);
  const query = bench.documents.query;
  let status = query.open(changetype<usize>(bytes), bytes.byteLength, true);
  let keys = "";
  while (status >= 0 || status == Status.Busy) {
    status = query.next(1000);
    if (status == Status.Busy) {
      waits++;
      bench.store.step();
    }
    if (status == Status.Ok && keys == "" && device) damageIndex(device);
    if (status == Status.Ok) keys += " " + bench.resultKey;
  }
  return status == Status.NotFound ? keys : status.toString();
}

describe("kernel/store/documents, over a damaged index", () => {
  beforeAll(() => {
    whole = new NorDevice(4096, 16);
    const bench = new Bench(mounted(whole));
    bench.settle();
    bench.time(NOW);
    bench.index("n");
    for (let n = 0; n < DOCUMENTS; n++) {
      expect(bench.put("k" + (100 + n).toString(), '{"n":' + ((n * 7) % DOCUMENTS).toString() + "}", 0, n % 3 == 0 ? '["t"]' : "")).toBe(
        Status.Ok,
      );
      bench.settle();
    }
  });

  it("answers a question whole, whichever page it is: in the order of keys, of an index, and sorted", () => {
    const conditions: string[] = ['{"n":{"$lt":40}}', '{"n":{"$in":[3,4,59]}}', '{"tags":"t","$sort":{"n":-1}}', "{}"];
    const pages = indexPages(whole);
    let between = 0;
    for (let c = 0; c < conditions.length; c++) {
      const sound = new Bench(mounted(copyOfWhole()));
      sound.index("n");
      const expected = ask(sound, conditions[c]);
      waits = 0;
      for (let i = 0; i < pages.length; i++) {
        const device = copyOfWhole();
        const bench = new Bench(mounted(device));
        bench.declarePath("n");
        bench.documents.step();
        damagePage(device, pages[i]);
        expect(ask(bench, conditions[c])).toBe(expected, conditions[c] + " " + pages[i].toString());
      }
      expect(waits).toBeGreaterThan(0, conditions[c]);
      waits = 0;
      const device = copyOfWhole();
      const bench = new Bench(mounted(device));
      bench.index("n");
      expect(ask(bench, conditions[c], device)).toBe(expected, conditions[c] + " between two results");
      between += waits;
    }
    expect(between).toBeGreaterThan(2);
  });

  it("refuses a put with Busy, which ends a batch, and does not take the list of what is indexed for gone", () => {
    const device = copyOfWhole();
    const bench = new Bench(mounted(device));
    bench.declarePath("n");
    damageIndex(device);
    expect(bench.documents.put(0, 0, 0, 0, 0, 0, 0)).toBe(Status.Busy, "the list cannot be read");
    bench.settle();
    expect(bench.documents.paths.areWhole).toBe(true);
    expect(bench.documents.beginBatch()).toBe(Status.Ok);
    damageIndex(device);
    // The page read last is still in RAM.
    bench.get("k100");
    expect(bench.get("k219")).toBe(Status.Busy.toString());
    const text = String.UTF8.encode("k101");
    const address = changetype<usize>(text);
    expect(bench.documents.begin(address, 4, 2, 0, ANY_VERSION)).toBe(Status.Busy);
    expect(bench.documents.endBatch()).toBe(Status.Invalid);
    bench.settle();
    expect(bench.put("k101", "{}")).toBe(Status.Ok);
  });
});
