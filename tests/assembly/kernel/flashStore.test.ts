/** The store of a full kernel, kept within store.capBytes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FLAG, KernelBoard, STATUS, STORED } from "../../fakes/kernelBoard.js";

const SECTOR_BYTES = 4096;
const SECTORS = 8;

/** Stores readings of some 1,000 bytes until one is refused. Returns how many were stored, and the sectors that were written. */
async function fill(capBytes?: string): Promise<{ stored: number; sectors: number; logs: string }> {
  const board = await KernelBoard.make("full-plain", SECTORS);
  if (capBytes !== undefined) board.config["store.capBytes"] = capBytes;
  assert.equal(board.power(), STATUS.Ok);
  const room = new Array<number>(SECTORS).fill(0).map((_, sector) => sector * SECTOR_BYTES + 80);
  for (let stored = 0; ; stored++) {
    board.run(1000);
    const { result } = board.publish("t", "x".repeat(380), FLAG.offline | FLAG.qos1);
    if (result === STORED) continue;
    assert.equal(result, STATUS.NoSpace);
    return { stored, sectors: room.filter((offset) => board.flash[offset + 16] !== 0xff).length, logs: board.logs.join("\n") };
  }
}

describe("kernel/flashStore", () => {
  it("fills the whole partition when the configuration says nothing", async () => {
    assert.equal((await fill()).sectors, SECTORS);
  });

  it("keeps the store within store.capBytes, in whole sectors", async () => {
    const whole = await fill();
    for (const [cap, sectors] of [
      [String(3 * SECTOR_BYTES), 3],
      [String(5 * SECTOR_BYTES - 1), 4],
      ["4096", 2],
    ] as const) {
      const capped = await fill(cap);
      assert.equal(capped.sectors, sectors);
      assert.equal(capped.stored, (whole.stored / SECTORS) * sectors);
    }
    assert.equal((await fill("200000000")).sectors, SECTORS);
  });

  it("uses the whole partition, and says so, when the value is not a size", async () => {
    for (const cap of ["soon", "-1", "100", "4294967296", ""]) {
      const { sectors, logs } = await fill(cap);
      assert.equal(sectors, SECTORS);
      assert.equal(/store.capBytes: not a size/.test(logs), cap !== "");
    }
  });
});
