/** kernel/thingsboard/telemetry: what leaves the board, by the four shapes; times; lists; what is refused at the call. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FLAG, QUEUED, STATUS, STORED } from "../../../fakes/kernelBoard.js";
import { SENT, ThingsboardBoard } from "../../../fakes/thingsboardBoard.js";

const OFFLINE = FLAG.offline | FLAG.qos1;

function samples(things: ThingsboardBoard): [number, object][] {
  things.run(1000);
  return things.device.telemetry.map(({ ts, values }) => [ts, values]);
}

describe("kernel/thingsboard/telemetry", () => {
  it("sends all four shapes, each with its time", async () => {
    const things = await ThingsboardBoard.online();
    const now = things.board.wallMs;
    assert.equal(things.send(SENT.Telemetry, '{"temp":21.5,"on":true}'), QUEUED);
    assert.equal(things.send(SENT.Telemetry, '[{"temp":1},{"hum":40}]'), QUEUED);
    assert.equal(things.send(SENT.Telemetry, '{"ts":1451649600512,"values":{"temp":42.2,"list":[1,null]}}'), QUEUED);
    assert.equal(
      things.send(SENT.Telemetry, ' [ {"values": {"a":1} , "ts":1451649600513}, {"ts":1451649600514,"values":{"b":"x"}}]'),
      QUEUED,
    );
    assert.deepEqual(samples(things), [
      [now, { temp: 21.5, on: true }],
      [now, { temp: 1, hum: 40 }],
      [1451649600512, { temp: 42.2, list: [1, null] }],
      [1451649600513, { a: 1 }],
      [1451649600514, { b: "x" }],
    ]);
    assert.deepEqual(things.cloud.notices, []);
  });

  for (const refused of [
    '{"a":null}',
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":1e400}',
    '{"a":1,"b":null}',
    '[{"a":1},{"b":null}]',
    '{"ts":1451649600512,"values":{"a":null}}',
    '{"ts":"now","values":{"a":1}}',
    '{"ts":-5,"values":{"a":1}}',
    '{"ts":1451649600512,"values":5}',
    "{}",
    "[]",
    '{"a":1',
    '{"a":1}}',
    '{"a":01}',
    "5",
    '"text"',
    "",
    "[1]",
  ]) {
    it(`refuses ${refused} at the call, and sends nothing`, async () => {
      const things = await ThingsboardBoard.online();
      assert.equal(things.send(SENT.Telemetry, refused), STATUS.Invalid);
      assert.equal(things.send(SENT.Telemetry, '{"good":1}'), QUEUED);
      assert.deepEqual(
        samples(things).map(([, values]) => values),
        [{ good: 1 }],
      );
      assert.deepEqual(things.cloud.notices, []);
    });
  }

  it("refuses a reading of a stream with a number that JSON cannot say", async () => {
    const things = await ThingsboardBoard.online();
    const stream = things.board.call("stream_open", "climate", "", Buffer.from([10, 1, 0x74]), OFFLINE, 0);
    const reading = (value: number): number =>
      things.board.call("stream_publish", stream, new Uint8Array(new Float32Array([value]).buffer), { out: new Uint8Array(8) });
    assert.equal(reading(Number.NaN), STATUS.Invalid);
    assert.equal(reading(Number.POSITIVE_INFINITY), STATUS.Invalid);
    const now = things.board.wallMs;
    assert.equal(reading(21.5), STORED);
    assert.deepEqual(samples(things), [[now, { t: 21.5 }]]);
  });

  it("stamps with the time of capture what waited in the store over a power cut", async () => {
    const things = await ThingsboardBoard.make();
    const { board } = things;
    board.link = 0;
    board.power();
    things.start();
    const captured: number[] = [];
    for (let i = 0; i < 30; i++) {
      captured.push(board.wallMs);
      assert.equal(things.send(SENT.Telemetry, `{"i":${i}}`, OFFLINE), STORED);
      things.run(1000);
    }
    board.power();
    board.link = 2;
    things.start();
    assert.deepEqual(
      samples(things),
      captured.map((ts, i) => [ts, { i }]),
    );
  });

  it("gives what was captured without a clock its time once the clock is set, in the same boot", async () => {
    const things = await ThingsboardBoard.make();
    const { board } = things;
    board.link = 0;
    board.wallMs = -1;
    board.power();
    things.start();
    assert.equal(things.send(SENT.Telemetry, '{"a":1}', OFFLINE), STORED);
    things.run(5000);
    board.wallMs = 1_700_000_000_000;
    board.link = 2;
    things.run(3000);
    assert.deepEqual(samples(things), [[1_700_000_000_000 - 5000, { a: 1 }]]);
  });

  it("sends without time what was captured without a clock in an earlier boot", async () => {
    const things = await ThingsboardBoard.make();
    const { board } = things;
    board.link = 0;
    board.wallMs = -1;
    board.power();
    things.start();
    things.send(SENT.Telemetry, '{"a":1}', OFFLINE);
    board.power();
    board.wallMs = 1_700_000_000_000;
    board.link = 2;
    things.start();
    things.run(2000);
    assert.equal(things.device.telemetry[0]!.isTimed, false);
  });

  it("puts rows of one time into one object, and splits a list of 100 kB, given row by row", async () => {
    const things = await ThingsboardBoard.make();
    things.board.power();
    const row = (i: number): string => `{"ts":${1451649600000 + i},"values":{"text":"${"x".repeat(70)}","i":${i}}}`;
    const rows = Math.ceil(100_000 / row(0).length);
    things.start();
    for (let i = 0; i < rows; i++) {
      for (let tries = 0; things.send(SENT.Row, row(i)) === STATUS.NoSpace; tries++) {
        assert.ok(tries < 100, "the queue drains");
        things.run(50);
      }
    }
    while (things.send(SENT.End, "") === STATUS.NoSpace) things.run(50);
    assert.equal(things.send(SENT.End, ""), STATUS.Ok, "there are none any more");
    assert.deepEqual(
      samples(things).map(([ts, values]) => [ts, (values as { i: number }).i]),
      Array.from({ length: rows }, (_, i) => [1451649600000 + i, i]),
    );
    const sizes = things.board.server.all("publish").map(({ payload }) => payload.length);
    assert.ok(Math.max(...sizes) <= 1024 && sizes.length < rows / 5, `${sizes.length} messages, ${Math.max(...sizes)} bytes`);
    for (const part of ['{"ts":5,"values":{"a":1}}', '{"ts":5,"values":{"b":2}}', '{"c":3}', '{"d":4}']) things.send(SENT.Row, part);
    things.send(SENT.End, "");
    things.run(500);
    assert.match(
      things.board.server.all("publish").at(-1)!.payload.toString(),
      /^\[\{"ts":5,"values":\{"a":1,"b":2\}\},\{"ts":\d{13},"values":\{"c":3,"d":4\}\}\]$/,
    );
  });

  it("refuses one value that no message holds, and keeps to the server's largest payload", async () => {
    const things = await ThingsboardBoard.make();
    things.cloud.maxPayload = 200;
    things.board.power();
    things.start();
    assert.equal(things.info().payloadBytes, 200);
    assert.equal(things.send(SENT.Telemetry, `{"a":"${"x".repeat(300)}"}`), STATUS.TooLarge);
    assert.equal(things.send(SENT.Row, `{"ts":5,"values":{"a":"${"x".repeat(300)}"}}`), STATUS.TooLarge);
    for (let i = 0; i < 20; i++) assert.ok(things.send(SENT.Row, `{"ts":${i + 1},"values":{"i":${i}}}`) >= 0);
    things.send(SENT.End, "");
    assert.equal(samples(things).length, 20);
    assert.deepEqual(things.cloud.notices, []);
  });

  it("sends client attributes and claims as they are given", async () => {
    const things = await ThingsboardBoard.online();
    assert.equal(things.send(SENT.Attributes, '{"serial":"A1","n":2}'), QUEUED);
    assert.equal(things.send(SENT.Attributes, '{"serial":null}'), STATUS.Invalid);
    assert.equal(things.send(SENT.Attributes, "[1]"), STATUS.Invalid);
    assert.equal(things.send(SENT.Claim, '{"secretKey":"s"}'), QUEUED);
    things.run(500);
    assert.deepEqual(
      [...things.device.client],
      [
        ["serial", "A1"],
        ["n", 2],
      ],
    );
    assert.deepEqual(things.device.claims, [{ secretKey: "s" }]);
  });

  it("keeps the metadata of a row, and merges none that has some", async () => {
    const things = await ThingsboardBoard.online();
    const row = '{"ts":5,"values":{"a":1},"metadata":{"from":"x"}}';
    assert.equal(things.send(SENT.Telemetry, row), QUEUED);
    for (const part of [row, '{"ts":5,"values":{"b":2}}', '{"ts":5,"values":{"c":3}}', '{"ts":5,"metadata":{},"values":{"d":4}}']) {
      assert.equal(things.send(SENT.Row, part), STATUS.Ok);
    }
    things.send(SENT.End, "");
    things.run(500);
    assert.deepEqual(
      things.device.telemetry.map(({ values, metadata }) => [values, metadata]),
      [
        [{ a: 1 }, { from: "x" }],
        [{ a: 1 }, { from: "x" }],
        [{ b: 2, c: 3 }, null],
        [{ d: 4 }, {}],
      ],
    );
    assert.equal(things.send(SENT.Telemetry, '{"ts":5,"values":{"a":1},"metadata":5}'), STATUS.Invalid);
    assert.equal(things.send(SENT.Telemetry, '{"ts":5,"values":{"a":1}}}'), STATUS.Invalid);
    assert.equal(things.send(SENT.Row, '{"ts":5,"values":{"a":1}'), STATUS.Invalid);
  });

  it("puts rows together whatever space is around them, and no key twice into one object", async () => {
    const things = await ThingsboardBoard.online();
    for (const part of [
      ' {"a":1} ',
      '\n{ "b" : 2 }',
      '{"a":3}\t',
      ' { "ts" : 7 , "values" : { "c" : 4 } } ',
      '{"ts":7,"values":{"d":5}}',
      '{"ts":7,"values":{"d":6}}',
    ]) {
      assert.equal(things.send(SENT.Row, part), STATUS.Ok);
    }
    things.send(SENT.End, "");
    assert.deepEqual(
      samples(things).map(([, values]) => values),
      [{ a: 1, b: 2 }, { a: 3 }, { c: 4, d: 5 }, { d: 6 }],
    );
    assert.deepEqual(things.cloud.notices, []);
  });

  it("splits a row of more bytes than a message by its values", async () => {
    const things = await ThingsboardBoard.make();
    things.cloud.maxPayload = 200;
    things.board.power();
    things.start();
    const text = "x".repeat(100);
    assert.equal(things.send(SENT.Telemetry, `{"a":"${text}","b":"${text}","c":"${text}","d":1}`), QUEUED);
    assert.deepEqual(
      samples(things).map(([, values]) => Object.keys(values)),
      [["a"], ["b"], ["c", "d"]],
    );
    assert.deepEqual(things.cloud.notices, []);
  });

  it("refuses what would end the session or vanish: QoS 2, RETAIN, other topics", async () => {
    const things = await ThingsboardBoard.online();
    const { board } = things;
    assert.equal(things.send(SENT.Telemetry, '{"a":1}', FLAG.qos2), STATUS.Invalid);
    assert.equal(things.send(SENT.Telemetry, '{"a":1}', FLAG.qos2 | FLAG.offline), STATUS.Invalid);
    for (const flags of [FLAG.qos2, FLAG.retain, FLAG.offline | FLAG.retain]) {
      const stream = board.call("stream_open", "climate", "", Buffer.from([3, 1, 0x74]), flags, 0);
      assert.equal(board.call("stream_publish", stream, new Uint8Array([1]), { out: new Uint8Array(8) }), STATUS.Invalid);
    }
    for (const topic of ["devices/mote", "v1/devices/me/telemetry", "v1/devices/me/telemetrie", "/provision/request"]) {
      assert.equal(board.publish(topic, '{"a":null}', FLAG.offline | FLAG.qos1).result, STATUS.Invalid, topic);
    }
    assert.equal(things.send(SENT.Telemetry, '{"good":1}', OFFLINE), STORED);
    assert.equal(samples(things).length, 1);
    assert.deepEqual(things.cloud.notices, []);
  });
});
