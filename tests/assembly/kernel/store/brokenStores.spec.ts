import { Store } from "../../../../assembly/kernel/store/store";
import { Parts } from "../../../../assembly/kernel/store/parts";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { EagerParts, ForgetfulParts, HastyCheckpoints, HastyParts } from "../../../fakes/brokenParts";
import { NorDevice } from "../../../fakes/norDevice";
import { StoreSweep, TreeMaker } from "../../../fakes/storeSweep";

const ENTRIES: i32 = 512;

/** A device that says of a sync that it was done: the store believes to be durable what is not. */
class WithoutSync extends TreeMaker {
  make(device: NorDevice): Store {
    device.ignoresSync = true;
    return new TreeStore(device);
  }
}

/** A store of which one part is broken. */
class WithParts extends TreeMaker {
  constructor(private readonly parts: Parts) {
    super();
  }

  make(device: NorDevice): Store {
    return new TreeStore(device, ENTRIES, this.parts);
  }
}

function failureOf(maker: TreeMaker): string {
  return new StoreSweep(maker, 1024, 16, 120, 2).run();
}

describe("kernel/store/treeStore, the sweep finds a store that", () => {
  it("lies over a device that does not sync", () => {
    expect(failureOf(new WithoutSync()).startsWith("PERMUTATION=")).toBe(true);
  });

  it("does not wait for the flash", () => {
    expect(failureOf(new WithParts(new HastyParts())).startsWith("PERMUTATION=")).toBe(true);
  });

  it("commits the records of a batch one by one", () => {
    expect(failureOf(new WithParts(new EagerParts())).startsWith("PERMUTATION=")).toBe(true);
  });

  it("takes a tree before its checkpoint is durable", () => {
    expect(failureOf(new WithParts(new HastyCheckpoints())).startsWith("PERMUTATION=")).toBe(true);
  });

  it("does not mark what was cut short", () => {
    expect(failureOf(new WithParts(new ForgetfulParts())).startsWith("PERMUTATION=")).toBe(true);
  });
});
