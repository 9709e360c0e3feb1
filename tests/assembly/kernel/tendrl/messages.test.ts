/** kernel/tendrl: messages to the device. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type KernelBoard, STATE, STATUS } from "../../../fakes/kernelBoard.js";
import { counters, MESSAGES_TOPIC, onlineBoard } from "./tendrlBoard.js";

const GOOD = { msg_type: "command", source: "1001:us-east:app", timestamp: "2025-11-30T10:00:16Z", data: { led: true, level: -7 } };
let lastId = 0;

function deliver(board: KernelBoard, payload: string | Buffer): number {
  lastId = (lastId % 60_000) + 1;
  board.server.send({ cmd: "publish", topic: MESSAGES_TOPIC, payload, qos: 1, messageId: lastId, dup: false, retain: false });
  board.run(20);
  return lastId;
}

function isAcknowledged(board: KernelBoard, id: number): boolean {
  return board.server.all("puback").some(({ messageId }) => messageId === id);
}

/** What cloud_member says of the oldest message: kind and text. */
function member(board: KernelBoard, path: string, offset = 0, cap = 200): [number, string] | number {
  const out = new Uint8Array(cap);
  const bytes = board.call("cloud_member", path, offset, { out });
  return bytes < 0 ? bytes : [out[0]!, Buffer.from(out.subarray(1, bytes)).toString()];
}

describe("kernel/tendrl/messages", () => {
  it("keeps what is a message, and acknowledges it when the app is done", async () => {
    const board = await onlineBoard();
    const id = deliver(board, JSON.stringify(GOOD));
    assert.equal(isAcknowledged(board, id), false);
    assert.deepEqual(JSON.parse(board.receive()!.payload), GOOD);
    board.run(20);
    assert.ok(isAcknowledged(board, id));
    assert.equal(counters(board).flaggedMessages, 0);
  });

  it("takes for itself what no callback wants: acknowledged, not kept for anybody", async () => {
    const board = await onlineBoard();
    assert.equal(board.call("cloud_set", 3, 0), STATUS.Ok);
    for (let i = 0; i < 100; i++) assert.ok(isAcknowledged(board, deliver(board, JSON.stringify(GOOD))), String(i));
    assert.deepEqual([board.stats().inboxWaiting, counters(board).invalidMessages], [0, 0]);
    board.call("cloud_set", 3, 1);
    deliver(board, JSON.stringify(GOOD));
    assert.equal(board.stats().inboxWaiting, 1);
  });

  it("drops what is none, counts and acknowledges it, and stays connected", async () => {
    const board = await onlineBoard();
    const bad = [
      "",
      "no json",
      "{",
      "[]",
      '"text"',
      "{}",
      '{"msg_type":"","data":1}',
      '{"msg_type":1,"data":1}',
      '{"msg_type":"a"}',
      '{"data":1}',
      '{"inner":{"msg_type":"a","data":1}}',
      '{"msg_type":"a","data":1} trailing',
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    ];
    for (const payload of bad) assert.ok(isAcknowledged(board, deliver(board, payload)), String(payload));
    assert.equal(counters(board).invalidMessages, bad.length);
    assert.deepEqual([board.stats().inboxWaiting, board.stats().clientState, board.server.opened], [0, STATE.Online, 1]);
  });

  it("keeps and flags what lacks a member or has one of another type; takes unknown members and later forms", async () => {
    const board = await onlineBoard();
    const odd = [
      { ...GOOD, source: undefined },
      { ...GOOD, timestamp: 5 },
      { ...GOOD, dest: 1 },
      { ...GOOD, context: [] },
      { ...GOOD, request_id: null },
      { ...GOOD, tags: "a" },
    ];
    for (const [i, message] of odd.entries()) {
      deliver(board, JSON.stringify(message));
      assert.equal(counters(board).flaggedMessages, i + 1, JSON.stringify(message));
      assert.ok(board.receive());
    }
    for (const message of [
      { ...GOOD, tags: ["a"], later: { x: 1 } },
      { ...GOOD, data: null },
      { ...GOOD, data: "" },
    ]) {
      deliver(board, JSON.stringify(message));
      assert.ok(board.receive());
    }
    assert.equal(counters(board).flaggedMessages, odd.length);
  });

  it("drops one that no inbox could hold with a counter of its own", async () => {
    const board = await onlineBoard();
    const id = deliver(board, JSON.stringify({ ...GOOD, data: "x".repeat(5000) }));
    assert.deepEqual([counters(board).tooLargeMessages, counters(board).invalidMessages], [1, 0]);
    assert.ok(isAcknowledged(board, id));
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("finds members where they lie: kinds, nesting, escapes, parts", async () => {
    const board = await onlineBoard();
    assert.equal(member(board, "msg_type"), STATUS.NotFound);
    const text = 'a"b\\c\u00e9\ud83d\ude00\n';
    deliver(board, JSON.stringify({ ...GOOD, data: { s: text, n: -1.5e3, f: false, z: null, o: { p: [1, "x"] } }, request_id: "r-1" }));
    assert.deepEqual(member(board, "msg_type"), [3, "command"]);
    assert.deepEqual(member(board, "request_id"), [3, "r-1"]);
    assert.deepEqual(member(board, "data.s"), [3, text]);
    assert.deepEqual(member(board, "data.n"), [2, "-1500"]);
    assert.deepEqual(member(board, "data.f"), [1, "false"]);
    assert.deepEqual(member(board, "data.z"), [0, "null"]);
    assert.deepEqual(member(board, "data.o.p"), [4, '[1,"x"]']);
    assert.deepEqual(member(board, "data.o"), [5, '{"p":[1,"x"]}']);
    assert.deepEqual(member(board, "data.o", 1, 5), [5, '"p":']);
    assert.deepEqual(member(board, "data.s", 2, 4), [3, "b\\c"]);
    for (const path of ["data.x", "data.s.t", "x", "msg_type.x"]) assert.equal(member(board, path), STATUS.NotFound, path);
    for (const path of ["", "x".repeat(100)]) assert.equal(member(board, path), STATUS.Invalid, path);
  });

  it("counts a callback's failure and nothing else", async () => {
    const board = await onlineBoard();
    const id = deliver(board, JSON.stringify(GOOD));
    board.call("event_done", 3);
    board.run(20);
    assert.equal(counters(board).callbackFailures, 1);
    assert.ok(isAcknowledged(board, id));
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("takes 1000 messages at 50 a second: 1000 callbacks, no reconnect (D11, D23)", async () => {
    const board = await onlineBoard();
    let taken = 0;
    for (let i = 0; i < 1000; i++) {
      deliver(board, JSON.stringify({ ...GOOD, data: { i } }));
      while (board.receive() !== null) taken++;
    }
    assert.deepEqual([taken, board.server.opened, board.stats().inboxDropped], [1000, 1, 0]);
  });
});
