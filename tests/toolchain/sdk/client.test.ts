/** The SDK from outside: what crosses the wall when an app uses it. Its pure parts have specs in tests/assembly/sdk. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AppBoard, text } from "../build/appBoard.js";
import { boardFor } from "../build/temporaryApp.js";

const app = (setup: string, more = ""): string =>
  `import { Client, Message, Status, board, configFlag, configInteger, log, monotonic, now, FLAG_OFFLINE } from "wasmote";\nconst client = new Client();\n${more}\nexport function setup(): void { ${setup} }\n`;

const logged = (board: AppBoard): string[] => board.callsOf("log").map((call) => text(call.spans[0]));

/** Puts messages into the board's inbox. */
function deliver(board: AppBoard, messages: { topic: string; payload: string }[]): number[] {
  const inbox = messages.map(({ topic, payload }) => ({ topic: Buffer.from(topic), payload: Buffer.from(payload) }));
  const done: number[] = [];
  board.answers["event_next"] = ([at], memory) => {
    const [head] = inbox;
    if (!head) return 0;
    const view = new DataView(memory.buffer, at!, 16);
    view.setUint16(0, head.topic.length, true);
    view.setUint32(4, head.payload.length, true);
    view.setUint8(8, 1);
    return 1;
  };
  board.answers["event_read"] = ([offset, at, cap], memory) => {
    const part = Buffer.concat([inbox[0]!.topic, inbox[0]!.payload]).subarray(offset!, offset! + Math.min(cap!, 100));
    memory.set(part, at!);
    return part.length;
  };
  board.answers["event_done"] = ([result]) => (inbox.shift(), done.push(result!), 0);
  return done;
}

describe("assembly/sdk/client.ts: publish", () => {
  it("hands small messages over in one call", async (context) => {
    const board = await boardFor(context, app('client.publish("größe", "温度", FLAG_OFFLINE, 60);'));
    board.setup();
    assert.equal(board.calls.length, 1);
    const [call] = board.callsOf("publish");
    assert.deepEqual(call!.spans.slice(0, 2).map(text), ["größe", "温度"]);
    assert.deepEqual(call!.args.slice(4, 6), [1, 60]);
  });

  for (const length of [0, 487, 488, 489, 1500]) {
    it(`hands over ${length} bytes so that each call fits the exchange buffer`, async (context) => {
      const payload = "é".repeat(Math.floor(length / 2)) + "x".repeat(length % 2);
      const board = await boardFor(context, app(`client.publish("0123456789", "${payload}");`));
      board.answers["publish_begin"] = () => 3;
      board.setup();
      const parts = [
        ...board.callsOf("publish").map((call) => call.spans[1]!),
        ...board.callsOf("publish_write").map((call) => call.spans[0]!),
      ];
      assert.equal(text(Buffer.concat(parts)), payload);
      for (const part of parts) text(part); // each part holds whole characters
      const roundUp8 = (span: Uint8Array): number => (span.length + 7) & ~7;
      for (const call of board.calls) assert.ok(call.spans.reduce((sum, span) => sum + roundUp8(span), 0) <= 512);
      assert.equal(board.callsOf("publish").length, length <= 488 ? 1 : 0);
      if (length > 488) {
        assert.equal(board.callsOf("publish_begin")[0]!.args[2], length);
        assert.equal(board.calls.at(-1)!.name, "publish_commit");
      }
    });
  }

  it("gives a publication up when a part is refused, and says why", async (context) => {
    const board = await boardFor(context, app(`log(client.publish("t", "${"x".repeat(1200)}").toString());`));
    board.answers["publish_begin"] = () => 3;
    board.answers["publish_write"] = () => (board.callsOf("publish_write").length > 1 ? -3 : 0);
    board.setup();
    assert.deepEqual(
      board.callsOf("publish_abort").map((call) => call.args),
      [[3]],
    );
    assert.equal(board.callsOf("publish_commit").length, 0);
    assert.deepEqual(logged(board), ["-3"]);
  });

  it("refuses a topic over the buffer, and a length beyond the array", async (context) => {
    const board = await boardFor(
      context,
      app(`log(client.publish("${"t".repeat(505)}", "").toString()); const b = new StaticArray<u8>(4);
      log(client.publishBytes("t", b, 5).toString()); log(client.publishBytes("t", b, -1).toString());`),
    );
    board.setup();
    assert.deepEqual(logged(board), ["-12", "-1", "-1"]);
    assert.equal(board.calls.length, 3);
  });

  it("publishes bytes in parts, and remembers the sequence number", async (context) => {
    const board = await boardFor(
      context,
      app(
        "const b = new StaticArray<u8>(600); for (let i = 0; i < 600; i++) b[i] = <u8>i; client.publishBytes('t', b, 599); log(client.lastSequence.toString());",
      ),
    );
    board.answers["publish_commit"] = ([, at], memory) => (new DataView(memory.buffer).setBigUint64(at!, 12345678901n, true), 2);
    board.setup();
    const bytes = Buffer.concat(board.callsOf("publish_write").map((call) => call.spans[0]!));
    assert.deepEqual(
      [...bytes],
      Array.from({ length: 599 }, (_, i) => i & 0xff),
    );
    assert.deepEqual(logged(board), ["12345678901"]);
  });
});

