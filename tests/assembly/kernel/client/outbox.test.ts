/** kernel/client/outbox: what leaves store and queue, in which order, how often, and when it is gone for good. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { IPublishPacket } from "mqtt-packet";
import { FLAG, KernelBoard, STATE, STATUS, STORED, STORED_IDS } from "../../../fakes/kernelBoard.js";
import { damageIndex } from "../../../fakes/norFlash.js";

const OFFLINE = FLAG.offline | FLAG.qos1;

/** [packet id above STORED_IDS, DUP, payload] of every PUBLISH the server saw. */
function seen(board: KernelBoard): (number | boolean | string)[][] {
  return board.server.all("publish").map((packet) => [packet.messageId! - STORED_IDS, packet.dup, packet.payload.toString()]);
}

const payloads = (board: KernelBoard): string[] => board.server.all("publish").map((packet) => packet.payload.toString());

/** Online, with a server that acknowledges nothing. */
async function unacknowledged(config: Record<string, string> = {}): Promise<KernelBoard> {
  const board = await KernelBoard.online("full-plain", config);
  board.server.onPacket = () => {};
  return board;
}

function reconnect(board: KernelBoard, sessionPresent: boolean, acknowledges = true): void {
  board.server.onPacket = (packet) => {
    if (acknowledges || packet.cmd === "connect") board.server.oblige(packet, sessionPresent);
  };
  board.server.close();
  board.run(3_000);
}

