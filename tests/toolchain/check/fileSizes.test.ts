import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeOversize, findOversize } from "../../../toolchain/check/fileSizes.js";

const lines = (count: number): string => "x\n".repeat(count);

describe("toolchain/check/fileSizes.ts", () => {
  for (const [path, limit] of [
    ["toolchain/build/build.ts", 400],
    ["host/src/runtime.c", 400],
    ["host/include/runtime.h", 200],
    ["assembly/kernel/host/imports.ts", 200],
    ["assembly/sdk/index.ts", 60],
    ["host/sim/main.c", 120],
    ["main/app_main.c", 120],
    ["examples/x/README.md", 150],
    ["assembly/ARCHITECTURE.md", 80],
  ] as const) {
    it(`allows ${path} ${limit} lines and no more`, () => {
      assert.deepEqual(findOversize(path, lines(limit)), []);
      const [found] = findOversize(path, lines(limit + 1));
      assert.equal(describeOversize(found!), `${path}: ${limit + 1} lines, at most ${limit}`);
    });
  }

  it("does not limit golden data and other documents", () => {
    assert.deepEqual(findOversize("tests/vectors/publish.c", lines(5000)), []);
    assert.deepEqual(findOversize("assembly/kernel/store/DESIGN.md", lines(5000)), []);
  });

  it("finds a C function over 50 lines, by its line", () => {
    const source = (count: number): string =>
      `int a;\n\nstatic int f(int x)\n{\n${"    x++;\n".repeat(count)}}\n\nconst int t[] =\n{\n${"    1,\n".repeat(60)}}\n;\n`;
    assert.deepEqual(findOversize("host/src/a.c", source(50)), []);
    const [found] = findOversize("host/src/a.c", source(51));
    assert.equal(describeOversize(found!), "host/src/a.c:3: a function of 51 lines, at most 50");
  });
});
