/** kernel/client, QoS 2: the state machines of both sides, over lost connections and lost sessions. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FLAG, KernelBoard, QUEUED, QUEUED_IDS, QUEUED_IDS_MINIMAL, STATE, STATUS } from "../../../fakes/kernelBoard.js";
import { packetsSeen } from "../../../fakes/packetsSeen.js";

/** Online, with a server that answers nothing. */
async function silent(config: Record<string, string> = {}): Promise<KernelBoard> {
  const board = await KernelBoard.online("full-plain", config);
  board.server.onPacket = () => {};
  board.server.packets = [];
  return board;
}

function reconnect(board: KernelBoard, sessionPresent: boolean): void {
  board.server.onPacket = (packet) => {
    if (packet.cmd === "connect") board.server.oblige(packet, sessionPresent);
  };
  board.server.close();
  board.run(3_000);
}

function publish(board: KernelBoard, ...payloads: string[]): void {
  for (const payload of payloads) assert.equal(board.publish("a", payload, FLAG.qos2).result, QUEUED);
  board.run(100);
}

/** Answers of the server, to messages of the queue by their number; PUBREL by an identifier of its own. */
function answer(board: KernelBoard, cmd: "pubrec" | "pubcomp" | "pubrel" | "puback", ...ids: number[]): void {
  for (const id of ids) board.server.send({ cmd, messageId: cmd === "pubrel" ? id : QUEUED_IDS + id });
  board.run(100);
}

/** What the server saw since it was last asked, messages of the queue by their number. */
const seen = (board: KernelBoard): string[] => packetsSeen(board, QUEUED_IDS);

describe("kernel/client/outbox QoS 2, sending", () => {
  it("goes through PUBLISH, PUBREC, PUBREL and PUBCOMP, and frees the identifier", async () => {
    const board = await silent();
    publish(board, "1");
    assert.deepEqual([board.server.all("publish")[0]?.qos, ...seen(board)], [2, "publish 1"]);
    answer(board, "pubrec", 1);
    assert.deepEqual(seen(board), ["pubrel 1"]);
    assert.equal(board.stats().inFlight, 1);
    answer(board, "pubcomp", 1);
    assert.equal(board.stats().inFlight, 0);
    answer(board, "pubcomp", 1);
    assert.equal(board.stats().strayAcks, 1);
  });

  it("answers a second PUBREC with a second PUBREL, never with the message", async () => {
    const board = await silent();
    publish(board, "1");
    answer(board, "pubrec", 1, 1);
    assert.deepEqual(seen(board), ["publish 1", "pubrel 1", "pubrel 1"]);
  });

  it("sends again on reconnect with the session: messages with DUP, PUBREL for those released, same identifiers", async () => {
    const board = await silent();
    publish(board, "1", "2", "3");
    answer(board, "pubrec", 2);
    seen(board);
    reconnect(board, true);
    assert.deepEqual(seen(board), ["publish 1 dup", "publish 3 dup", "pubrel 2"]);
    assert.equal(board.stats().uncertain, 0);
  });

  it("sends PUBREL in the order of the PUBRECs [MQTT-4.6.0-4], on reconnect too", async () => {
    const board = await silent();
    publish(board, "1", "2", "3");
    answer(board, "pubrec", 3, 1, 2);
    assert.deepEqual(seen(board).slice(3), ["pubrel 3", "pubrel 1", "pubrel 2"]);
    reconnect(board, true);
    assert.deepEqual(seen(board), ["pubrel 3", "pubrel 1", "pubrel 2"]);
  });

  it("never sends the message again once PUBREL was sent", async () => {
    const board = await silent();
    publish(board, "1");
    answer(board, "pubrec", 1);
    for (let i = 0; i < 3; i++) reconnect(board, true);
    assert.equal(seen(board).filter((each) => each.startsWith("publish")).length, 1);
  });

  it("publishes anew what was not released, in order, when the session is gone; what was released ends as uncertain", async () => {
    const board = await silent();
    publish(board, "1", "2", "3");
    answer(board, "pubrec", 2);
    seen(board);
    reconnect(board, false);
    assert.deepEqual(seen(board), ["publish 1", "publish 3"]);
    assert.deepEqual([board.stats().uncertain, board.stats().inFlight], [1, 2]);
  });

  it("ends a connection whose PUBCOMP does not come for 20 s", async () => {
    const board = await silent({ "mqtt.keepAliveSeconds": "0" });
    publish(board, "1");
    board.run(15_000, 100);
    answer(board, "pubrec", 1);
    board.run(19_500, 100);
    assert.equal(board.stats().clientState, STATE.Online);
    board.run(600, 100);
    assert.equal(board.stats().lastCause, STATUS.Timeout);
  });

  it("ends a connection that answers with the packet of another QoS", async () => {
    for (const [flags, cmd] of [
      [FLAG.qos2, "puback"],
      [FLAG.qos2, "pubcomp"],
      [FLAG.qos1, "pubrec"],
    ] as const) {
      const board = await silent();
      board.publish("a", "1", flags);
      board.run(100);
      board.server.send({ cmd, messageId: board.server.all("publish")[0]!.messageId! });
      board.run(100);
      assert.equal(board.stats().lastCause, STATUS.Protocol, cmd);
    }
  });

  for (const [kernel, ids] of [
    ["full-plain", QUEUED_IDS],
    ["minimal-plain", QUEUED_IDS_MINIMAL],
  ] as const) {
    it(`releases what the server may still hold of before a power cut, before the identifier's next use: ${kernel}`, async () => {
      const board = await KernelBoard.online(kernel);
      board.server.onPacket = (packet) => {
        if (packet.cmd === "connect") board.server.oblige(packet, true);
      };
      board.server.close();
      board.power();
      board.call("client_start", 0);
      board.run(500);
      board.server.packets = [];
      const sent = (): string[] =>
        board.server.packets.filter(({ cmd }) => cmd !== "connect").map(({ cmd, messageId }) => `${cmd} ${messageId! - ids}`);
      board.publish("a", "1", FLAG.qos2);
      board.run(100);
      assert.deepEqual(sent(), ["pubrel 1"]);
      board.server.close();
      board.run(3_000);
      assert.deepEqual(sent(), ["pubrel 1", "pubrel 1"], "again on the next connection: nothing was answered");
      board.server.packets = [];
      board.server.send({ cmd: "pubcomp", messageId: ids + 1 });
      board.run(100);
      assert.deepEqual(sent(), ["publish 1"]);
      assert.equal(board.server.all("publish")[0]!.dup, false);
      for (const cmd of ["pubrec", "pubcomp"] as const) {
        board.server.send({ cmd, messageId: ids + 1 });
        board.run(100);
      }
      board.publish("a", "2", FLAG.qos2);
      board.run(100);
      assert.deepEqual(sent(), ["publish 1", "pubrel 1", "publish 1"], "once for each start of the device");
      assert.equal(board.stats().strayAcks, 0);
    });
  }

  it("holds released messages against the window", async () => {
    const board = await silent({ "mqtt.window": "2" });
    publish(board, "1", "2", "3");
    answer(board, "pubrec", 1, 2);
    assert.deepEqual(seen(board), ["publish 1", "publish 2", "pubrel 1", "pubrel 2"]);
    answer(board, "pubcomp", 1);
    assert.deepEqual(seen(board), ["publish 1"], "the third message, under the identifier that is free again");
  });
});

