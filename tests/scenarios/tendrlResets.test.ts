/** Tendrl on boards that lose power, time and the network: acceptance checks 3, 6 and 7, and what is remembered over resets (D18). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { writeConfigPartition } from "../../toolchain/board/flashImage.js";
import type { Config } from "../../toolchain/config/schema.js";
import { waitForPublication } from "../../toolchain/devcloud/broker.js";
import { FrontDoor } from "../../toolchain/devcloud/frontDoor.js";
import { readMessage } from "../../toolchain/devcloud/tendrl/messages.js";
import { checkNumbers, command, dataOf, fits, ONLINE_MS, onStage, type TendrlStage } from "./tendrlStage.js";

const TWO_DAYS_MS = 2 * 86_400_000;

function untilOnline({ board }: TendrlStage): Promise<unknown> {
  return board.waitForStatus(({ client }) => client === "online", ONLINE_MS);
}

/** Cuts the power, and waits until the board is online again. */
async function cut(stage: TendrlStage, kind: "clean" | "torn" = "clean"): Promise<void> {
  const booted = stage.board.waitFor("boot");
  stage.board.powerCut(kind, 100);
  await booted;
  await stage.board.waitFor("status", ({ client }) => client === "online", ONLINE_MS);
}

/** Gives the board, while it is off, a configuration with other keys of Tendrl's: as its owner does with a cable. */
async function provisionAgain(stage: TendrlStage, tendrl: Partial<NonNullable<Config["tendrl"]>>): Promise<void> {
  const { board, broker, config } = stage;
  const booted = board.waitFor("boot");
  board.power("off");
  writeConfigPartition(stage.flash, { ...config, tendrl: { ...broker.config.tendrl, ...tendrl } });
  board.power("on");
  await booted;
  await board.waitFor("status", ({ client }) => client === "online", ONLINE_MS);
}

