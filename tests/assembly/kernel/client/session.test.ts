/** kernel/client/session: one connection from CONNECT to its end, in a whole kernel against a scripted server. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FLAG, KernelBoard, STATE, STATUS } from "../../../fakes/kernelBoard.js";

const SECRET = "hunter2-secret";

describe("kernel/client/session connect", () => {
  it("sends one CONNECT, first, with what the configuration says", async () => {
    const board = await KernelBoard.online("full-plain", {
      "mqtt.user": "ada",
      "mqtt.password": SECRET,
      "mqtt.keepAliveSeconds": "30",
      "mqtt.cleanSession": "true",
    });
    const [connect, ...others] = board.server.all("connect");
    assert.equal(others.length, 0);
    assert.equal(board.server.packets[0], connect);
    assert.deepEqual(
      [connect!.clientId, connect!.username, connect!.password?.toString(), connect!.keepalive, connect!.clean],
      ["mote", "ada", SECRET, 30, true],
    );
    assert.equal(board.stats().clientState, STATE.Online);
    assert.equal(board.stats().connects, 1);
  });

  it("keeps the password out of the log and out of its memory", async () => {
    const board = await KernelBoard.online("full-plain", { "mqtt.user": "ada", "mqtt.password": SECRET });
    assert.ok(board.logs.length > 0);
    assert.ok(!board.logs.join("\n").includes(SECRET));
    board.publish("a", "x".repeat(200), FLAG.qos1);
    board.run(100);
    assert.ok(!Buffer.from(board.kernel.memory.buffer).includes(SECRET.slice(4)));
  });

  it("sends nothing but CONNECT before the CONNACK, and gives up after 10 s", async () => {
    const board = await KernelBoard.make();
    board.server.onPacket = () => {};
    board.power();
    board.call("client_start", 0);
    board.call("subscribe", "a", 1);
    board.publish("a", "x", FLAG.qos1 | FLAG.offline);
    board.run(9_900);
    assert.deepEqual(
      board.server.packets.map((packet) => packet.cmd),
      ["connect"],
    );
    assert.equal(board.stats().clientState, STATE.Connecting);
    board.run(200);
    assert.equal(board.stats().lastCause, STATUS.Timeout);
    assert.equal(board.stats().clientState, STATE.Waiting);
  });

  it("ends a connection whose first packet is not CONNACK", async () => {
    const first = [
      Buffer.from("d000", "hex"),
      Buffer.from("40020001", "hex"),
      Buffer.from("9003000101", "hex"),
      Buffer.from("300400016161", "hex"),
    ];
    for (const bytes of first) {
      const board = await KernelBoard.make();
      board.server.onPacket = () => board.server.sendBytes(bytes);
      board.power();
      board.call("client_start", 0);
      board.run(100);
      assert.equal(board.stats().lastCause, STATUS.Protocol, bytes.toString("hex"));
    }
  });

  it("ends a connection that sends a second CONNACK, or a session where none can be", async () => {
    const board = await KernelBoard.online();
    board.server.send({ cmd: "connack", returnCode: 0, sessionPresent: false });
    board.run(50);
    assert.equal(board.stats().lastCause, STATUS.Protocol);

    const clean = await KernelBoard.make();
    clean.config["mqtt.cleanSession"] = "true";
    clean.server.onPacket = (packet) => clean.server.oblige(packet, true);
    clean.power();
    clean.call("client_start", 0);
    clean.run(100);
    assert.equal(clean.stats().lastCause, STATUS.Protocol);
  });

  it("closes its side after a refusal", async () => {
    const board = await KernelBoard.make();
    board.server.onPacket = () => board.server.send({ cmd: "connack", returnCode: 3, sessionPresent: false });
    board.power();
    board.call("client_start", 0);
    board.run(100);
    assert.equal(board.stats().lastCause, STATUS.Refused);
    assert.equal(board.closes, 1);
  });

  it("ends the connection within one step of a malformed packet", async () => {
    for (const malformed of ["21020000", "36070001610001", "3003000100", "4002 0000".replace(" ", ""), "f000"]) {
      const board = await KernelBoard.online();
      board.server.sendBytes(Buffer.from(malformed, "hex"));
      board.kernel.step(BigInt(board.nowMs));
      assert.equal(board.stats().lastCause, STATUS.Protocol, malformed);
      assert.equal(board.closes, 1, malformed);
    }
  });
});

describe("kernel/client/session keep-alive", () => {
  it("pings when nothing was sent for three quarters of the keep alive", async () => {
    const board = await KernelBoard.online("full-plain", { "mqtt.keepAliveSeconds": "40" });
    board.run(29_000);
    assert.equal(board.server.all("pingreq").length, 0);
    board.run(2_000);
    assert.equal(board.server.all("pingreq").length, 1);
    board.run(60_000);
    assert.equal(board.server.all("pingreq").length, 3);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("does not ping while it sends anyway and hears its answers", async () => {
    const board = await KernelBoard.online("full-plain", { "mqtt.keepAliveSeconds": "40" });
    for (let i = 0; i < 20; i++) {
      board.publish("a", "x", FLAG.qos1);
      board.run(10_000, 1000);
    }
    assert.equal(board.server.all("pingreq").length, 0);
  });

  it("pings when nothing was received for the keep alive, though it sends", async () => {
    const board = await KernelBoard.online("full-plain", { "mqtt.keepAliveSeconds": "40" });
    for (let i = 0; i < 5; i++) {
      board.publish("a", "x", 0);
      board.run(10_000, 1000);
    }
    assert.equal(board.server.all("pingreq").length, 1);
  });

  it("ends a connection whose PINGRESP does not come within the lesser of 10 s and half the keep alive", async () => {
    for (const [keepAlive, pingAt, timeout] of [
      ["40", 30_000, 10_000],
      ["8", 6_000, 4_000],
    ] as const) {
      const board = await KernelBoard.online("full-plain", { "mqtt.keepAliveSeconds": keepAlive });
      board.server.onPacket = () => {};
      board.run(pingAt + timeout - 700, 100);
      assert.equal(board.server.all("pingreq").length, 1);
      assert.equal(board.stats().clientState, STATE.Online);
      board.run(700, 100);
      assert.equal(board.stats().lastCause, STATUS.Timeout);
    }
  });

  it("never pings with keep alive 0", async () => {
    const board = await KernelBoard.online("full-plain", { "mqtt.keepAliveSeconds": "0" });
    board.run(3_600_000, 60_000);
    assert.equal(board.server.all("pingreq").length, 0);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("sleeps between deadlines instead of polling", async () => {
    const board = await KernelBoard.online("full-plain", { "mqtt.keepAliveSeconds": "60" });
    board.run(0);
    assert.ok(board.wait > 40_000, `asked to wait ${board.wait} ms`);
  });

  it("ends a connection whose socket takes nothing for 20 s", async () => {
    const board = await KernelBoard.online("full-plain", { "mqtt.keepAliveSeconds": "0" });
    board.server.sendRoom = 0;
    board.publish("a", "x", 0);
    board.run(19_900, 100);
    assert.equal(board.stats().clientState, STATE.Online);
    board.run(300, 100);
    assert.equal(board.stats().lastCause, STATUS.Timeout);
  });
});

describe("kernel/client/session subscriptions", () => {
  it("asks for each filter, one at a time, and reports a refused one", async () => {
    const board = await KernelBoard.online();
    board.server.onPacket = (packet) => {
      if (packet.cmd === "subscribe") board.server.send({ cmd: "suback", messageId: packet.messageId, granted: [128] });
    };
    assert.equal(board.call("subscribe", "a/#", 1), 0);
    assert.equal(board.call("subscribe", "b/+", 0), 1);
    board.run(100);
    assert.deepEqual(
      board.server.all("subscribe").map((packet) => [packet.subscriptions[0]!.topic, packet.subscriptions[0]!.qos]),
      [
        ["a/#", 1],
        ["b/+", 0],
      ],
    );
    assert.ok(board.logs.some((line) => line.includes("refused subscription 1")));
  });

  it("repeats them after a connect without a session, not with one", async () => {
    for (const sessionPresent of [false, true]) {
      const board = await KernelBoard.online();
      board.call("subscribe", "a", 1);
      board.run(50);
      board.server.onPacket = (packet) => board.server.oblige(packet, sessionPresent);
      board.server.close();
      board.run(3_000);
      assert.equal(board.stats().connects, 2);
      assert.equal(board.server.all("subscribe").length, sessionPresent ? 1 : 2);
    }
  });

  it("asks again when the connection ended before the SUBACK", async () => {
    const board = await KernelBoard.online();
    board.server.onPacket = () => {};
    board.call("subscribe", "a", 1);
    board.run(50);
    board.server.onPacket = (packet) => board.server.oblige(packet, true);
    board.server.close();
    board.run(3_000);
    assert.equal(board.server.all("subscribe").length, 2);
  });

  it("ends the connection when no SUBACK comes within 10 s, or the wrong one", async () => {
    const board = await KernelBoard.online();
    board.server.onPacket = () => {};
    board.call("subscribe", "a", 1);
    board.run(10_100);
    assert.equal(board.stats().lastCause, STATUS.Timeout);

    const wrong = await KernelBoard.online();
    wrong.server.onPacket = (packet) => {
      if (packet.cmd === "subscribe") wrong.server.send({ cmd: "suback", messageId: packet.messageId! + 1, granted: [0] });
    };
    wrong.call("subscribe", "a", 1);
    wrong.run(100);
    assert.equal(wrong.stats().lastCause, STATUS.Protocol);
  });

  it("unsubscribes, and frees the row for another filter", async () => {
    const board = await KernelBoard.online();
    board.call("subscribe", "a", 1);
    board.run(50);
    assert.equal(board.call("unsubscribe", "b"), STATUS.NotFound);
    assert.equal(board.call("unsubscribe", "a"), STATUS.Ok);
    assert.equal(board.call("unsubscribe", "a"), STATUS.NotFound);
    board.run(50);
    assert.deepEqual(
      board.server.all("unsubscribe").map((packet) => packet.unsubscriptions),
      [["a"]],
    );
    assert.equal(board.call("subscribe", "c", 0), 0);
  });

  it("refuses filters and QoS that cannot be, and a table that is full", async () => {
    const board = await KernelBoard.online();
    for (const filter of ["", "a#", "a/#/b", "+a"]) assert.equal(board.call("subscribe", filter, 1), STATUS.Invalid, filter);
    assert.equal(board.call("subscribe", "a", 3), STATUS.Invalid);
    for (let i = 0; i < 8; i++) assert.equal(board.call("subscribe", `f${i}`, 1), i);
    assert.equal(board.call("subscribe", "one more", 1), STATUS.NoSpace);
    assert.equal(board.call("subscribe", "f3", 0), 3, "the same filter keeps its number");
  });
});