describe("assembly/sdk/client.ts: subscribe", () => {
  const handlers = `function a(m: Message): void { log("a " + m.topic() + " " + m.text()); } function b(m: Message): void { log("b " + m.payloadBytes.toString()); }`;

  it("routes each message to the handlers of the filters that match, and acknowledges it", async (context) => {
    const board = await boardFor(context, app('client.subscribe("lamp/+", a); client.subscribe("#", b, 0);', handlers));
    board.setup();
    assert.deepEqual(
      board.callsOf("subscribe").map((call) => [text(call.spans[0]), call.args[2]]),
      [
        ["lamp/+", 1],
        ["#", 0],
      ],
    );
    const done = deliver(board, [
      { topic: "lamp/1", payload: "on" },
      { topic: "other", payload: "" },
      { topic: "$SYS/x", payload: "y" },
    ]);
    assert.equal(board.step(0), 60_000);
    assert.deepEqual(logged(board), ["a lamp/1 on", "b 2", "b 0"]);
    assert.deepEqual(done, [0, 0, 0]);
  });

  it("takes at most four messages a step and asks to come back at once", async (context) => {
    const board = await boardFor(context, app('client.subscribe("#", b);', handlers));
    board.setup();
    const done = deliver(
      board,
      Array.from({ length: 6 }, () => ({ topic: "t", payload: "p" })),
    );
    assert.equal(board.step(0), 0);
    assert.equal(done.length, 4);
    assert.equal(board.step(0), 60_000);
    assert.equal(done.length, 6);
  });

  it("holds the head of a large message, and reads the rest on demand", async (context) => {
    const more = `const rest = new StaticArray<u8>(64);
      function big(m: Message): void { log(m.heldBytes.toString() + "/" + m.payloadBytes.toString());
        const got = m.read(m.heldBytes, changetype<usize>(rest), 64); log(got.toString() + String.fromCharCode(rest[0])); log(m.is("x").toString()); }`;
    const board = await boardFor(context, app('client.subscribe("t", big);', more));
    board.setup();
    deliver(board, [{ topic: "t", payload: "x".repeat(511) + "yz" }]);
    board.step(0);
    assert.deepEqual(logged(board), ["511/513", "2y", "false"]);
  });

  it("keeps one handler for each filter, forgets it on unsubscribe, and refuses a ninth", async (context) => {
    const nine = [..."123456789"].map((topic) => `log(client.subscribe("${topic}", b).toString());`).join("");
    const board = await boardFor(
      context,
      app(
        `client.subscribe("1", a); ${nine} log(client.unsubscribe("1").toString()); log(client.unsubscribe("x").toString()); log(client.subscribe("9", b).toString());`,
        handlers,
      ),
    );
    board.setup();
    assert.deepEqual(logged(board), [..."00000000", "-3", "0", "-6", "0"]);
    deliver(board, [
      { topic: "1", payload: "gone" },
      { topic: "9", payload: "here" },
    ]);
    board.step(0);
    assert.equal(logged(board).at(-1), "b 4");
    assert.equal(logged(board).length, 13);
  });

  it("does not keep a filter that the kernel refuses", async (context) => {
    const board = await boardFor(context, app('log(client.subscribe("#", b).toString());', handlers));
    board.answers["subscribe"] = () => -1;
    board.setup();
    assert.deepEqual(logged(board), ["-1"]);
    deliver(board, [{ topic: "t", payload: "p" }]);
    board.step(0);
    assert.equal(logged(board).length, 1);
  });
});

describe("assembly/sdk: the rest of the wall", () => {
  it("reads settings, and falls back on what is none", async (context) => {
    const cases: [string, string][] = [
      ["5000", "5000"],
      ["-7", "-7"],
      ["2147483647", "2147483647"],
      ["-2147483648", "-2147483648"],
      ["2147483648", "9"],
      ["-2147483649", "9"],
      ["12x", "9"],
      ["-", "9"],
      ["", "9"],
      ["99999999999999999999999", "9"],
    ];
    const board = await boardFor(
      context,
      app(
        `for (let i = 0; i < ${cases.length}; i++) log(configInteger("app.intervalMs", 9).toString()); log(configFlag("app.x", false).toString() + configFlag("app.x", true).toString() + configFlag("app.x", true).toString());`,
      ),
    );
    const values = [...cases.map(([value]) => value), "true", "false", "maybe"];
    let next = 0;
    board.answers["config"] = ([, , at], memory) => {
      const value = Buffer.from(values[next++]!);
      memory.set(value, at!);
      return value.length;
    };
    board.setup();
    assert.deepEqual(logged(board), [...cases.map(([, expected]) => expected), "truefalsetrue"]);
    assert.equal(text(board.callsOf("config")[0]!.spans[0]), "app.intervalMs");
  });

  it("turns thousandths into units, and a missing sensor into NaN", async (context) => {
    const board = await boardFor(context, app("log(board.temperature().toString()); log(board.load().toString());"));
    board.answers["io_sensor"] = ([sensor, at], memory) =>
      sensor === 0 ? (new DataView(memory.buffer).setInt32(at!, -12_500, true), 0) : -6;
    board.setup();
    assert.deepEqual(logged(board), ["-12.5", "NaN"]);
  });

  it("says why an app aborted before it traps, and imports nothing from env", async (context) => {
    const board = await boardFor(
      context,
      app(
        'assert(client.stop() == Status.Closed, "not closed"); log(Math.random().toString()); log(now().toString() + monotonic().toString());',
      ),
    );
    assert.throws(() => board.setup(), WebAssembly.RuntimeError);
    const [call] = board.callsOf("abort");
    assert.equal(text(call!.spans[0]), "not closed");
    assert.equal(call!.args[2], 4);
  });
});
