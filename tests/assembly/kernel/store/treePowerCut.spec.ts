import { Store } from "../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { NorDevice } from "../../../fakes/norDevice";
import { StoreSweep, TreeMaker } from "../../../fakes/storeSweep";

class Real extends TreeMaker {
  make(device: NorDevice): Store {
    return new TreeStore(device);
  }
}

describe("kernel/store/treeStore, power cut in the programs and erases of some turns", () => {
  it("keeps its promise on 16 sectors of 1024 bytes", () => {
    const sweep = new StoreSweep(new Real(), 1024, 16, 160, 7);
    expect(sweep.run()).toBe("");
    expect(sweep.isPartial || sweep.permutations > 150).toBe(true);
  });

  it("keeps its promise on 4 sectors of 4096 bytes", () => {
    const sweep = new StoreSweep(new Real(), 4096, 4, 300, 13, 1500);
    expect(sweep.run()).toBe("");
    expect(sweep.isPartial || sweep.permutations > 150).toBe(true);
  });

  it("keeps its promise on 40 sectors of 512 bytes", () => {
    const sweep = new StoreSweep(new Real(), 512, 40, 200, 9);
    expect(sweep.run()).toBe("");
    expect(sweep.isPartial || sweep.permutations > 150).toBe(true);
  });
});
