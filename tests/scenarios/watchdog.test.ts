/** A kernel that hangs is reset by the watchdog; what it had stored is delivered after the reset. */
import assert from "node:assert/strict";
import { it } from "node:test";

import type { KernelBuild } from "../../toolchain/build/kernels.js";
import { setStage } from "../../toolchain/scripts/stage.js";

const hangingKernel: KernelBuild = {
  name: "test-hanging",
  entry: "tests/scenarios/kernels/hanging.ts",
  memoryBytes: 40 * 1024,
  stackBytes: 4096,
};

it("scenarios/watchdog: resets a kernel that hangs, nothing stored is lost", async () => {
  const stage = await setStage({
    app: "examples/telemetry",
    kernel: hangingKernel,
    appConfig: { intervalMs: 100 },
    deviceConfig: { watchdogSeconds: 1 },
  });
  try {
    const { board } = stage;
    const { reason } = await board.waitFor("boot", undefined, 20_000);
    assert.equal(reason, "watchdog");
    assert.match(board.logText, /watchdog: not fed for 1 s, in kernel step(, row sys_reset_reason)?: reset/);
    const stored = board.accepted.length;
    assert.ok(stored > 0, "readings stored before it hung");
    await board.waitForStatus(({ deliveredTotal, connects }) => connects > 0 && deliveredTotal >= stored, 20_000);
    assert.equal(board.resets, 1);
  } finally {
    await stage.close();
  }
});
