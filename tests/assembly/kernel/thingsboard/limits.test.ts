/** kernel/thingsboard: what a server lets through, and how waiting readings become fewer messages. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Packet } from "mqtt-packet";
import { FLAG, QUEUED, STORED } from "../../../fakes/kernelBoard.js";
import { SENT, ThingsboardBoard } from "../../../fakes/thingsboardBoard.js";

const OFFLINE = FLAG.offline | FLAG.qos1;
const TELEMETRY = "v1/devices/me/telemetry";

function isTelemetry(packet: Packet): boolean {
  return packet.cmd === "publish" && packet.topic === TELEMETRY;
}

/** Payloads of telemetry that the server has seen, parsed. */
function messages(things: ThingsboardBoard): unknown[] {
  const sent = things.board.server.all("publish").filter(({ topic }) => topic === TELEMETRY);
  return sent.map(({ payload }) => JSON.parse(payload.toString()) as unknown);
}

/** A board that is away, and how it comes back. */
async function away(limits: object = {}): Promise<ThingsboardBoard> {
  const things = await ThingsboardBoard.make("full-thingsboard", limits);
  things.board.link = 0;
  things.board.power();
  things.start();
  return things;
}

function comeBack(things: ThingsboardBoard, ms = 3000): void {
  things.board.link = 2;
  things.run(ms);
}

/** Stores readings a second apart. Their times. */
function capture(things: ThingsboardBoard, count: number, flags = OFFLINE, ttl = 0): number[] {
  return Array.from({ length: count }, (_, i) => {
    const ts = things.board.wallMs;
    assert.ok(things.send(SENT.Telemetry, `{"i":${i}}`, flags, ttl) > 0);
    things.run(1000);
    return ts;
  });
}

function sendOnceThereIsRoom(things: ThingsboardBoard, json: string, flags = FLAG.qos1): void {
  for (let tries = 0; things.send(SENT.Telemetry, json, flags) < 0; tries++) {
    assert.ok(tries < 200, "the queue drains");
    things.run(500);
  }
}

const arrived = (things: ThingsboardBoard): [number, unknown][] => things.device.telemetry.map(({ ts, values }) => [ts, values]);

