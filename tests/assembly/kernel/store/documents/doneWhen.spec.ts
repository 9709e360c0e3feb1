/** What questions cost on the engine, counted. */
import { Bench } from "./bench";
import { Cursor } from "../../../../../assembly/kernel/store/tree/cursor";
import { Item } from "../../../../../assembly/kernel/store/item";
import { Parts } from "../../../../../assembly/kernel/store/parts";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";

/** The engine, and how many records it hands out. */
class CountingStore extends TreeStore {
  recordReads: i32 = 0;

  constructor(device: NorDevice) {
    super(device, 512, new Parts());
  }

  find(key: usize, keyBytes: i32, out: Item): i32 {
    this.recordReads++;
    return super.find(key, keyBytes, out);
  }

  next(cursor: Cursor, out: Item): i32 {
    const status = super.next(cursor, out);
    this.recordReads += i32(status == Status.Ok);
    return status;
  }
}

const DOCUMENTS: i32 = 1000;

describe("assembly/kernel/store/documents, what questions cost", () => {
  it("B1: an indexed $eq among 1,000 documents reads its matches and at most 10 records more", () => {
    const device = new NorDevice(4096, 128);
    const db = new CountingStore(device);
    assert(db.mount() == Status.Ok);
    const bench = new Bench(db);
    bench.settle();
    bench.index("n");
    for (let i = 0; i < DOCUMENTS; i++) {
      const status = bench.put("k" + i.toString().padStart(5, "0"), `{"n":${i % 125},"i":${i},"_tags":["tag${i % 50}"]}`);
      if (status != Status.Ok) expect(status).toBe(Status.Ok);
    }
    const conditions: string[] = ['{"n":7}', '{"n":{"$eq":100}}', '{"tags":"tag3"}', '{"n":{"$in":[3,4]}}', '{"n":{"$between":[3,4]}}'];
    const matches: i32[] = [8, 8, 20, 16, 16];
    for (let i = 0; i < conditions.length; i++) {
      db.recordReads = 0;
      const bytes = device.readBytes;
      expect(bench.ask(conditions[i]).split(" ").length).toBe(matches[i], conditions[i]);
      trace(conditions[i] + ": matches, records read, bytes read", 3, matches[i], db.recordReads, device.readBytes - bytes);
      expect(db.recordReads).toBeLessThanOrEqual(matches[i] + 10, conditions[i]);
    }
    db.recordReads = 0;
    expect(bench.ask('{"i":500}')).toBe("k00500");
    expect(db.recordReads).toBe(DOCUMENTS, "without an index");
    expect(device.violation).toBe("");
  });
});
