/** kernel/thingsboard: calls in both directions and attribute requests: what crosses the wall, and what the server sees. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { STATE, STATUS } from "../../../fakes/kernelBoard.js";
import { ASKED, EVENT, SENT, ThingsboardBoard, WATCH } from "../../../fakes/thingsboardBoard.js";

/** Calls a method, and gives what the server hears: a reply, or why there was none. */
function call(things: ThingsboardBoard, request: string, times = 1): { reply: () => unknown } {
  let heard: unknown = "nothing";
  things.cloud
    .callRaw(things.device, request, 10_000, times)
    .then((reply) => (heard = reply))
    .catch((error: Error) => (heard = error.message));
  things.run(200);
  return { reply: () => heard };
}

const settle = (): Promise<void> => new Promise(setImmediate);

describe("kernel/thingsboard: calls of the server", () => {
  for (const request of [
    '{"method":"m","params":{"a":1}}',
    '{"method":"m"}',
    '{"method":"m","params":5}',
    '{"method":"m","params":null}',
  ]) {
    it(`hands ${request} to the app as it came, and its reply to the server`, async () => {
      const things = await ThingsboardBoard.online();
      const called = call(things, request);
      const [event] = things.events();
      assert.deepEqual([event!.event, event!.status, event!.payload], [EVENT.Call, STATUS.Ok, request]);
      assert.equal(things.board.call("tb_reply", event!.id, '{"ok":true}'), STATUS.Ok);
      things.run(200);
      await settle();
      assert.deepEqual(called.reply(), { ok: true });
    });
  }

  it("takes a reply after five seconds, once, and no JSON that is none", async () => {
    const things = await ThingsboardBoard.online();
    const called = call(things, '{"method":"slow"}');
    const [event] = things.events();
    things.run(5000);
    assert.equal(things.board.call("tb_reply", event!.id, "{"), STATUS.Invalid);
    assert.equal(things.board.call("tb_reply", event!.id, '"late"'), STATUS.Ok);
    assert.equal(things.board.call("tb_reply", event!.id, '"again"'), STATUS.NotFound);
    assert.equal(things.board.call("tb_reply", 77, "1"), STATUS.NotFound);
    assert.equal(things.board.call("tb_reply", 0, "1"), STATUS.NotFound);
    things.run(200);
    await settle();
    assert.equal(called.reply(), "late");
  });

  it("runs a call that comes twice once, and sends its reply twice", async () => {
    const things = await ThingsboardBoard.online();
    call(things, '{"method":"once"}', 2);
    const events = things.events();
    assert.equal(events.length, 1);
    things.board.call("tb_reply", events[0]!.id, "1");
    things.run(200);
    things.session!.push(`v1/devices/me/rpc/request/${events[0]!.id}`, '{"method":"once"}', true);
    things.run(200);
    assert.deepEqual(things.events(), []);
    assert.equal(things.info().repeats, 2);
    const replies = things.board.server.all("publish").filter(({ topic }) => topic === `v1/devices/me/rpc/response/${events[0]!.id}`);
    assert.deepEqual(
      replies.map(({ payload, qos }) => [payload.toString(), qos]),
      [
        ["1", 1],
        ["1", 1],
      ],
    );
  });

  it("runs a call of a server that restarted, whose number was used before", async () => {
    const things = await ThingsboardBoard.online();
    const push = (text: string): void => {
      things.session!.push("v1/devices/me/rpc/request/1", text);
      things.run(200);
    };
    push('{"method":"a"}');
    things.board.call("tb_reply", things.events()[0]!.id, "1");
    push('{"method":"b"}');
    assert.equal(things.events().length, 1, "another call");
    things.board.call("tb_reply", 1, "1");
    things.run(61_000);
    push('{"method":"b"}');
    assert.equal(things.events().length, 1, "the same, over a minute later");
  });

  it("answers for an app that takes no calls, as for a method that is unknown", async () => {
    const things = await ThingsboardBoard.make();
    things.board.power();
    things.board.call("client_start", 0);
    things.run(500);
    const named = call(things, '{"params":{},"method":"ping"}');
    const nameless = call(things, "[]");
    const large = call(things, `{"method":"${"x".repeat(1100)}"}`);
    await settle();
    assert.deepEqual(named.reply(), { error: "unknown method", method: "ping" });
    assert.deepEqual(nameless.reply(), { error: "unknown method", method: "" });
    assert.deepEqual(large.reply(), { error: "unknown method" });
    things.board.call("tb_watch", "", WATCH.Events);
    call(things, '{"method":"ping"}');
    assert.equal(things.events().length, 1);
  });

  it("acknowledges a call once the app has handled it, which marks it as delivered", async () => {
    const things = await ThingsboardBoard.online();
    const acknowledged = (): number => things.board.server.all("puback").length;
    const before = acknowledged();
    call(things, '{"method":"m"}');
    things.run(5000);
    assert.equal(acknowledged(), before);
    assert.equal(things.events().length, 1);
    things.run(200);
    assert.equal(acknowledged(), before + 1);
  });

  it("T18: answers a call that the inbox has no room for, or that finds eight others open", async () => {
    const things = await ThingsboardBoard.online();
    const large = call(things, `{"method":"m","params":"${"x".repeat(4000)}"}`);
    await settle();
    assert.deepEqual(large.reply(), { error: "no room" });
    for (let i = 0; i < 8; i++) call(things, `{"method":"m${i}"}`);
    const ninth = call(things, '{"method":"m9"}');
    await settle();
    assert.deepEqual(ninth.reply(), { error: "busy" });
    assert.equal(things.events().length, 8);
  });

  it("keeps calls for an app that starts anew", async () => {
    const things = await ThingsboardBoard.online();
    call(things, '{"method":"m"}');
    things.board.kernel.app_started(1);
    assert.equal(things.events().length, 1);
  });
});

