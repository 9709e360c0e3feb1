/** kernel/thingsboard: packages that the server announces in shared attributes. Source: spec/thingsboard.md, 8 and 13.7. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { FakeUpdates, NEWS } from "../../../fakes/fakeUpdates.js";
import { STATUS } from "../../../fakes/kernelBoard.js";
import { announce, CHUNK, fileOf, onlineWithPackages as online, stateTelemetry, statesOf } from "../../../fakes/packageCloud.js";
import { ThingsboardBoard } from "../../../fakes/thingsboardBoard.js";

const DONE = ["DOWNLOADING", "DOWNLOADED", "VERIFIED", "UPDATING"];
const HEAD = 192;

/** Of a whole download: the first one twice, as the slot is made ready only once the head in it is known. */
const chunksOf = (file: Buffer): number[] => [0, ...Array.from({ length: Math.ceil(file.length / CHUNK) }, (_, chunk) => chunk)];

describe("kernel/thingsboard, updates", () => {
  for (const size of [1, CHUNK - HEAD - 1, CHUNK - HEAD, CHUNK - HEAD + 1, CHUNK, 3 * CHUNK - HEAD, 3 * CHUNK + 7]) {
    it(`fetches an image of ${size} bytes with ceil(file / chunk) chunks, tells each state, and switches`, async () => {
      const things = await online();
      const file = announce(things, { size });
      things.run(3_000);
      assert.deepEqual(statesOf(things), DONE);
      assert.deepEqual(things.board.updates!.image, file.subarray(HEAD));
      assert.deepEqual(things.board.updates!.offers, [file.subarray(0, HEAD)]);
      assert.equal(things.board.updates!.applied, 1);
      assert.deepEqual(
        things.cloud.packages.requests,
        chunksOf(file).map((chunk) => ({ prefix: "sw", id: 1, chunk, size: CHUNK })),
      );
      assert.deepEqual(things.cloud.notices, []);
    });
  }

  it("T2: subscribes the filters that match chunks and errors, and nothing that the server refuses", async () => {
    const things = await online();
    assert.ok(things.session!.filters.includes("v2/sw/response/+/chunk/+"));
    assert.ok(things.session!.filters.includes("v2/sw/error"));
    assert.deepEqual(
      things.board.server
        .all("subscribe")
        .flatMap(({ subscriptions }) => subscriptions.map(({ topic }) => topic))
        .filter((topic) => topic.startsWith("v2/")),
      ["v2/sw/response/+/chunk/+", "v2/sw/error"],
    );
  });

  it("says after each connect what runs, and asks for the keys before it is told of a change", async () => {
    const things = await ThingsboardBoard.make();
    things.board.updates = new FakeUpdates();
    announce(things, { size: 100 });
    things.board.power();
    things.start();
    things.run(3_000);
    assert.deepEqual(stateTelemetry(things)[0], { current_sw_title: "mote", current_sw_version: "1.0" });
    assert.deepEqual(statesOf(things), DONE);
    const before = stateTelemetry(things).length;
    things.reconnect();
    assert.deepEqual(stateTelemetry(things)[before], { current_sw_title: "mote", current_sw_version: "2.0" });
  });

  it("does nothing while no package is announced, or the one that runs is", async () => {
    const things = await online();
    announce(things, { size: 100, version: "1.0" });
    things.cloud.setShared(things.device, { other: 1 });
    things.run(5_000);
    assert.deepEqual([things.cloud.packages.requests, statesOf(things), things.board.updates!.offers], [[], [], []]);
  });

  it("T8: asks again for a chunk that is lost, while readings go on; then pauses, and goes on at the same chunk under a new number", async () => {
    const things = await online();
    let lost = 0;
    things.cloud.packages.onRequest = (session, request) =>
      request.chunk === 1 && lost < 9 ? void lost++ : things.cloud.packages.answer(session, request);
    announce(things, { size: 2 * CHUNK });
    things.run(4_900);
    assert.equal(lost, 1);
    things.send(0, '{"alive":1}');
    things.run(200);
    assert.ok(things.device.telemetry.some(({ values }) => values["alive"] === 1));
    things.run(25_000);
    assert.equal(lost, 6); // and five retries
    things.run(40_000);
    assert.equal(lost, 6);
    things.run(40_000);
    assert.deepEqual(statesOf(things), DONE);
    assert.ok(things.cloud.packages.requests.every(({ chunk }, i) => (i <= 1 ? chunk === 0 : chunk >= 1)));
    assert.deepEqual([...new Set(things.cloud.packages.requests.map(({ id }) => id))], [1, 2]);
  });

  it("T9: holds one chunk: each is written before the next is asked for", async () => {
    const things = await online();
    const written: number[] = [];
    things.cloud.packages.onRequest = (session, request) => {
      written.push(things.board.updates!.image.length);
      things.cloud.packages.answer(session, request);
    };
    announce(things, { size: 20 * CHUNK });
    things.run(10_000);
    assert.deepEqual(statesOf(things), DONE);
    assert.deepEqual(written, [0, ...Array.from({ length: 21 }, (_, i) => Math.max(0, i * CHUNK - HEAD))]);
  });

  it("T10: gives a package up for good after three failures, over reconnects; another announcement is taken", async () => {
    const things = await online();
    announce(things, { size: 5 * CHUNK, checksum: "11".repeat(32) });
    for (let i = 0; i < 10; i++) {
      things.run(4_000);
      things.reconnect();
    }
    assert.deepEqual(statesOf(things).filter((state) => state === "FAILED").length, 3);
    const { length } = things.cloud.packages.requests;
    assert.ok(length < 3 * 7, `${length} requests`);
    announce(things, { size: 5 * CHUNK });
    things.run(4_000);
    assert.equal(statesOf(things).at(-1), "UPDATING");
  });

  it("T10: remembers failures over restarts", async () => {
    const things = await online();
    announce(things, { size: 100, checksum: "11".repeat(32) });
    for (let i = 0; i < 6; i++) {
      things.run(4_000);
      things.disconnect();
      things.board.power();
      things.start();
    }
    things.run(10_000);
    assert.equal(statesOf(things).filter((state) => state === "FAILED").length, 3);
  });

  it("gives up after ten pauses, and says so", async () => {
    const things = await online();
    things.cloud.packages.onRequest = () => {};
    announce(things, { size: CHUNK });
    things.run(1_100_000);
    assert.equal(things.cloud.packages.requests.length, 11 * 6);
    assert.deepEqual(stateTelemetry(things).at(-1), { sw_state: "FAILED", sw_error: "no answer to requests" });
    assert.equal(new Set(things.cloud.packages.requests.map(({ id }) => id)).size, 11);
  });

  it("takes no harm from chunks that come twice, late, in another order, empty, or of another download", async () => {
    const things = await online();
    const { packages } = things.cloud;
    packages.onRequest = (session, request) => {
      const { chunk, id, size } = request;
      for (const topic of [
        `${id}/chunk/${chunk + 2}`,
        `${id + 1}/chunk/${chunk}`,
        `${id}/chunk/`,
        `${id}/chunk/x`,
        `${id}/chunk/99999999999`,
      ])
        session.push(`v2/sw/response/${topic}`, Buffer.alloc(CHUNK, 0xee));
      session.push(`v2/sw/response/${id}/chunk/${chunk}`, "");
      if (chunk > 0) packages.answer(session, { prefix: "sw", id, chunk: chunk - 1, size });
      packages.answer(session, request);
      packages.answer(session, request);
    };
    const file = announce(things, { size: 4 * CHUNK });
    things.run(5_000);
    assert.deepEqual(statesOf(things), DONE);
    assert.deepEqual(things.board.updates!.image, file.subarray(HEAD));
    assert.deepEqual(
      packages.requests.map(({ chunk }) => chunk),
      chunksOf(file),
    );
  });

  it("goes on at the same chunk after each break of the connection, and tells no state twice", async () => {
    const things = await online();
    let asked = 0;
    things.cloud.packages.onRequest = (session, request) => {
      if (++asked % 3 === 0) things.disconnect();
      else things.cloud.packages.answer(session, request);
    };
    const file = announce(things, { size: 10 * CHUNK });
    things.run(600_000);
    assert.deepEqual(things.board.updates!.image, file.subarray(HEAD));
    assert.deepEqual(statesOf(things), DONE);
    const chunks = things.cloud.packages.requests.map(({ chunk }) => chunk);
    assert.ok(
      chunks.every((chunk, i) => i === 0 || chunk === chunks[i - 1] || chunk === chunks[i - 1]! + 1),
      chunks.join(),
    );
    assert.equal(chunks.length, 12 + Math.floor(chunks.length / 3));
  });

  for (const state of [...DONE, "UPDATED"]) {
    it(`loses nothing when the server ends the connection behind ${state}`, async () => {
      const things = await online();
      let isCut = false;
      things.cloud.log.listen(({ payload }) => {
        if (isCut || !payload.includes(`"${state}"`)) return;
        isCut = true;
        things.disconnect();
      });
      announce(things, { size: 2 * CHUNK });
      things.run(20_000);
      assert.equal(things.board.updates!.applied, 1);
      if (state !== "UPDATED") assert.ok(isCut);
      things.board.kernel.app_started(1);
      things.board.updates!.version = "2.0";
      things.send(0, '{"x":1}');
      things.run(20_000);
      assert.ok(isCut);
      assert.equal(things.board.updates!.confirmed, 1);
      assert.equal(things.board.updates!.told, 1);
      assert.deepEqual([...new Set(statesOf(things))], [...DONE, "UPDATED"]);
      assert.deepEqual(
        stateTelemetry(things).findLast((values) => values["sw_state"] === "UPDATED"),
        {
          sw_state: "UPDATED",
          current_sw_title: "mote",
          current_sw_version: "2.0",
        },
      );
    });
  }

  it("begins anew when other attributes come in mid-download, and goes on when the same ones do", async () => {
    const things = await online();
    let isReplaced = false;
    things.cloud.packages.onRequest = (session, request) => {
      if (request.chunk === 2 && !isReplaced) {
        isReplaced = true;
        announce(things, { size: 3 * CHUNK, version: "3.0" });
      } else {
        if (request.chunk === 1) things.cloud.setShared(things.device, { sw_tag: "same package" });
        things.cloud.packages.answer(session, request);
      }
    };
    announce(things, { size: 5 * CHUNK });
    things.run(5_000);
    assert.deepEqual(things.board.updates!.image, fileOf(3 * CHUNK, "3.0").subarray(HEAD));
    assert.deepEqual(statesOf(things), ["DOWNLOADING", ...DONE]);
    assert.deepEqual(
      things.cloud.packages.requests.map(({ chunk }) => chunk),
      [0, 0, 1, 2, 0, 0, 1, 2, 3],
    );
  });

  it("stops when the announcement is taken back", async () => {
    const things = await online();
    things.cloud.packages.onRequest = (session, request) =>
      request.chunk === 2 ? things.cloud.packages.withdraw(things.device, "sw") : things.cloud.packages.answer(session, request);
    announce(things, { size: 5 * CHUNK });
    things.run(60_000);
    assert.deepEqual(stateTelemetry(things).at(-1), { sw_state: "FAILED", sw_error: "withdrawn" });
    assert.equal(things.cloud.packages.requests.length, 4);
  });

  it("says what the server says when it refuses, and does not ask for ever", async () => {
    const things = await online();
    things.cloud.maxPayload = 512;
    announce(things, { size: 5 * CHUNK });
    things.run(60_000);
    const failures = stateTelemetry(things).filter((values) => values["sw_state"] === "FAILED");
    assert.deepEqual(failures, [{ sw_state: "FAILED", sw_error: "the server says PAYLOAD_TOO_LARGE" }]);
    // The next session knows the server's limit.
    assert.deepEqual(statesOf(things).slice(1), DONE);
  });

  it("does not ask for ever for a package that the server does not have", async () => {
    const things = await online();
    announce(things, { size: 5 * CHUNK });
    things.cloud.packages.onRequest = (session) => {
      session.push("v2/sw/error", "NOT_FOUND");
      session.close("not found");
    };
    things.run(600_000);
    assert.deepEqual(statesOf(things), ["FAILED", "FAILED", "FAILED"]);
    assert.equal(things.cloud.packages.requests.length, 3);
  });

  it("asks for smaller chunks where the server takes no larger payload", async () => {
    const things = await ThingsboardBoard.make();
    things.board.updates = new FakeUpdates();
    things.cloud.maxPayload = 400;
    things.board.power();
    things.start();
    announce(things, { size: 1000 });
    things.run(5_000);
    assert.deepEqual(statesOf(things), DONE);
    assert.ok(things.cloud.packages.requests.every(({ size }) => size === 400));
  });

  it("keeps to the server's limits: a download over a rate limit ends no session", async () => {
    const things = await online({ messages: "10:1,60:60" });
    const file = announce(things, { size: 20 * CHUNK });
    things.run(120_000);
    assert.deepEqual(things.cloud.notices, []);
    assert.deepEqual(things.board.updates!.image, file.subarray(HEAD));
  });

  it("tells the host's reason, and a fallback after a restart with what runs", async () => {
    const things = await online();
    things.board.updates!.refusal = STATUS.Refused;
    things.board.updates!.error = "signature: not by a key of this board";
    announce(things, { size: 100 });
    things.run(3_000);
    assert.deepEqual(stateTelemetry(things).at(-1), { sw_state: "FAILED", sw_error: "signature: not by a key of this board" });
    things.board.updates!.news = NEWS.failed;
    things.board.updates!.error = "not confirmed in time; the version before runs";
    things.board.updates!.refusal = STATUS.Closed;
    things.reconnect();
    assert.deepEqual(
      stateTelemetry(things).findLast((values) => values["sw_state"] !== undefined),
      { sw_state: "FAILED", sw_error: "not confirmed in time; the version before runs" },
    );
    assert.equal(things.board.updates!.told, 1);
  });

  it("takes firmware by the same way, fw_ for sw_, and one package at a time", async () => {
    const things = await ThingsboardBoard.make();
    things.board.updates = new FakeUpdates();
    things.board.updates.hasFirmware = true;
    things.board.power();
    things.start();
    assert.deepEqual(
      things.session!.filters.filter((filter) => filter.startsWith("v2/")),
      ["v2/sw/response/+/chunk/+", "v2/sw/error", "v2/fw/response/+/chunk/+", "v2/fw/error"],
    );
    const firmware = announce(things, { size: 3 * CHUNK, kind: 1 });
    things.run(300);
    announce(things, { size: CHUNK, version: "7.0" });
    things.run(3_000);
    assert.deepEqual(statesOf(things, "fw"), DONE);
    assert.deepEqual(things.board.updates.image, firmware.subarray(HEAD));
    assert.deepEqual(
      things.cloud.packages.requests.map(({ prefix, chunk }) => `${prefix} ${chunk}`),
      [...chunksOf(firmware).map((chunk) => `fw ${chunk}`), "sw 0"],
    );
    // The app's turn comes behind the trial.
    things.board.updates.phase = 0;
    things.board.updates.news = NEWS.confirmed;
    things.reconnect();
    things.run(70_000);
    assert.deepEqual(statesOf(things), DONE);
    assert.deepEqual(
      stateTelemetry(things, "fw").findLast((values) => values["fw_state"] === "UPDATED"),
      { fw_state: "UPDATED", current_fw_title: "mote", current_fw_version: "2.0" },
    );
  });

  it("refuses an app that is announced as firmware", async () => {
    const things = await ThingsboardBoard.make();
    things.board.updates = new FakeUpdates();
    things.board.updates.hasFirmware = true;
    things.board.power();
    things.start();
    things.cloud.packages.assign(things.device, "fw", { title: "mote", version: "2.0", bytes: fileOf(100) });
    things.run(3_000);
    assert.deepEqual(stateTelemetry(things, "fw").at(-1), { fw_state: "FAILED", fw_error: "kind: another" });
    assert.deepEqual(things.board.updates.offers, []);
  });

  it("gives the app nothing of a chunk, and its own attributes as before", async () => {
    const things = await online();
    things.board.call("tb_watch", "n", 1);
    things.run(500);
    things.events();
    announce(things, { size: 3 * CHUNK });
    things.cloud.setShared(things.device, { n: 5 });
    things.run(5_000);
    assert.deepEqual(
      things.events().map(({ payload }) => payload),
      ['{"n":5}'],
    );
    assert.equal(things.board.stats().inboxDropped, 0);
  });
});
