/** What a checkpoint gives up: no sector that holds a live record, a page of its tree, or what a replay would read. */
import { BlockDevice } from "../../../../../assembly/kernel/store/flash/blockDevice";
import { Core } from "../../../../../assembly/kernel/store/core";
import { ANY_VERSION, Item } from "../../../../../assembly/kernel/store/item";
import { Parts } from "../../../../../assembly/kernel/store/parts";
import { Checkpointer } from "../../../../../assembly/kernel/store/space/checkpointer";
import { Mover } from "../../../../../assembly/kernel/store/space/mover";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";
import { keyAddress, makeKey, verifyDifference } from "../../../../fakes/storeModel";

const RECORDS: i32 = 60;
const VALUE_BYTES: i32 = 60;
const value = memory.data(VALUE_BYTES);

/** Lets the test look at the core, and run checkpoints of its own. */
class SeenParts extends Parts {
  core(device: BlockDevice, entries: i32, isIndexed: bool): Core {
    core = super.core(device, entries, isIndexed);
    return core;
  }

  checkpointer(core: Core, mover: Mover): Checkpointer {
    checkpointer = super.checkpointer(core, mover);
    return checkpointer;
  }
}
let core: Core = changetype<Core>(0);
let checkpointer: Checkpointer = changetype<Checkpointer>(0);

function settle(db: TreeStore): void {
  for (let i = 0; i < 1000 && db.step(); i++) {}
}

/** A store with RECORDS in the first sectors of its log. */
function open(): TreeStore {
  const db = new TreeStore(new NorDevice(1024, 32), 128, new SeenParts());
  db.setTime(1000, 1700000000000);
  assert(db.mount() == Status.Ok);
  settle(db);
  for (let n = 0; n < RECORDS; n++) {
    let status = db.begin(keyAddress(), makeKey(n), VALUE_BYTES, 0, ANY_VERSION);
    if (status >= 0) status = db.write(value, VALUE_BYTES);
    assert(status >= 0 && db.commit() == Status.Ok);
    settle(db);
  }
  return db;
}

/** A checkpoint that is to move all records out of the sectors below. moveUnits: what they may take. */
function checkpoint(doomedBelow: u32, evacuateBelow: u32, moveUnits: i32): void {
  checkpointer.begin(doomedBelow, evacuateBelow, moveUnits, core.ring.writeAddress);
  while (checkpointer.isActive) assert(checkpointer.advance() >= 0);
}

/** Sequence of the oldest sector that holds a live record. */
function oldestLive(db: TreeStore): u32 {
  const item = new Item();
  let oldest = u32.MAX_VALUE;
  for (let n = 0; n < RECORDS; n++) {
    expect(db.find(keyAddress(), makeKey(n), item)).toBe(Status.Ok);
    oldest = min(oldest, core.ring.sequenceOf(core.ring.sectorOf(item.position)));
  }
  return oldest;
}

describe("kernel/store/space/checkpointer", () => {
  it("gives up sectors out of which all records were moved, and keeps that over the next", () => {
    const db = open();
    const below = core.ring.sequenceOf(core.ring.newest);
    checkpoint(below, below, i32.MAX_VALUE);
    expect(core.evacuatedBelow).toBe(below);
    expect(oldestLive(db)).toBeGreaterThan(below - 1);
    expect(core.isGivenUp(below - 1)).toBe(true);
    expect(core.isGivenUp(below)).toBe(false);
    checkpoint(0, 0, 0);
    expect(core.evacuatedBelow).toBe(below);
    expect(verifyDifference(db)).toBe("");
  });

  it("gives up none of which a record stayed behind, because there was no room for it", () => {
    for (let units = 0; units < 40 * RECORDS; units += 97) {
      const db = open();
      const below = core.ring.sequenceOf(core.ring.newest);
      checkpoint(below, below, units);
      expect(core.evacuatedBelow).toBeLessThan(oldestLive(db) + 1, units.toString());
      for (let sequence = core.ring.sequenceOf(core.ring.tail); sequence < below; sequence++) {
        if (core.isGivenUp(sequence)) expect(sequence).toBeLessThan(oldestLive(db));
      }
      expect(verifyDifference(db)).toBe("");
    }
  });

  it("gives up none that the tree, or a replay, needs: to the sector", () => {
    open();
    const sectorUnits = <i64>core.ring.sectorUnits;
    core.evacuatedBelow = 5;
    core.tree.oldest = u32.MAX_VALUE;
    core.replayAddress = 100 * sectorUnits;
    expect(core.isGivenUp(4)).toBe(true);
    expect(core.isGivenUp(5)).toBe(false);
    core.tree.oldest = 4;
    expect(core.isGivenUp(3)).toBe(true);
    expect(core.isGivenUp(4)).toBe(false);
    core.tree.oldest = 5;
    core.replayAddress = 5 * sectorUnits;
    expect(core.isGivenUp(4)).toBe(true);
    core.replayAddress = 5 * sectorUnits - 1;
    expect(core.isGivenUp(4)).toBe(false);
    expect(core.isGivenUp(3)).toBe(true);
  });
});
