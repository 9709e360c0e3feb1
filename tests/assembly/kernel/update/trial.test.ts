/** kernel/update: an app on trial is confirmed by what it does; what became of it is told until it was heard. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { FakeUpdates, NEWS } from "../../../fakes/fakeUpdates.js";
import { FLAG, KernelBoard } from "../../../fakes/kernelBoard.js";
import { CHUNK, onlineWithUpdates as online, UpdateCloud as Cloud } from "../../../fakes/updateCloud.js";

describe("kernel/update, on trial", () => {
  async function onTrial(): Promise<{ board: KernelBoard; cloud: Cloud }> {
    const board = await online();
    const cloud = new Cloud(board, CHUNK);
    cloud.offer();
    board.run(2_000);
    board.kernel.app_started(1);
    board.updates!.version = "2.0";
    return { board, cloud };
  }

  for (const [what, flags] of [
    ["stored", FLAG.offline],
    ["queued with QoS 1", FLAG.qos1],
    ["queued with QoS 2", FLAG.qos2],
  ] as const) {
    it(`confirms when a message of the new app, ${what}, was acknowledged, and tells it until it was heard`, async () => {
      const { board, cloud } = await onTrial();
      board.run(5_000);
      assert.equal(board.updates!.confirmed, 0);
      board.publish("t", "x", flags);
      board.run(3_000);
      assert.equal(board.updates!.confirmed, 1);
      assert.deepEqual(cloud.states.at(-1), { kind: "app", state: "UPDATED", version: "2.0", running: "2.0" });
      assert.equal(board.updates!.told, 1);
      board.run(60_000);
      assert.equal(cloud.told.filter((state) => state === "UPDATED").length, 1);
    });
  }

  it("confirms a firmware when a session with the server begins, and not before", async () => {
    const board = await KernelBoard.make("full-plain");
    board.updates = new FakeUpdates();
    board.updates.isFirmwareTrial = true;
    board.link = 0;
    board.power();
    board.call("client_start", 0);
    board.run(20_000);
    assert.equal(board.updates.isFirmwareTrial, true);
    board.link = 2;
    board.run(20_000);
    assert.equal(board.updates.isFirmwareTrial, false);
  });

  it("does not take what the app before had stored, or what nobody acknowledges, for a sign of life", async () => {
    const board = await online();
    const cloud = new Cloud(board, CHUNK);
    cloud.offer();
    board.run(2_000);
    const before = board.server.onPacket;
    board.server.onPacket = (packet) => {
      if (packet.cmd !== "publish" || packet.topic !== "t") before(packet);
    };
    board.publish("t", "old", FLAG.offline);
    board.run(100);
    board.kernel.app_started(1);
    board.publish("t", "no receipt", 0);
    board.run(2_000);
    board.server.send({
      cmd: "puback",
      messageId: board.server.all("publish").findLast(({ topic, qos }) => topic === "t" && qos === 1)!.messageId!,
    });
    board.run(2_000);
    assert.equal(board.updates!.confirmed, 0);
    board.server.onPacket = before;
    board.publish("t", "new", FLAG.offline);
    board.run(2_000);
    assert.equal(board.updates!.confirmed, 1);
  });

  it("does not take what the app before published last, acknowledged before the new one started, for a sign of life", async () => {
    const board = await online();
    board.publish("t", "first", FLAG.offline);
    board.run(500);
    const cloud = new Cloud(board, CHUNK);
    cloud.offer();
    for (let i = 0; i < 40; i++) {
      board.publish("t", "old", FLAG.offline);
      board.run(50);
    }
    assert.equal(cloud.told.at(-1), "UPDATING");
    assert.equal(board.updates!.confirmed, 0);
    board.kernel.app_started(1);
    board.publish("t", "new", FLAG.offline);
    board.run(2_000);
    assert.equal(board.updates!.confirmed, 1);
  });

  it("leaves an app that confirms itself alone", async () => {
    const { board } = await onTrial();
    board.updates!.isHeld = true;
    board.publish("t", "x", FLAG.qos1);
    board.run(5_000);
    assert.equal(board.updates!.confirmed, 0);
  });

  it("tells of a fallback, after a restart too, and again where nobody acknowledged", async () => {
    const board = await KernelBoard.make();
    board.updates = new FakeUpdates();
    board.updates.news = NEWS.failed;
    board.updates.error = "not confirmed in time; the version before runs";
    board.power();
    const cloud = new Cloud(board, CHUNK);
    const before = board.server.onPacket;
    board.server.onPacket = (packet) => {
      if (packet.cmd === "publish") return;
      before(packet);
    };
    board.call("client_start", 0);
    board.run(5_000);
    assert.equal(board.updates.told, 0);
    board.server.onPacket = before;
    board.server.close();
    board.run(10_000);
    assert.equal(board.updates.told, 1);
    assert.deepEqual(cloud.states.at(-1), {
      kind: "app",
      state: "FAILED",
      running: "1.0",
      error: "not confirmed in time; the version before runs",
    });
  });
});