describe("kernel/thingsboard: limits", () => {
  for (const [what, send, limits] of [
    ["attributes", (i: number) => [SENT.Attributes, `{"i":${i}}`], { messages: "2:1" }],
    ["readings", (i: number) => [SENT.Telemetry, `{"i":${i}}`], { messages: "2:1", telemetryMessages: "2:1", telemetryDataPoints: "2:1" }],
  ] as const) {
    it(`keeps a 2:1 limit over 20 sends of ${what} in about 10 s`, async () => {
      const things = await ThingsboardBoard.online("full-thingsboard", limits);
      const from = things.board.nowMs;
      for (let i = 0; i < 20; i++) assert.ok(things.send(...(send(i) as [number, string])) > 0);
      let got = 0;
      for (; got < 20 && things.board.nowMs < from + 60_000; things.run(50)) {
        got = what === "readings" ? things.device.telemetry.length : Number(things.device.client.get("i") ?? -1) + 1;
      }
      const took = things.board.nowMs - from;
      assert.equal(got, 20);
      assert.ok(took > 9000 && took < 12_500, `${took} ms`);
      assert.equal(things.cloud.connects, 1);
      assert.deepEqual(things.cloud.notices, []);
    });
  }

  it("T11: keeps limits of data points and long windows, whatever is told at once", async () => {
    const things = await ThingsboardBoard.online("full-thingsboard", {
      messages: "10:1,60:60",
      telemetryMessages: "10:1,60:60",
      telemetryDataPoints: "20:1,300:60",
    });
    for (let i = 0; i < 200; i++) {
      sendOnceThereIsRoom(things, `{"a":${i},"b":2,"c":3}`);
    }
    things.run(200_000);
    assert.equal(things.device.telemetry.length, 200);
    assert.deepEqual(things.cloud.notices, []);
  });

  it("keeps the configured limits with a server that does not tell them", async () => {
    const things = await ThingsboardBoard.make("full-thingsboard", { messages: "2:1" });
    things.cloud.knowsLimits = false;
    things.board.config["thingsboard.limits.messages"] = "2:1";
    things.board.power();
    things.start();
    for (let i = 0; i < 10; i++) things.send(SENT.Telemetry, `{"i":${i}}`);
    things.run(12_000);
    assert.equal(things.device.telemetry.length, 10);
    assert.deepEqual(things.cloud.notices, []);
  });

  for (const host of ["thingsboard.cloud", "eu.thingsboard.cloud", "demo.thingsboard.io"]) {
    it(`keeps to what ${host} lets through, though it tells nothing`, async () => {
      const limits = { messages: "10:1,60:60", telemetryMessages: "10:1,60:60", telemetryDataPoints: "10:1,300:60" };
      const things = await ThingsboardBoard.make("full-thingsboard", limits);
      things.cloud.knowsLimits = false;
      things.board.config["mqtt.host"] = host;
      things.board.power();
      things.start();
      for (let i = 0; i < 100; i++) sendOnceThereIsRoom(things, `{"a":${i},"b":2}`, OFFLINE);
      things.run(60_000);
      assert.equal(things.device.telemetry.length, 100);
      assert.deepEqual(things.cloud.notices, []);
    });
  }

  it("has no more messages in flight than the server allows", async () => {
    const things = await ThingsboardBoard.make();
    things.cloud.maxInFlight = 1;
    things.board.config["mqtt.window"] = "8";
    things.board.power();
    things.start();
    things.misses = ({ cmd }) => cmd === "publish";
    for (let i = 0; i < 4; i++) things.send(SENT.Attributes, `{"i":${i}}`);
    things.run(2000);
    assert.equal(things.board.server.all("publish").filter(({ topic }) => topic === "v1/devices/me/attributes").length, 1);
  });

  it("splits an object with more values than one message may have", async () => {
    const things = await ThingsboardBoard.online("full-thingsboard", { telemetryDataPoints: "10:1" });
    const now = things.board.wallMs;
    const values = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`k${i}`, i]));
    assert.equal(things.send(SENT.Telemetry, JSON.stringify(values)), QUEUED);
    things.run(6000);
    assert.deepEqual(
      things.device.telemetry.map(({ ts, values: part }) => [ts, Object.keys(part).length]),
      [
        [now, 10],
        [now, 10],
        [now, 5],
      ],
    );
    assert.deepEqual(Object.assign({}, ...things.device.telemetry.map(({ values: part }) => part)), values);
    assert.deepEqual(things.cloud.notices, []);
  });

  it("splits a reading of a stream with more values than one message may have", async () => {
    const things = await ThingsboardBoard.online("full-thingsboard", { telemetryDataPoints: "10:1" });
    const now = things.board.wallMs;
    const schema = Buffer.concat(Array.from({ length: 15 }, (_, i) => Buffer.from([3, 1, 0x61 + i])));
    const stream = things.board.call("stream_open", "many", "", schema, OFFLINE, 0);
    const values = new Uint8Array(15).map((_, i) => i);
    assert.equal(things.board.call("stream_publish", stream, values, { out: new Uint8Array(8) }), STORED);
    things.run(6000);
    assert.deepEqual(
      things.device.telemetry.map(({ ts, values: part }) => [ts, Object.keys(part).length]),
      [
        [now, 10],
        [now, 5],
      ],
    );
    assert.deepEqual(things.cloud.notices, []);
  });

  it("does not let what the server can never take hold up the rest, and counts it", async () => {
    const things = await away();
    things.cloud.limits = { ...things.cloud.limits, telemetryDataPoints: "5:1" };
    assert.equal(things.send(SENT.Telemetry, '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}', OFFLINE), STORED);
    assert.equal(things.send(SENT.Telemetry, '{"good":1}', OFFLINE), STORED);
    comeBack(things, 4000);
    assert.deepEqual(
      arrived(things).map(([, values]) => values),
      [{ good: 1 }],
    );
    const { rejected, rejectedTotal, waiting } = things.board.stats();
    assert.deepEqual([rejected, rejectedTotal, waiting], [1, 1, 0]);
    assert.deepEqual(things.cloud.notices, []);
  });
});

