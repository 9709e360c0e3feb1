/** kernel/client5: what MQTT 5 publishes, receives and subscribes to, in a whole kernel against a scripted server. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { IPublishPacket } from "mqtt-packet";
import { FLAG, KernelBoard, QUEUED, STATE, STATUS, STORED, STORED_IDS } from "../../../fakes/kernelBoard.js";
import { facing, farewell, KERNEL, type Properties, published } from "./facing.js";

const OFFLINE = FLAG.offline | FLAG.qos1;

const topics = (board: KernelBoard): [string, number | undefined][] =>
  published(board).map(({ topic, properties }) => [topic, properties?.topicAlias]);

function deliver(board: KernelBoard, packet: Partial<IPublishPacket>): void {
  board.server.send({ cmd: "publish", topic: "cmd/x", payload: "x", qos: 0, dup: false, retain: false, ...packet });
  board.run(50);
}

describe("kernel/client5 publish", () => {
  it("keeps to the server's Receive Maximum", async () => {
    const board = await facing({ receiveMaximum: 2 }, { "mqtt.window": "8" });
    board.server.onPacket = () => {};
    for (let i = 0; i < 5; i++) board.publish("a", `${i}`, OFFLINE);
    board.publish("a", "free", 0);
    board.run(200);
    assert.equal(published(board).filter(({ qos }) => qos > 0).length, 2);
    board.server.send({ cmd: "puback", messageId: STORED_IDS + 1 });
    board.run(100);
    assert.equal(published(board).filter(({ qos }) => qos > 0).length, 3);
  });

  it("gives aliases up to the server's maximum, each first with its topic, and anew on each connection", async () => {
    const board = await facing({ topicAliasMaximum: 2 });
    for (const topic of ["a", "b", "a", "c", "b"]) {
      board.publish(topic, "x", FLAG.qos1);
      board.run(50);
    }
    assert.deepEqual(topics(board), [
      ["a", 1],
      ["b", 2],
      ["", 1],
      ["c", undefined],
      ["", 2],
    ]);
    board.server.packets = [];
    board.server.close();
    board.run(3_000);
    board.publish("a", "x", FLAG.qos1);
    board.run(50);
    assert.deepEqual(topics(board), [["a", 1]]);
  });

  it("gives none when the server allows none", async () => {
    const board = await facing();
    board.publish("a", "x", FLAG.qos1);
    board.run(50);
    assert.deepEqual(topics(board), [["a", undefined]]);
  });

  it("passes on what is left of the TTL as Message Expiry", async () => {
    const board = await facing();
    board.link = 0;
    board.run(500);
    board.publish("a", "x", OFFLINE, 60);
    board.publish("a", "for ever", OFFLINE);
    board.publish("a", "late", OFFLINE, 5);
    board.run(20_000, 100);
    board.link = 2;
    board.run(3_000);
    const seen = published(board).map(({ payload, properties }) => [payload.toString(), properties?.messageExpiryInterval]);
    assert.equal(seen.length, 2, "what is over was never sent");
    assert.deepEqual(seen[1], ["for ever", undefined]);
    assert.ok(Number(seen[0]![1]) >= 36 && Number(seen[0]![1]) <= 40, `${seen[0]}`);
    assert.equal(board.stats().expiredTotal, 1);
  });

  it("gives up what is larger than the server's Maximum Packet Size, counts it, and goes on", async () => {
    const board = await facing({ maximumPacketSize: 100, topicAliasMaximum: 5 });
    assert.equal(board.publish("a", "x".repeat(200), OFFLINE).result, STORED);
    board.publish("a", "small", OFFLINE);
    board.run(200);
    assert.deepEqual(
      published(board).map(({ topic, payload }) => [topic, payload.toString()]),
      [["a", "small"]],
      "with its topic: the alias was not given by a packet that never left",
    );
    assert.deepEqual([board.stats().rejected, board.stats().waiting], [1, 0]);
  });

  it("sends exactly as much as Maximum Packet Size allows", async () => {
    for (const [limit, sent] of [
      [16, 1],
      [15, 0],
    ] as const) {
      const board = await facing({ maximumPacketSize: limit });
      board.publish("a", "12345678", FLAG.qos1);
      board.run(100);
      assert.equal(published(board).length, sent, `limit ${limit}`);
    }
  });

  it("gives up QoS and RETAIN that the server does not take", async () => {
    const board = await facing({ maximumQoS: 0, retainAvailable: false });
    for (const flags of [FLAG.qos1, FLAG.qos2, FLAG.retain]) board.publish("a", "x", flags);
    board.publish("a", "plain", 0);
    board.run(200);
    assert.deepEqual(
      published(board).map(({ payload }) => payload.toString()),
      ["plain"],
    );
    assert.equal(board.stats().rejected, 3);
  });

  it("ends a message that PUBACK or PUBREC refuses, without sending it again", async () => {
    for (const [flags, cmd] of [
      [FLAG.qos1, "puback"],
      [FLAG.qos2, "pubrec"],
    ] as const) {
      const board = await facing();
      board.server.onPacket = (packet) => {
        if (packet.cmd === "publish") board.server.send({ cmd, messageId: packet.messageId!, reasonCode: 0x97 });
        if (packet.cmd === "connect") board.server.oblige(packet, true);
      };
      board.publish("a", "x", flags);
      board.run(100);
      assert.deepEqual([board.stats().inFlight, board.stats().rejected], [0, 1], cmd);
      board.server.close();
      board.run(3_000);
      assert.equal(published(board).length, 1);
      assert.equal(board.server.all("pubrel").length, 0);
    }
  });

  it("tells of each message how it ended: by which reason it was refused, or that its time was up", async () => {
    const board = await facing({ maximumPacketSize: 100, retainAvailable: false });
    const reasons = [0x97, 0x87, 0x10];
    board.server.onPacket = (packet) => {
      if (packet.cmd === "publish") board.server.send({ cmd: "puback", messageId: packet.messageId!, reasonCode: reasons.shift() ?? 0 });
      else board.server.oblige(packet, true);
    };
    const asked = [
      [board.publish("a", "1", OFFLINE), 0x97],
      [board.publish("a", "2", FLAG.qos1), 0x87],
      [board.publish("a", "3", OFFLINE), 0],
      [board.publish("a", "x".repeat(200), FLAG.qos1), 0x95],
      [board.publish("a", "4", OFFLINE | FLAG.retain), 0x9a],
    ] as const;
    board.run(200);
    board.link = 0;
    board.run(500);
    const late = board.publish("a", "5", OFFLINE, 1);
    board.run(5_000, 100);
    board.link = 2;
    board.run(3_000);
    for (const [{ result, sequence }, outcome] of [...asked, [late, STATUS.Expired] as const]) {
      assert.equal(board.call("publish_state", result, Number(sequence), 0), outcome, `${result} ${sequence}`);
    }
    const { rejected, rejectedTotal, evictedTotal, queuedLost, storedTotal, deliveredTotal, expiredTotal, waiting } = board.stats();
    assert.deepEqual([rejected, rejectedTotal, evictedTotal, queuedLost], [4, 2, 0, 2]);
    assert.deepEqual([storedTotal, deliveredTotal, expiredTotal, waiting], [4, 1, 1, 0]);
    board.power();
    assert.deepEqual([board.stats().rejected, board.stats().rejectedTotal], [0, 2], "what was stored is counted over a reset");
  });

  it("remembers of eight messages how they ended, the latest", async () => {
    const board = await facing({ maximumPacketSize: 20 });
    const asked = Array.from({ length: 10 }, () => {
      const published = board.publish("a", "x".repeat(30), FLAG.qos1);
      board.run(50);
      return Number(published.sequence);
    });
    assert.deepEqual(
      asked.map((sequence) => board.call("publish_state", QUEUED, sequence, 0)),
      [0, 0, ...Array.from({ length: 8 }, () => 0x95)],
    );
  });

  it("takes a reason below 0x80 as success", async () => {
    const board = await facing();
    board.server.onPacket = (packet) => {
      if (packet.cmd === "publish") board.server.send({ cmd: "puback", messageId: packet.messageId!, reasonCode: 0x10 });
    };
    board.publish("a", "x", OFFLINE);
    board.run(100);
    assert.deepEqual([board.stats().deliveredTotal, board.stats().rejected], [1, 0]);
  });

  it("answers PUBREC and PUBREL of identifiers that nobody knows with reason 0x92", async () => {
    const board = await facing();
    board.server.send({ cmd: "pubrec", messageId: 99 });
    board.server.send({ cmd: "pubrel", messageId: 98 });
    board.run(50);
    assert.equal(board.server.all("pubrel").at(-1)!.reasonCode, 0x92);
    assert.equal(board.server.all("pubcomp").at(-1)!.reasonCode, 0x92);
  });

  it("sends an app's properties, stored or not, with RETAIN of the payload apart from them", async () => {
    const board = await facing();
    const block = Buffer.from("0101" + "030004" + Buffer.from("text").toString("hex") + "2600016b000176", "hex");
    const payload = Buffer.concat([Buffer.from([block.length, 0]), block, Buffer.from("hello")]);
    for (const flags of [FLAG.qos1, OFFLINE]) assert.ok(board.publish("a", payload, flags | FLAG.properties, 60).result > 0);
    board.run(100);
    for (const { properties, payload: sent } of published(board)) {
      assert.equal(sent.toString(), "hello");
      assert.deepEqual([properties?.payloadFormatIndicator, properties?.contentType], [true, "text"]);
      assert.deepEqual({ ...properties?.userProperties }, { k: "v" });
      assert.equal(properties?.messageExpiryInterval, 60);
    }
    assert.equal(published(board).length, 2);
  });

  it("refuses properties that are malformed, or not the app's to set", async () => {
    const board = await facing();
    for (const block of ["05", "0102", "2600016b", "230001", "0200000001", "0b05", "1f000161", "0300020000"]) {
      const bytes = Buffer.from(block, "hex");
      const payload = Buffer.concat([Buffer.from([bytes.length, 0]), bytes]);
      assert.equal(board.publish("a", payload, FLAG.properties).result, STATUS.Invalid, block);
    }
    assert.equal(board.publish("a", Buffer.from([9, 0, 1]), FLAG.properties).result, STATUS.Invalid, "longer than the payload");
    assert.equal(board.publish("a", Buffer.from([0, 0, 1]), FLAG.properties | FLAG.envelope).result, STATUS.Invalid);
    assert.equal(board.publish("a", Buffer.from([0, 0, 1]), FLAG.properties).result, QUEUED);
  });

  it("leaves an app's properties out while it speaks 3.1.1", async () => {
    const board = await KernelBoard.make(KERNEL);
    board.config["mqtt.version"] = "4";
    board.server.version = 4;
    board.power();
    board.call("client_start", 0);
    board.run(500);
    board.publish("a", Buffer.from("02000101" + "6869", "hex"), FLAG.properties | FLAG.qos1);
    board.run(100);
    assert.equal(published(board)[0]!.payload.toString(), "hi");
  });
});

async function subscribed(properties: Properties = {}, filter = "cmd/#", options = 1): Promise<KernelBoard> {
  const board = await facing(properties);
  board.call("subscribe", filter, options);
  board.run(50);
  return board;
}

describe("kernel/client5 receive", () => {
  it("passes properties to the app as they are", async () => {
    const board = await subscribed();
    deliver(board, { properties: { contentType: "t", userProperties: { k: ["1", "2"] } } });
    const message = board.receive();
    assert.equal(message?.payload, "x");
    assert.equal(message?.properties, "03000174" + "2600016b000131" + "2600016b000132");
    deliver(board, { payload: "bare" });
    assert.deepEqual(board.receive(), { topic: "cmd/x", payload: "bare", subscription: 0, qos: 0, retain: 0, dup: 0 });
  });

  it("resolves aliases, and takes a new topic for an old one", async () => {
    const board = await subscribed();
    deliver(board, { topic: "cmd/one", payload: "1", properties: { topicAlias: 3 } });
    deliver(board, { topic: "", payload: "2", properties: { topicAlias: 3 }, qos: 1, messageId: 9 });
    deliver(board, { topic: "cmd/two", payload: "3", properties: { topicAlias: 3 } });
    deliver(board, { topic: "", payload: "4", properties: { topicAlias: 3, contentType: "t" } });
    const got = Array.from({ length: 4 }, () => board.receive());
    assert.deepEqual(
      got.map((each) => [each?.topic, each?.payload]),
      [
        ["cmd/one", "1"],
        ["cmd/one", "2"],
        ["cmd/two", "3"],
        ["cmd/two", "4"],
      ],
    );
    board.run(50);
    assert.equal(board.server.all("puback")[0]?.messageId, 9);
  });

  it("learns an alias from a message that the inbox has no room for", async () => {
    const board = await subscribed();
    for (let i = 0; i < 12; i++) deliver(board, { payload: "y".repeat(250) });
    deliver(board, { topic: "cmd/aliased", payload: "z".repeat(250), properties: { topicAlias: 1 } });
    assert.ok(board.stats().inboxDropped > 0);
    while (board.receive());
    deliver(board, { topic: "", payload: "after", properties: { topicAlias: 1 } });
    assert.equal(board.receive()?.topic, "cmd/aliased");
  });

  it("refuses aliases that are too high or unknown, and forgets those of an earlier connection", async () => {
    for (const topicAlias of [9, 2]) {
      const board = await subscribed();
      deliver(board, { topic: "", properties: { topicAlias } });
      assert.equal(farewell(board), 0x94);
    }
    const board = await subscribed();
    deliver(board, { topic: "cmd/x", properties: { topicAlias: 1 } });
    board.server.close();
    board.run(3_000);
    deliver(board, { topic: "", properties: { topicAlias: 1 } });
    assert.equal(farewell(board), 0x94);
  });

  it("refuses a packet larger than it announced, and more messages than it announced", async () => {
    const large = await subscribed();
    deliver(large, { payload: Buffer.alloc(2_100) });
    assert.equal(farewell(large), 0x95);
    const many = await subscribed();
    for (let messageId = 1; messageId <= 32; messageId++) deliver(many, { qos: 1, messageId });
    assert.equal(many.stats().clientState, STATE.Online);
    deliver(many, { qos: 1, messageId: 33 });
    assert.equal(farewell(many), 0x93);
  });

  it("hands out QoS 2 once, by alias too", async () => {
    const board = await subscribed();
    board.server.onPacket = () => {};
    deliver(board, { topic: "cmd/q", payload: "once", qos: 2, messageId: 5, properties: { topicAlias: 1 } });
    deliver(board, { topic: "", payload: "once", qos: 2, messageId: 5, dup: true, properties: { topicAlias: 1 } });
    assert.equal(board.receive()?.topic, "cmd/q");
    assert.equal(board.receive(), null);
  });
});

describe("kernel/client5 subscribe", () => {
  it("asks with No Local, Retain As Published and Retain Handling", async () => {
    const board = await subscribed({}, "a/#", 1 | 4 | 8 | 32);
    const [{ topic, qos, nl, rap, rh }] = board.server.all("subscribe")[0]!.subscriptions as [
      { topic: string; qos: number; nl?: boolean; rap?: boolean; rh?: number },
    ];
    assert.deepEqual([topic, qos, nl, rap, rh], ["a/#", 1, true, true, 2]);
  });

  it("refuses options with reserved bits, and shared filters that cannot be", async () => {
    const board = await facing();
    for (const options of [3, 0x30, 0x40, -1]) assert.equal(board.call("subscribe", "a", options), STATUS.Invalid, `${options}`);
    for (const filter of ["$share/g", "$share//a", "$share/+/a", "$share/g#/a", "$share/g/"]) {
      assert.equal(board.call("subscribe", filter, 1), STATUS.Invalid, filter);
    }
    assert.equal(board.call("subscribe", "$share/g/a", 1 | 4), STATUS.Invalid, "No Local");
    assert.equal(board.call("subscribe", "$share/g/cmd/+", 1), 0);
    board.run(50);
    deliver(board, { payload: "shared" });
    assert.equal(board.receive()?.payload, "shared");
  });

  it("reports a refusal by its reason", async () => {
    const board = await facing();
    board.server.onPacket = (packet) => {
      if (packet.cmd === "subscribe") board.server.send({ cmd: "suback", messageId: packet.messageId!, granted: [0x87] });
    };
    board.call("subscribe", "a", 1);
    board.run(50);
    assert.ok(board.logs.some((line) => line.includes("refused subscription 0")));
  });

  it("unsubscribes", async () => {
    const board = await subscribed();
    board.call("unsubscribe", "cmd/#");
    board.run(50);
    assert.deepEqual(board.server.all("unsubscribe")[0]!.unsubscriptions, ["cmd/#"]);
    assert.equal(board.stats().clientState, STATE.Online);
  });
});
