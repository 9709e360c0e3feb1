import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { countNodeTests } from "../../../toolchain/testing/counts.js";
import { suiteOf, suites, testFiles } from "../../../toolchain/testing/suites.js";

const REPORTER = new URL("../../../toolchain/testing/reporter.mjs", import.meta.url).pathname;

describe("toolchain/testing/suites", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "wasmote-suites-"));
    for (const name of ["faults/cut.test.ts", "faults/cut.long.test.ts", "faults/helper.ts", "assembly/a.spec.ts"]) {
      mkdirSync(join(root, "tests", name, ".."), { recursive: true });
      writeFileSync(join(root, "tests", name), "");
    }
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("finds test files, the long ones only when asked", () => {
    assert.deepEqual(testFiles(".test.ts", { isLong: false, pattern: "" }, root), ["tests/faults/cut.test.ts"]);
    assert.deepEqual(testFiles(".test.ts", { isLong: true, pattern: "" }, root), [
      "tests/faults/cut.long.test.ts",
      "tests/faults/cut.test.ts",
    ]);
    assert.deepEqual(testFiles(".spec.ts", { isLong: false, pattern: "" }, root), ["tests/assembly/a.spec.ts"]);
    assert.deepEqual(testFiles(".test.ts", { isLong: true, pattern: "none" }, root), []);
  });

  it("gives every test file of this repository to a suite that exists", () => {
    const names = suites.map(({ name }) => name);
    const files = testFiles(".test.ts", { isLong: true, pattern: "" });
    assert.ok(files.length > 10);
    for (const file of files) assert.ok(names.includes(suiteOf(file)), file);
  });

  it("sorts by folder; what has no suite of its own is the toolchain's", () => {
    assert.equal(suiteOf("tests/scenarios/outage.test.ts"), "scenarios");
    assert.equal(suiteOf("tests/contract/rows.test.ts"), "contract");
    assert.equal(suiteOf("tests/components/wasm3.test.ts"), "toolchain");
  });
});

describe("toolchain/testing/reporter", () => {
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "wasmote-reporter-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function run(source: string): { output: string; passed: number; failed: number } {
    const file = join(folder, "x.test.mjs");
    writeFileSync(file, source);
    const args = ["--test", "--test-reporter", REPORTER, "--test-reporter-destination", "stdout", file];
    // Without NODE_TEST_CONTEXT: inside a test run, node --test would report to that run.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const output = spawnSync(process.execPath, args, { encoding: "utf8", env }).stdout;
    return { output, ...countNodeTests(output) };
  }

  it("counts tests and not the blocks around them", () => {
    const { passed, failed, output } = run(`
      import { describe, it } from "node:test";
      console.log("printed on the way");
      describe("outer", () => {
        it("good", () => {});
        it.skip("left out", () => {});
        describe("inner", () => it("bad", () => { throw new Error("because"); }));
      });`);
    assert.deepEqual([passed, failed], [1, 1]);
    assert.match(output, /FAILED .*x\.test\.mjs: 1 passed, 1 failed\n {7}bad\n {9}Error: because/);
    assert.match(output, /What the file printed:\n {9}printed on the way/);
  });

  it("fails a file without a test, and one that does not load", () => {
    assert.deepEqual([run("").passed, run("").failed], [0, 1]);
    assert.match(run("").output, /no test in this file/);
    assert.equal(run("process.exit(3)").failed, 1);
    assert.equal(run('throw new Error("broken file")').failed, 1);
  });
});
