/** What is done to a kernel behind the compiler: evaluated, shrunk, its data joined; and that it does the same afterwards. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { moveAddresses } from "../../../toolchain/build/addresses.js";
import { evaluate, shrink } from "../../../toolchain/build/binaryen.js";
import { joinDataSegments } from "../../../toolchain/build/dataSegments.js";
import { BuildError } from "../../../toolchain/build/errors.js";
import { SectionId, type WasmModule } from "../../../toolchain/build/wasmModule.js";
import { answerOf, compileLines } from "./temporaryKernel.js";

const OBJECTS = `
  class Part { constructor(public a: i32, public b: i32) {} }
  const first = new Part(20, 3), gap = new StaticArray<u8>(40), room = new StaticArray<u8>(300), second = new Part(1, 18);
  export function answer(): i32 { return first.a + first.b + second.a + second.b + room[299]; }`;

const segments = (module: { section(id: SectionId): { contents: Uint8Array } | undefined }): number => module.section(SectionId.Data)!.contents[0]!;

describe("build/binaryen", () => {
  it("makes the objects of a module's start when it is built, and drops the code that made them", async () => {
    const compiled = await compileLines(OBJECTS);
    const evaluated = await evaluate(compiled, "start");
    assert.equal(await answerOf(evaluated), 42);
    const makesParts = (module: WasmModule): boolean => [...module.functionNames().values()].some((name) => name.endsWith("Part#constructor"));
    assert.ok(makesParts(compiled));
    assert.ok(!makesParts(evaluated));
    assert.ok(!evaluated.exports().some(({ name }) => name === "start"));
  });

  it("refuses a start that calls the host", async () => {
    const compiled = await compileLines(`
      @external("host", "clock_monotonic") declare function clock(): i64;
      const startedAt = clock();
      export function answer(): i64 { return startedAt; }`);
    await assert.rejects(evaluate(compiled, "start"), (error) => error instanceof BuildError && /calls the host/.test(error.message));
  });

  it("inlines small functions", async () => {
    const compiled = await compileLines(`
      let total: i32 = 40;
      function add(value: i32): void { total += value; }
      export function answer(): i32 { add(1); add(1); return total; }`);
    const shrunk = await shrink(await evaluate(compiled, "start"), 40, 40);
    assert.equal(shrunk.bodies().length, 1);
    assert.equal(await answerOf(shrunk), 42);
  });
});

describe("build/addresses", () => {
  it("moves the address of a load into its offset, and leaves other constants as they are", async () => {
    const module = await shrink(await evaluate(await compileLines(OBJECTS), "start"), 6, 300);
    const loads = (): number => module.bodies().filter((body) => /\x41\x00[\x28-\x35]/.test(Buffer.from(body).toString("latin1"))).length;
    assert.equal(loads(), 0);
    moveAddresses(module);
    assert.equal(loads(), 1);
    assert.equal(await answerOf(module), 42);
    const constant = await evaluate(await compileLines("export function answer(): i32 { return 40 + load<u8>(0, 16) * 0 + 2; }"), "start");
    moveAddresses(constant);
    assert.equal(await answerOf(constant), 42);
  });
});

describe("build/dataSegments", () => {
  it("joins segments over small gaps, and only those", async () => {
    const module = await evaluate(await compileLines(OBJECTS), "start");
    const before = segments(module);
    joinDataSegments(module, 64);
    assert.equal(segments(module), 2);
    assert.ok(before > 2);
    assert.equal(module.section(SectionId.DataCount), undefined);
    assert.equal(await answerOf(module), 42);
    joinDataSegments(module, 400);
    assert.equal(segments(module), 1);
    assert.equal(await answerOf(module), 42);
  });
});