describe("kernel/thingsboard: readings that wait", () => {
  it("go out as few messages, each reading with its own time, in order", async () => {
    const things = await away();
    const times = capture(things, 40);
    comeBack(things);
    assert.deepEqual(
      arrived(things),
      times.map((ts, i) => [ts, { i }]),
    );
    assert.ok(messages(things).length <= 4, `${messages(things).length} messages`);
    const { storedTotal, deliveredTotal, waiting } = things.board.stats();
    assert.deepEqual([storedTotal, deliveredTotal, waiting], [40, 40, 0]);
  });

  it("are merged in the queue too, with a limit of messages", async () => {
    const things = await ThingsboardBoard.online("full-thingsboard", { telemetryMessages: "1:1" });
    for (let i = 0; i < 20; i++) assert.equal(things.send(SENT.Telemetry, `{"i":${i}}`), QUEUED);
    things.run(5000);
    assert.deepEqual(
      arrived(things).map(([, values]) => values),
      Array.from({ length: 20 }, (_, i) => ({ i })),
    );
    assert.deepEqual(things.cloud.notices, []);
  });

  it("keep to the data points of one message, and to its bytes", async () => {
    const things = await away({ telemetryDataPoints: "10:1" });
    capture(things, 30);
    for (let i = 0; i < 12; i++) things.send(SENT.Telemetry, `{"text":"${"x".repeat(480)}"}`, OFFLINE);
    comeBack(things, 15_000);
    assert.equal(arrived(things).length, 42);
    const sizes = things.board.server.all("publish").map(({ payload }) => payload.length);
    assert.ok(Math.max(...sizes) <= 3240 && Math.max(...sizes) > 2500, `${Math.max(...sizes)} bytes`);
    assert.deepEqual(things.cloud.notices, []);
  });

  it("keep to the largest payload that the server takes", async () => {
    const things = await away();
    things.cloud.maxPayload = 200;
    capture(things, 20);
    comeBack(things);
    assert.equal(arrived(things).length, 20);
    assert.deepEqual(things.cloud.notices, []);
  });

  it("leave out what is over, without its neighbours", async () => {
    const things = await away();
    const times = capture(things, 9).map((ts, i) => [ts, { i }]);
    things.send(SENT.Telemetry, '{"short":1}', OFFLINE, 1);
    things.run(2000);
    const after = things.board.wallMs;
    things.send(SENT.Telemetry, '{"last":1}', OFFLINE);
    comeBack(things);
    assert.deepEqual(arrived(things), [...times, [after, { last: 1 }]]);
    assert.deepEqual([things.board.stats().expiredTotal, things.board.stats().deliveredTotal], [1, 10]);
  });

  it("are not mixed with lists, attributes or what has no time", async () => {
    const things = await away();
    const { board } = things;
    const kinds = [
      () => things.send(SENT.Telemetry, '{"a":1}', OFFLINE),
      () => things.send(SENT.Telemetry, '[{"ts":5,"values":{"b":1}}]', OFFLINE),
      () => things.send(SENT.Attributes, '{"c":1}', OFFLINE),
      () => ((board.wallMs = -1), things.send(SENT.Telemetry, '{"d":1}', OFFLINE)),
      () => ((board.wallMs = 1_700_000_000_000), things.send(SENT.Telemetry, '{"e":1}', OFFLINE)),
    ];
    for (const kind of kinds) assert.equal(kind(), STORED);
    comeBack(things);
    assert.deepEqual(
      arrived(things).map(([, values]) => values),
      [{ a: 1 }, { b: 1 }, { d: 1 }, { e: 1 }],
    );
    assert.equal(things.device.client.get("c"), 1);
    assert.deepEqual(things.cloud.notices, []);
  });

  it("tell their sequence numbers, where these are asked for", async () => {
    const things = await ThingsboardBoard.make();
    things.board.config["thingsboard.sequence"] = "true";
    things.board.link = 0;
    things.board.power();
    things.start();
    capture(things, 20);
    comeBack(things);
    assert.deepEqual(
      things.device.telemetry.map(({ metadata }) => metadata),
      Array.from({ length: 20 }, (_, i) => ({ seq: i + 1 })),
    );
  });

  for (const [what, end] of [
    ["the connection ends", (things: ThingsboardBoard) => things.disconnect()],
    ["the power is cut", (things: ThingsboardBoard) => (things.board.power(), things.start())],
  ] as const) {
    for (const lost of ["messages", "acknowledgements"] as const) {
      it(`are sent again, in their order, when ${what} and ${lost} got lost`, async () => {
        const things = await away();
        const times = capture(things, 40);
        let passed = 0;
        if (lost === "messages") things.misses = (packet) => isTelemetry(packet) && passed++ > 0;
        else things.loses = ({ cmd }) => cmd === "puback" && passed++ > 0;
        comeBack(things);
        const before = things.board.stats().waiting;
        assert.ok(before > 0 && before < 40, `${before} wait`);
        things.misses = things.loses = () => false;
        end(things);
        things.run(20_000);
        const seen = new Map(arrived(things).map(([ts, values]) => [ts, values]));
        assert.deepEqual(
          [...seen],
          times.map((ts, i) => [ts, { i }]),
        );
        assert.equal(arrived(things).length > 40, lost === "acknowledgements", "again");
        assert.deepEqual([things.board.stats().waiting, things.board.stats().deliveredTotal], [0, 40]);
      });
    }
  }

  it("are those of one moment, at most: what comes while all is well goes at once", async () => {
    const things = await ThingsboardBoard.online();
    capture(things, 5);
    assert.deepEqual(
      messages(things).map((message) => Array.isArray(message)),
      [false, false, false, false, false],
    );
  });

  it("are sixteen in flight, which the store can remove at once", async () => {
    const things = await away();
    things.board.config["mqtt.window"] = "16";
    capture(things, 60);
    things.misses = isTelemetry;
    comeBack(things);
    assert.equal(messages(things).flat().length, 16);
  });
});