async function subscribed(): Promise<KernelBoard> {
  const board = await KernelBoard.online();
  board.call("subscribe", "cmd/#", 2);
  board.run(50);
  board.server.onPacket = () => {};
  board.server.packets = [];
  return board;
}

function deliver(board: KernelBoard, messageId: number, payload: string, dup = false): void {
  board.server.send({ cmd: "publish", topic: "cmd/x", payload, qos: 2, messageId, dup, retain: false });
  board.run(50);
}

describe("kernel/client/inbox QoS 2, receiving", () => {
  it("asks for QoS 2 and delivers with it", async () => {
    const board = await subscribed();
    deliver(board, 7, "one");
    assert.deepEqual(board.receive(), { topic: "cmd/x", payload: "one", subscription: 0, qos: 2, retain: 0, dup: 0 });
  });

  it("sends PUBREC once the app is done, and PUBCOMP for PUBREL", async () => {
    const board = await subscribed();
    deliver(board, 7, "one");
    assert.deepEqual(seen(board), []);
    board.receive();
    board.run(50);
    assert.deepEqual(seen(board), ["pubrec 7"]);
    answer(board, "pubrel", 7);
    assert.deepEqual(seen(board), ["pubcomp 7"]);
  });

  it("delivers a message once, however often it comes before its PUBREL", async () => {
    const board = await subscribed();
    deliver(board, 7, "one");
    deliver(board, 7, "one", true);
    assert.equal(board.stats().inboxWaiting, 1);
    board.receive();
    board.run(50);
    deliver(board, 7, "one", true);
    assert.equal(board.stats().inboxWaiting, 0);
    assert.deepEqual(seen(board), ["pubrec 7", "pubrec 7", "pubrec 7"]);
    answer(board, "pubrel", 7);
    deliver(board, 7, "another");
    assert.equal(board.receive()?.payload, "another");
  });

  it("knows it again on the next connection, whether the app has finished it or not", async () => {
    for (const isDone of [false, true]) {
      const board = await subscribed();
      deliver(board, 7, "one");
      if (isDone) board.receive();
      reconnect(board, true);
      board.server.packets = [];
      deliver(board, 7, "one", true);
      if (!isDone) assert.equal(board.receive()?.payload, "one");
      board.run(50);
      assert.equal(board.receive(), null);
      assert.deepEqual(seen(board), ["pubrec 7"]);
    }
  });

  it("takes the identifier for a new message once the session is gone", async () => {
    const board = await subscribed();
    deliver(board, 7, "one");
    board.receive();
    reconnect(board, false);
    deliver(board, 7, "two");
    assert.equal(board.receive()?.payload, "two");
  });

  it("answers a PUBREL that it knows nothing of", async () => {
    const board = await subscribed();
    answer(board, "pubrel", 99);
    assert.deepEqual(seen(board), ["pubcomp 99"]);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("keeps PUBACK and PUBREC in the order of the messages [MQTT-4.6.0-2, -3]", async () => {
    const board = await subscribed();
    deliver(board, 7, "one");
    board.server.send({ cmd: "publish", topic: "other", payload: "nobody wants it", qos: 1, messageId: 8, dup: false, retain: false });
    deliver(board, 9, "two");
    assert.deepEqual(seen(board), [], "the second is dealt with, the first is not");
    board.receive();
    board.receive();
    board.run(50);
    assert.deepEqual(seen(board), ["pubrec 7", "puback 8", "pubrec 9"]);
  });

  it("ends a connection that has more under way than can be told apart", async () => {
    const board = await subscribed();
    for (let id = 1; id <= 16; id++) deliver(board, id, "x");
    assert.equal(board.stats().clientState, STATE.Online);
    deliver(board, 17, "x");
    assert.equal(board.stats().lastCause, STATUS.NoSpace);
  });

  it("ends a connection that asks for more answers than it takes", async () => {
    const board = await subscribed();
    board.server.sendRoom = 0;
    for (let id = 1; id <= 400; id++) board.server.send({ cmd: "pubrel", messageId: id });
    board.run(100);
    assert.equal(board.stats().lastCause, STATUS.NoSpace);
  });
});