describe("scenarios/tendrl: resets", { concurrency: 2 }, () => {
  it("asks once who it is, and comes back from power cuts while the claims server is down (D18)", () =>
    onStage("examples/tendrl-offline", async (stage) => {
      await untilOnline(stage);
      stage.broker.claims.answer({ kind: "status", status: 500 });
      for (const kind of ["clean", "torn"] as const) await cut(stage, kind);
      assert.equal(stage.broker.claims.requests.length, 1);
      checkNumbers(stage.broker);
    }));

  it("honours reset once: a power cut later it is not asked for again, until the owner asks again (D18)", () =>
    onStage("examples/tendrl", async (stage) => {
      const asked = (): number => stage.broker.claims.requests.length;
      await untilOnline(stage);
      await provisionAgain(stage, { reset: true });
      assert.equal(asked(), 2);
      await cut(stage);
      await cut(stage, "torn");
      assert.equal(asked(), 2);
      await provisionAgain(stage, { reset: false });
      assert.equal(asked(), 2);
      await provisionAgain(stage, { reset: true });
      assert.equal(asked(), 3);
    }));

  it("takes another key for another entity: nothing of the cache is used (D17)", () =>
    onStage("examples/tendrl", async (stage) => {
      await untilOnline(stage);
      stage.broker.change({ apiKey: "second-key", jti: "entity:second", sub: "1001:us-east:second" });
      await provisionAgain(stage, { apiKey: "second-key" });
      assert.equal(stage.broker.claims.requests.length, 2);
      const greeting = await waitForPublication(stage.broker, "greeting", ({ clientId }) => clientId === "1001:us-east:second", ONLINE_MS);
      assert.equal(greeting.topic, "1001/us-east/entity:second/publish");
    }));

  for (const writes of [1, 2]) {
    it(`loses its power in write ${writes} of what it remembers, and asks once more at most`, () =>
      onStage(
        "examples/tendrl",
        async (stage) => {
          const { board, broker } = stage;
          // Once its first question is there: it is not answered at once then, but asks anew behind a pause.
          while (broker.claims.requests.length === 0) await board.freshStatus();
          const booted = board.waitFor("boot", undefined, ONLINE_MS);
          // Nothing else of this app is written: the next writes are those of the cache.
          board.powerCutAfter(writes, "torn", 100);
          await board.freshStatus(); // It takes its commands in order: the cut is set.
          broker.claims.answer({ kind: "honest" });
          broker.claims.dropConnections();
          await booted;
          await board.waitFor("status", ({ client }) => client === "online", ONLINE_MS);
          const asked = broker.claims.requests.filter(({ path }) => path.startsWith("/api/claims")).length;
          await cut(stage);
          assert.ok(asked <= 3, `${asked} requests`);
          assert.equal(broker.claims.requests.length, asked);
        },
        { before: (cloud) => Promise.resolve(cloud.claims.answer({ kind: "silence" })) },
      ));
  }

  it("delivers after a power cut what is worth it still, and counts what is not (check 3)", () =>
    onStage(
      "tests/scenarios/apps/tendrl-keep",
      async (stage) => {
        const { board, broker } = stage;
        await board.waitForStatus(({ storedTotal }) => storedTotal === 16, ONLINE_MS);
        const booted = board.waitFor("boot");
        // The app stores all again at its next start; the first are two days old by then.
        board.setWallClock(Date.now() + TWO_DAYS_MS);
        board.powerCut("torn", 100);
        await booted;
        await board.waitForStatus(({ storedTotal }) => storedTotal === 32, ONLINE_MS);
        await broker.restart();
        const { expiredTotal } = await board.waitFor("status", ({ waiting, client }) => waiting === 0 && client === "online", ONLINE_MS);
        assert.equal(expiredTotal, 10);
        const late = Date.now() + TWO_DAYS_MS / 2;
        const count = (name: string, isOld: boolean): number =>
          broker
            .publications()
            .filter(({ payload }) => payload.includes(`"${name}":`))
            .map(({ payload }) => readMessage(payload))
            .filter(({ timestamp }) => Date.parse(timestamp) < late === isOld).length;
        const names = ["minute", "day", "days", "ever"];
        assert.deepEqual(
          names.map((name) => count(name, true)),
          [0, 0, 5, 1],
        );
        assert.deepEqual(
          names.map((name) => count(name, false)),
          [5, 5, 5, 1],
        );
      },
      { before: async (cloud) => void (await cloud.stop()) },
    ));

  it("goes offline in a black hole, works on, feeds its watchdog, and delivers all of it behind it (check 6, D2, D7, D10)", async () => {
    let door!: FrontDoor;
    try {
      await onStage(
        "tests/scenarios/apps/tendrl-watchdog",
        async (stage) => {
          const { board, broker } = stage;
          await board.waitFor("status", ({ client, deliveredTotal }) => client === "online" && deliveredTotal > 3, ONLINE_MS);
          door.swallow();
          const { storedTotal: before } = await board.freshStatus();
          await board.waitFor("status", ({ client }) => client !== "online", ONLINE_MS);
          // In the hole its attempts end in nothing, TLS does not even begin: more than the watchdog's 2 s of that.
          const { storedTotal } = await board.waitFor("status", ({ waiting }) => waiting >= 50, ONLINE_MS);
          assert.ok(storedTotal - before >= 40, `${storedTotal - before} stored meanwhile`);
          door.pass();
          door.dropConnections();
          await board.waitFor("status", ({ client, waiting }) => client === "online" && waiting <= 2, ONLINE_MS);
          assert.equal(board.resets, 0, board.logText);
          checkNumbers(broker);
        },
        {
          before: async (cloud) => {
            door = new FrontDoor(cloud.port);
            await door.open();
            return { mqttConfig: { port: door.port, keepAliveSeconds: 3 } };
          },
        },
      );
    } finally {
      await door.close();
    }
  });

  it("does not starve its watchdog while the claims server says nothing (D2, D10)", () =>
    onStage(
      "tests/scenarios/apps/tendrl-watchdog",
      async ({ board, broker }) => {
        await board.waitForStatus(({ client }) => client === "discovering", ONLINE_MS);
        await board.waitForStatus(({ waiting }) => waiting >= 40, ONLINE_MS);
        broker.claims.answer({ kind: "honest" });
        broker.claims.dropConnections();
        await board.waitFor("status", ({ client, waiting }) => client === "online" && waiting <= 2, ONLINE_MS);
        assert.equal(board.resets, 0, board.logText);
        checkNumbers(broker);
      },
      { before: (cloud) => Promise.resolve(cloud.claims.answer({ kind: "silence" })) },
    ));

  it("stop leaves no timer, socket or task, and start works again (check 7, D13)", () =>
    onStage("tests/scenarios/apps/tendrl-stop", async (stage) => {
      const { board, broker } = stage;
      await untilOnline(stage);
      assert.equal(broker.connections, 1);
      const isStopped = board.waitFor("status", ({ client, link }) => client === "stopped" && link === "down", ONLINE_MS);
      await broker.send(command({ stop: true }, "s-1"));
      await isStopped;
      assert.equal(broker.connections, 0);
      const isAgain = fits((message) => "whileOff" in dataOf(message));
      const { before, ...again } = dataOf(readMessage((await waitForPublication(broker, "another start", isAgain, ONLINE_MS)).payload));
      assert.ok(Number(before) > 0);
      assert.deepEqual(again, { whileOff: 0, answer: -7, enabled: 0 });
      assert.deepEqual([broker.connects, broker.claims.requests.length, broker.connections], [2, 1, 1]);
    }));
});
