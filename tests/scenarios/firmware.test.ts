/** Updates of the firmware, end to end and over TLS: the simulated board restarts into another one, or goes back to the one before. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

import { type UpdateState } from "../../toolchain/ota/offer.js";
import { packFirmware, type PackOptions } from "../../toolchain/package/index.js";
import { weigh } from "../../toolchain/scripts/evidence.js";
import { type Stage } from "../../toolchain/scripts/stage.js";
import { readArrivals } from "../../toolchain/scripts/unattended.js";
import { Behaviour, simulatedFirmware } from "../fakes/simulatedFirmware.js";
import { setUpdateStage, told } from "./updateStage.js";

const keys = mkdtempSync(join(tmpdir(), "wasmote-keys-"));
process.env["WASMOTE_KEYS"] = keys;
after(() => rmSync(keys, { recursive: true, force: true }));

/** Simulated boards know their app by its file's name. */
const NAME = "update-old";

interface Scene extends Stage {
  /** Offers a firmware, and resolves with the states that the board told until the last. */
  offer(image: Buffer, options?: PackOptions): Promise<UpdateState[]>;
}

async function setScene(context: { after: (end: () => Promise<void>) => void }): Promise<Scene> {
  const stage = await setUpdateStage(context, { app: `tests/scenarios/apps/${NAME}`, deviceConfig: { watchdogSeconds: 1 } });
  let counter = 0;
  return {
    ...stage,
    async offer(image, options = {}) {
      const path = join(keys, `${++counter}.bin`);
      writeFileSync(path, image);
      return stage.push(packFirmware(path, { name: NAME, counter, ...options }).bytes);
    },
  };
}

const BEGUN = ["DOWNLOADING", "DOWNLOADED", "VERIFIED", "UPDATING"];

/** Every reading that was stored has arrived, in order. */
async function assertWhole({ board, broker, topicPrefix }: Stage): Promise<void> {
  const accepted = [...board.accepted];
  await board.waitForStatus(({ deliveredTotal }) => deliveredTotal >= accepted.length, 20_000);
  const { arrivals } = readArrivals(broker.publications(), topicPrefix);
  const { lost, outOfOrder } = weigh({ accepted, arrivals, expired: 0, evicted: 0, faultWindows: [] });
  assert.deepEqual([lost, outOfOrder, accepted.length > 0], [0, 0, true]);
}

describe("scenarios/firmware", () => {
  it("restarts into another firmware, which stays over a power cut, and the next one takes its place", async (context) => {
    const scene = await setScene(context);
    const { board } = scene;
    await board.waitForStatus(({ deliveredTotal }) => deliveredTotal > 3);
    const tried = board.waitFor("firmware-chosen");
    const states = await scene.offer(simulatedFirmware("2.0"));
    assert.deepEqual(told(states), [...BEGUN, "UPDATED"]);
    assert.deepEqual([states.at(-1)!.kind, states.at(-1)!.running], ["firmware", "2.0"]);
    assert.deepEqual(await tried, { event: "firmware-chosen", slot: "b", version: "2.0", trial: true });
    const stays = board.waitFor("firmware-chosen");
    board.powerCut("torn");
    assert.deepEqual(await stays, { event: "firmware-chosen", slot: "b", version: "2.0", trial: false });
    assert.deepEqual(told(await scene.offer(simulatedFirmware("3.0"))), [...BEGUN, "UPDATED"]);
    await assertWhole(scene);
  });

  for (const [what, behaviour] of [
    ["traps", Behaviour.Traps],
    ["hangs", Behaviour.Hangs],
  ] as const) {
    it(`goes back to the one before when the new one ${what}, and says why`, async (context) => {
      const scene = await setScene(context);
      await scene.board.waitForStatus(({ deliveredTotal }) => deliveredTotal > 3);
      const states = await scene.offer(simulatedFirmware("2.0", behaviour));
      assert.deepEqual(told(states), [...BEGUN, "FAILED"]);
      assert.match(states.at(-1)!.error!, /the boot loader went back to the version before/);
      assert.equal(states.at(-1)!.running, "0.0.0");
      await assertWhole(scene);
    });
  }

  it("refuses what is not for this board, each with its reason, and meters on", async (context) => {
    const scene = await setScene(context);
    const error = async (image: Buffer, options: PackOptions = {}): Promise<string> => {
      const states = await scene.offer(image, options);
      assert.equal(told(states).at(-1), "FAILED");
      return states.at(-1)!.error!;
    };
    assert.match(await error(simulatedFirmware("2.0", Behaviour.Good, 5)), /^chip: found 5, expected 65534/);
    assert.match(await error(simulatedFirmware("2.0"), { name: "another" }), /^name: found another/);
    assert.match(
      await error(Buffer.concat([simulatedFirmware("2.0"), Buffer.alloc(12 * 1024)])),
      /^size: found 12624 bytes, expected 1..12288/,
    );
    assert.equal(scene.board.resets, 0);
    await assertWhole(scene);
  });
});
