/** kernel/tendrl: what a full queue does (section 7), and how store and queue share the line (section 8). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type KernelBoard, QUEUED, STATUS, STORED } from "../../../fakes/kernelBoard.js";
import { counters, OFFLINE, onlineBoard, published, send, tendrlBoard } from "./tendrlBoard.js";

/** What cloud_set sets, and to what (kernel/tendrl/tendrlCalls.ts, kernel/client/face.ts). */
const HEARTBEAT = 1;
const WHEN_FULL = 4;
const REFUSE = 0;
const DROP_OLDEST = 1;
const SPILL = 2;

const numbers = (board: KernelBoard): number[] => published(board).map((payload) => JSON.parse(payload).data.n as number);
const message = (n: number): string => `{"n":${n},"text":"0123456789"}`;

/** A board without a link that answers a full queue in one way. */
async function offlineBoard(way: number, kernel = "full-tendrl"): Promise<KernelBoard> {
  const board = await tendrlBoard(kernel);
  board.link = 0;
  board.power();
  board.call("client_start", 0);
  board.call("cloud_set", HEARTBEAT, 0);
  assert.equal(board.call("cloud_set", WHEN_FULL, way), STATUS.Ok);
  return board;
}

describe("kernel/tendrl/queue", () => {
  it("refuses at once unless told otherwise, and knows no other way than its three", async () => {
    const board = await offlineBoard(REFUSE);
    assert.equal(board.call("cloud_set", WHEN_FULL, 3), STATUS.Invalid);
    let taken = 0;
    while (send(board, message(taken)) === QUEUED) taken++;
    assert.deepEqual([send(board, message(taken)), board.stats().queuedLost], [STATUS.NoSpace, 0]);
    board.link = 2;
    board.run(3000);
    assert.deepEqual(numbers(board), [...Array(taken).keys()]);
  });

  it("drops the oldest, counted, never one in flight, and keeps the newest in order", async () => {
    for (const kernel of ["full-tendrl", "minimal-tendrl"]) {
      const board = await offlineBoard(DROP_OLDEST, kernel);
      for (let n = 0; n < 100; n++) assert.equal(send(board, message(n)), QUEUED);
      board.link = 2;
      board.run(3000);
      const sent = numbers(board);
      assert.ok(sent.length > 5 && sent.length < 60, `${sent.length}`);
      assert.deepEqual(sent, [...Array(100).keys()].slice(-sent.length));
      assert.equal(board.stats().queuedLost, 100 - sent.length);
    }
  });

  it("drops none that is under way: when all are, it refuses", async () => {
    const board = await onlineBoard();
    board.call("cloud_set", HEARTBEAT, 0);
    board.call("cloud_set", WHEN_FULL, DROP_OLDEST);
    board.server.onPacket = () => {};
    const long = "x".repeat(200);
    for (let n = 0; n < 7; n++) assert.equal(send(board, `{"n":${n},"long":"${long}"}`), QUEUED);
    board.run(100);
    assert.equal(board.stats().inFlight, 7);
    let more = 7;
    while (more < 12 && send(board, `{"n":${more},"long":"${long}"}`) === QUEUED) more++;
    assert.equal(send(board, `{"n":${more},"long":"${long}"}`), STATUS.NoSpace);
    assert.equal(board.stats().queuedLost, 0);
    board.server.close();
    board.server.onPacket = (packet) => board.server.oblige(packet);
    board.run(5000);
    assert.deepEqual([...new Set(numbers(board))], [...Array(more).keys()]);
  });

  it("spills to the store for a day: nothing is lost, not even over a reset", async () => {
    const board = await offlineBoard(SPILL);
    const answers = [...Array(60).keys()].map((n) => send(board, message(n)));
    const queued = answers.indexOf(STORED);
    assert.ok(queued > 10 && answers.slice(0, queued).every((answer) => answer === QUEUED), `${queued}`);
    assert.ok(answers.slice(queued).every((answer) => answer === STORED));
    board.power();
    board.link = 2;
    board.call("client_start", 0);
    board.run(3000);
    assert.deepEqual(numbers(board), [...Array(60).keys()].slice(queued), "what was QUEUED alone is gone with the power");
  });

  it("keeps what was spilled no longer than a day", async () => {
    const board = await offlineBoard(SPILL);
    let n = 0;
    while (send(board, message(n)) === QUEUED) n++;
    for (let hours = 0; hours < 25; hours++) board.run(3_600_000, 60_000);
    board.link = 2;
    board.run(3000);
    assert.deepEqual([board.stats().waiting, board.stats().expiredTotal], [0, 1]);
  });

  it("refuses a heartbeat instead of driving out a reading or wearing the flash", async () => {
    for (const way of [DROP_OLDEST, SPILL]) {
      const board = await onlineBoard();
      board.call("cloud_set", WHEN_FULL, way);
      board.server.onPacket = () => {};
      board.run(24_000, 1000);
      for (let n = 0; n < 60; n++) send(board, message(n));
      const { storedTotal, queuedLost } = board.stats();
      assert.ok(storedTotal + queuedLost > 0, "its way was taken, and counted");
      board.server.close();
      board.server.onPacket = (packet) => packet.cmd !== "publish" && board.server.oblige(packet);
      board.run(10_000);
      assert.deepEqual([board.stats().storedTotal, board.stats().queuedLost], [storedTotal, queuedLost]);
      assert.ok(counters(board).heartbeatsMissed > 0);
    }
  });

  it("holds the store while the queue has more than three quarters of its room taken", async () => {
    const board = await offlineBoard(REFUSE);
    for (let n = 0; n < 20; n++) send(board, message(n), { flags: OFFLINE });
    let queued = 100;
    while (send(board, message(queued)) === QUEUED) queued++;
    const taken = queued - 100;
    board.link = 2;
    board.run(5000);
    const order = numbers(board);
    const firstStored = order.findIndex((n) => n < 100);
    // Of the window of 15 in flight the queue frees nothing before its PUBACKs: it has to come down to 75 % first.
    assert.ok(firstStored >= Math.floor(taken / 4) - 1, `${firstStored} of ${taken} first`);
    const interleaved = order.slice(firstStored, firstStored + 8).map((n) => n < 100);
    assert.ok(interleaved.includes(true) && interleaved.includes(false), order.join(" "));
    assert.equal(order.length, 20 + taken);
    assert.deepEqual(
      order.filter((n) => n < 100),
      [...Array(20).keys()],
    );
  });

  it("keeps the store within its caps: the oldest leave, counted over a reset, unless the owner has it refuse", async () => {
    for (const [config, most] of [
      [{ "store.capRecords": "10" }, 10],
      [{ "store.capBytes": "4096" }, 60],
    ] as const) {
      const board = await tendrlBoard("full-tendrl", config);
      board.link = 0;
      board.power();
      board.call("client_start", 0);
      for (let n = 0; n < 100; n++) {
        assert.equal(send(board, message(n), { flags: OFFLINE }), STORED);
        board.run(100);
      }
      const { waiting, evictedTotal } = board.stats();
      assert.ok(waiting <= most && waiting >= most / 2, `${waiting}`);
      assert.equal(evictedTotal, 100 - waiting);
      board.power();
      assert.equal(board.stats().evictedTotal, evictedTotal);
      board.link = 2;
      board.call("client_start", 0);
      board.run(5000);
      assert.deepEqual(numbers(board), [...Array(100).keys()].slice(-waiting));
      assert.deepEqual([board.stats().waiting, board.stats().deliveredTotal], [0, waiting]);
    }
    const board = await tendrlBoard("full-tendrl", { "store.capRecords": "10", "store.eviction": "refuse" });
    board.power();
    for (let n = 0; n < 10; n++) assert.equal(send(board, message(n), { flags: OFFLINE }), STORED);
    assert.deepEqual([send(board, message(10), { flags: OFFLINE }), board.stats().evictedTotal], [STATUS.NoSpace, 0]);
  });

  it("evicts none for a message that cannot be stored now, because a batch of documents is begun", async () => {
    const board = await tendrlBoard("full-tendrl", { "store.capRecords": "10" });
    board.link = 0;
    board.power();
    for (let n = 0; n < 10; n++) {
      assert.equal(send(board, message(n), { flags: OFFLINE }), STORED);
      board.run(100);
    }
    assert.equal(board.call("db_batch_begin"), STATUS.Ok);
    for (let n = 10; n < 15; n++) assert.ok(send(board, message(n), { flags: OFFLINE }) < 0);
    assert.equal(board.call("db_batch_commit"), STATUS.Ok);
    board.run(100);
    assert.deepEqual([board.stats().waiting, board.stats().evictedTotal], [10, 0]);
    assert.equal(send(board, message(15), { flags: OFFLINE }), STORED);
    assert.deepEqual([board.stats().waiting, board.stats().evictedTotal], [10, 1]);
  });

  it("evicts none that is under way: its PUBACK may be on its way, too", async () => {
    const board = await tendrlBoard("full-tendrl", { "store.capRecords": "10" });
    board.power();
    board.call("client_start", 0);
    board.run(1000);
    board.server.onPacket = (packet) => packet.cmd !== "publish" && board.server.oblige(packet);
    for (let n = 0; n < 10; n++) send(board, message(n), { flags: OFFLINE });
    board.run(100);
    assert.equal(board.stats().inFlight, 10);
    assert.equal(send(board, message(10), { flags: OFFLINE }), STATUS.NoSpace);
    board.server.close();
    board.server.onPacket = (packet) => board.server.oblige(packet);
    board.run(5000);
    assert.deepEqual([...new Set(numbers(board))], [...Array(10).keys()]);
    assert.deepEqual([board.stats().waiting, board.stats().evictedTotal], [0, 0]);
  });

  it("runs without a store that cannot be read, leaves it as it is, and says so", async () => {
    const board = await tendrlBoard();
    board.flash.fill(0x42);
    assert.equal(board.power(), STATUS.Ok);
    assert.ok(board.logs.some((line) => line.includes("store: the partition holds something else")));
    board.call("client_start", 0);
    board.run(1000);
    assert.deepEqual(
      [send(board, message(1)), send(board, message(2), { flags: OFFLINE }), board.call("db_query", "{}")],
      [QUEUED, STATUS.Unsupported, STATUS.Unsupported],
    );
    board.run(100);
    assert.deepEqual(numbers(board), [1]);
    assert.ok(board.flash.every((byte) => byte === 0x42));
  });

  it("does not take what is no JSON, and stays connected", async () => {
    const board = await onlineBoard();
    for (const text of ["{", '{"a":NaN}', "{} {}", "\u0001"]) assert.ok(send(board, text) < 0, text);
    board.run(1000);
    assert.equal(board.server.opened, 1);
    assert.equal(send(board, message(1)), QUEUED);
    board.run(100);
    assert.deepEqual(numbers(board), [1]);
  });
});