describe("kernel/client/outbox", () => {
  it("removes a stored message after its PUBACK, not before", async () => {
    const board = await unacknowledged();
    assert.equal(board.publish("a", "1", OFFLINE).result, STORED);
    board.run(1_000);
    assert.deepEqual(seen(board), [[1, false, "1"]]);
    assert.deepEqual([board.stats().waiting, board.stats().inFlight, board.stats().deliveredTotal], [1, 1, 0]);
    board.server.send({ cmd: "puback", messageId: STORED_IDS + 1 });
    board.run(100);
    assert.deepEqual([board.stats().waiting, board.stats().inFlight, board.stats().deliveredTotal], [0, 0, 1]);
  });

  it("keeps the window: 4 unless configured, 1 to 16", async () => {
    for (const [window, expected] of [
      [undefined, 4],
      ["1", 1],
      ["16", 16],
    ] as const) {
      const board = await unacknowledged(window ? { "mqtt.window": window } : {});
      for (let i = 0; i < 20; i++) board.publish("a", `${i}`, OFFLINE);
      board.run(1_000);
      assert.equal(seen(board).length, expected);
      board.server.send({ cmd: "puback", messageId: STORED_IDS + 1 });
      board.run(100);
      assert.equal(seen(board).length, expected + 1);
    }
  });

  it("sends again on reconnect with the session: in order, DUP, same identifiers", async () => {
    const board = await unacknowledged();
    for (const payload of ["1", "2", "3"]) board.publish("a", payload, OFFLINE);
    board.run(100);
    reconnect(board, true);
    assert.deepEqual(seen(board), [
      [1, false, "1"],
      [2, false, "2"],
      [3, false, "3"],
      [1, true, "1"],
      [2, true, "2"],
      [3, true, "3"],
    ]);
    assert.equal(board.stats().waiting, 0);
  });

  it("sends them as new messages when the server forgot the session", async () => {
    const board = await unacknowledged();
    board.publish("a", "1", OFFLINE);
    board.run(100);
    reconnect(board, false);
    assert.deepEqual(seen(board), [
      [1, false, "1"],
      [1, false, "1"],
    ]);
    assert.equal(board.stats().deliveredTotal, 1);
  });

  it("goes on with what came after once the repetitions are out", async () => {
    const board = await unacknowledged();
    for (let i = 0; i < 10; i++) board.publish("a", `${i}`, OFFLINE);
    board.run(100);
    reconnect(board, true);
    assert.deepEqual(payloads(board), ["0", "1", "2", "3", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert.equal(board.stats().deliveredTotal, 10);
  });

  it("gives up a connection after 20 s without an acknowledgement, and never repeats on a live one", async () => {
    const board = await unacknowledged({ "mqtt.keepAliveSeconds": "0" });
    board.publish("a", "1", OFFLINE);
    board.run(19_900, 100);
    assert.equal(seen(board).length, 1);
    assert.equal(board.stats().clientState, STATE.Online);
    board.run(300, 100);
    assert.equal(board.stats().lastCause, STATUS.Timeout);
  });

  it("ignores a PUBACK that nothing waits for, and counts it", async () => {
    const board = await unacknowledged();
    board.publish("a", "1", OFFLINE);
    board.run(100);
    board.server.send({ cmd: "puback", messageId: 777 });
    board.run(100);
    assert.equal(board.stats().clientState, STATE.Online);
    assert.deepEqual([board.stats().strayAcks, board.stats().waiting], [1, 1]);
    board.server.send({ cmd: "puback", messageId: STORED_IDS + 1 });
    board.server.send({ cmd: "puback", messageId: STORED_IDS + 1 });
    board.run(100);
    assert.deepEqual([board.stats().strayAcks, board.stats().deliveredTotal], [2, 1]);
  });

  it("takes acknowledgements in any order", async () => {
    const board = await unacknowledged();
    for (let i = 1; i <= 4; i++) board.publish("a", `${i}`, OFFLINE);
    board.run(100);
    for (const id of [3, 1, 4, 2]) board.server.send({ cmd: "puback", messageId: STORED_IDS + id });
    board.run(100);
    assert.equal(board.stats().waiting, 0);
  });

  it("delivers after a reset what was stored before, and nothing that was acknowledged", async () => {
    const board = await unacknowledged();
    for (let i = 1; i <= 3; i++) board.publish("a", `${i}`, OFFLINE);
    board.run(100);
    board.server.send({ cmd: "puback", messageId: STORED_IDS + 1 });
    board.run(100);
    board.server.packets = [];
    board.server.onPacket = (packet) => board.server.oblige(packet, true);
    board.power();
    board.run(1_000);
    assert.deepEqual(payloads(board), ["2", "3"], "without any app asking for it");
    assert.equal(board.stats().storedTotal, 3);
    assert.equal(board.stats().deliveredTotal, 3);
  });

  it("sends QoS 0 once and forgets it", async () => {
    const board = await unacknowledged();
    board.publish("a", "0", 0);
    board.run(100);
    const [packet] = board.server.all("publish");
    assert.deepEqual([packet!.qos, packet!.messageId], [0, undefined]);
    assert.equal(board.stats().inFlight, 0);
    reconnect(board, true);
    assert.equal(board.server.all("publish").length, 1);
  });

  it("sends a stored message with QoS 1 though it asked for 0, and keeps RETAIN", async () => {
    const board = await KernelBoard.online();
    board.publish("a", "1", FLAG.offline | FLAG.retain);
    board.run(100);
    const [packet] = board.server.all("publish");
    assert.deepEqual([packet!.qos, packet!.retain], [1, true]);
  });

  it("lets live traffic pass a backlog, and keeps the order within each", async () => {
    const board = await KernelBoard.make();
    board.power();
    board.call("client_start", 0);
    for (let i = 0; i < 10; i++) board.publish("stored", `${i}`, OFFLINE);
    for (let i = 0; i < 3; i++) board.publish("live", `${i}`, FLAG.qos1);
    board.run(1_000);
    const order = board.server.all("publish").map((packet) => packet.topic);
    assert.ok(order.lastIndexOf("live") < order.lastIndexOf("stored"), "live does not wait for the whole backlog");
    for (const topic of ["stored", "live"]) {
      const list = board.server
        .all("publish")
        .filter((packet) => packet.topic === topic)
        .map((packet) => Number(packet.payload));
      assert.deepEqual(
        list,
        [...list].sort((a, b) => a - b),
        topic,
      );
    }
  });

  it("hands each packet over in one write when nothing is pending", async () => {
    const board = await KernelBoard.online();
    const before = board.server.writes.length;
    const counted = board.stats().writes;
    for (let i = 0; i < 5; i++) {
      board.publish("a", "x".repeat(i * 90), OFFLINE);
      board.run(50);
    }
    assert.equal(board.server.writes.length - before, 5);
    assert.equal(board.stats().writes - counted, 5);
  });

  for (const [bytes, expected] of [
    [10, [8]],
    [300, [3, 3, 2]],
    [600, [1, 1, 1, 1, 1, 1, 1, 1]],
  ] as const) {
    it(`hands over together what waits together, whole: ${expected.length} writes for 8 messages of ${bytes} bytes`, async () => {
      const board = await unacknowledged({ "mqtt.window": "16" });
      const before = board.server.writes.length;
      for (let i = 0; i < 8; i++) board.publish("a", "x".repeat(bytes), OFFLINE);
      board.run(50);
      const packetBytes = 2 + 3 + 2 + bytes + (bytes > 120 ? 1 : 0);
      assert.deepEqual(
        board.server.writes.slice(before).map((write) => write.length / packetBytes),
        expected,
      );
    });
  }

  it("streams a record larger than its buffer, through a socket that takes 7 bytes at a time", async () => {
    const board = await KernelBoard.online();
    const body = Array.from({ length: 3000 }, (_, i) => String.fromCharCode(97 + (i % 26))).join("");
    const handle = board.call("publish_begin", "big", body.length, OFFLINE, 0);
    for (let at = 0; at < body.length; at += 500) board.call("publish_write", handle, body.slice(at, at + 500));
    assert.equal(board.call("publish_commit", handle, { out: new Uint8Array(8) }), STORED);
    for (let i = 0; i < 1000 && board.stats().deliveredTotal === 0; i++) {
      board.server.sendRoom = 7;
      board.run(5, 5);
    }
    assert.deepEqual(payloads(board), [body]);
    assert.equal(board.stats().deliveredTotal, 1);
  });

  it("puts nothing between the parts of a packet", async () => {
    const board = await KernelBoard.online();
    const handle = board.call("publish_begin", "big", 2000, OFFLINE, 0);
    for (let i = 0; i < 4; i++) board.call("publish_write", handle, "y".repeat(500));
    board.call("publish_commit", handle, { out: new Uint8Array(8) });
    board.server.sendRoom = 100;
    board.run(5);
    board.call("subscribe", "a", 1);
    board.publish("b", "later", FLAG.qos1);
    board.run(5);
    board.server.sendRoom = Infinity;
    board.run(500);
    assert.equal(payloads(board)[0], "y".repeat(2000));
    assert.equal(board.server.all("subscribe").length, 1);
    assert.equal(payloads(board)[1], "later");
  });

  it("ends a connection whose packet it cannot finish, and delivers once the flash reads again", async () => {
    const board = await KernelBoard.online();
    const handle = board.call("publish_begin", "big", 2000, OFFLINE, 0);
    for (let i = 0; i < 4; i++) board.call("publish_write", handle, "z".repeat(500));
    board.call("publish_commit", handle, { out: new Uint8Array(8) });
    board.server.sendRoom = 100;
    board.run(5);
    board.flashReadFails = STATUS.Io;
    board.server.sendRoom = Infinity;
    board.run(50);
    assert.equal(board.stats().lastCause, STATUS.Io);
    board.flashReadFails = undefined;
    board.run(5_000);
    assert.equal(payloads(board).at(-1), "z".repeat(2000));
    assert.equal(board.stats().deliveredTotal, 1);
  });

  it("gives up what it sent out of RAM, when that is to be sent again and its flash is damaged, and delivers the rest", async () => {
    const board = await unacknowledged();
    board.publish("a", "damaged", OFFLINE);
    board.run(100);
    board.publish("a", "whole", OFFLINE);
    board.run(100);
    board.flash[Buffer.from(board.flash).indexOf("damaged")]! &= 0x0f;
    reconnect(board, true);
    assert.deepEqual(seen(board), [
      [1, false, "damaged"],
      [2, false, "whole"],
      [2, true, "whole"],
    ]);
    assert.deepEqual([board.stats().corrupt, board.stats().deliveredTotal, board.stats().waiting], [1, 1, 0]);
  });

  it("gives up nothing when it is pages of the index that are damaged", async () => {
    const board = await unacknowledged();
    for (let n = 0; n < 160; n++) {
      board.publish("a", `reading ${n}`, OFFLINE);
      board.run(100);
    }
    assert.ok(damageIndex(board.flash) > 1);
    reconnect(board, true);
    board.run(5000);
    const { deliveredTotal, waiting } = board.stats();
    assert.deepEqual([deliveredTotal, waiting], [160, 0]);
    assert.equal(new Set(seen(board).map(([, , text]) => text)).size, 160);
  });

  it("keeps its connection when it is pages of the index that are damaged where the next message is looked for", async () => {
    const board = await unacknowledged();
    board.link = 0;
    board.run(1_000);
    for (let n = 0; n < 160; n++) {
      board.publish("a", `reading ${n}`, OFFLINE);
      board.run(100);
    }
    board.power();
    board.call("client_start", 0);
    board.server.onPacket = (packet) => board.server.oblige(packet, false);
    board.link = 2;
    while (!board.server.all("publish").length) board.run(10, 1);
    const connects = board.server.all("connect").length;
    assert.ok(damageIndex(board.flash) > 1);
    board.run(10_000);
    assert.deepEqual([board.stats().deliveredTotal, board.stats().waiting], [160, 0]);
    assert.equal(board.server.all("connect").length, connects);
  });

  it("drops what expired while it waited, counts it, and delivers the rest", async () => {
    const board = await KernelBoard.make();
    board.power();
    board.link = 0;
    board.call("client_start", 0);
    board.publish("a", "short", OFFLINE, 60);
    board.publish("a", "long", OFFLINE, 3600);
    board.publish("a", "for ever", OFFLINE, 0);
    board.run(61_000, 1000);
    board.link = 2;
    board.run(1_000);
    assert.deepEqual(payloads(board), ["long", "for ever"]);
    assert.deepEqual([board.stats().expiredTotal, board.stats().deliveredTotal], [1, 2]);
  });

  it("expires nothing after a reset until the clock is valid", async () => {
    const board = await KernelBoard.make();
    board.power();
    board.link = 0;
    board.publish("a", "old", OFFLINE, 60);
    const wall = board.wallMs;
    board.wallMs = -1;
    board.power();
    board.link = 2;
    board.run(1_000);
    assert.deepEqual(payloads(board), ["old"]);
    assert.ok(wall > 0);
  });
});

describe("kernel/client/outbox under random faults", () => {
  /** Deterministic numbers 0..limit-1. */
  function randomOf(seed: number): (limit: number) => number {
    let state = seed;
    return (limit) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
  }

  function flaky(board: KernelBoard, random: (limit: number) => number): void {
    board.server.onPacket = (packet) => {
      const isLost = packet.cmd === "publish" && random(5) === 0;
      if (!isLost) board.server.oblige(packet, random(2) === 0);
      if (packet.cmd === "publish" && random(25) === 0) board.server.close();
    };
  }

  const SEEDS = process.env["WASMOTE_LONG"] ? 50 : 5;
  for (let seed = 1; seed <= SEEDS; seed++) {
    it(`delivers everything at least once, first arrivals in order: seed ${seed}`, async () => {
      const random = randomOf(seed);
      const board = await KernelBoard.online();
      flaky(board, random);
      const accepted: string[] = [];
      for (let i = 0; accepted.length < 200; i++) {
        const { result, sequence } = board.publish("a", `${accepted.length}`, OFFLINE | FLAG.envelope);
        if (result === STORED) {
          accepted.push(`${accepted.length}`);
          assert.equal(sequence, accepted.length);
        }
        if (random(40) === 0) board.power();
        if (random(60) === 0) board.link = board.link === 2 ? 0 : 2;
        board.server.sendRoom = random(10) === 0 ? random(40) : Infinity;
        board.run(random(200), 20);
      }
      board.link = 2;
      board.server.sendRoom = Infinity;
      board.server.onPacket = (packet) => board.server.oblige(packet);
      board.server.close();
      board.run(400_000, 1000);
      assert.equal(board.stats().waiting, 0);
      assert.deepEqual(
        firstArrivals(board.server.all("publish")),
        accepted.map((_, i) => i + 1),
      );
    });
  }

  /** Sequence numbers in the order in which each was first seen. */
  function firstArrivals(packets: IPublishPacket[]): number[] {
    return [...new Set(packets.map((packet) => (JSON.parse(packet.payload.toString()) as { seq: number }).seq))];
  }
});
