/** kernel/tendrl: heartbeats. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { messageProblem } from "../../../../toolchain/devcloud/tendrl/messages.js";
import type { KernelBoard } from "../../../fakes/kernelBoard.js";
import { counters, onlineBoard, PUBLISH_TOPIC } from "./tendrlBoard.js";

interface Heartbeat {
  readonly data: { readonly mem_free: number; readonly mem_total: number; readonly disk_free: number; readonly disk_size: number };
}

function heartbeats(board: KernelBoard): Heartbeat[] {
  const payloads = board.server.all("publish").filter(({ payload }) => payload.includes('"msg_type":"heartbeat"'));
  for (const { topic, payload, qos } of payloads) {
    assert.deepEqual([topic, qos, messageProblem(Buffer.from(payload))], [PUBLISH_TOPIC, 1, ""]);
  }
  return payloads.map(({ payload }) => JSON.parse(payload.toString()) as Heartbeat);
}

describe("kernel/tendrl/heartbeat", () => {
  it("comes at once and every 30 s, with the board's own figures", async () => {
    const board = await onlineBoard();
    assert.equal(heartbeats(board).length, 1);
    board.run(28_000);
    assert.equal(heartbeats(board).length, 1);
    board.heapBytes = [70_000, 163_840, 60_000];
    board.run(60_000);
    const [first, second, ...rest] = heartbeats(board);
    assert.equal(rest.length, 1);
    assert.deepEqual([first!.data.mem_free, first!.data.mem_total, second!.data.mem_free], [81_920, 163_840, 70_000]);
    assert.equal(counters(board).heartbeats, 3);
  });

  it("tells of flash as the store fills it", async () => {
    const board = await onlineBoard();
    const [{ data: before }] = heartbeats(board) as [Heartbeat];
    assert.ok(before.disk_size > 0 && before.disk_free <= before.disk_size && before.disk_size === board.flash.length);
    for (let i = 0; i < 20; i++) board.call("db_put", `d${i}`, JSON.stringify({ text: "x".repeat(400) }), "", 0);
    board.run(40_000);
    const after = heartbeats(board).at(-1)!.data;
    assert.ok(after.disk_free < before.disk_free - 8000, `${before.disk_free} before, ${after.disk_free} after`);
    assert.equal(after.disk_size, before.disk_size);
  });

  it("stops while it is switched off, and while the device is offline", async () => {
    const board = await onlineBoard();
    board.call("cloud_set", 1, 0);
    board.run(120_000);
    assert.equal(heartbeats(board).length, 1);
    board.call("cloud_set", 1, 1);
    board.link = 0;
    board.run(120_000);
    assert.equal(heartbeats(board).length, 1);
    board.link = 2;
    board.run(5_000);
    assert.equal(heartbeats(board).length, 2, "one when it is back, none made up for");
  });

  it("keeps a quiet line alive without heartbeats (D7)", async () => {
    const board = await onlineBoard();
    board.call("cloud_set", 1, 0);
    board.run(600_000, 1000);
    assert.ok(board.server.all("pingreq").length >= 2);
    assert.equal(board.server.opened, 1);
  });
});
