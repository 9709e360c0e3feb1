import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { IConnackPacket, MqttClient } from "mqtt";

import { AedesBroker, Refusal } from "../../../toolchain/devcloud/aedesBroker.js";
import { waitForPublication } from "../../../toolchain/devcloud/broker.js";
import { makeCertificates } from "../../../toolchain/devcloud/certificates.js";
import { closed, connect, nextMessage } from "./client.js";

describe("toolchain/devcloud/aedesBroker", () => {
  let broker: AedesBroker;
  let clients: MqttClient[];

  beforeEach(async () => {
    broker = await AedesBroker.start();
    clients = [];
  });
  afterEach(async () => {
    for (const client of clients) client.end(true);
    await broker.close();
  });

  async function join(changes: Parameters<typeof connect>[1] = {}): Promise<MqttClient> {
    const client = await connect(broker, changes);
    client.on("error", () => {});
    clients.push(client);
    return client;
  }

  it("takes a device in over TLS and records what it publishes before acknowledging it", async () => {
    const client = await join({ clientId: "device-1" });
    await client.publishAsync("a/b", "hello", { qos: 1, retain: true });
    const [first, ...rest] = broker.publications();
    assert.deepEqual(rest, []);
    assert.equal(first?.payload.toString(), "hello");
    assert.deepEqual([first.topic, first.qos, first.isRetained, first.isRedelivery, first.clientId], ["a/b", 1, true, false, "device-1"]);
  });

  it("records what the device marks as a redelivery", async () => {
    const client = await join();
    await client.publishAsync("t", "x", { qos: 1, dup: true });
    assert.equal(broker.publications()[0]?.isRedelivery, true);
  });

  it("tells a listener of each publication, until it is taken away", async () => {
    const seen: string[] = [];
    const end = broker.onPublication(({ topic }) => void seen.push(topic));
    const client = await join();
    await client.publishAsync("one", "", { qos: 1 });
    end();
    await client.publishAsync("two", "", { qos: 1 });
    assert.deepEqual(seen, ["one"]);
  });

  it("finds a publication that came and one that is to come, and says so when none does", async () => {
    const client = await join();
    const coming = waitForPublication(broker, "greeting", ({ topic }) => topic === "t");
    await client.publishAsync("t", "x", { qos: 1 });
    assert.equal((await coming).topic, "t");
    assert.equal((await waitForPublication(broker, "greeting", ({ topic }) => topic === "t")).topic, "t");
    await assert.rejects(
      waitForPublication(broker, "farewell", () => false, 10),
      /aedes: no farewell within 10 ms; 1 publications so far/,
    );
  });

  it("refuses a wrong password, user, or authority", async () => {
    await assert.rejects(connect(broker, { password: "wrong" }), { code: 4 });
    await assert.rejects(connect(broker, { username: "wrong" }), { code: 4 });
    await assert.rejects(connect(broker, { username: undefined, password: undefined }), { code: 4 });
    const { caPem } = await makeCertificates();
    await assert.rejects(connect(broker, { ca: caPem }));
    assert.equal(broker.connects, 0);
  });

  for (const code of [Refusal.IdentifierRejected, Refusal.ServerUnavailable, Refusal.BadUserNameOrPassword, Refusal.NotAuthorized]) {
    it(`refuses with CONNACK code ${code} while told to`, async () => {
      broker.refuse(code);
      await assert.rejects(connect(broker), { code });
      broker.refuse(null);
      await join();
    });
  }

  it("delivers to subscribers, and does not count that as evidence", async () => {
    const client = await join();
    await client.subscribeAsync("down/#", { qos: 1 });
    const arrived = nextMessage(client);
    await broker.publish("down/led", "on");
    assert.equal(await arrived, "down/led on");
    assert.deepEqual(broker.publications(), []);
  });

  it("holds acknowledgements, reads on meanwhile, and sends them in order when let go", async () => {
    const client = await join();
    broker.acknowledgements({ kind: "hold" });
    const order: number[] = [];
    const all = [1, 2, 3].map((n) => client.publishAsync(`t/${n}`, "", { qos: 1 }).then(() => void order.push(n)));
    await waitForPublication(broker, "third", ({ topic }) => topic === "t/3");
    await client.subscribeAsync("other");
    assert.deepEqual(order, []);
    broker.acknowledgements({ kind: "pass" });
    await Promise.all(all);
    assert.deepEqual(order, [1, 2, 3]);
  });

  it("delays acknowledgements", async () => {
    const client = await join();
    broker.acknowledgements({ kind: "delay", delayMs: 30 });
    const publishing = client.publishAsync("t", "", { qos: 1 });
    const first = await Promise.race([publishing.then(() => "acknowledged"), client.subscribeAsync("other").then(() => "subscribed")]);
    assert.equal(first, "subscribed");
    await publishing;
  });

  it("drops acknowledgements, so that the device publishes again", async () => {
    const client = await join({ clean: false, clientId: "again", reconnectPeriod: 10 });
    broker.acknowledgements({ kind: "drop" });
    const publishing = client.publishAsync("t", "x", { qos: 1 });
    await waitForPublication(broker, "first", ({ topic }) => topic === "t");
    const isDown = closed(client);
    broker.dropConnections();
    await isDown;
    broker.acknowledgements({ kind: "pass" });
    await publishing;
    assert.deepEqual(
      broker.publications().map(({ topic }) => topic),
      ["t", "t"],
    );
  });

  it("cuts every connection when it stops, and is back on the same port", async () => {
    const client = await join();
    const { port } = broker;
    const isDown = closed(client);
    await broker.stop();
    await isDown;
    assert.equal(broker.isRunning, false);
    await assert.rejects(connect(broker), { code: "ECONNREFUSED" });
    await broker.restart();
    assert.equal(broker.port, port);
    await (await join()).publishAsync("t", "", { qos: 1 });
    assert.equal(broker.connects, 2);
  });

  it("keeps its record of publications over a restart", async () => {
    await (await join()).publishAsync("before", "", { qos: 1 });
    await broker.restart();
    await (await join()).publishAsync("after", "", { qos: 1 });
    assert.deepEqual(
      broker.publications().map(({ topic }) => topic),
      ["before", "after"],
    );
  });

  for (const keepsSessions of [true, false]) {
    it(`${keepsSessions ? "keeps" : "forgets"} sessions over a restart when told to`, async () => {
      const session = { clean: false, clientId: "keeper" };
      const client = await join(session);
      await client.subscribeAsync("t", { qos: 1 });
      const isDown = closed(client);
      await broker.restart({ keepsSessions });
      await isDown;
      const again = connectWithConnack(session);
      assert.equal((await again).sessionPresent, keepsSessions);
    });
  }

  async function connectWithConnack(changes: Parameters<typeof connect>[1]): Promise<IConnackPacket> {
    const client = await join(changes);
    const isDown = closed(client);
    broker.dropConnections();
    await isDown;
    const connack = new Promise<IConnackPacket>((resolve) => client.once("connect", resolve));
    client.reconnect();
    return connack;
  }

  it("runs without TLS when told to", async () => {
    const plain = await AedesBroker.start({ tls: "off" });
    try {
      assert.equal(plain.caPem, "");
      const client = await connect(plain);
      await client.publishAsync("t", "", { qos: 1 });
      await client.endAsync();
    } finally {
      await plain.close();
    }
  });

  it("can be stopped and closed again and again", async () => {
    await broker.stop();
    await broker.stop();
    await broker.close();
    await assert.rejects(broker.publish("t", "x"), /publish while the broker is stopped/);
  });
});
