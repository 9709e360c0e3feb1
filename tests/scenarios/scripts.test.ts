/** What `npm start -- --script ...` runs, against both brokers over TLS. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { scriptNames } from "../../toolchain/scripts/faultScripts.js";
import { brokerNames, setStage } from "../../toolchain/scripts/stage.js";
import { runUnattended } from "../../toolchain/scripts/unattended.js";
import { openImage, statsOf, verify } from "../../toolchain/store/index.js";

const SECONDS = 14;
const SEED = 7;
/** Two readings each: twenty a second. */
const INTERVAL_MS = 100;

describe("scenarios/scripts", { concurrency: 2 }, () => {
  for (const broker of brokerNames) {
    for (const script of scriptNames) {
      it(`${script} loses nothing with ${broker}`, async (test) => {
        const stage = await setStage({ app: "examples/telemetry", broker, appConfig: { intervalMs: INTERVAL_MS } });
        try {
          const { objections, ...figures } = await runUnattended(stage, { script, seconds: SECONDS, seed: SEED, say: () => {} });
          test.diagnostic(JSON.stringify(figures));
          assert.deepEqual(objections, []);
          assert.equal(figures.delivered, figures.accepted);
          assert.ok(figures.storedDuringFault >= 50, `${figures.storedDuringFault} stored during the fault`);
          assert.equal(figures.resets > 0, script === "power-cut");
          await stage.board.kill();
          const flash = openImage(stage.flash);
          assert.deepEqual(verify(flash).faults, []);
          const { delivered } = statsOf(flash).spaces.queue!;
          assert.ok(delivered >= figures.accepted, `the flash counts ${delivered} delivered of ${figures.accepted}`);
        } finally {
          await stage.close();
        }
      });
    }
  }
});
