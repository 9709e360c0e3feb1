import { Bench } from "./bench";
import { BlockDevice } from "../../../../../assembly/kernel/store/flash/blockDevice";
import { RamDevice } from "../../../../../assembly/kernel/store/flash/ramDevice";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";
import { MapStore } from "../../../../fakes/mapStore";
import { VECTORS } from "./vectors";

function checkAll(bench: Bench): void {
  for (let i = 0; i < VECTORS.length; i += 2) {
    expect(bench.ask(VECTORS[i])).toBe(VECTORS[i + 1], VECTORS[i]);
  }
}

describe("assembly/kernel/store/documents, the vectors of store.md 7.6", () => {
  it("hold without declared indexes", () => {
    const bench = new Bench(new MapStore());
    bench.putVectors();
    checkAll(bench);
  });

  it("hold when indexes serve them", () => {
    const store = new MapStore();
    const bench = new Bench(store);
    bench.index("n");
    bench.index("s");
    bench.index("o.p");
    bench.index("b");
    bench.putVectors();
    checkAll(bench);
    expect(store.violation).toBe("");
  });

  it("hold one record at a time", () => {
    const bench = new Bench(new MapStore());
    bench.budget = 1;
    bench.putVectors();
    checkAll(bench);
    expect(bench.pauses).toBeGreaterThan(0);
  });

  it("hold in memory, mounted once and twice, with indexes and without", () => {
    for (let indexed = 0; indexed < 2; indexed++) {
      const device = new RamDevice(4096, 8);
      checkAll(mounted(device, indexed == 1, true));
      checkAll(mounted(device, indexed == 1, false));
    }
  });

  it("hold on flash, before and after a restart, with indexes and without", () => {
    for (let indexed = 0; indexed < 2; indexed++) {
      const device = new NorDevice(4096, 16);
      checkAll(mounted(device, indexed == 1, true));
      checkAll(mounted(device, indexed == 1, false));
      expect(device.violation).toBe("");
    }
  });
});

/** Documents in the engine over `device`. */
function mounted(device: BlockDevice, isIndexed: bool, isNew: bool): Bench {
  const store = new TreeStore(device);
  assert(store.mount() == Status.Ok);
  while (store.step()) {}
  const bench = new Bench(store);
  if (isIndexed) {
    bench.index("n");
    bench.index("s");
    bench.index("o.p");
    bench.index("b");
  }
  if (isNew) bench.putVectors();
  return bench;
}
