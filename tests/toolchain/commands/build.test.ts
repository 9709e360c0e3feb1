import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "../../../toolchain/build/paths.js";
import { writeApp } from "../build/temporaryApp.js";

function build(...args: string[]): { code: number | null; out: string; err: string } {
  const run = spawnSync(process.execPath, [join(ROOT, "toolchain", "run.mjs"), "build", ...args], { cwd: ROOT, encoding: "utf8" });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

describe("toolchain/commands/build.ts", () => {
  it("builds kernel and app and shows where their bytes go", () => {
    const { code, out } = build("--app", "examples/heartbeat", "--profile", "minimal");
    assert.equal(code, 0);
    assert.match(out, /^kernel minimal-plain: \d+ bytes, \d+ bytes of linear memory\n +folder +functions +bytes\n/);
    assert.match(out, /\napp heartbeat: \d+ bytes/);
    assert.match(out, /\n {2}build\/apps\/heartbeat\.wasm\n/);
  });

  const mistakes: [string, string[], RegExp][] = [
    ["an unknown option", ["--ap", "x"], /found --ap \(did you mean --app\?\)/],
    ["a folder without an app", ["--app", "nowhere"], /--app nowhere: no app\.ts there\n {2}expected .*examples\/heartbeat/],
    ["an unknown kernel", ["--kernel", "huge"], /--kernel huge: no such kernel\n {2}expected one of full-plain/],
    [
      "a size that this cloud does not have",
      ["--kernel", "database-tendrl"],
      /--kernel database-tendrl: this version has no such combination\n {2}expected one of full-plain/,
    ],
    ["an unknown engine", ["--engine", "jit"], /--engine: found "jit", expected wasm3 or aot/],
    ["an unknown profile", ["--profile", "huge"], /--profile: found "huge", expected full or minimal or database/],
    ["profile and kernel together", ["--profile", "full", "--kernel", "full-plain"], /both choose the kernel/],
  ];
  for (const [what, args, expected] of mistakes) {
    it(`ends with 2 on ${what}, before anything is built`, () => {
      const { code, out, err } = build(...args);
      assert.equal(code, 2);
      assert.equal(out, "");
      assert.match(err, expected);
    });
  }

  it("ends with 1 when the kernel has no answer to a row that the app calls", () => {
    const { code, err } = build("--app", "examples/database", "--profile", "minimal");
    assert.equal(code, 1);
    assert.match(
      err,
      /examples\/database\/app\.ts: imports db_\w+, which kernel minimal-plain has no answer to\n {2}choose one that has: full-tendrl, minimal-tendrl, database-plain/,
    );
    assert.equal(build("--app", "examples/database", "--profile", "database").code, 0);
  });

  it("ends with 1 when the app does not compile", (context) => {
    const { code, err } = build("--app", writeApp(context, "let x: i32 = 0;\n"));
    assert.equal(code, 1);
    assert.match(err, /app\.ts:1:1: an app must export its setup function\n {2}write/);
  });
});