describe("kernel/thingsboard: requests of the app", () => {
  const ask = (things: ThingsboardBoard, keys: string, timeoutMs = 20_000): number =>
    things.board.call("tb_request", ASKED.Attributes, keys, timeoutMs);

  it("answers both scopes, one scope, an unknown key", async () => {
    const things = await ThingsboardBoard.online();
    things.send(SENT.Attributes, '{"a":1,"b":2}');
    things.cloud.setShared(things.device, { c: "x" });
    things.run(300);
    const ids = ['{"clientKeys":"a,b","sharedKeys":"c"}', '{"sharedKeys":"c"}', '{"clientKeys":"none"}', "{}"].map((keys) =>
      ask(things, keys),
    );
    things.run(500);
    assert.deepEqual(
      things.events().map(({ event, id, payload }) => [event, id, JSON.parse(payload)]),
      [{ client: { a: 1, b: 2 }, shared: { c: "x" } }, { shared: { c: "x" } }, {}, { client: { a: 1, b: 2 }, shared: { c: "x" } }].map(
        (payload, i) => [EVENT.Answer, ids[i], payload],
      ),
    );
  });

  it("tells two that are answered in reverse order apart", async () => {
    const things = await ThingsboardBoard.online();
    things.cloud.setShared(things.device, { a: 1, b: 2 });
    things.cloud.holdAnswers();
    const ids = ['{"sharedKeys":"a"}', '{"sharedKeys":"b"}'].map((keys) => ask(things, keys));
    things.run(300);
    things.cloud.releaseAnswers("reversed");
    things.run(300);
    assert.deepEqual(
      things.events().map(({ id, payload }) => [id, payload]),
      [
        [ids[1], '{"shared":{"b":2}}'],
        [ids[0], '{"shared":{"a":1}}'],
      ],
    );
  });

  it("T3, T16: ends a request at its deadline, once; an answer after that is counted and left out", async () => {
    const things = await ThingsboardBoard.online();
    things.cloud.holdAnswers();
    const id = ask(things, '{"sharedKeys":"a"}', 2000);
    things.run(1900);
    assert.deepEqual(things.events(), []);
    things.run(200);
    assert.deepEqual(things.events(), [{ event: EVENT.Answer, id, status: STATUS.Timeout, payload: "" }]);
    things.cloud.releaseAnswers();
    things.run(200);
    assert.deepEqual(things.events(), []);
    assert.equal(things.info().strays, 1);
    things.session!.push("v1/devices/me/attributes/response/999", "{}");
    things.session!.push("v1/devices/me/rpc/response/abc", "{}");
    things.run(200);
    assert.equal(things.board.call("client_state"), STATE.Online);
  });

  it("has eight at a time, each with a number of its own", async () => {
    const things = await ThingsboardBoard.online();
    things.cloud.holdAnswers();
    const ids = Array.from({ length: 8 }, () => ask(things, "{}"));
    assert.equal(new Set(ids).size, 8);
    assert.equal(ask(things, "{}"), STATUS.NoSpace);
    things.run(200);
    things.cloud.releaseAnswers();
    things.run(500);
    assert.equal(things.events().length, 8);
    assert.ok(ask(things, "{}") > Math.max(...ids));
  });

  it("calls the server: answer, timeout, answer after the timeout", async () => {
    const things = await ThingsboardBoard.online();
    const id = things.board.call("tb_request", ASKED.Call, '{"method":"getTime","params":{}}', 5000);
    things.run(300);
    const [answer] = things.events();
    assert.deepEqual([answer!.event, answer!.id, answer!.status], [EVENT.CallAnswer, id, STATUS.Ok]);
    const silent = things.board.call("tb_request", ASKED.Call, '{"method":"unknown","params":{}}', 5000);
    things.run(5100);
    assert.deepEqual(things.events(), [{ event: EVENT.CallAnswer, id: silent, status: STATUS.Timeout, payload: "" }]);
    things.session!.push(`v1/devices/me/rpc/response/${silent}`, "1");
    things.run(200);
    assert.deepEqual(things.events(), []);
  });

  it("has its filters subscribed before the first request leaves", async () => {
    const things = await ThingsboardBoard.make();
    things.board.power();
    things.board.call("client_start", 0);
    for (let i = 0; i < 1000 && things.board.call("client_state") !== STATE.Online; i++) things.run(1);
    assert.ok(ask(things, "{}") > 0);
    things.run(500);
    const order = things.board.server.packets.map((packet) => (packet.cmd === "publish" ? packet.topic : packet.cmd));
    const first = order.findIndex((each) => each.startsWith("v1/"));
    assert.equal(order.slice(0, first).filter((each) => each === "subscribe").length, 4, order.join());
    assert.equal(order.indexOf("subscribe", first), -1);
    assert.deepEqual(
      things.events().map(({ event, status }) => [event, status]),
      [[EVENT.Answer, STATUS.Ok]],
    );
  });

  it("refuses what is no request", async () => {
    const things = await ThingsboardBoard.online();
    assert.equal(ask(things, "[1]"), STATUS.Invalid);
    assert.equal(ask(things, "{"), STATUS.Invalid);
    assert.equal(ask(things, "{}", 0), STATUS.Invalid);
    assert.equal(things.board.call("tb_request", 2, "{}", 1000), STATUS.Invalid);
    assert.equal(things.board.call("tb_watch", "a,b", 1), STATUS.Invalid);
  });
});
