/** Apps that hang, trap and leak: the kernel goes on delivering, and the status says why the app was ended. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { weigh } from "../../toolchain/scripts/evidence.js";
import { setStage } from "../../toolchain/scripts/stage.js";
import { readArrivals } from "../../toolchain/scripts/unattended.js";

const APPS = [
  { name: "endless-loop", reason: /^endless loop: no return after \d+ loop passes$/ },
  { name: "endless-calls", reason: /^endless loop: no return after \d+ loop passes$/ },
  { name: "trap-every-tenth", reason: /unreachable/ },
  { name: "leak", reason: /memory/ },
] as const;

const RESTARTS = 2;

describe("scenarios/hostileApps", { concurrency: 2 }, () => {
  for (const { name, reason } of APPS) {
    it(`${name}: what was stored before is delivered, the kernel never restarts`, async () => {
      const stage = await setStage({ app: `tests/scenarios/apps/${name}` });
      try {
        const { board, broker, topicPrefix } = stage;
        const status = await board.waitForStatus(({ appRestarts }) => appRestarts >= RESTARTS, 60_000);
        assert.match(status.lastAppStop, reason);
        const stopped = board.events.find(({ event }) => event === "app-stopped");
        assert.ok(stopped !== undefined, "an app-stopped event");
        const accepted = [...board.accepted];
        assert.ok(accepted.length >= 20, `${accepted.length} readings stored`);
        await board.waitForStatus(({ deliveredTotal }) => deliveredTotal >= accepted.length, 20_000);
        const { arrivals } = readArrivals(broker.publications(), topicPrefix);
        const findings = weigh({ accepted, arrivals, expired: 0, evicted: 0, faultWindows: [] });
        assert.deepEqual([findings.delivered, findings.lost, findings.outOfOrder], [accepted.length, 0, 0]);
        assert.equal(board.resets, 0);
      } finally {
        await stage.close();
      }
    });
  }
});
