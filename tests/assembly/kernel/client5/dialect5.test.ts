/** kernel/client5: how MQTT 5 connects and disconnects, in a whole kernel against a scripted server. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { IConnectPacket } from "mqtt-packet";
import { FLAG, KernelBoard, STATE, STATUS } from "../../../fakes/kernelBoard.js";
import { facing, farewell, KERNEL, published } from "./facing.js";

const OFFLINE = FLAG.offline | FLAG.qos1;

async function refusing(reasonCode: number, config: Record<string, string> = {}): Promise<KernelBoard> {
  const board = await KernelBoard.make(KERNEL);
  Object.assign(board.config, config);
  board.server.onPacket = (packet) => {
    if (packet.cmd === "connect") board.server.send({ cmd: "connack", reasonCode, sessionPresent: false });
  };
  board.power();
  board.call("client_start", 0);
  board.run(500);
  return board;
}

describe("kernel/client5 connect", () => {
  it("announces level 5, session expiry, receive maximum, packet size and aliases", async () => {
    const board = await facing();
    const [connect] = board.server.all("connect");
    assert.equal(connect!.protocolVersion, 5);
    assert.deepEqual(
      { ...connect!.properties },
      { sessionExpiryInterval: 0xffffffff, receiveMaximum: 16, maximumPacketSize: 2028, topicAliasMaximum: 8 },
    );
  });

  it("asks for the session expiry that is configured, and for none with a clean session", async () => {
    const long = await facing({}, { "mqtt.sessionExpirySeconds": "3600" });
    assert.equal(long.server.all("connect")[0]!.properties?.sessionExpiryInterval, 3600);
    const clean = await facing({}, { "mqtt.cleanSession": "true" });
    assert.equal(clean.server.all("connect")[0]!.properties?.sessionExpiryInterval, undefined);
    assert.equal(clean.server.all("connect")[0]!.clean, true);
  });

  it("says who it is as configured, whatever else is configured of version 5", async () => {
    const identity = { "mqtt.clientId": "a-rather-long-client-id", "mqtt.user": "someone", "mqtt.password": "secret" };
    const own = { "mqtt.version": "5", "mqtt.sessionExpirySeconds": "86400", "mqtt.willDelaySeconds": "30" };
    const board = await facing({}, { ...identity, ...own });
    const [{ clientId, username, password }] = board.server.all("connect") as [IConnectPacket];
    assert.deepEqual([clientId, username, password?.toString()], Object.values(identity));
  });

  it("goes on with 3.1.1 when the server refuses the version, and remembers it", async () => {
    const board = await refusing(0x84);
    board.server.version = 4;
    board.server.onPacket = (packet) => board.server.oblige(packet);
    board.run(3_000);
    assert.equal(board.stats().clientState, STATE.Online);
    board.publish("a", "1", OFFLINE, 60);
    board.server.close();
    board.run(3_000);
    assert.deepEqual(
      board.server.all("connect").map(({ protocolVersion }) => protocolVersion),
      [5, 4, 4],
    );
    assert.equal(published(board)[0]!.payload.toString(), "1");
  });

  it("remembers it over a reset, until the server refuses 3.1.1", async () => {
    const board = await refusing(0x84);
    board.server.version = 4;
    board.server.onPacket = (packet) => board.server.oblige(packet);
    board.run(3_000);
    board.server.packets = [];
    board.server.close();
    board.server.onPacket = () => board.server.sendBytes(Buffer.from("20020001", "hex"));
    board.power();
    board.call("client_start", 0);
    board.run(500);
    board.server.version = 5;
    board.server.onPacket = (packet) => board.server.oblige(packet);
    board.run(1_200_000, 5_000);
    board.server.close();
    board.power();
    board.call("client_start", 0);
    board.run(500);
    assert.deepEqual(
      board.server.all("connect").map(({ protocolVersion }) => protocolVersion),
      [4, 5, 5],
    );
  });

  it("understands a server of 3.1.1 that refuses in its own words", async () => {
    const board = await KernelBoard.make(KERNEL);
    board.server.onPacket = () => board.server.sendBytes(Buffer.from("20020001", "hex"));
    board.power();
    board.call("client_start", 0);
    board.run(500);
    board.server.version = 4;
    board.server.onPacket = (packet) => board.server.oblige(packet);
    board.run(3_000);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("speaks 3.1.1 at once when it is configured so", async () => {
    const board = await KernelBoard.make(KERNEL);
    board.config["mqtt.version"] = "4";
    board.server.version = 4;
    board.power();
    board.call("client_start", 0);
    board.run(500);
    assert.equal(board.server.all("connect")[0]!.protocolVersion, 4);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("takes over an assigned client id and keeps it for reconnects", async () => {
    const board = await facing({ assignedClientIdentifier: "given-7" }, { "mqtt.clientId": "", "mqtt.topic": "t" });
    board.server.close();
    board.run(3_000);
    assert.deepEqual(
      board.server.all("connect").map(({ clientId }) => clientId),
      ["", "given-7"],
    );
  });

  it("sends a password without a user name", async () => {
    const board = await facing({}, { "mqtt.password": "token" });
    const [connect] = board.server.all("connect");
    assert.deepEqual([connect!.username, connect!.password?.toString()], [undefined, "token"]);
  });

  it("pings by the server's keep alive", async () => {
    const board = await facing({ serverKeepAlive: 20 }, { "mqtt.keepAliveSeconds": "120" });
    board.run(16_000, 100);
    assert.equal(board.server.all("pingreq").length, 1);
  });

  it("ends a connection that resumes a session where none can be", async () => {
    const board = await KernelBoard.make(KERNEL);
    board.config["mqtt.cleanSession"] = "true";
    board.server.onPacket = (packet) => board.server.oblige(packet, true);
    board.power();
    board.call("client_start", 0);
    board.run(100);
    assert.equal(board.stats().lastCause, STATUS.Protocol);
  });

  it("comes back by the class of a refusal", async () => {
    for (const [reason, least, most] of [
      [0x80, 700, 1_300],
      [0x89, 85_000, 155_000],
      [0x9f, 85_000, 155_000],
      [0x86, 670_000, 1_130_000],
      [0x9d, 670_000, 1_130_000],
    ] as const) {
      const board = await refusing(reason);
      assert.equal(board.stats().lastCause, STATUS.Refused);
      board.run(least - 600, 200);
      assert.equal(board.server.opened, 1, `reason ${reason}: too soon`);
      board.run(most - least + 1_000, 200);
      assert.equal(board.server.opened, 2, `reason ${reason}: too late`);
    }
  });
});

describe("kernel/client5 disconnect", () => {
  it("reads the server's DISCONNECT: reason, text and the server to turn to", async () => {
    const board = await facing();
    board.server.send({ cmd: "disconnect", reasonCode: 0x9c, properties: { serverReference: "b.example", reasonString: "moving house" } });
    board.run(100);
    const log = board.logs.join("\n");
    assert.match(log, /reason 156/);
    assert.match(log, /b\.example/);
    assert.match(log, /moving house/);
    assert.equal(board.stats().lastCause, STATUS.Refused);
    board.run(60_000, 200);
    assert.equal(board.server.opened, 1, "a long back-off");
  });

  it("does not come back by itself once another client has taken over its session", async () => {
    const board = await facing();
    board.server.send({ cmd: "disconnect", reasonCode: 0x8e });
    board.run(3_600_000, 10_000);
    assert.equal(board.server.opened, 1);
    assert.equal(board.stats().clientState, STATE.Stopped);
    board.call("client_start", 0);
    board.run(500);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("says why it ends a connection, and nothing after it", async () => {
    for (const [bytes, reason] of [
      ["f000", 0x82],
      ["36080001610001006100", 0x82],
      ["300600000323000178", 0x94],
    ] as const) {
      const board = await facing();
      board.server.sendBytes(Buffer.from(bytes, "hex"));
      board.run(50);
      assert.equal(farewell(board), reason, bytes);
      assert.equal(board.server.packets.at(-1)!.cmd, "disconnect");
      assert.equal(board.stats().lastCause, STATUS.Protocol);
    }
  });

  it("says goodbye with a normal DISCONNECT", async () => {
    const board = await facing();
    board.call("client_stop");
    assert.equal(board.server.all("disconnect")[0]!.reasonCode ?? 0, 0);
  });

  it("says goodbye with the will kept and another Session Expiry, as asked", async () => {
    for (const [keepsWill, seconds, reason, expiry] of [
      [0, -1, 0, undefined],
      [1, -1, 0x04, undefined],
      [0, 0, 0, 0],
      [0, 90, 0, 90],
      [1, 0x7fffffff, 0x04, 0xffffffff],
    ] as const) {
      const board = await facing({}, { "mqtt.sessionExpirySeconds": "30" });
      assert.equal(board.call("client_disconnect", keepsWill, seconds), STATUS.Ok);
      const [packet, ...more] = board.server.all("disconnect");
      assert.deepEqual([packet!.reasonCode ?? 0, packet!.properties?.sessionExpiryInterval, more.length], [reason, expiry, 0]);
      assert.deepEqual([board.server.packets.at(-1), board.closes, board.stats().clientState], [packet, 1, STATE.Stopped]);
      board.call("client_start", 0);
      board.run(500);
      assert.equal(
        board.server.all("connect").at(-1)!.properties?.sessionExpiryInterval,
        30,
        "the next connection asks for what is configured",
      );
    }
  });

  it("keeps no session by its goodbye for which CONNECT asked 0 [MQTT-3.14.2.2.2]", async () => {
    const board = await facing({}, { "mqtt.sessionExpirySeconds": "0" });
    for (const [flags, seconds] of [
      [0, 1],
      [1, 0x7fffffff],
      [2, -1],
      [0, -2],
    ] as const) {
      assert.equal(board.call("client_disconnect", flags, seconds), STATUS.Invalid);
    }
    board.run(100);
    assert.deepEqual([board.server.all("disconnect").length, board.stats().clientState], [0, STATE.Online], "nothing was done");
    assert.equal(board.call("client_disconnect", 0, 0), STATUS.Ok);
  });

  it("tells a server of 3.1.1 by silence to publish the will, and of a session's end nothing", async () => {
    for (const keepsWill of [0, 1]) {
      const board = await KernelBoard.make(KERNEL);
      Object.assign(board.config, { "mqtt.version": "4", "mqtt.sessionExpirySeconds": "0" });
      board.server.version = 4;
      board.power();
      board.call("client_start", 0);
      board.run(500);
      assert.equal(board.call("client_disconnect", keepsWill, 60), STATUS.Ok);
      assert.equal(board.server.all("disconnect").length, 1 - keepsWill);
      assert.deepEqual([board.closes, board.stats().clientState], [1, STATE.Stopped]);
    }
  });

  it("takes the server's word for how long the session lasts", async () => {
    const board = await facing({ sessionExpiryInterval: 0 });
    board.server.onPacket = (packet) => {
      if (packet.cmd === "connect") board.server.oblige(packet, false); // as it said: the session ended with the connection
    };
    board.publish("a", "x", FLAG.qos1);
    board.run(100);
    board.server.close();
    board.run(3_000);
    assert.deepEqual(
      board.server.all("publish").map(({ dup }) => dup),
      [false, false],
      "again, as a new message",
    );
  });
});
