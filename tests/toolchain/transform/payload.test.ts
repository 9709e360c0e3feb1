import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { text } from "../build/appBoard.js";
import { SETUP, boardFor } from "../build/temporaryApp.js";

interface Published {
  result: number;
  schema: number[];
  values: Uint8Array;
  view: DataView;
}

/** Publishes one reading of a payload class and returns what the kernel was given. */
async function publish(context: TestContext, classes: string, body: string): Promise<Published> {
  const board = await boardFor(
    context,
    `import { every, log } from "wasmote";\n${classes}
     @tether()
     function reading(out: Sample): void { ${body} }
     export function setup(): void { every(1, () => { log(reading().toString()); }); }\n`,
  );
  board.answers["stream_open"] = () => 0;
  board.answers["stream_publish"] = () => 1;
  board.setup();
  board.step(0);
  board.step(1);
  const [open] = board.callsOf("stream_open");
  const [published] = board.callsOf("stream_publish");
  const values = published?.spans[0] ?? new Uint8Array();
  const view = new DataView(values.buffer, values.byteOffset, values.length);
  return { result: Number(text(board.callsOf("log")[0]!.spans[0])), schema: [...(open?.spans[2] ?? [])], values, view };
}

const name = (word: string): number[] => [word.length, ...new TextEncoder().encode(word)];

describe("toolchain/transform: @payload", () => {
  it("packs every number little-endian without gaps, in the order of the fields", async (context) => {
    const { schema, values, view } = await publish(
      context,
      `@payload class Sample { a: bool = true; b: i8 = -2; c: u8 = 200; d: i16 = -300; e: u16 = 60000; f: i32 = -70000; g: u32 = 4000000000;
        h: i64 = -5000000000; i: u64 = 18446744073709551615; j: f32 = 1.5; k: f64 = -0.1; }`,
      "",
    );
    assert.deepEqual(
      schema,
      [..."abcdefghijk"].flatMap((letter, i) => [i + 1, ...name(letter)]),
    );
    assert.equal(values.length, 1 + 1 + 1 + 2 + 2 + 4 + 4 + 8 + 8 + 4 + 8);
    const found = [view.getUint8(0), view.getInt8(1), view.getUint8(2), view.getInt16(3, true), view.getUint16(5, true)];
    assert.deepEqual(found, [1, -2, 200, -300, 60000]);
    assert.deepEqual([view.getInt32(7, true), view.getUint32(11, true)], [-70000, 4000000000]);
    assert.deepEqual([view.getBigInt64(15, true), view.getBigUint64(23, true)], [-5000000000n, 18446744073709551615n]);
    assert.deepEqual([view.getFloat32(31, true), view.getFloat64(35, true)], [1.5, -0.1]);
  });

  it("packs text as its UTF-8 length and bytes, a lone surrogate as U+FFFD", async (context) => {
    const words = ["", "plain", "Grüße", "温度", "🌡 up"];
    for (const word of [...words, "a\ud800b"]) {
      const escaped = [...Array(word.length).keys()].map((i) => `\\u${word.charCodeAt(i).toString(16).padStart(4, "0")}`).join("");
      const { values, view } = await publish(context, "@payload class Sample { t: string = ''; n: u8 = 7; }", `out.t = "${escaped}";`);
      const length = view.getUint16(0, true);
      assert.equal(text(values.subarray(2, 2 + length)), new TextDecoder().decode(new TextEncoder().encode(word)));
      assert.equal(values[2 + length], 7);
      assert.equal(values.length, 3 + length);
    }
  });

  it("inlines nested payloads and arrays, and closes objects in the schema", async (context) => {
    const { schema, values } = await publish(
      context,
      `@payload class Part { x: u8 = 1; word: string = "ab"; }
       @payload class Sample { part: Part = new Part(); samples: StaticArray<i16> = new StaticArray<i16>(3);
         words: StaticArray<string> = ["k", ""]; parts: StaticArray<Part> = [new Part(), new Part()]; last: bool = false; }`,
      "out.samples[0] = 1; out.samples[2] = -1; out.parts[1].x = 9; out.last = true;",
    );
    const part = [3, ...name("x"), 12, ...name("word"), 14];
    assert.deepEqual(schema, [
      ...[13, ...name("part"), ...part],
      ...[15, ...name("samples"), 3, 4],
      ...[15, ...name("words"), 2, 12],
      ...[15, ...name("parts"), 2, 13, ...part],
      ...[1, ...name("last")],
    ]);
    const packed = [1, 2, 0, 0x61, 0x62];
    assert.deepEqual([...values], [...packed, 1, 0, 0, 0, 0xff, 0xff, 1, 0, 0x6b, 0, 0, ...packed, 9, ...packed.slice(1), 1]);
  });

  it("answers TooLarge for text that does not fit, and publishes nothing", async (context) => {
    const sample = "@payload class Sample { a: i32 = 0; t: string = ''; }";
    const fits = await publish(context, sample, `out.t = "${"x".repeat(504 - 4 - 2)}";`);
    assert.equal(fits.result, 1);
    assert.equal(fits.values.length, 504);
    const over = await publish(context, sample, `out.t = "${"x".repeat(504 - 4 - 1)}";`);
    assert.equal(over.result, -12);
    assert.equal(over.values.length, 0);
  });

  it("answers TooLarge when the author put an array of another length in place", async (context) => {
    const sample = "@payload class Sample { s: StaticArray<f32> = new StaticArray<f32>(4); }";
    assert.equal((await publish(context, sample, "")).result, 1);
    assert.equal((await publish(context, sample, "out.s = new StaticArray<f32>(3);")).result, -12);
  });

  it("leaves an app that has none as it is", async (context) => {
    const board = await boardFor(context, SETUP);
    board.setup();
    assert.equal(board.step(5), 60_000);
    assert.deepEqual(board.calls, []);
  });
});
