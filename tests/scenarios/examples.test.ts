/** Each example does what its README says, on the simulated board, over TLS. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { DEFAULT_KERNEL } from "../../toolchain/build/kernels.js";
import { ROOT } from "../../toolchain/build/paths.js";
import { type Publication, waitForPublication } from "../../toolchain/devcloud/broker.js";
import { setStage, type Stage } from "../../toolchain/scripts/stage.js";

describe("scenarios/examples", { concurrency: 2 }, () => {
  it("heartbeat publishes its reading with time, sequence and tags", () =>
    onStage("heartbeat", async ({ broker }) => {
      const { topic, payload } = await waitForPublication(broker, "heartbeat", isStream("heartbeat"), 30_000);
      const envelope = JSON.parse(payload.toString()) as Record<string, unknown>;
      assert.match(topic, /^devices\/[^/]+\/heartbeat$/);
      assert.deepEqual(envelope["tags"], ["heartbeat"]);
      assert.ok(Math.abs(Number(envelope["ts"]) - Date.now()) < 60_000, "its capture time");
      assert.equal(typeof (envelope["data"] as Record<string, unknown>)["uptime"], "number");
    }));

  it("heartbeat has at most 12 lines of code and imports the SDK alone", () => {
    const source = readFileSync(join(ROOT, "examples", "heartbeat", "app.ts"), "utf8");
    const code = source.split("\n").filter((line) => line.trim() !== "" && !/^\s*(\/\/|\/?\*)/.test(line));
    const imports = [...source.matchAll(/from\s+"([^"]+)"/g)].map((match) => match[1]);
    assert.ok(code.length <= 12, `${code.length} lines of code`);
    assert.deepEqual(imports, ["wasmote"]);
  });

  it("telemetry keeps both sensors' readings while the link is down", () =>
    onStage("telemetry", async ({ board, broker }) => {
      await board.waitForStatus(({ connects }) => connects > 0, 20_000);
      board.link("down");
      await board.waitFor("status", ({ link, waiting }) => link === "down" && waiting >= 10, 20_000);
      board.link("up");
      await board.waitFor("status", ({ client, waiting }) => client === "online" && waiting === 0, 20_000);
      for (const stream of ["readClimate", "readPower"]) await waitForPublication(broker, stream, isStream(stream));
    }));

  it("command switches the lamp and replies", () =>
    onStage("command", async ({ board, broker }) => {
      await board.waitForStatus(({ connects }) => connects > 0, 20_000);
      const isOn = board.waitFor("gpio", ({ pin, level }) => pin === 2 && level === 1, 20_000);
      await untilAnswered(broker.publish.bind(broker, "lamp/set", "on"), waitForPublication(broker, "reply", isReply("on"), 20_000));
      await isOn;
      await broker.publish("lamp/set", "dim");
      await waitForPublication(broker, "refusal", isReply("say on or off"));
    }));

  it("database counts in place and finds its log by a tag", () =>
    onStage(
      "database",
      async ({ board, broker }) => {
        const starts = ({ topic, payload }: Publication): number =>
          topic === "pump/state" ? Number(JSON.parse(payload.toString()).starts) : 0;
        await waitForPublication(broker, "four starts", (publication) => starts(publication) >= 4, 30_000);
        const isEntry = ({ topic, payload }: Publication): boolean =>
          topic === "pump/starts" && /^\d+:86400:\d{5}$/.test(payload.toString());
        await waitForPublication(broker, "an entry of the log", isEntry);
        assert.equal((await board.freshStatus()).appRestarts, 0);
      },
      "database-plain",
    ));

  it("comfortable answers with Strings and counts in a Map, collected between callbacks", () =>
    onStage("comfortable", async ({ board, broker }) => {
      await board.waitForStatus(({ connects }) => connects > 0, 20_000);
      const answer = (times: number) => (publication: Publication) =>
        publication.topic === "answers/kitchen" && publication.payload.toString().includes(`for the ${times}.`);
      await untilAnswered(broker.publish.bind(broker, "rooms/kitchen/ask", "t"), waitForPublication(broker, "answer", answer(1), 20_000));
      const asked = answersSoFar(broker.publications());
      for (let times = asked + 1; times <= asked + 50; times++) {
        await broker.publish("rooms/kitchen/ask", "again");
        await waitForPublication(broker, `answer ${times}`, answer(times));
      }
      assert.equal((await board.freshStatus()).appRestarts, 0);
    }));
});

async function onStage(example: string, run: (stage: Stage) => Promise<void>, kernel = DEFAULT_KERNEL): Promise<void> {
  const stage = await setStage({ app: `examples/${example}`, kernel, appConfig: { intervalMs: 100 }, board: { statusMs: 100 } });
  try {
    await run(stage);
  } finally {
    await stage.close();
  }
}

function isStream(name: string): (publication: Publication) => boolean {
  return ({ topic }) => topic.endsWith(`/${name}`);
}

function isReply(text: string): (publication: Publication) => boolean {
  return ({ topic, payload }) => topic === "lamp/state" && payload.toString() === text;
}

function answersSoFar(publications: readonly Publication[]): number {
  return publications.filter(({ topic }) => topic === "answers/kitchen").length;
}

/** The board is online a moment before its SUBSCRIBE has arrived: asks again until there is an answer. */
async function untilAnswered(ask: () => Promise<void>, answer: Promise<unknown>): Promise<void> {
  let isAnswered = false;
  const settled = answer.finally(() => (isAnswered = true));
  while (!isAnswered) {
    await ask();
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 100))]);
  }
  await settled;
}
