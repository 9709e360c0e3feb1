/** The command lines of npm run ota and npm run sign: what is wrong with them, before anything is built or sent. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

import { buildApp } from "../../../toolchain/build/index.js";
import { ROOT } from "../../../toolchain/build/paths.js";
import { privateKey, unpack } from "../../../toolchain/package/index.js";

const folder = mkdtempSync(join(tmpdir(), "wasmote-ota-"));
process.env["WASMOTE_KEYS"] = folder;
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

function run(command: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const ended = spawnSync(process.execPath, [join(ROOT, "toolchain", "run.mjs"), command, ...args], { cwd: ROOT, encoding: "utf8" });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

type Mistake = [what: string, args: string[], code: 1 | 2, expected: RegExp];

function refuse(command: string, mistakes: Mistake[]): void {
  for (const [what, args, code, expected] of mistakes) {
    it(`ends with ${code} on ${what}`, () => {
      const ended = run(command, ...args);
      assert.equal(ended.code, code, ended.err);
      assert.match(ended.err, expected);
    });
  }
}

const PUSH = ["push", "--app", "examples/heartbeat", "--topic", "devices/x"];
const TO = ["--to", "mqtt://localhost:1"];

describe("toolchain/commands/ota.ts", () => {
  refuse("ota", [
    ["nothing to do", [], 2, /found nothing to do, expected push/],
    ["another action", ["pull"], 2, /found "pull", expected push/],
    ["an unknown option", [...PUSH, "--topik", "x"], 2, /found --topik \(did you mean --topic\?\)/],
    ["no app", ["push", ...TO, "--topic", "t"], 2, /--app/],
    ["no broker", PUSH, 2, /--to/],
    ["no topic", ["push", "--app", "examples/heartbeat", ...TO], 2, /--topic/],
    ["a URL that is no broker's", [...PUSH, "--to", "https://x"], 2, /--to: found "https:\/\/x", expected mqtt:\/\/HOST:PORT/],
    ["a counter of zero", [...PUSH, ...TO, "--counter", "0"], 2, /--counter/],
    ["a waiting time of a day and more", [...PUSH, ...TO, "--seconds", "86401"], 2, /--seconds/],
    ["a place to serve that has no port", [...PUSH, ...TO, "--serve", "https://host"], 2, /--serve: found "https:\/\/host", expected http/],
    ["a port that is none", [...PUSH, ...TO, "--serve", "http://host:70000"], 2, /--serve: found/],
    ["HTTPS without a certificate", [...PUSH, ...TO, "--serve", "https://host:1"], 2, /takes --cert FILE and --cert-key FILE/],
    ["a certificate for nothing", [...PUSH, ...TO, "--cert", "x"], 2, /--cert and --cert-key are for --serve/],
    ["a folder without an app", ["push", "--app", "nowhere", ...TO, "--topic", "t"], 2, /--app nowhere: no app\.ts there/],
    ["a key that is not there", [...PUSH, ...TO, "--key", "nowhere.pem"], 1, /--key .*nowhere\.pem/],
    ["a broker that does not answer", [...PUSH, ...TO], 2, /--to: /],
  ]);
});

describe("toolchain/commands/sign.ts", () => {
  it("signs a built app: the package is what the board would read", async () => {
    const module = await buildApp("examples/heartbeat");
    const { code, err } = run("sign", module, "--name", "meter", "--version", "1.2", "--counter", "7", "--out", at("meter.wmpk"));
    assert.equal(code, 0, err);
    const { name, version, counter } = unpack(readFileSync(at("meter.wmpk")), privateKey());
    assert.deepEqual([name, version, counter], ["meter", "1.2", 7]);
  });

  it("makes a key, and never over another", () => {
    assert.equal(run("sign", "--new-key", at("release.pem")).code, 0);
    const key = readFileSync(at("release.pem"), "utf8");
    const again = run("sign", "--new-key", at("release.pem"));
    assert.equal(again.code, 1);
    assert.match(again.err, /exists: a key is never written over/);
    assert.equal(readFileSync(at("release.pem"), "utf8"), key);
    assert.match(run("sign", "--public-key", "--key", at("release.pem")).out, /^04[0-9a-f]{128}\n$/);
  });

  it("refuses the development key for a release", () => {
    const { code, err } = run("sign", "--key-source", at("keys.c"), "--release");
    assert.equal(code, 1);
    assert.match(err, /a release takes no updates that the development key signs/);
    assert.ok(!existsSync(at("keys.c")));
  });

  it("refuses what is no app that a board may run, with its reason", () => {
    writeFileSync(at("broken.wasm"), "no module");
    writeFileSync(at("empty.wasm"), Buffer.from("0061736d01000000", "hex"));
    for (const [file, reason] of [
      ["broken.wasm", /not a valid WebAssembly module/],
      ["empty.wasm", /no manifest of an app/],
    ] as const) {
      const { code, err } = run("sign", at(file));
      assert.equal(code, 1);
      assert.match(err, reason);
      assert.ok(!existsSync(at(file.replace("wasm", "wmpk"))));
    }
  });

  refuse("sign", [
    ["nothing to sign", [], 2, /found no module/],
    ["two modules", ["a.wasm", "b.wasm"], 2, /found "b\.wasm" behind the module/],
    ["a module that is not there", ["nowhere.wasm"], 2, /found no file nowhere\.wasm/],
    ["a key that is not there", ["README.md", "--key", "nowhere.pem"], 1, /./],
    ["an unknown option", ["--kee", "x"], 2, /found --kee/],
  ]);
});
