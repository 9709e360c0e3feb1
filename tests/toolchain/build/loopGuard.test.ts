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

  for (const [kind, functions, call] of [
    ["a function that calls itself", "function f(n: i64): i64 { return n < 2 ? now() : f(n - 1) + f(n - 2); }", "f(60)"],
    [
      "functions that call each other",
      "function f(n: i64): i64 { return n < 2 ? now() : g(n - 1) + g(n - 2); }\n" +
        "function g(n: i64): i64 { return n < 2 ? now() + 1 : f(n - 1) + f(n - 2); }",
      "f(60)",
    ],
    [
      "calls by reference",
      "function leaf(n: i64): i64 { return n; }\nlet next: (n: i64) => i64 = leaf;\n" +
        "function f(n: i64): i64 { return n < 2 ? now() : next(n - 1) + next(n - 2); }\n" +
        "function start(n: i64): i64 { next = f; return f(n); }",
      "start(60)",
    ],
  ] as const) {
    it(`ends ${kind} without an end in sight when the fuel is gone`, async (context) => {
      const source = `import { log, now } from "wasmote";\n${functions}\nexport function setup(): void { log((${call}).toString()); }\n`;
      const board = await boardFor(context, source);
      board.fuel.value = 1000;
      assert.throws(() => board.setup(), (error) => error instanceof WebAssembly.RuntimeError && error.message.includes("unreachable"));
      assert.equal(board.fuel.value, 0);
    });
  }

  it("leaves a function alone that comes to its end by itself", async (context) => {
    const source = `import { log, now } from "wasmote";
function twice(n: i64): i64 { return n + now(); }
export function setup(): void { if (twice(1) + twice(2) == 7) log("seven"); }
`;
    const board = await boardFor(context, source);
    board.fuel.value = 1000;
    board.setup();
    assert.equal(board.fuel.value, 1000);
  });

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
