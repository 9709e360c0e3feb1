import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";

import { MosquittoBroker } from "../../../toolchain/devcloud/mosquittoBroker.js";
import { closed, connect, nextMessage } from "./client.js";

describe("toolchain/devcloud/mosquittoBroker", () => {
  let broker: MosquittoBroker;
  let seenBefore: number;

  before(async () => void (broker = await MosquittoBroker.start()));
  after(() => broker.close());
  beforeEach(() => void (seenBefore = broker.publications().length));

  const topics = (): string[] =>
    broker
      .publications()
      .slice(seenBefore)
      .map(({ topic }) => topic);

  it("records what a device publishes, in order, once it has settled", async () => {
    const client = await connect(broker);
    for (let n = 0; n < 50; n++) await client.publishAsync(`t/${n}`, `payload ${n}`, { qos: 1 });
    await broker.settle();
    assert.deepEqual(
      topics(),
      Array.from({ length: 50 }, (_, n) => `t/${n}`),
    );
    assert.equal(broker.publications().at(-1)?.payload.toString(), "payload 49");
    await client.endAsync();
  });

  it("refuses a wrong password and a stranger", async () => {
    await assert.rejects(connect(broker, { password: "wrong" }), { code: 5 });
    await assert.rejects(connect(broker, { username: undefined, password: undefined }), { code: 5 });
  });

  it("delivers to subscribers, and does not count that as evidence", async () => {
    const client = await connect(broker);
    await client.subscribeAsync("down/#", { qos: 1 });
    const arrived = nextMessage(client);
    await broker.publish("down/led", "on");
    assert.equal(await arrived, "down/led on");
    await broker.settle();
    assert.deepEqual(topics(), []);
    await client.endAsync();
  });

  it("cuts connections and takes new ones", async () => {
    const client = await connect(broker);
    const isDown = closed(client);
    broker.dropConnections();
    await isDown;
    await (await connect(broker)).endAsync();
  });

  it("misses nothing of what a device publishes right before and right after a restart", async () => {
    const client = await connect(broker);
    client.on("error", () => {});
    const { port } = broker;
    for (let n = 0; n < 20; n++) await client.publishAsync(`before/${n}`, "", { qos: 1 });
    const isDown = closed(client);
    await broker.stop();
    await isDown;
    assert.equal(broker.isRunning, false);
    await assert.rejects(connect(broker), { code: "ECONNREFUSED" });
    await broker.restart();
    assert.equal(broker.port, port);
    const again = await connect(broker);
    await again.publishAsync("after", "", { qos: 1 });
    await broker.settle();
    assert.equal(topics().length, 21);
    assert.equal(topics().at(-1), "after");
    await again.endAsync();
  });

  for (const keepsSessions of [true, false]) {
    it(`${keepsSessions ? "keeps" : "forgets"} retained messages over a restart when told to`, async () => {
      const client = await connect(broker);
      client.on("error", () => {});
      await client.publishAsync(`kept/${keepsSessions}`, "still here", { qos: 1, retain: true });
      await broker.restart({ keepsSessions });
      const again = await connect(broker);
      const arrived: string[] = [];
      again.on("message", (topic) => void arrived.push(topic));
      await again.subscribeAsync([`kept/${keepsSessions}`, "end"], { qos: 1 });
      const isOver = new Promise<void>((resolve) => again.on("message", (topic) => void (topic === "end" && resolve())));
      await broker.publish("end", "");
      await isOver;
      assert.deepEqual(arrived, keepsSessions ? ["kept/true", "end"] : ["end"]);
      await again.endAsync();
    });
  }
});
