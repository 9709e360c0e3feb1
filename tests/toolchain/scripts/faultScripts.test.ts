import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { SimBoard } from "../../../toolchain/board/simBoard.js";
import type { Broker } from "../../../toolchain/devcloud/broker.js";
import { faultScripts, type ScriptName, scriptNames } from "../../../toolchain/scripts/faultScripts.js";
import { seededRandom } from "../../../toolchain/scripts/random.js";

/** Plays a script without waiting. Returns what it did, in order: "@0.25" for each wait. */
async function play(name: ScriptName, seed: number): Promise<{ deeds: string[]; faults: number; isAway: boolean }> {
  const deeds: string[] = [];
  const note =
    (deed: string) =>
    (...args: unknown[]): void =>
      void deeds.push([deed, ...args].join(" "));
  let faults = 0;
  let isAway = false;
  await faultScripts[name]({
    board: { link: note("link"), powerCut: note("cut"), powerCutAfter: note("cut-after") } as unknown as SimBoard,
    broker: {
      stop: async () => note("stop")(),
      restart: async (options: unknown) => note("restart")(JSON.stringify(options)),
      onPublication(listener: () => void) {
        queueMicrotask(listener);
        return () => {};
      },
    } as unknown as Broker,
    random: seededRandom(seed),
    until: async (fraction) => note(`@${fraction}`)(),
    fault: () => void faults++,
    away: (is) => void (isAway = is),
  });
  return { deeds, faults, isAway };
}

describe("toolchain/scripts/faultScripts", () => {
  it("takes the link away from a quarter to 70 % in outage", async () => {
    const { deeds, faults } = await play("outage", 1);
    assert.deepEqual(deeds, ["@0.25", "link down", "@0.7", "link up"]);
    assert.equal(faults, 1);
  });

  it("restarts the broker without its sessions in broker-restart", async () => {
    const { deeds, faults } = await play("broker-restart", 1);
    assert.deepEqual(deeds, ["@0.25", "stop", "@0.7", 'restart {"keepsSessions":false}']);
    assert.equal(faults, 1);
  });

  it("cuts the power with the link down and while the backlog drains, for any seed", async () => {
    for (let seed = 0; seed < 50; seed++) {
      const { deeds, faults } = await play("power-cut", seed);
      const down = deeds.indexOf("link down");
      const up = deeds.indexOf("link up");
      const cuts = deeds.flatMap((deed, index) => (deed.startsWith("cut") ? [index] : []));
      assert.ok(cuts.filter((index) => index > down && index < up).length >= 3, deeds.join(", "));
      assert.ok(
        cuts.some((index) => index > up),
        deeds.join(", "),
      );
      assert.ok(deeds.some((deed) => /^cut-after [1-8] torn 200$/.test(deed)));
      assert.equal(faults, cuts.length + 1);
    }
  });

  it("does the same for the same seed, and not for every seed", async () => {
    const first = (await play("power-cut", 3)).deeds.join();
    assert.equal((await play("power-cut", 3)).deeds.join(), first);
    const others = await Promise.all([4, 5, 6, 7].map(async (seed) => (await play("power-cut", seed)).deeds.join()));
    assert.ok(others.some((other) => other !== first));
  });

  it("leaves the broker within reach at the end", async () => {
    for (const name of scriptNames) assert.equal((await play(name, 1)).isAway, false);
  });
});
