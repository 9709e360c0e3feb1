import { Core } from "../../../../../assembly/kernel/store/core";
import { ANY_VERSION } from "../../../../../assembly/kernel/store/item";
import { Parts } from "../../../../../assembly/kernel/store/parts";
import { Budget } from "../../../../../assembly/kernel/store/space/budget";
import { Checkpointer } from "../../../../../assembly/kernel/store/space/checkpointer";
import { Mover } from "../../../../../assembly/kernel/store/space/mover";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";
import { keyAddress, makeKey } from "../../../../fakes/storeModel";

const SECTORS: i32 = 16;
/** Of a sector of 4 KB, less its header and what may stay blank at its end: so many units can be relied on. */
const SECTOR_UNITS: i32 = 256 - 2 - 4;
/** Units that puts leave to removals. */
const REMOVALS: i32 = 16;

const value = memory.data(512);

function emptyCore(): Core {
  const core = new Core(new NorDevice(4096, SECTORS), 128, true);
  assert(core.measure());
  return core;
}

let failed: i32 = 0;
let ended: i32 = 0;

/** Counts checkpoints that came to their end, and those that did not. */
class CountedCheckpointer extends Checkpointer {
  advance(): i32 {
    const status = super.advance();
    if (status < 0) failed++;
    else if (!this.isActive) ended++;
    return status;
  }
}

class CountedParts extends Parts {
  checkpointer(core: Core, mover: Mover): Checkpointer {
    return new CountedCheckpointer(core, mover);
  }
}

function put(db: TreeStore, n: i32, bytes: i32): i32 {
  let status = db.begin(keyAddress(), makeKey(n), bytes, 0, ANY_VERSION);
  if (status >= 0) status = db.write(value, bytes);
  return status < 0 ? status : db.commit();
}

describe("kernel/store/space/budget", () => {
  it("leaves to the checkpoint under way what it may still write, whoever asks for room", () => {
    const core = emptyCore();
    const budget = new Budget(core);
    const all = SECTORS * SECTOR_UNITS;
    for (let promised = all / 2; promised < all; promised += 100) {
      core.promisedUnits = promised;
      expect(budget.hasRoom(all - promised - REMOVALS)).toBe(true);
      expect(budget.hasRoom(all - promised - REMOVALS + 1)).toBe(false);
      expect(budget.hasRemovalRoom(all - promised)).toBe(true);
      expect(budget.hasRemovalRoom(all - promised + 1)).toBe(false);
    }
  });

  it("has each checkpoint come to its end, however much is overwritten between its steps", () => {
    failed = 0;
    ended = 0;
    const db = new TreeStore(new NorDevice(4096, 64), 128, new CountedParts());
    db.setTime(1000, 1700000000000);
    expect(db.mount()).toBe(Status.Ok);
    for (let n = 0; n < 320; n++) {
      for (let i = 0; i < 3; i++) db.step();
      expect(put(db, n, 40)).toBe(Status.Ok);
      if (n % 4 == 0) expect(put(db, 900, 300)).toBe(Status.Ok);
    }
    let overwritten = 0;
    for (let i = 0; i < 600; i++) {
      while (put(db, 900 + (overwritten & 3), 300) == Status.Ok) overwritten++;
      db.step();
    }
    expect(failed).toBe(0);
    expect(ended).toBeGreaterThan(5);
    expect(overwritten).toBeGreaterThan(1500);
  });

  it("plans anew when a sector goes bad, a larger record comes, the tree grows, and room is kept", () => {
    const core = emptyCore();
    const budget = new Budget(core);
    let before = budget.liveMax;
    for (let change = 0; change < 4; change++) {
      if (change == 0) core.ring.bad++;
      else if (change == 1) core.largest = 100;
      else if (change == 2) core.tree.units = 50;
      else core.queue.reservedUnits = 400;
      const now = budget.liveMax;
      expect(now).toBeLessThan(before, change.toString());
      expect(now).toBe(new Budget(core).liveMax, change.toString());
      before = now;
    }
  });

  it("wants a checkpoint where the tree leaves no room for a put, and what was removed would make it smaller by half", () => {
    const core = new Core(new NorDevice(4096, 4), 128, true);
    assert(core.measure());
    const budget = new Budget(core);
    core.ring.newest = 0;
    core.memtable.count = 1;
    core.tree.units = 100;
    core.documents.liveUnits = 8;
    core.largest = 8;
    expect(budget.liveMax).toBe(0);
    core.memtable.bytes = -800;
    expect(budget.wantsCheckpoint).toBe(false);
    core.memtable.bytes = -801;
    expect(budget.wantsCheckpoint).toBe(true);
    core.tree.units = 20;
    expect(budget.liveMax).toBeGreaterThan(16);
    expect(budget.wantsCheckpoint).toBe(false);
  });
});
