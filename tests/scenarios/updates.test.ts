/** Updates over the air, end to end and over TLS: a board that meters on gets another app, whatever fails meanwhile. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

import { buildApp } from "../../toolchain/build/index.js";
import { type UpdateState } from "../../toolchain/ota/offer.js";
import { makeKey, packApp, type PackOptions } from "../../toolchain/package/index.js";
import { weigh } from "../../toolchain/scripts/evidence.js";
import { type Stage } from "../../toolchain/scripts/stage.js";
import { readArrivals } from "../../toolchain/scripts/unattended.js";
import { setUpdateStage, told } from "./updateStage.js";

const keys = mkdtempSync(join(tmpdir(), "wasmote-keys-"));
process.env["WASMOTE_KEYS"] = keys;
after(() => rmSync(keys, { recursive: true, force: true }));

const APPS = "tests/scenarios/apps";
/** What the boards here know their app by: its file's name. */
const NAME = "update-old";

interface Scene extends Stage {
  /** Offers another app, and resolves with the states the board told until the last. */
  offer(app: string, options?: PackOptions & { readonly during?: (offset: number) => void }): Promise<UpdateState[]>;
}

async function setScene(context: { after: (end: () => Promise<void>) => void }): Promise<Scene> {
  const stage = await setUpdateStage(context, { app: `${APPS}/${NAME}` });
  let counter = 0;
  return {
    ...stage,
    async offer(app, { during, ...options } = {}) {
      const { bytes } = packApp(await buildApp(`${APPS}/${app}`), { name: NAME, version: app, counter: ++counter, ...options });
      return stage.push(bytes, during);
    },
  };
}

const DONE = ["DOWNLOADING", "DOWNLOADED", "VERIFIED", "UPDATING", "UPDATED"];

/** Every reading that was stored has arrived, in order; the generations that were seen, each once. */
async function settle({ board, broker, topicPrefix }: Stage): Promise<number[]> {
  await board.waitForStatus(({ storedTotal, deliveredTotal }) => deliveredTotal >= storedTotal && storedTotal > 0, 20_000);
  const accepted = [...board.accepted];
  await board.waitForStatus(({ deliveredTotal }) => deliveredTotal >= accepted.length, 20_000);
  const { arrivals } = readArrivals(broker.publications(), topicPrefix);
  const findings = weigh({ accepted, arrivals, expired: 0, evicted: 0, faultWindows: [] });
  assert.deepEqual([findings.lost, findings.outOfOrder], [0, 0]);
  const readings = broker.publications().filter(({ topic }) => topic === `${topicPrefix}/reading`);
  const generations = readings.map(({ payload }) => (JSON.parse(payload.toString()) as { data: { generation: number } }).data.generation);
  return [...new Set(generations)];
}

describe("scenarios/updates", () => {
  it("swaps the app of a board that meters on; it stays over a power cut, and the next one takes its place", async (context) => {
    const scene = await setScene(context);
    const { board } = scene;
    await board.waitForStatus(({ deliveredTotal }) => deliveredTotal > 3);
    assert.deepEqual(told(await scene.offer("update-new")), DONE);
    assert.equal(board.resets, 0);
    const chosen = board.waitFor("app-chosen", ({ slot }) => slot === "a");
    board.powerCut("torn");
    assert.deepEqual(await chosen, { event: "app-chosen", slot: "a", version: "update-new", trial: false });
    const states = await scene.offer("update-hold");
    assert.deepEqual(told(states), DONE);
    assert.match(board.logText, /confirmed by itself/);
    assert.deepEqual(await settle(scene), [1, 2, 3]);
  });

  it("downloads over a link that fails every few chunks, and over restarts of the broker: no chunk is asked for from the start again", async (context) => {
    const scene = await setScene(context);
    const { board, broker } = scene;
    const offsets: number[] = [];
    let isCut = false;
    const states = await scene.offer("update-new", {
      during: (offset) => {
        offsets.push(offset);
        if (offsets.length % 2 === 0) broker.dropConnections();
        if (offset > 0 && !isCut) {
          isCut = true;
          board.link("down");
          setTimeout(() => board.link("up"), 200);
        }
      },
    });
    assert.ok(told(states).includes("UPDATED"), told(states).join());
    assert.ok(
      offsets.every((offset, i) => i === 0 || offset >= offsets[i - 1]!),
      offsets.join(),
    );
    assert.deepEqual(await settle(scene), [1, 2]);
  });

  it("goes on after a power cut in mid-download", async (context) => {
    const scene = await setScene(context);
    const { board } = scene;
    const offsets: number[] = [];
    const states = await scene.offer("update-new", {
      during: (offset) => {
        offsets.push(offset);
        if (offsets.length === 2) board.powerCut("torn");
      },
    });
    assert.ok(told(states).includes("UPDATED"), told(states).join());
    assert.ok(board.resets >= 1);
    assert.deepEqual(await settle(scene), [1, 2]);
  });

  it("runs the one before again when the new one traps, and says why", async (context) => {
    const scene = await setScene(context);
    await scene.board.waitForStatus(({ deliveredTotal }) => deliveredTotal > 3);
    const states = await scene.offer("update-trap");
    assert.deepEqual(told(states), [...DONE.slice(0, -1), "FAILED"]);
    assert.match(states.at(-1)!.error!, /stopped again and again/);
    assert.equal(scene.board.resets, 0);
    const before = (await scene.board.freshStatus()).storedTotal;
    await scene.board.waitForStatus(({ storedTotal }) => storedTotal > before + 3);
    assert.deepEqual(await settle(scene), [1]);
  });

  it("refuses what is not signed by its key, not for it, or damaged, each with its reason, and meters on", async (context) => {
    const scene = await setScene(context);
    const stranger = join(keys, "stranger.pem");
    makeKey(stranger);
    const error = async (options: PackOptions): Promise<string> => {
      const states = await scene.offer("update-new", options);
      assert.deepEqual(told(states), ["FAILED"]);
      return states[0]!.error!;
    };
    assert.match(await error({ keyFile: stranger }), /^signature: /);
    assert.match(await error({ name: "another" }), /^name: found another, expected update-old/);
    assert.deepEqual(told(await scene.offer("update-new", { counter: 50 })), DONE);
    assert.match(await error({ counter: 50, version: "again" }), /^counter: found 50, expected more than 50/);
    assert.match(await error({ counter: 49 }), /^counter: found 49/);
    assert.deepEqual(await settle(scene), [1, 2]);
  });
});
