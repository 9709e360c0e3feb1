/** kernel/tendrl: discovery, session, states. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { STATE, STATUS } from "../../../fakes/kernelBoard.js";
import {
  CLAIMS,
  counters,
  ENTITY,
  httpAnswer,
  KEY,
  MESSAGES_TOPIC,
  onlineBoard,
  PUBLISH_TOPIC,
  published,
  send,
  tendrlBoard,
} from "./tendrlBoard.js";

describe("kernel/tendrl/connect", () => {
  it("asks for its claims, connects as they say, subscribes, and is online", async () => {
    const board = await onlineBoard();
    assert.deepEqual(board.web!.requests, [
      "GET /api/claims HTTP/1.1\r\nHost: app.test:8443\r\nConnection: close\r\nContent-Type: application/json\r\n" +
        `Authorization: Bearer ${KEY}\r\n\r\n`,
    ]);
    const [connect] = board.server.all("connect");
    assert.equal(connect!.clientId, ENTITY.sub);
    assert.equal(connect!.username, ENTITY.jti);
    assert.equal(connect!.password!.toString(), KEY);
    assert.deepEqual([connect!.keepalive, connect!.clean, connect!.will], [300, false, undefined]);
    assert.deepEqual(
      board.server.all("subscribe").map(({ subscriptions }) => subscriptions.map(({ topic, qos }) => [topic, qos])),
      [[[MESSAGES_TOPIC, 1]]],
    );
    assert.deepEqual(board.opens, [
      { host: "app.test", port: 8443, isTls: true },
      { host: "broker.test", port: 443, isTls: true },
    ]);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("publishes in the envelope, byte for byte", async () => {
    const board = await onlineBoard();
    board.wallMs = Date.UTC(2025, 10, 30, 10, 0, 16, 999);
    const context = '"tags":["sensors"],"entity":"device-123"';
    assert.ok(send(board, '{"temperature":23.5}', { context }) > 0);
    board.run(100);
    const [packet] = board.server.all("publish").filter(({ payload }) => !payload.includes("heartbeat"));
    assert.deepEqual([packet!.topic, packet!.qos, packet!.retain], [PUBLISH_TOPIC, 1, false]);
    assert.equal(
      packet!.payload.toString(),
      '{"msg_type":"publish","data":{"temperature":23.5},"context":{"tags":["sensors"]},"dest":"device-123","timestamp":"2025-11-30T10:00:16Z"}',
    );
  });

  it("reads claims of any size over any split", async () => {
    for (const [limit, noise] of [
      [1, 10],
      [7, 1000],
      [1000, 8000],
    ] as const) {
      const board = await tendrlBoard();
      board.web!.answer = () => httpAnswer("200 OK", JSON.stringify({ noise: "x".repeat(noise), ...ENTITY }));
      board.web!.receiveLimit = limit;
      board.power();
      board.call("client_start", 0);
      board.run(14_000, 1);
      assert.equal(board.stats().clientState, STATE.Online, `${limit} bytes at a time`);
    }
  });

  it("does not come online with claims that make no topic", async () => {
    const bad = [
      { ...ENTITY, sub: "1001" },
      { ...ENTITY, sub: "a/b:c" },
      { ...ENTITY, jti: "" },
      { ...ENTITY, jti: "a+b" },
      { sub: ENTITY.sub },
      [],
    ];
    for (const claims of bad) {
      const board = await tendrlBoard();
      board.web!.answer = () => httpAnswer("200 OK", JSON.stringify(claims));
      board.power();
      board.call("client_start", 0);
      board.run(500);
      assert.equal(board.stats().lastCause, STATUS.Protocol, JSON.stringify(claims));
      assert.equal(board.server.opened, 0);
    }
  });

  it("says of a rejected key that it is, once in 15 minutes (D17)", async () => {
    const board = await tendrlBoard();
    board.web!.answer = () => httpAnswer("401 Unauthorized", "{}");
    board.power();
    board.call("client_start", 0);
    board.run(600_000, 1000);
    assert.equal(board.stats().clientState, STATE.AuthFailed);
    assert.deepEqual([board.web!.opened, board.server.opened, counters(board).authFailures], [1, 0, 1]);
    board.web!.answer = () => CLAIMS;
    board.run(310_000, 1000);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("asks once more after a refused CONNECT, then waits 15 minutes (D17)", async () => {
    const board = await tendrlBoard();
    board.server.onPacket = (packet) => {
      if (packet.cmd === "connect") board.server.send({ cmd: "connack", returnCode: 5, sessionPresent: false });
    };
    board.power();
    board.call("client_start", 0);
    board.run(800_000, 1000);
    assert.deepEqual([board.web!.opened, board.server.opened], [2, 2]);
    assert.equal(board.stats().clientState, STATE.AuthFailed);
  });

  it("comes back to a claims server that fails, with back-off up to 30 s", async () => {
    const board = await tendrlBoard();
    board.web!.answer = () => httpAnswer("503 Busy", "{}");
    board.power();
    board.call("client_start", 0);
    const attempts: number[] = [];
    for (let i = 0, opened = 0; i < 3000; i++) {
      board.run(100, 100);
      if (board.web!.opened > opened) attempts.push(board.nowMs);
      opened = board.web!.opened;
    }
    const waits = attempts.slice(1).map((at, i) => at - attempts[i]!);
    const bases = [1, 2, 4, 8, 16, 30, 30, 30].map((seconds) => seconds * 1000);
    for (const [i, wait] of waits.slice(0, bases.length).entries()) {
      assert.ok(wait >= bases[i]! * 0.8 && wait <= bases[i]! * 1.2 + 400, `attempt ${i}: ${wait} ms`);
    }
    assert.ok(waits.length >= 8);
  });

  it("gives up a claims server that says nothing after 15 s (D2)", async () => {
    const board = await tendrlBoard();
    board.web!.answer = () => null;
    board.power();
    board.call("client_start", 0);
    board.run(14_500);
    assert.equal(board.stats().clientState, STATE.Discovering);
    board.run(1000);
    assert.deepEqual([board.stats().clientState, board.stats().lastCause], [STATE.Waiting, STATUS.Timeout]);
  });

  it("is not online before its subscription is answered, and not with one that is refused (D8)", async () => {
    const board = await tendrlBoard();
    board.server.onPacket = (packet) => {
      if (packet.cmd === "connect") board.server.send({ cmd: "connack", returnCode: 0, sessionPresent: false });
    };
    board.power();
    board.call("client_start", 0);
    board.run(1000);
    assert.equal(board.stats().clientState, STATE.Subscribing);
    board.server.send({ cmd: "suback", messageId: board.server.all("subscribe")[0]!.messageId!, granted: [0x80] });
    board.run(100);
    assert.deepEqual([board.stats().clientState, board.stats().lastCause], [STATE.Waiting, STATUS.Refused]);
    assert.ok(board.logs.some((line) => line.includes("refused the subscription")));
  });

  it("subscribes again but in a session that the broker kept", async () => {
    const board = await onlineBoard();
    const subscribes = (): number => board.server.all("subscribe").length;
    for (const [isPresent, expected] of [
      [true, 1],
      [false, 2],
    ] as const) {
      board.server.onPacket = (packet) => board.server.oblige(packet, isPresent);
      board.server.close();
      board.run(5000);
      assert.deepEqual([board.stats().clientState, subscribes()], [STATE.Online, expected]);
    }
  });

  it("falls silent within keep alive x 1.5 where nothing comes back, and asks no step to wait for it (check 6, D7)", async () => {
    const board = await onlineBoard();
    board.call("cloud_set", 1, 0);
    const from = board.nowMs;
    board.server.onPacket = () => {};
    while (board.stats().clientState === STATE.Online && board.nowMs - from < 500_000) board.run(1000, 1000);
    assert.ok(board.nowMs - from <= 450_000, `${board.nowMs - from} ms`);
    assert.ok(board.server.all("pingreq").length > 0);
    assert.equal(board.stats().lastCause, STATUS.Timeout);
  });

  it("waits 5 s for the time, then goes on without; what was captured waits on (D15)", async () => {
    const board = await tendrlBoard();
    board.wallMs = -1;
    board.power();
    board.call("client_start", 0);
    board.run(4_900);
    assert.equal(board.stats().clientState, STATE.TimeSync);
    assert.ok(send(board, '{"n":1}') > 0);
    board.run(1_000);
    assert.equal(board.stats().clientState, STATE.Online);
    board.run(60_000);
    assert.deepEqual(published(board), []);
    board.wallMs = Date.UTC(2026, 0, 1, 0, 1, 1);
    board.run(100);
    assert.deepEqual(published(board), ['{"msg_type":"publish","data":{"n":1},"timestamp":"2026-01-01T00:00:00Z"}']);
  });
});
