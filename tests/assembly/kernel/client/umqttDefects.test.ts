/** The defects of MicroPython's umqtt, one test for each: none of them is in here. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FLAG, KernelBoard, QUEUED, STATE, STATUS, STORED } from "../../../fakes/kernelBoard.js";

const OFFLINE = FLAG.offline | FLAG.qos1;
/** As many messages as wrap the packet identifiers. */
const WRAPPING = process.env["WASMOTE_LONG"] ? 200_000 : 70_000;

async function subscribed(qos = 1, config: Record<string, string> = {}, sectors?: number): Promise<KernelBoard> {
  const board = await KernelBoard.online("full-plain", config, sectors);
  board.call("subscribe", "cmd/#", qos);
  board.run(50);
  return board;
}

function deliver(board: KernelBoard, messageId: number, payload: string | Buffer, qos: 0 | 1 | 2 = 1): void {
  board.server.send({ cmd: "publish", topic: "cmd/x", payload, qos, messageId: qos ? messageId : undefined, dup: false, retain: false });
}

function reconnect(board: KernelBoard, sessionPresent = true): void {
  board.server.onPacket = (packet) => board.server.oblige(packet, sessionPresent);
  board.server.close();
  board.run(3_000);
}

describe("defects of umqtt", () => {
  it("U1: lengths count bytes of UTF-8, not characters", async () => {
    const board = await KernelBoard.online();
    board.publish("Zähler/°C", "21,5 °C ± ½ K", FLAG.qos1);
    board.publish("next", "still in step", FLAG.qos1);
    board.run(100);
    assert.deepEqual(
      board.server.all("publish").map(({ topic, payload }) => [topic, payload.toString()]),
      [
        ["Zähler/°C", "21,5 °C ± ½ K"],
        ["next", "still in step"],
      ],
    );
  });

  it("U2: QoS 2 goes through to its end, both ways", async () => {
    const board = await subscribed(2);
    assert.equal(board.publish("a", "x", FLAG.qos2).result, QUEUED);
    deliver(board, 5, "y", 2);
    board.run(100);
    assert.equal(board.receive()?.payload, "y");
    board.run(100);
    const kinds = board.server.packets.map(({ cmd }) => cmd).filter((cmd) => cmd.startsWith("pub"));
    assert.deepEqual(kinds.sort(), ["pubcomp", "publish", "pubrec", "pubrel"]);
    assert.equal(board.stats().inFlight, 0);
  });

  it("U3: nothing waits without limit: for CONNACK, SUBACK, PUBACK, PINGRESP, nor for the socket to open or to take", async () => {
    const silences: [string, (board: KernelBoard) => void][] = [
      ["SUBACK", (board) => board.call("subscribe", "a", 1)],
      ["PUBACK", (board) => board.publish("a", "x", FLAG.qos1)],
      ["PINGRESP", () => {}],
      [
        "a full socket",
        (board) => {
          board.server.sendRoom = 0;
          board.publish("a", "x", 0);
        },
      ],
    ];
    for (const [what, provoke] of silences) {
      const board = await KernelBoard.online("full-plain", { "mqtt.keepAliveSeconds": "30" });
      board.server.onPacket = () => {};
      provoke(board);
      board.run(45_000, 100);
      assert.equal(board.stats().lastCause, STATUS.Timeout, what);
    }
    for (const state of [0, 1]) {
      const board = await KernelBoard.make();
      board.server.onPacket = () => {};
      board.server.state = state;
      board.power();
      board.call("client_start", 0);
      board.run(41_000, 100);
      assert.equal(board.stats().lastCause, STATUS.Timeout, state ? "CONNACK" : "opening");
    }
  });

  it("U4: acknowledgements that nobody waits for leave the stream in step", async () => {
    const board = await subscribed();
    for (const hex of ["40020063", "50020063", "70020063", "d000"]) board.server.sendBytes(Buffer.from(hex, "hex"));
    deliver(board, 7, "after them");
    board.run(100);
    assert.equal(board.receive()?.payload, "after them");
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("U5: a QoS 1 message whose connection breaks before its PUBACK is sent again", async () => {
    const board = await KernelBoard.online();
    board.server.onPacket = () => {};
    board.publish("a", "x", FLAG.qos1);
    board.run(100);
    reconnect(board);
    assert.equal(board.server.all("publish").length, 2);
    assert.equal(board.stats().inFlight, 0);
  });

  it("U6: it is stored, and keeps its identifier and shows DUP when it is sent again", async () => {
    const board = await KernelBoard.online();
    board.server.onPacket = () => {};
    assert.equal(board.publish("a", "x", OFFLINE).result, STORED);
    board.run(100);
    reconnect(board);
    const [first, second] = board.server.all("publish");
    assert.deepEqual([second!.messageId, second!.dup], [first!.messageId, true]);
    board.server.onPacket = () => {};
    board.publish("a", "y", OFFLINE);
    board.run(100);
    board.power();
    board.server.onPacket = (packet) => board.server.oblige(packet);
    board.run(1_000);
    assert.equal(board.server.all("publish").at(-1)!.payload.toString(), "y", "over a power cut, too");
  });

  it(`U7: identifiers of ${WRAPPING} messages wrap from 65,535 to 1; none is 0, none in use twice`, async () => {
    // Over a store the upper half of them is for what is stored there.
    const board = await KernelBoard.online("minimal-plain", { "mqtt.window": "8" });
    const inUse = new Set<number>();
    let seen = 0;
    let last = 0;
    let wraps = 0;
    const waiting: number[] = [];
    board.server.onPacket = (packet) => {
      if (packet.cmd !== "publish") return board.server.oblige(packet);
      const id = packet.messageId!;
      assert.ok(id >= 1 && id <= 65_535, `identifier ${id}`);
      assert.ok(!inUse.has(id), `identifier ${id} in use twice`);
      inUse.add(id);
      waiting.push(id);
      if (id < last) wraps++;
      last = id;
      seen++;
      // One acknowledgement in 97 comes late, so that identifiers in use are met at the wrap.
      while (waiting.length > (seen % 97 === 0 ? 6 : 3)) acknowledge(waiting.splice(seen % waiting.length, 1)[0]!);
    };
    const acknowledge = (messageId: number): void => {
      inUse.delete(messageId);
      board.server.send({ cmd: "puback", messageId });
    };
    for (let sent = 0; sent < WRAPPING;) {
      while (sent < WRAPPING && board.publish("a", "x", FLAG.qos1).result === QUEUED) sent++;
      board.kernel.step(BigInt(board.nowMs++));
      board.server.packets.length = 0;
      board.server.writes.length = 0;
    }
    for (const id of waiting.splice(0)) acknowledge(id);
    board.run(100);
    for (const id of waiting.splice(0)) acknowledge(id);
    board.run(100);
    assert.equal(seen, WRAPPING);
    assert.equal(wraps, Math.floor(WRAPPING / 65_535));
    assert.deepEqual([board.stats().inFlight, board.stats().strayAcks, board.stats().connects], [0, 0, 1]);
  });

  it("U8: a packet of any length takes no memory: skipped in pieces, acknowledged, counted", async () => {
    const board = await subscribed();
    deliver(board, 3, Buffer.alloc(1_000_000));
    deliver(board, 4, "small");
    board.run(3_000);
    assert.equal(board.receive()?.payload, "small");
    board.run(50);
    assert.equal(board.stats().inboxDropped, 1);
    assert.deepEqual(
      board.server.all("puback").map(({ messageId }) => messageId),
      [3, 4],
    );
    board.server.sendBytes(Buffer.from("30ffffffff01", "hex"));
    board.run(50);
    assert.equal(board.stats().lastCause, STATUS.Protocol, "a length of five bytes");
  });

  it("U9: the keep-alive that is announced is kept", async () => {
    const board = await KernelBoard.online("full-plain", { "mqtt.keepAliveSeconds": "10" });
    let lastAt = board.nowMs;
    let longest = 0;
    board.server.onPacket = (packet) => {
      longest = Math.max(longest, board.nowMs - lastAt);
      lastAt = board.nowMs;
      board.server.oblige(packet);
    };
    board.run(300_000, 100);
    assert.ok(longest > 0 && longest <= 10_000, `${longest} ms between two packets`);
  });

  it("U10: a link that swallows everything is found within keep-alive and PINGRESP timeout", async () => {
    const board = await KernelBoard.online("full-plain", { "mqtt.keepAliveSeconds": "40" });
    board.server.onPacket = () => {};
    board.run(50_100, 100);
    assert.equal(board.stats().lastCause, STATUS.Timeout);
  });

  it("U11: the end of the stream, inside a packet or instead of CONNACK, is a lost connection", async () => {
    const inside = await subscribed();
    inside.server.sendBytes(Buffer.from("3205000161", "hex"));
    inside.run(50);
    reconnect(inside);
    assert.deepEqual([inside.stats().lastCause, inside.stats().clientState], [STATUS.Closed, STATE.Online]);
    const early = await KernelBoard.make();
    early.server.onPacket = () => early.server.close();
    early.power();
    early.call("client_start", 0);
    early.run(100);
    assert.deepEqual([early.stats().lastCause, early.stats().clientState], [STATUS.Closed, STATE.Waiting]);
  });

  it("U12: the socket is closed after a refusal", async () => {
    const board = await KernelBoard.make();
    board.server.onPacket = () => board.server.send({ cmd: "connack", returnCode: 5, sessionPresent: false });
    board.power();
    board.call("client_start", 0);
    board.run(100);
    assert.deepEqual([board.server.opened, board.closes], [1, 1]);
  });

  it("U14: attempts grow rarer, and rarest after a refusal that asking cannot end", async () => {
    const attempts = async (returnCode: number): Promise<number> => {
      const board = await KernelBoard.make();
      board.server.onPacket = () => board.server.send({ cmd: "connack", returnCode, sessionPresent: false });
      board.power();
      board.call("client_start", 0);
      board.run(600_000, 200);
      return board.server.opened;
    };
    assert.ok((await attempts(3)) <= 13);
    assert.equal(await attempts(5), 1);
  });

  it("U15: the app is told QoS, RETAIN and DUP, and a message it publishes meanwhile only waits", async () => {
    const board = await subscribed();
    board.server.send({ cmd: "publish", topic: "cmd/x", payload: "old", qos: 1, messageId: 1, dup: true, retain: true });
    board.run(50);
    assert.deepEqual(board.receive(), { topic: "cmd/x", payload: "old", subscription: 0, qos: 1, retain: 1, dup: 1 });
    const before = board.server.packets.length;
    assert.equal(board.publish("a", "x", FLAG.qos1).result, QUEUED);
    assert.equal(board.server.packets.length, before, "nothing is sent or received within the call");
  });

  it("U16: the QoS granted is told, and each filter's answer is its own", async () => {
    const board = await KernelBoard.online();
    const grants: Record<string, number> = { full: 2, lower: 1, none: 128 };
    board.server.onPacket = (packet) => {
      if (packet.cmd === "subscribe")
        board.server.send({ cmd: "suback", messageId: packet.messageId!, granted: [grants[packet.subscriptions[0]!.topic]!] });
    };
    const rows = Object.keys(grants).map((filter) => board.call("subscribe", filter, 2));
    assert.equal(board.call("subscription_state", rows[0]!), 3, "not answered yet");
    board.run(100);
    assert.deepEqual(
      rows.map((row) => board.call("subscription_state", row)),
      [2, 1, STATUS.Refused],
    );
    assert.equal(board.call("subscription_state", 7), STATUS.NotFound);
  });

  it("U17: messages do not wait for the one before", async () => {
    const board = await KernelBoard.online("full-plain", { "mqtt.window": "16" });
    board.server.onPacket = () => {};
    for (let i = 0; i < 16; i++) board.publish("a", `${i}`, FLAG.qos1);
    board.run(50);
    assert.equal(board.server.all("publish").length, 16);
  });

  it("U18: payloads larger than any buffer go out in parts, and come in in parts", async () => {
    const board = await subscribed(1, {}, 32);
    const total = 20_000;
    const handle = board.call("publish_begin", "big", total, OFFLINE, 0);
    for (let at = 0; at < total; at += 400) assert.equal(board.call("publish_write", handle, Buffer.alloc(400, at / 400)), STATUS.Ok);
    assert.equal(board.call("publish_commit", handle, { out: new Uint8Array(8) }), STORED);
    board.run(2_000);
    const { payload } = board.server.all("publish")[0]!;
    assert.ok(Buffer.isBuffer(payload) && payload.length === total && payload.every((byte, i) => byte === Math.floor(i / 400)));
    deliver(board, 1, "y".repeat(1_500));
    board.run(50);
    assert.equal(board.receive()?.payload.length, 1_500);
  });
});
