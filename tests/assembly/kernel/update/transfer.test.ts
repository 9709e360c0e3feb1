/** kernel/update: fetching a package over plain topics, whatever is lost, comes twice, late or not at all. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { FLAG, KernelBoard, STATUS } from "../../../fakes/kernelBoard.js";
import { BASE, CHUNK, identityOf, onlineWithUpdates as online, UpdateCloud as Cloud } from "../../../fakes/updateCloud.js";

const DONE = ["DOWNLOADING", "DOWNLOADED", "VERIFIED", "UPDATING"];

describe("kernel/update", () => {
  for (const size of [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7]) {
    it(`fetches ${size} bytes, tells each state, and switches`, async () => {
      const board = await online();
      const cloud = new Cloud(board, size);
      cloud.offer();
      board.run(3_000);
      assert.deepEqual(cloud.told, DONE);
      assert.deepEqual(board.updates!.image, cloud.image);
      assert.equal(board.updates!.applied, 1);
      assert.deepEqual(board.updates!.offers, [cloud.head]);
      assert.deepEqual(
        cloud.requests.map(({ id, offset, length }) => [id, offset, length]),
        Array.from({ length: Math.ceil(size / CHUNK) }, (_, i) => [identityOf(cloud.head), i * CHUNK, Math.min(CHUNK, size - i * CHUNK)]),
      );
      assert.deepEqual(cloud.states[0], { kind: "app", state: "DOWNLOADING", version: "2.0", running: "1.0" });
    });
  }

  it("is the same with version 5", async () => {
    const board = await online("full-plain-v5");
    const cloud = new Cloud(board, 3000);
    cloud.offer();
    board.run(3_000);
    assert.deepEqual(cloud.told, DONE);
    assert.deepEqual(board.updates!.image, cloud.image);
  });

  it("asks for one subscription, and gives the app nothing of an update; the offer is acknowledged", async () => {
    const board = await online();
    const cloud = new Cloud(board, 2000);
    board.call("subscribe", "devices/#", 1);
    board.run(100);
    assert.deepEqual(
      board.server.all("subscribe").map(({ subscriptions }) => subscriptions[0]!.topic),
      [`${BASE}/in/#`, "devices/#"],
    );
    cloud.offer();
    board.run(2_000);
    assert.equal(board.receive(), null);
    assert.deepEqual([board.stats().inboxDropped, board.stats().inboxWaiting], [0, 0]);
    assert.deepEqual(
      board.server.all("puback").map(({ messageId }) => messageId),
      [77],
    );
  });

  it("asks nothing of the broker on a board without slots", async () => {
    const board = await KernelBoard.online();
    const cloud = new Cloud(board, 2000);
    cloud.offer();
    board.run(5_000);
    assert.equal(board.server.all("subscribe").length, 0);
    assert.deepEqual([cloud.told, cloud.requests], [[], []]);
  });

  it("asks again for a chunk that is lost, a few times; then it pauses, and goes on at the same place", async () => {
    const board = await online();
    const cloud = new Cloud(board, 2 * CHUNK);
    let lost = 0;
    cloud.onRequest = (request) => (request.offset === CHUNK && lost < 9 ? void lost++ : cloud.answer(request));
    cloud.offer();
    board.run(4_900);
    assert.equal(lost, 1);
    board.run(25_000);
    assert.equal(lost, 6); // and five retries
    board.run(40_000);
    assert.equal(lost, 6);
    board.run(40_000);
    assert.deepEqual(cloud.told, DONE);
    assert.ok(cloud.requests.every(({ offset }, i) => offset === (i === 0 ? 0 : CHUNK)));
  });

  it("gives up after ten pauses, and says so", async () => {
    const board = await online();
    const cloud = new Cloud(board, 2 * CHUNK);
    cloud.onRequest = () => {};
    cloud.offer();
    board.run(1_100_000, 1000);
    assert.equal(cloud.requests.length, 11 * 6);
    assert.deepEqual(cloud.told, ["DOWNLOADING", "FAILED"]);
    assert.match(cloud.states.at(-1)!["error"]!, /no answer/);
    assert.equal(board.updates!.aborted, 1);
    board.run(300_000, 1000);
    assert.equal(cloud.requests.length, 11 * 6);
  });

  it("takes no harm from chunks that come twice, late, with a gap, empty, or of another package", async () => {
    const board = await online();
    const cloud = new Cloud(board, 4 * CHUNK);
    const id = identityOf(cloud.head);
    cloud.onRequest = (request) => {
      cloud.send(`chunk/${id}/${request.offset}`, "");
      cloud.send(`chunk/00000000/${request.offset}`, Buffer.alloc(CHUNK, 0xee));
      cloud.send(`chunk/${id}/${request.offset + 2 * CHUNK}`, Buffer.alloc(CHUNK, 0xee));
      cloud.send(`chunk/${id}/`, Buffer.alloc(CHUNK, 0xee));
      cloud.send(`chunk/${id}/x1`, Buffer.alloc(CHUNK, 0xee));
      cloud.send(`chunk/${id}/99999999999`, Buffer.alloc(CHUNK, 0xee));
      if (request.offset > 0) cloud.answer({ id, offset: request.offset - CHUNK, length: CHUNK });
      cloud.answer(request);
      cloud.answer(request);
    };
    cloud.offer();
    board.run(5_000);
    assert.deepEqual(cloud.told, DONE);
    assert.deepEqual(board.updates!.image, cloud.image);
    assert.deepEqual(
      cloud.requests.map(({ offset }) => offset),
      [0, CHUNK, 2 * CHUNK, 3 * CHUNK],
    );
  });

  it("goes on where it was after each break of the connection", async () => {
    const board = await online();
    const cloud = new Cloud(board, 10 * CHUNK);
    let answered = 0;
    cloud.onRequest = (request) => {
      if (++answered % 3 === 0) board.server.close();
      else cloud.answer(request);
    };
    cloud.offer();
    board.run(200_000);
    assert.deepEqual(board.updates!.image, cloud.image);
    assert.equal(cloud.told.filter((state) => state === "DOWNLOADING").length, 1);
    assert.ok(board.server.opened > 3);
    const offsets = cloud.requests.map(({ offset }) => offset);
    assert.ok(
      offsets.every((offset, i) => i === 0 || offset === offsets[i - 1] || offset === offsets[i - 1]! + CHUNK),
      offsets.join(),
    );
  });

  for (const state of DONE) {
    it(`comes to its end, and asks for nothing from the start again, when the broker ends the connection behind ${state}`, async () => {
      const board = await online();
      const cloud = new Cloud(board, 3 * CHUNK);
      const before = board.server.onPacket;
      let isCut = false;
      board.server.onPacket = (packet) => {
        before(packet);
        if (isCut || cloud.told.at(-1) !== state) return;
        isCut = true;
        board.server.close();
      };
      cloud.offer();
      board.run(60_000);
      assert.deepEqual([isCut, board.updates!.applied], [true, 1]);
      assert.deepEqual([...new Set(cloud.told)], DONE);
      const offsets = cloud.requests.map(({ offset }) => offset);
      assert.deepEqual([...new Set(offsets)], [0, CHUNK, 2 * CHUNK]);
      assert.ok(offsets.length <= 4, offsets.join());
    });
  }

  it("begins anew with another package in mid-download", async () => {
    const board = await online();
    const cloud = new Cloud(board, 5 * CHUNK);
    const other = new Cloud(board, 2 * CHUNK, "3.0");
    cloud.onRequest = (request) => (request.offset === 2 * CHUNK ? other.offer() : cloud.answer(request));
    other.onRequest = (request) => void (request.id === identityOf(other.head) && other.answer(request));
    cloud.offer();
    board.run(5_000);
    assert.deepEqual(board.updates!.image, other.image);
    assert.equal(board.updates!.aborted, 1);
    assert.deepEqual(
      cloud.states.map(({ state, version }) => `${state} ${version}`),
      ["DOWNLOADING 2.0", ...DONE.map((state) => `${state} 3.0`)],
    );
  });

  it("does not begin anew when the same offer comes again", async () => {
    const board = await online();
    const cloud = new Cloud(board, 3 * CHUNK);
    cloud.onRequest = (request) => {
      cloud.offer();
      cloud.answer(request);
    };
    cloud.offer();
    board.run(5_000);
    assert.equal(board.updates!.offers.length, 1);
    assert.deepEqual(cloud.told, DONE);
  });

  it("stops when the offer is taken back", async () => {
    const board = await online();
    const cloud = new Cloud(board, 3 * CHUNK);
    cloud.onRequest = () => cloud.send("offer", "");
    cloud.offer();
    board.run(60_000);
    assert.deepEqual(cloud.told, ["DOWNLOADING", "FAILED"]);
    assert.equal(cloud.states[1]!["error"], "withdrawn");
    assert.equal(cloud.requests.length, 1);
  });

  it("tells the host's reason where it refuses a package, at its offer or at its end", async () => {
    const board = await online();
    const cloud = new Cloud(board, CHUNK);
    board.updates!.refusal = STATUS.Refused;
    board.updates!.error = "signature: not by a key of this board";
    cloud.offer();
    board.run(500);
    assert.deepEqual(cloud.states, [
      { kind: "app", state: "FAILED", version: "2.0", running: "1.0", error: "signature: not by a key of this board" },
    ]);
    board.updates!.refusal = undefined;
    board.updates!.verdict = STATUS.Corrupt;
    board.updates!.error = 'digest "differs"';
    cloud.offer();
    board.run(2_000);
    assert.deepEqual(cloud.told.slice(1), ["DOWNLOADING", "DOWNLOADED", "FAILED"]);
    assert.equal(cloud.states.at(-1)!["error"], 'digest "differs"');
    assert.equal(board.updates!.applied, 0);
  });

  it("says nothing of an offer of what runs, and comes back to one that finds a trial on", async () => {
    const board = await online();
    const cloud = new Cloud(board, CHUNK);
    board.updates!.refusal = STATUS.Closed;
    cloud.offer();
    board.run(2_000);
    assert.deepEqual(cloud.told, []);
    board.updates!.refusal = STATUS.Busy;
    cloud.offer();
    board.run(30_000);
    board.updates!.refusal = undefined;
    assert.deepEqual(cloud.told, []);
    board.run(40_000);
    assert.deepEqual(cloud.told, DONE);
  });

  it("switches without acknowledgements, too, only later", async () => {
    const board = await online();
    const cloud = new Cloud(board, CHUNK);
    const before = board.server.onPacket;
    board.server.onPacket = (packet) => {
      if (packet.cmd === "publish" && packet.qos === 1) return;
      before(packet);
    };
    cloud.onRequest = (request) => cloud.answer(request);
    cloud.offer();
    board.run(4_000);
    assert.equal(board.updates!.applied, 0);
    board.run(8_000);
    assert.equal(board.updates!.applied, 1);
  });

  for (const [kind, waitsFor] of [
    [0, "nothing"],
    [1, "what is only queued, five seconds at most"],
  ] as const) {
    it(`switches to a package of kind ${kind} once UPDATING was acknowledged, and waits for ${waitsFor}`, async () => {
      const board = await online();
      board.updates!.hasFirmware = true;
      const cloud = new Cloud(board, CHUNK, "2.0", kind);
      const before = board.server.onPacket;
      let isHeard = false;
      board.server.onPacket = (packet) => {
        if (packet.cmd === "publish" && packet.topic === "t" && !isHeard) return;
        before(packet);
      };
      board.publish("t", "only queued", FLAG.qos1);
      cloud.offer();
      board.run(4_000);
      assert.equal(cloud.told.at(-1), "UPDATING");
      assert.equal(board.updates!.applied, kind === 0 ? 1 : 0);
      board.run(3_000);
      assert.equal(board.updates!.applied, 1);
      isHeard = true;
    });
  }

  it("ignores an offer that is no head", async () => {
    const board = await online();
    const cloud = new Cloud(board, CHUNK);
    for (const length of [1, 191, 193, 500]) cloud.send("offer", Buffer.alloc(length, 1));
    board.run(1_000);
    assert.deepEqual([board.updates!.offers, cloud.told], [[], []]);
  });
});
