/** The store of a full kernel, kept within store.capBytes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FLAG, KernelBoard, STATUS, STORED } from "../../fakes/kernelBoard.js";

const SECTOR_BYTES = 4096;
const SECTORS = 16;
const DATA_BYTES = 380;
/** What a reading is charged with: header, key, head, topic, data and checksum, and six bytes that a copy may need, in units of 16. */
const CHARGED_BYTES = 432;

/** Of a small partition; of 512 KB it is more. The rest is what reclaim and the tree need (DESIGN.md). */
const MOST_OF_IT = 0.6;

/** Stores readings until one is refused. Returns how many were stored. */
async function fill(capBytes?: string): Promise<{ stored: number; logs: string }> {
  const board = await KernelBoard.make("full-plain", SECTORS);
  if (capBytes !== undefined) board.config["store.capBytes"] = capBytes;
  assert.equal(board.power(), STATUS.Ok);
  for (let stored = 0; ; stored++) {
    board.run(1000);
    const { result } = board.publish("t", "x".repeat(DATA_BYTES), FLAG.offline | FLAG.qos1);
    if (result === STORED) continue;
    assert.equal(result, STATUS.NoSpace);
    return { stored, logs: board.logs.join("\n") };
  }
}

describe("kernel/flashStore", () => {
  it("fills most of the partition when the configuration says nothing", async () => {
    const { stored } = await fill();
    assert.ok(stored * CHARGED_BYTES > SECTORS * SECTOR_BYTES * MOST_OF_IT, String(stored));
  });

  it("keeps the queue within store.capBytes of flash", async () => {
    for (const cap of [5 * SECTOR_BYTES, 5 * SECTOR_BYTES - 1, 4096]) {
      assert.equal((await fill(String(cap))).stored, Math.floor(cap / CHARGED_BYTES));
    }
    assert.equal((await fill("200000000")).stored, (await fill()).stored);
  });

  it("uses the whole partition, and says so, when the value is not a size", async () => {
    const whole = await fill();
    for (const cap of ["soon", "-1", "100", "4294967296", ""]) {
      const { stored, logs } = await fill(cap);
      assert.equal(stored, whole.stored);
      assert.equal(/store.capBytes: not a size/.test(logs), cap !== "");
    }
  });
});
