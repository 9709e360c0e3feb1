import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { boardFor } from "./temporaryApp.js";

const loops = (body: string): string => `import { log, now } from "wasmote";\nexport function setup(): void { ${body} }\n`;

describe("toolchain/build/loopGuard.ts", () => {
  for (const [kind, body] of [
    ["while", "while (now() == 0) {}"],
    ["do", "do {} while (now() == 0);"],
    ["for", "for (let i: i64 = 0; now() == 0; i++) {}"],
    ["an inner loop", "while (now() == 0) { while (now() == 0) {} }"],
  ] as const) {
    it(`ends ${kind} without an end when the fuel is gone`, async (context) => {
      const board = await boardFor(context, loops(body));
      board.fuel.value = 1000;
      assert.throws(() => board.setup(), (error) => error instanceof WebAssembly.RuntimeError && error.message.includes("unreachable"));
      assert.equal(board.fuel.value, 0);
      assert.ok(board.callsOf("time").length <= 1001);
    });
  }

  it("counts one for each pass and changes nothing else", async (context) => {
    const board = await boardFor(context, loops("let sum: i32 = 0; for (let i = 0; i < 100; i++) sum += i * i32(now() + 1); log(sum.toString());"));
    board.fuel.value = 5000;
    board.setup();
    const spent = 5000 - Number(board.fuel.value);
    assert.ok(spent >= 100 && spent < 200, `spent ${spent}`); // 100 here, the rest in toString
    assert.equal(new TextDecoder().decode(board.callsOf("log")[0]!.spans[0]), "4950");
  });

  it("lets a loop pass exactly as often as there is fuel", async (context) => {
    const source = loops("let i: i32 = 0; while (now() >= 0) { if (++i == 10) break; }");
    const enough = await boardFor(context, source);
    enough.fuel.value = 10;
    enough.setup();
    const short = await boardFor(context, source);
    short.fuel.value = 9;
    assert.throws(() => short.setup(), WebAssembly.RuntimeError);
  });

  it("starts with the fuel of the manifest, for code that runs before the host can fill it", async (context) => {
    const board = await boardFor(context, {
      "app.ts": loops(""),
      "asconfig.json": '{ "wasmote": { "fuel": 4321 } }',
    });
    assert.equal(board.fuel.value, 4321);
  });
});
