/** kernel/startOver: a store that this kernel cannot read is left as it is, and does not keep the board from being mended over the air. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { crc32 } from "../../../../toolchain/config/crc32.js";
import { FakeUpdates } from "../../../fakes/fakeUpdates.js";
import { FLAG, KernelBoard } from "../../../fakes/kernelBoard.js";
import { CHUNK, UpdateCloud } from "../../../fakes/updateCloud.js";

const CORRUPT = -5;
const SECTOR_BYTES = 4096;
/** The format part of a sector's header (store/SPEC.md): its version, and where its check lies. */
const VERSION_AT = 4;
const CHECK_AT = 12;

/** A board with a store of the next format, in which a reading waits. */
async function withLaterStore(updates: FakeUpdates | null, kernel: string): Promise<KernelBoard> {
  const board = await KernelBoard.make(kernel);
  board.link = 0;
  board.power();
  board.publish("t", "waits", FLAG.offline);
  board.run(1000);
  for (let at = 0; at < board.flash.length; at += SECTOR_BYTES) {
    if (board.flash[at] === 0xff) continue;
    board.flash[at + VERSION_AT]!++;
    new DataView(board.flash.buffer).setUint32(at + CHECK_AT, crc32(board.flash.subarray(at, at + CHECK_AT)), true);
  }
  board.link = 2;
  board.updates = updates;
  return board;
}

for (const kernel of ["full-plain", "full-tendrl", "full-thingsboard"]) {
  describe(`kernel/startOver of ${kernel}, over a store of a later format`, () => {
    it("ends a firmware on trial, which the boot loader takes back, and changes nothing", async () => {
      const updates = new FakeUpdates();
      updates.isFirmwareTrial = true;
      const board = await withLaterStore(updates, kernel);
      const before = board.flash.slice();
      assert.equal(board.power(), CORRUPT);
      assert.deepEqual(board.flash, before);
      assert.match(board.logs.join(), /left as it is/);
    });

    // Tendrl's client runs where its store does not: so its protocol has it (tendrl/CONFORMANCE.md).
    const runsBare = kernel === "full-tendrl";
    it(`${runsBare ? "does not keep" : "keeps"} a board without updates from running, and changes nothing`, async () => {
      const board = await withLaterStore(null, kernel);
      const before = board.flash.slice();
      assert.equal(board.power(), runsBare ? 0 : CORRUPT);
      assert.deepEqual(board.flash, before);
    });

    it("runs without it where an update can come, refuses to store, and changes nothing", async () => {
      const board = await withLaterStore(new FakeUpdates(), kernel);
      const before = board.flash.slice();
      assert.equal(board.power(), 0);
      board.run(5000);
      assert.ok(board.publish("t", "x", FLAG.offline).result < 0);
      board.run(60_000);
      assert.deepEqual(board.flash, before);
      assert.match(board.logs.join(), /left as it is/);
    });
  });
}

describe("kernel/startOver of full-plain, over a store of a later format", () => {
  it("takes an update all the same", async () => {
    const updates = new FakeUpdates();
    const board = await withLaterStore(updates, "full-plain");
    board.power();
    board.run(500);
    const cloud = new UpdateCloud(board, CHUNK);
    cloud.offer();
    board.run(5000);
    assert.equal(updates.applied, 1);
  });
});
