import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { text } from "../build/appBoard.js";
import { boardFor } from "../build/temporaryApp.js";

const READING = "@payload class Reading { value: i32 = 7; }\n";
const START = 'import { Client, board, every, log } from "wasmote";\n';

describe("toolchain/transform: @tether", () => {
  it("compiles the shape of the manual as it stands", async (context) => {
    const board = await boardFor(
      context,
      `import { Client, board } from "wasmote";

@payload class Reading { temperature: f32 = 0; battery: i32 = 0; }

@tether({ tags: ["sensors"], writeOffline: true, dbTtl: 3600, every: 5000 })
function readSensors(out: Reading): void {
  out.temperature = board.temperature();
  out.battery = board.millivolts(0);
}

export function setup(): void { new Client().start(); }
`,
    );
    board.answers["io_sensor"] = ([, at], memory) => (new DataView(memory.buffer).setInt32(at!, 21_500, true), 0);
    board.answers["io_adc_millivolts"] = () => 3300;
    board.answers["stream_open"] = () => 4;
    board.answers["stream_publish"] = () => 1;
    board.setup();
    assert.equal(board.callsOf("client_start").length, 1);
    assert.equal(board.step(100), 5000);
    assert.equal(board.step(5100), 5000);
    const [open] = board.callsOf("stream_open");
    assert.equal(text(open!.spans[0]), "readSensors");
    assert.equal(text(open!.spans[1]), '"tags":["sensors"]');
    assert.deepEqual(open!.args.slice(6), [0x01 | 0x02 | 0x10, 3600]);
    const [published] = board.callsOf("stream_publish");
    assert.equal(published!.args[0], 4);
    const values = new DataView(published!.spans[0]!.buffer);
    assert.deepEqual([values.getFloat32(0, true), values.getInt32(4, true)], [21.5, 3300]);
  });

  it("gives the kernel's answer to the caller", async (context) => {
    const board = await boardFor(
      context,
      `${START}${READING}@tether() function reading(out: Reading): void {}
       export function setup(): void { every(10, () => { log(reading().toString()); }); }`,
    );
    const answers = [1, 2, -3, -7];
    board.answers["stream_publish"] = () => answers[board.callsOf("stream_publish").length - 1]!;
    board.setup();
    for (let now = 0; now <= 40; now += 10) board.step(now);
    assert.deepEqual(
      board.callsOf("log").map((call) => text(call.spans[0])),
      ["1", "2", "-3", "-7"],
    );
    assert.equal(board.callsOf("stream_open").length, 1);
  });

  it("opens its stream anew, once, when the kernel no longer knows it", async (context) => {
    const board = await boardFor(
      context,
      `${READING}@tether({ every: 10 }) function reading(out: Reading): void {}\nexport function setup(): void {}`,
    );
    let known = -1;
    board.answers["stream_open"] = () => (known = board.callsOf("stream_open").length);
    board.answers["stream_publish"] = ([stream]) => (stream === known ? 1 : -1);
    board.setup();
    board.step(0);
    board.step(10);
    known = -1; // the kernel restarted
    board.step(20);
    assert.deepEqual(
      board.callsOf("stream_publish").map((call) => call.args[0]),
      [1, 1, 2],
    );
    known = -1;
    board.answers["stream_open"] = () => 5;
    board.step(30);
    assert.equal(board.callsOf("stream_publish").length, 5);
  });

  it("tries to open again after a refusal", async (context) => {
    const board = await boardFor(
      context,
      `${READING}@tether({ every: 10 }) function reading(out: Reading): void {}\nexport function setup(): void {}`,
    );
    board.answers["stream_open"] = () => -3;
    board.setup();
    for (const now of [0, 10, 20]) board.step(now);
    assert.equal(board.callsOf("stream_open").length, 2);
    assert.equal(board.callsOf("stream_publish").length, 0);
  });

  it("publishes the text of a function that returns it, in a stream without schema", async (context) => {
    const board = await boardFor(
      context,
      `@tether({ every: 10, qos: 0, topic: "words/daily", entity: "desk \\"7\\"", tags: ["a", "b"] })
       function words(): string { return "schöner Tag"; }
       export function setup(): void {}`,
    );
    board.setup();
    board.step(0);
    board.step(10);
    const [open] = board.callsOf("stream_open");
    assert.equal(text(open!.spans[0]), "words/daily");
    assert.deepEqual(JSON.parse(`{${text(open!.spans[1])}}`), { tags: ["a", "b"], entity: 'desk "7"' });
    assert.equal(open!.spans[2]!.length, 0);
    assert.equal(open!.args[6], 0x10 | 0x20);
    assert.equal(text(board.callsOf("stream_publish")[0]!.spans[0]), "schöner Tag");
  });

  it("works in a second file of the app", async (context) => {
    const board = await boardFor(context, {
      "app.ts":
        'import { reading } from "./parts/sensors";\nimport { every } from "wasmote";\nexport function setup(): void { every(5, () => { reading(); }); }\n',
      "parts/sensors.ts": `${READING}@tether() export function reading(out: Reading): void { out.value++; }\n`,
    });
    board.setup();
    for (const now of [0, 5, 10]) board.step(now);
    assert.deepEqual(
      board.callsOf("stream_publish").map((call) => call.spans[0]![0]),
      [8, 9],
    );
  });
});
