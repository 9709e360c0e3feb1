import { Bench } from "./bench";
import { MapStore } from "../../../../fakes/mapStore";
import { NorDevice } from "../../../../fakes/norDevice";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";

function fill(bench: Bench, from: i32, to: i32): void {
  for (let i = from; i < to; i++) assert(bench.put("k" + i.toString().padStart(3, "0"), `{"a":${i % 10},"b":${i % 7}}`, 500) == 0);
}

/** Documents read to answer `{"a":3}`. */
function readsOf(bench: Bench, store: MapStore, condition: string, expected: i32): i32 {
  store.recordReads = 0;
  expect(bench.ask(condition).split(" ").length).toBe(expected);
  return store.recordReads;
}

describe("assembly/kernel/store/documents/indexUpkeep", () => {
  it("a path that is declared later is asked for when all documents have their entries", () => {
    const store = new MapStore();
    const bench = new Bench(store);
    bench.time(1000000);
    fill(bench, 0, 50);
    bench.declarePath("a");
    fill(bench, 50, 60);
    expect(readsOf(bench, store, '{"a":3}', 6)).toBe(60);
    for (let i = 0; i < 20; i++) expect(bench.documents.step()).toBeTruthy();
    expect(readsOf(bench, store, '{"a":3}', 6)).toBe(60, "half of them are done");
    bench.settle();
    expect(readsOf(bench, store, '{"a":3}', 6)).toBe(6);
    expect(bench.ttl("k000")).toBe(500);
    expect(store.violation).toBe("");
  });

  it("passes over no document that could not be written when it came to it", () => {
    const store = new MapStore();
    const bench = new Bench(store);
    fill(bench, 0, 30);
    bench.declarePath("a");
    for (let i = 0; i < 12; i++) bench.documents.step();
    store.failCommit = Status.NoSpace;
    expect(bench.documents.step()).toBeFalsy();
    expect(bench.documents.paths.areWhole).toBeFalsy();
    bench.settle();
    expect(bench.documents.paths.areWhole).toBeTruthy();
    for (let a = 0; a < 10; a++) expect(readsOf(bench, store, `{"a":${a}}`, 3)).toBe(3);
    expect(store.violation).toBe("");
  });

  it("the same paths are trusted after a restart, others are not", () => {
    const store = new MapStore();
    const first = new Bench(store);
    first.index("a");
    fill(first, 0, 30);
    const same = new Bench(store);
    same.declarePath("a");
    expect(same.documents.step()).toBeFalsy();
    expect(readsOf(same, store, '{"a":3}', 3)).toBe(3);
    const other = new Bench(store);
    other.declarePath("b");
    fill(other, 30, 31);
    expect(readsOf(other, store, '{"b":3}', 4)).toBe(31);
    other.settle();
    expect(readsOf(other, store, '{"b":3}', 4)).toBe(4);
    // Those of the first app again: its entries were not kept up meanwhile.
    const again = new Bench(store);
    again.declarePath("a");
    fill(again, 31, 32);
    expect(readsOf(again, store, '{"a":0}', 4)).toBe(32);
    again.settle();
    expect(readsOf(again, store, '{"a":0}', 4)).toBe(4);
  });

  it("writes no document anew whose path was declared while there were none", () => {
    const store = new MapStore();
    const bench = new Bench(store);
    bench.declarePath("a");
    fill(bench, 0, 30);
    expect(bench.documents.paths.areWhole).toBe(true);
    const version = bench.store.nextVersion;
    bench.settle();
    expect(bench.store.nextVersion).toBe(version);
    expect(readsOf(bench, store, '{"a":3}', 3)).toBe(3);
    const again = new Bench(store);
    again.declarePath("a");
    expect(again.documents.step()).toBeFalsy();
    expect(readsOf(again, store, '{"a":3}', 3)).toBe(3);
  });

  it("documents written while no path was declared are missed by none", () => {
    const store = new MapStore();
    const first = new Bench(store);
    first.index("a");
    fill(first, 0, 10);
    const without = new Bench(store);
    fill(without, 10, 20);
    const again = new Bench(store);
    again.index("a");
    expect(readsOf(again, store, '{"a":3}', 2)).toBe(2);
  });

  it("goes on behind a restart in the middle, on flash", () => {
    const device = new NorDevice(4096, 32);
    let bench = mounted(device);
    fill(bench, 0, 40);
    bench.declarePath("a");
    for (let i = 0; i < 15; i++) bench.documents.step();
    bench = mounted(device);
    bench.declarePath("a");
    expect(bench.ask('{"a":3}')).toBe("k003 k013 k023 k033");
    bench.settle();
    expect(bench.documents.paths.areWhole).toBeTruthy();
    expect(bench.ask('{"a":3}')).toBe("k003 k013 k023 k033");
    bench = mounted(device);
    bench.declarePath("a");
    expect(bench.documents.step()).toBeFalsy();
    expect(bench.documents.paths.areWhole).toBeTruthy();
    expect(bench.ask("{}").split(" ").length).toBe(40);
    expect(device.violation).toBe("");
  });

  it("S24: what finds no room at its end asks for no more steps, and is done once there is room", () => {
    const bench = mounted(new NorDevice(1024, 8));
    let stored = 0;
    for (let refused = 0; refused < 5; refused++) {
      while (bench.put("k" + stored.toString().padStart(3, "0"), '{"b":1}') == Status.Ok) stored++;
      bench.settle();
    }
    expect(stored).toBeGreaterThan(30);
    bench.declarePath("a");
    let steps = 0;
    for (; steps < 2 * stored && bench.documents.step(); steps++) while (bench.store.step()) {}
    expect(steps).toBe(stored, "each document is written anew, once");
    expect(bench.documents.paths.areWhole).toBe(false);
    for (let i = 0; i < 10; i++) {
      expect(bench.remove("k" + i.toString().padStart(3, "0"))).toBe(1);
      bench.settle();
    }
    expect(bench.documents.paths.areWhole).toBe(true);
    expect(bench.violation).toBe("");
  });

  it("at most four paths, of at most 64 bytes", () => {
    const bench = new Bench(new MapStore());
    for (let i = 0; i < 4; i++) expect(bench.declarePath("p" + i.toString())).toBe(Status.Ok);
    expect(bench.declarePath("p0")).toBe(Status.Ok, "again");
    expect(bench.declarePath("p4")).toBe(Status.NoSpace);
    expect(bench.declarePath("")).toBe(Status.Invalid);
    expect(bench.declarePath('a"b')).toBe(Status.Invalid);
    expect(bench.declarePath("x".repeat(65))).toBe(Status.TooLarge);
  });
});

function mounted(device: NorDevice): Bench {
  const store = new TreeStore(device);
  assert(store.mount() == Status.Ok);
  const bench = new Bench(store);
  bench.settle();
  return bench;
}
