import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeFigures, parseOutput } from "../../../toolchain/bench/figures.js";

const OUTPUT = `kernel online
figure heap.linearMemory 100
figure heap.compiledCode 200
figure heap.moduleMetadata 30
figure heap.interpreterStack 40
figure heap.runtime 50
figure heap.app 60
figure heap.appLinearMemory 20
figure heap.appCompiledCode 10
figure heap.peak 500
figure steady.allocations 0
figure steady.memoryGrowth 0
figure kernel.memoryTouched 90
figure stack.boot 7
figure stack.steps 9
figure publishBytes 123
figure instructions.syscallEmpty 280
done
`;

const map = [
  { section: ".text", object: "wasm3/libwasm3.a(m3_env.c.obj)", bytes: 1000 },
  { section: ".data", object: "libwasmote_host.a(a.c.obj)", bytes: 3 },
  { section: ".bss", object: "libwasmote_host.a(a.c.obj)", bytes: 4 },
  { section: ".text", object: "CMakeFiles/bench.dir/main.c.obj", bytes: 999 },
];

describe("toolchain/bench/figures", () => {
  const printed = parseOutput(OUTPUT.replace("\n", "\r\n"));
  const figures = makeFigures({ engine: "wasm3", printed, printedWithoutTailCalls: printed, map, modules: { kernel: 5000, app: 300 } });

  it("adds static RAM to the runtime, and the deepest stack of both", () => {
    assert.equal(figures.ram.runtime, 57);
    assert.equal(figures.ram.cStack, 9);
  });

  it("totals are sums of their parts", () => {
    assert.equal(figures.ram.total, 100 + 200 + 30 + 57 + 40 + 9 + 60);
    assert.deepEqual(figures.flash, { interpreter: 1000, host: 3, kernel: 5000, app: 300, total: 6303 });
  });

  it("an operation that was not measured is null, not 0", () => {
    assert.equal(figures.instructions.syscallEmpty, 280);
    assert.equal(figures.instructions.jsonParse100, null);
  });

  it("refuses an output without its end, or without a figure", () => {
    assert.throws(() => parseOutput("failed the kernel trapped\n"), /did not finish:\nfailed the kernel trapped/);
    const short = parseOutput("done\n");
    assert.throws(
      () => makeFigures({ engine: "wasm3", printed: short, printedWithoutTailCalls: short, map, modules: { kernel: 1, app: 1 } }),
      /printed no figure heap\.linearMemory/,
    );
  });
});
