/** kernel/client/inbox: what the app sees of inbound messages, and what the server hears of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FLAG, KernelBoard, STATE, STATUS } from "../../../fakes/kernelBoard.js";

async function subscribed(filter = "cmd/#"): Promise<KernelBoard> {
  const board = await KernelBoard.online();
  board.call("subscribe", filter, 1);
  board.run(50);
  return board;
}

function deliver(board: KernelBoard, topic: string, payload: string | Buffer, messageId = 0): void {
  const qos = messageId ? 1 : 0;
  board.server.send({ cmd: "publish", topic, payload, qos, messageId: messageId || undefined, dup: false, retain: false });
}

const pubacks = (board: KernelBoard): number[] => board.server.all("puback").map((packet) => packet.messageId!);

describe("kernel/client/inbox", () => {
  it("gives messages in order, with the subscription that wanted them", async () => {
    const board = await subscribed();
    board.call("subscribe", "other", 0);
    board.run(50);
    deliver(board, "other", "first");
    deliver(board, "cmd/x", "second", 9);
    board.run(50);
    assert.equal(board.stats().inboxWaiting, 2);
    assert.deepEqual(board.receive(), { topic: "other", payload: "first", subscription: 1, qos: 0, retain: 0, dup: 0 });
    assert.deepEqual(board.receive(), { topic: "cmd/x", payload: "second", subscription: 0, qos: 1, retain: 0, dup: 0 });
    assert.equal(board.receive(), null);
  });

  it("acknowledges after event_done, not before", async () => {
    const board = await subscribed();
    deliver(board, "cmd/x", "a", 9);
    board.run(1_000);
    assert.deepEqual(pubacks(board), []);
    board.receive();
    board.run(50);
    assert.deepEqual(pubacks(board), [9]);
  });

  it("takes a message that arrives one byte at a time", async () => {
    const board = await subscribed();
    board.server.receiveLimit = 1;
    deliver(board, "cmd/x", "slow", 3);
    board.run(200);
    assert.equal(board.receive()?.payload, "slow");
  });

  it("acknowledges what no subscription wants, and counts it as dropped", async () => {
    const board = await subscribed();
    deliver(board, "stranger", "a", 5);
    board.run(50);
    assert.deepEqual(pubacks(board), [5]);
    assert.deepEqual([board.stats().inboxWaiting, board.stats().inboxDropped], [0, 1]);
  });

  it("skips a message larger than itself and reads on", async () => {
    const board = await subscribed();
    deliver(board, "cmd/big", Buffer.alloc(100_000, 0x61), 7);
    deliver(board, "cmd/x", "after", 8);
    board.run(2_000);
    assert.equal(board.receive()?.payload, "after");
    board.run(50);
    assert.equal(board.stats().inboxDropped, 1);
    assert.deepEqual(pubacks(board), [7, 8]);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("drops the newest when full, and keeps PUBACKs in order", async () => {
    const board = await subscribed();
    for (let id = 1; id <= 30; id++) deliver(board, "cmd/x", "x".repeat(200), id);
    board.run(200);
    const { inboxWaiting, inboxDropped } = board.stats();
    assert.ok(inboxWaiting > 3 && inboxDropped > 3);
    assert.equal(inboxWaiting + inboxDropped, 30);
    assert.deepEqual(pubacks(board), [], "the oldest is not done");
    while (board.receive());
    board.run(50);
    assert.deepEqual(
      pubacks(board),
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
  });

  it("hears the server while the app is slow", async () => {
    const board = await subscribed();
    deliver(board, "cmd/x", "unread", 1);
    for (let i = 0; i < 5; i++) board.publish("a", `${i}`, FLAG.qos1 | FLAG.offline);
    board.run(200);
    assert.equal(board.stats().deliveredTotal, 5);
  });

  it("owes no PUBACK to a later connection", async () => {
    const board = await subscribed();
    deliver(board, "cmd/x", "a", 9);
    board.run(50);
    board.server.onPacket = (packet) => board.server.oblige(packet, true);
    board.server.close();
    board.run(3_000);
    assert.equal(board.receive()?.payload, "a");
    board.run(100);
    assert.deepEqual(pubacks(board), []);
  });

  it("forgets a message that was cut off by the end of the connection", async () => {
    const board = await subscribed();
    board.server.sendBytes(Buffer.from("3214 0005 636d642f78 0001 6861".replaceAll(" ", ""), "hex"));
    board.server.close();
    board.run(3_000);
    assert.equal(board.stats().inboxWaiting, 0);
    deliver(board, "cmd/x", "whole", 2);
    board.run(50);
    assert.equal(board.receive()?.payload, "whole");
  });

  it("keeps a message from an app that it stopped twice, acknowledges and counts it", async () => {
    const board = await subscribed();
    deliver(board, "cmd/x", "poison", 1);
    deliver(board, "cmd/x", "good", 2);
    board.run(50);
    const take = (): string => {
      const body = new Uint8Array(16);
      const count = board.call("event_read", 0, { out: body });
      return Buffer.from(body.subarray(0, count)).toString();
    };
    assert.equal(take(), "cmd/xpoison");
    board.kernel.app_started(1);
    assert.equal(take(), "cmd/xpoison", "once may be chance");
    assert.equal(board.stats().poisoned, 0);
    board.kernel.app_started(2);
    assert.equal(take(), "cmd/xgood");
    assert.equal(board.stats().poisoned, 1);
    board.run(50);
    assert.deepEqual(pubacks(board), [1]);
  });

  it("does not blame a message that the app never read", async () => {
    const board = await subscribed();
    deliver(board, "cmd/x", "innocent", 1);
    board.run(50);
    for (let restarts = 1; restarts < 6; restarts++) {
      assert.equal(board.call("event_next", { out: new Uint8Array(16) }), 1);
      board.kernel.app_started(restarts);
    }
    assert.equal(board.stats().poisoned, 0);
    assert.equal(board.receive()?.payload, "innocent");
  });

  it("answers reads at any offset", async () => {
    const board = await subscribed();
    assert.equal(board.call("event_read", 0, { out: new Uint8Array(4) }), STATUS.NotFound);
    assert.equal(board.call("event_done", 0), STATUS.NotFound);
    deliver(board, "cmd/x", "abc");
    board.run(50);
    assert.equal(board.call("event_read", 8, { out: new Uint8Array(4) }), 0);
    assert.equal(board.call("event_read", 9, { out: new Uint8Array(4) }), STATUS.Invalid);
    assert.equal(board.call("event_read", -1, { out: new Uint8Array(4) }), STATUS.Invalid);
    const tail = new Uint8Array(16);
    assert.equal(board.call("event_read", 6, { out: tail }), 2);
    assert.equal(Buffer.from(tail.subarray(0, 2)).toString(), "bc");
  });
});
