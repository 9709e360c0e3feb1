/** kernel/tendrl: an hour of bad days, on a stepped clock. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { STORED } from "../../../fakes/kernelBoard.js";
import { OFFLINE, published, send, tendrlBoard } from "./tendrlBoard.js";

const SECONDS = 3600;
const LINK_LOST_EVERY = 60;
const LINK_LOST_FOR = 20;
const RESET_EVERY = 300;

describe("kernel/tendrl, an hour", () => {
  it("loses nothing and keeps order and time, with the link lost every minute and a reset every five", async () => {
    const board = await tendrlBoard("full-tendrl", {}, 32);
    board.power();
    board.call("client_start", 0);
    const capturedAt: number[] = [];
    for (let second = 0; second < SECONDS; second++) {
      board.link = second % LINK_LOST_EVERY < LINK_LOST_FOR ? 0 : 2;
      if (second > 0 && second % RESET_EVERY === 0) {
        board.power();
        board.call("client_start", 0);
      }
      assert.equal(send(board, `{"n":${second}}`, { flags: OFFLINE, ttl: 86_400 }), STORED, `second ${second}`);
      capturedAt.push(board.wallMs);
      board.run(1000, 250);
    }
    board.link = 2;
    board.run(60_000, 100);
    const arrivals = published(board).map((payload) => JSON.parse(payload) as { data: { n: number }; timestamp: string });
    const firsts: number[] = [];
    for (const { data, timestamp } of arrivals) {
      const off = capturedAt[data.n]! - Date.parse(timestamp);
      assert.ok(off >= 0 && off < 1000, `message ${data.n}: ${timestamp} is ${off} ms off`);
      if (!firsts.includes(data.n)) firsts.push(data.n);
    }
    assert.deepEqual(
      firsts,
      capturedAt.map((_, n) => n),
      "each arrived, in order",
    );
    const { storedTotal, deliveredTotal, expiredTotal, evictedTotal, waiting } = board.stats();
    assert.deepEqual([storedTotal, deliveredTotal, expiredTotal, evictedTotal, waiting], [SECONDS, SECONDS, 0, 0, 0]);
  });
});
