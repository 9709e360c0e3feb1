import { Bench } from "./bench";
import { DOCUMENTS, Durability } from "../../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";

let device = new NorDevice(4096, 16);
let bench = makeBench();

function makeBench(): Bench {
  const store = new TreeStore(device);
  assert(store.mount() == Status.Ok);
  const made = new Bench(store);
  made.settle();
  return made;
}

/** Everything is as it was, and the store takes, finds and removes. */
function isUsable(where: string): void {
  bench.settle();
  expect(bench.get("a")).toBe('{"n":1}', where);
  expect(bench.put("new", '{"n":2}')).toBe(Status.Ok, where);
  expect(bench.ask('{"n":{"$lte":2}}')).toBe("a new", where);
  expect(bench.remove("new")).toBe(1, where);
  expect(bench.violation).toBe("", where);
}

/** The last place of a text on the flash. */
function placeOf(text: string): i32 {
  const bytes = String.UTF8.encode(text);
  for (let at = device.bytes.length - bytes.byteLength; at >= 0; at--) {
    if (memory.compare(device.base + at, changetype<usize>(bytes), bytes.byteLength) == 0) return at;
  }
  return -1;
}

describe("assembly/kernel/store/documents, the errors of store.md 11", () => {
  beforeEach(() => {
    device = new NorDevice(4096, 16);
    bench = makeBench();
    bench.put("a", '{"n":1}');
  });

  it("TOO_LARGE: text of the original, limit and size", () => {
    expect(bench.put("b", '"' + "x".repeat(9000) + '"')).toBe(Status.TooLarge);
    expect(bench.errorText(Status.TooLarge)).toBe("Data too large: maximum size is 8KB after JSON serialization (limit 8192, size 9002)");
    isUsable("TOO_LARGE");
  });

  it("BAD_ARGUMENT: texts of the original for lists of TTLs", () => {
    expect(bench.putBatch("[{},{}]", "[1]")).toBe(Status.Invalid.toString());
    expect(bench.errorText(Status.Invalid)).toBe("TTL list must match the number of items");
    expect(bench.putBatch("[{},{}]", '"x"')).toBe(Status.Invalid.toString());
    expect(bench.errorText(Status.Invalid)).toBe("TTL must be an integer, float, or list of numbers");
    expect(bench.putBatch("[{},{}]", "[1,null]")).toBe(Status.Invalid.toString());
    isUsable("BAD_ARGUMENT");
  });

  it("BUSY: a document is being written", () => {
    expect(bench.begin("b", 2)).toBe(Status.Ok);
    expect(bench.put("c", "{}")).toBe(Status.Busy);
    expect(bench.get("a")).toBe('{"n":1}');
    bench.documents.abort();
    isUsable("BUSY");
  });

  it("CLOSED: whatever is asked of a closed store, and closing twice is once", () => {
    bench.documents.close();
    bench.documents.close();
    expect(bench.get("a")).toBe(Status.Closed.toString());
    expect(bench.put("b", "{}")).toBe(Status.Closed);
    expect(bench.remove("a")).toBe(Status.Closed);
    expect(bench.update("a", "{}")).toBe(Status.Closed);
    expect(bench.touch("a", 1)).toBe(Status.Closed);
    expect(bench.ttl("a")).toBe(Status.Closed);
    expect(bench.ask("{}")).toBe(Status.Closed.toString());
    expect(bench.keys("", "", 0)).toBe(Status.Closed.toString());
    expect(bench.putBatch("[{}]")).toBe(Status.Closed.toString());
    expect(bench.deleteBatch("a")).toBe(Status.Closed);
    expect(bench.declarePath("n")).toBe(Status.Closed);
    expect(bench.documents.nextChange(0, 1)).toBe(Status.Closed);
    expect(bench.documents.cleanup(1)).toBe(Status.Closed);
    expect(bench.documents.purge()).toBe(Status.Closed);
    expect(bench.documents.beginBatch()).toBe(Status.Closed);
    bench.documents.open();
    isUsable("CLOSED");
  });

  it("NO_SPACE: the store is intact, and comes out of it", () => {
    let stored = 0;
    while (stored < 5000 && bench.put("k" + stored.toString(), '{"n":9,"t":"' + "x".repeat(200) + '"}') == Status.Ok) stored++;
    expect(stored > 50 && stored < 5000).toBe(true);
    bench.settle();
    expect(bench.put("k" + stored.toString(), '{"n":9,"t":"' + "x".repeat(200) + '"}')).toBe(Status.NoSpace);
    expect(bench.store.counts(DOCUMENTS).records).toBe(stored + 1);
    expect(bench.ask('{"n":9}').split(" ").length).toBe(stored);
    for (let i = 0; i < stored; i++) {
      expect(bench.remove("k" + i.toString())).toBe(1);
      bench.settle();
    }
    isUsable("NO_SPACE");
  });

  it("CORRUPT: told where the key is known, passed over and counted elsewhere", () => {
    bench.put("b", '{"n":"damaged"}');
    const at = placeOf('"damaged"');
    expect(at).toBeGreaterThan(0);
    store<u8>(device.base + at + 2, 0x58);
    expect(bench.get("b")).toBe('{"n":"damaged"}', "what was written last is read out of RAM");
    bench.put("c", "{}");
    bench.remove("c");
    expect(bench.get("b")).toBe(Status.Corrupt.toString());
    expect(bench.ask("{}")).toBe("a");
    expect(bench.store.corrupt).toBeGreaterThan(0);
    isUsable("CORRUPT");
    expect(bench.put("b", "{}")).toBe(Status.Ok, "written anew it is sound");
    expect(bench.get("b")).toBe("{}");
  });

  it("BAD_QUERY: names what it does not understand", () => {
    expect(bench.queryError('{"n":{"$regex":"x"}}')).toBe('BAD_QUERY: not understood from "$regex" at 6');
    isUsable("BAD_QUERY");
  });

  it("IO: a program that fails is told, and takes nothing with it", () => {
    for (let operation = 1; operation <= 3; operation++) {
      device.failAt = device.operations + operation;
      let failed = 0;
      for (let i = 0; i < 4; i++) failed += i32(bench.put("b", `{"n":${100 + i}}`) == Status.Io);
      expect(failed).toBeGreaterThan(0);
      device.failAt = 0;
      bench.settle();
      bench.remove("b");
      isUsable("IO " + operation.toString());
    }
    device.failAt = device.operations + 1;
    expect(bench.documents.purge()).toBe(Status.Io);
    device.failAt = 0;
    isUsable("purge");
  });

  it("durable when it says so, and flush makes it so whatever the level", () => {
    bench.store.durability = Durability.None;
    bench.put("b", "1");
    const syncs = device.syncs;
    expect(bench.store.flush()).toBe(Status.Ok);
    expect(device.syncs).toBe(syncs + 1);
  });
});
