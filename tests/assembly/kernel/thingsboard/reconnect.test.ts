/** kernel/thingsboard: nothing is lost or doubled over reconnects, server restarts and power cuts. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { STATE, STATUS } from "../../../fakes/kernelBoard.js";
import { ASKED, EVENT, ThingsboardBoard, WATCH } from "../../../fakes/thingsboardBoard.js";

const RECONNECTS = 100;

describe("kernel/thingsboard over reconnects", () => {
  it("T17, T20: calls and updates arrive after each of 100 reconnects, once each", async () => {
    const things = await ThingsboardBoard.online();
    things.board.call("tb_watch", "n", 1);
    const replies: unknown[] = [];
    for (let n = 1; n <= RECONNECTS; n++) {
      // Every other update is made while the device is away.
      if (n % 2 === 0) things.cloud.setShared(things.device, { n, other: n });
      things.reconnect();
      if (n % 2 === 1) things.cloud.setShared(things.device, { n, other: n });
      const reply = things.cloud.call(things.device, "count", { n });
      reply.then((value) => replies.push(value)).catch(() => {});
      things.run(200);
      const events = things.events();
      assert.deepEqual(
        events.filter(({ event }) => event === EVENT.Update).map(({ payload }) => (JSON.parse(payload) as { n: number }).n),
        [n],
        `update of reconnect ${n}`,
      );
      const calls = events.filter(({ event }) => event === EVENT.Call);
      assert.deepEqual(
        calls.map(({ payload }) => JSON.parse(payload) as unknown),
        [{ method: "count", params: { n } }],
        `call of reconnect ${n}`,
      );
      assert.equal(things.board.call("tb_reply", calls[0]!.id, `${n}`), STATUS.Ok);
      things.run(200);
    }
    await new Promise(setImmediate); // The promises of the replies settle.
    assert.deepEqual(
      replies,
      Array.from({ length: RECONNECTS }, (_, i) => i + 1),
    );
    assert.equal(things.cloud.connects, RECONNECTS + 1);
    assert.equal(things.info().strays, 0);
    assert.equal(things.board.stats().inboxDropped, 0);
  });

  it("always subscribes again, though the server says that it has kept the session", async () => {
    const things = await ThingsboardBoard.make();
    things.board.config["mqtt.cleanSession"] = "false";
    things.board.power();
    things.start();
    assert.deepEqual([...things.session!.filters].sort(), [
      "v1/devices/me/attributes",
      "v1/devices/me/attributes/response/+",
      "v1/devices/me/rpc/request/+",
      "v1/devices/me/rpc/response/+",
    ]);
    things.reconnect();
    assert.equal(things.session!.filters.length, 4);
    assert.ok(things.board.server.all("connect").every(({ clean }) => clean));
  });

  it("asks for what it follows after a reconnect, and tells what is new, and what is gone", async () => {
    const things = await ThingsboardBoard.online();
    for (const key of ["a", "b", "c"]) things.board.call("tb_watch", key, 1);
    things.cloud.setShared(things.device, { a: 1, b: "x", c: { deep: [1, 2] }, other: 9 });
    things.run(500);
    things.events();
    things.disconnect();
    things.cloud.setShared(things.device, { b: "y", other: 10 });
    things.cloud.deleteShared(things.device, ["c"]);
    things.reconnect();
    const events = things.events();
    assert.deepEqual(
      events.map(({ event, payload }) => [event, payload]),
      [
        [EVENT.Update, '{"b":"y"}'],
        [EVENT.Update, '{"deleted":["c"]}'],
      ],
    );
    things.reconnect();
    assert.deepEqual(things.events(), [], "nothing has changed");
  });

  it("follows all keys, with none of them told twice", async () => {
    const things = await ThingsboardBoard.online();
    things.board.call("tb_watch", "*", 1);
    things.cloud.setShared(things.device, { a: 1, b: 2 });
    things.run(500);
    assert.equal(things.events().length, 1);
    things.disconnect();
    things.cloud.setShared(things.device, { b: 3, c: 4 });
    things.reconnect();
    assert.deepEqual(
      things.events().map(({ payload }) => JSON.parse(payload) as unknown),
      [{ b: 3, c: 4 }],
    );
  });

  it("ends requests that are pending when the connection ends, and none twice", async () => {
    const things = await ThingsboardBoard.online();
    things.cloud.holdAnswers();
    const id = things.board.call("tb_request", ASKED.Attributes, '{"sharedKeys":"a"}', 20_000);
    assert.ok(id > 0);
    things.run(200);
    things.disconnect();
    things.run(100);
    assert.deepEqual(things.events(), [{ event: EVENT.Answer, id, status: STATUS.Closed, payload: "" }]);
    assert.equal(things.board.call("tb_request", ASKED.Attributes, '{"sharedKeys":"a"}', 20_000), STATUS.Closed);
    things.reconnect();
    things.cloud.releaseAnswers();
    things.run(500);
    assert.deepEqual(things.events(), []);
  });

  it("backs off and says so when another device has its client id", async () => {
    const things = await ThingsboardBoard.make();
    things.board.config["mqtt.clientId"] = "twin";
    things.board.power();
    things.start();
    // The other one comes back at once, each time.
    for (let i = 0; i < 3; i++) {
      things.run(2000);
      things.reconnect();
    }
    things.disconnect();
    things.run(100);
    assert.ok(things.info().takeOvers > 0);
    assert.ok(things.board.logs.some((line) => /another device with this client id/.test(line)));
    const connects = things.cloud.connects;
    things.run(80_000);
    assert.equal(things.cloud.connects, connects, "no fight");
    things.run(80_000);
    assert.equal(things.cloud.connects, connects + 1, "but it comes back");
  });

  it("T1: a device without a client id leaves it to the server", async () => {
    const things = await ThingsboardBoard.online();
    const [connect] = things.board.server.all("connect");
    assert.deepEqual(
      [connect!.clientId, connect!.username, connect!.password, connect!.clean],
      ["", things.board.config["mqtt.user"], undefined, true],
    );
  });

  it("T12: tells the code of a CONNACK that refuses, and waits longer than the server asks for", async () => {
    for (const [code, leastMs, mostMs] of [
      [3, 30_000, 160_000],
      [5, 300_000, 1_200_000],
    ] as const) {
      const things = await ThingsboardBoard.make();
      things.cloud.refusal = code;
      things.board.power();
      things.start();
      assert.equal(things.info().connectCode, code);
      const refusals = things.cloud.refusals.length;
      things.run(leastMs - 1000);
      assert.equal(things.cloud.refusals.length, refusals, `code ${code}`);
      things.cloud.refusal = null;
      things.run(mostMs);
      assert.equal(things.cloud.connects, 1);
      assert.equal(things.info().connectCode, 0);
    }
  });

  it("tells an app that watches it each change of the connection's state, and why the last one ended", async () => {
    const things = await ThingsboardBoard.make();
    things.board.power();
    assert.equal(things.board.call("tb_watch", "", WATCH.State), STATUS.Ok);
    const states = (): [number, number][] =>
      things.events().map(({ event, id, status }) => (assert.equal(event, EVENT.State), [id, status]));
    things.start();
    assert.deepEqual(states().at(-1), [STATE.Online, STATUS.Ok]);
    things.disconnect();
    things.run(200);
    assert.deepEqual(states().at(0), [STATE.Waiting, STATUS.Closed]);
    things.run(5000);
    assert.deepEqual(states().at(-1), [STATE.Online, STATUS.Closed]);
    things.cloud.refusal = 5;
    things.disconnect();
    things.run(5000);
    assert.deepEqual(states().at(-1), [STATE.Waiting, STATUS.Refused]);
    things.board.call("tb_watch", "", WATCH.Nothing);
    things.board.link = 0;
    things.run(1000);
    assert.deepEqual(states(), []);
  });

  it("T13: is not online any more once the server is gone, without a word", async () => {
    const things = await ThingsboardBoard.online();
    things.board.server.onPacket = () => {};
    const from = things.board.nowMs;
    while (things.board.call("client_state") === STATE.Online && things.board.nowMs < from + 90_000) things.run(100);
    assert.ok(things.board.nowMs < from + 60_000, "keep alive, and the answer to a ping");
    assert.equal(things.board.stats().lastCause, STATUS.Timeout);
  });
});
