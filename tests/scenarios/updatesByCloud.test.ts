/** Updates from ThingsBoard, and by URL, end to end and over TLS: links that fail every few chunks, and apps that are no good. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

import mqtt from "mqtt";

import { buildApp } from "../../toolchain/build/index.js";
import { AedesBroker } from "../../toolchain/devcloud/aedesBroker.js";
import { makeCertificates } from "../../toolchain/devcloud/certificates.js";
import { ThingsboardBroker } from "../../toolchain/devcloud/thingsboard/broker.js";
import { Offer } from "../../toolchain/ota/offer.js";
import { PackageServer } from "../../toolchain/ota/packageServer.js";
import { packApp, privateKey, publicKeyBytes } from "../../toolchain/package/index.js";
import { setStage } from "../../toolchain/scripts/stage.js";
import { type Play, until } from "./thingsboardStage.js";

const keys = mkdtempSync(join(tmpdir(), "wasmote-keys-"));
process.env["WASMOTE_KEYS"] = keys;
after(() => rmSync(keys, { recursive: true, force: true }));

const APPS = "tests/scenarios/apps";
/** What the boards here know their app by: its file's name. */
const NAME = "update-old";
const DONE = ["DOWNLOADING", "DOWNLOADED", "VERIFIED", "UPDATING"];
const DEADLINE_MS = 60_000;
const board = (): { updateKeys: Uint8Array[]; statusMs: number } => ({ updateKeys: [publicKeyBytes(privateKey())], statusMs: 100 });

async function packageOf(app: string, counter: number): Promise<Uint8Array> {
  return packApp(await buildApp(`${APPS}/${app}`, { kernel: "full-thingsboard" }), { name: NAME, version: app, counter }).bytes;
}

async function onThingsboard(run: (play: Play) => Promise<void>): Promise<void> {
  const broker = await ThingsboardBroker.start();
  const stage = await setStage({ app: `${APPS}/${NAME}`, cloud: "thingsboard", broker, board: board() });
  try {
    await run({ stage, broker });
  } finally {
    await stage.close();
  }
}

/** What the server was told, each once where it came again. */
function states({ broker }: Play): unknown[] {
  const told = broker.device.telemetry.map(({ values }) => values["sw_state"]).filter((state) => state !== undefined);
  return told.filter((state, i) => state !== told[i - 1]);
}

describe("scenarios/updates by cloud", { concurrency: 2 }, () => {
  it("ThingsBoard: swaps the app over a link that fails every few chunks and a server that restarts; no chunk is asked for from the start again", () =>
    onThingsboard(async (play) => {
      const { broker, stage } = play;
      const { packages } = broker.cloud;
      let restarts = 0;
      packages.onRequest = (session, request) => {
        packages.answer(session, request);
        if (packages.requests.length % 3 !== 0) return;
        if (restarts++ === 0) void broker.restart();
        else broker.dropConnections();
      };
      await until(play, "readings", () => broker.device.telemetry.length > 3);
      packages.assign(broker.device, "sw", { title: NAME, version: "update-new", bytes: await packageOf("update-new", 1) });
      await until(play, "UPDATED", () => states(play).includes("UPDATED"), DEADLINE_MS);
      assert.deepEqual(states(play), [...DONE, "UPDATED"]);
      assert.deepEqual(broker.device.telemetry.findLast(({ values }) => values["sw_state"] === "UPDATED")!.values, {
        sw_state: "UPDATED",
        current_sw_title: NAME,
        current_sw_version: "update-new",
      });
      const chunks = packages.requests.map(({ chunk }) => chunk);
      assert.ok(restarts > 0 && chunks.every((chunk, i) => i === 0 || chunk >= chunks[i - 1]!), chunks.join());
      await until(play, "readings of the new app", () => broker.device.telemetry.some(({ values }) => values["generation"] === 2));
      assert.equal(stage.board.resets, 0);
    }));

  it("ThingsBoard: an app that traps makes room for the one before, and the server sees why", () =>
    onThingsboard(async (play) => {
      const { broker } = play;
      await until(play, "readings", () => broker.device.telemetry.length > 3);
      broker.cloud.packages.assign(broker.device, "sw", {
        title: NAME,
        version: "update-trap",
        bytes: await packageOf("update-trap", 1),
      });
      await until(play, "FAILED", () => states(play).includes("FAILED"), DEADLINE_MS);
      assert.deepEqual(states(play), [...DONE, "FAILED"]);
      const { values } = broker.device.telemetry.findLast(({ values: all }) => all["sw_state"] === "FAILED")!;
      assert.match(String(values["sw_error"]), /stopped again and again/);
      const before = broker.device.telemetry.length;
      await until(play, "readings of the app before", () =>
        broker.device.telemetry.slice(before).some(({ values: all }) => all["generation"] === 1),
      );
    }));

  it("by URL over TLS: goes on with the next byte after each break, over a power cut too", async () => {
    const tls = await makeCertificates();
    const broker = await AedesBroker.start({ tls });
    const stage = await setStage({ app: `${APPS}/${NAME}`, broker, board: board() });
    const bytes = packApp(await buildApp(`${APPS}/update-new`), { name: NAME, version: "update-new", counter: 1 }).bytes;
    const server = await PackageServer.start(bytes, { host: "localhost", port: 0, tls, listenOn: "127.0.0.1" });
    const client = await mqtt.connectAsync(`mqtts://localhost:${broker.port}`, {
      ca: broker.caPem,
      username: broker.user,
      password: broker.password,
    });
    try {
      const from: number[] = [];
      server.cutAfter = Math.ceil(bytes.length / 3);
      server.on("request", (request) => {
        from.push(request.from);
        if (from.length === 3) stage.board.powerCut("torn");
      });
      const offer = new Offer(client, stage.topicPrefix, bytes, server.url);
      const told: string[] = [];
      offer.on("state", ({ state }) => told.push(state));
      const ended = offer.ended(AbortSignal.timeout(DEADLINE_MS));
      await stage.board.waitForStatus(({ deliveredTotal }) => deliveredTotal > 3);
      await offer.begin();
      assert.equal((await ended).state, "UPDATED", stage.board.logText);
      await offer.end();
      assert.ok(told.includes("VERIFIED"));
      assert.deepEqual(from.slice(0, 2), [0, 192]);
      assert.ok(from.length >= 5 && stage.board.resets >= 1, from.join());
    } finally {
      await client.endAsync(true);
      await server.close();
      await stage.close();
    }
  });
});
