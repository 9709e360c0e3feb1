/** components/wasm3: the edits fit the pinned source, and a source they do not fit is refused. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { VERSIONS } from "../../../components/wasm3/edits/index.mjs";
import { applyEdit } from "../../../components/wasm3/prepare.mjs";

const ROOT = join(fileURLToPath(import.meta.url), "..", "..", "..", "..");
const PREPARE = join(ROOT, "components", "wasm3", "prepare.mjs");
const PACKAGED = join(ROOT, "node_modules", "react-native-webassembly", "cpp");

let folder = "";

/** Runs prepare.mjs on a checkout (WASM3_DIR), or on the npm package. */
function prepare(output: string, checkout?: string): { status: number | null; folder: string; error: string } {
  const env = { ...process.env };
  delete env["WASM3_DIR"];
  if (checkout !== undefined) env["WASM3_DIR"] = checkout;
  const run = spawnSync(process.execPath, [PREPARE, output], { env, encoding: "utf8" });
  return { status: run.status, folder: run.stdout.trimEnd(), error: run.stderr };
}

/** A checkout with one file changed by `change`. */
function checkoutWith(name: string, file: string, change: (text: string) => string): string {
  const checkout = join(folder, name);
  cpSync(PACKAGED, join(checkout, "source"), { recursive: true });
  const path = join(checkout, "source", file);
  writeFileSync(path, change(readFileSync(path, "utf8")));
  return checkout;
}

describe("components/wasm3/prepare.mjs", () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "wasm3-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("puts every edit into the pinned source", () => {
    const output = join(folder, "packaged");
    assert.deepEqual(prepare(output), { status: 0, folder: PACKAGED, error: "" });
    for (const { file, why, put } of VERSIONS[0]!.edits) {
      assert.ok(readFileSync(join(output, file), "utf8").includes(put), why);
    }
  });

  it("takes the interpreter alone: no bindings for WASI, libc or tracing", () => {
    const names = readdirSync(join(folder, "packaged"));
    assert.ok(names.includes("m3_compile.c") && names.includes("wasm3.h"));
    assert.deepEqual(
      names.filter((name) => name.startsWith("m3_api_") || name.endsWith(".cpp")),
      [],
    );
  });

  it("writes nothing the second time, and mends what was changed", () => {
    const output = join(folder, "packaged");
    const path = join(output, "m3_env.c");
    const before = statSync(path).mtimeMs;
    const text = readFileSync(path, "utf8");
    assert.equal(prepare(output).status, 0);
    assert.equal(statSync(path).mtimeMs, before);
    writeFileSync(path, `${text}\n`);
    writeFileSync(join(output, "m3_left_over.c"), "");
    assert.equal(prepare(output).status, 0);
    assert.equal(readFileSync(path, "utf8"), text);
    assert.ok(!readdirSync(output).includes("m3_left_over.c"));
  });

  it("takes a checkout of the same version from WASM3_DIR", () => {
    const checkout = checkoutWith("same", "m3_info.c", (text) => `${text}/* built from a checkout */\n`);
    const output = join(folder, "same-output");
    assert.deepEqual(prepare(output, checkout), { status: 0, folder: join(checkout, "source"), error: "" });
    assert.match(readFileSync(join(output, "m3_info.c"), "utf8"), /built from a checkout/);
  });

  it("refuses an unknown version, and names those it knows", () => {
    const checkout = checkoutWith("unknown", "wasm3.h", (text) => text.replace('"0.5.0"', '"7.1.0"'));
    const { status, error } = prepare(join(folder, "unknown-output"), checkout);
    assert.equal(status, 1);
    assert.match(error, /^wasm3: version 7\.1\.0 in .* is not one that components\/wasm3\/edits\/index\.mjs knows; known: 0\.5\.0/);
    assert.equal(error.trim().split("\n").length, 1);
  });

  it("refuses a source in which the expected text of an edit is missing, or stands there twice", () => {
    for (const edit of VERSIONS[0]!.edits) {
      const text = readFileSync(join(PACKAGED, edit.file), "utf8");
      const times = edit.times ?? 1;
      for (const [count, instead] of [
        [times - 1, ""],
        [times + 1, edit.find + edit.find],
      ] as const) {
        const changed = text.replace(edit.find, () => instead);
        const expected =
          `taken for 7.1.0, but ${edit.file} holds the expected text ${count} times instead of ${times === 1 ? "once" : times} ` +
          `(edit: ${edit.why}; text: ${JSON.stringify(edit.find)}); known: ${VERSIONS[0]!.name}`;
        assert.throws(
          () => applyEdit(changed, edit, "7.1.0"),
          (error: Error) => error.message.includes(expected),
          edit.why,
        );
      }
    }
  });

  it("ends with one line, and writes nothing, when an edit does not fit", () => {
    const { file, find } = VERSIONS[0]!.edits.at(-1)!;
    const checkout = checkoutWith("changed", file, (text) => text.replace(find, () => ""));
    const output = join(folder, "changed-output");
    const { status, error } = prepare(output, checkout);
    assert.equal(status, 1);
    assert.match(error, /^wasm3: taken for 0\.5\.0 .*known: 0\.5\.0 .*\n$/);
    assert.ok(!existsSync(output));
  });

  it("refuses a source that has mended by itself what an edit mends", () => {
    const mend = "                else result = m3Err_mallocFailed; // mended by itself\n";
    const stored = "                    * o_utf8 = utf8;\n                }\n";
    const checkout = checkoutWith("mended", "m3_core.c", (text) => text.replace(stored, () => stored + mend));
    const { status, error } = prepare(join(folder, "mended-output"), checkout);
    assert.equal(status, 1);
    assert.match(error, /m3_core\.c holds the expected text 0 times .*a name that could not be stored/);
  });

  it("refuses a relative WASM3_DIR, which would mean another folder in each build", () => {
    const { status, error } = prepare(join(folder, "none"), "wasm3");
    assert.equal(status, 1);
    assert.match(error, /^wasm3: WASM3_DIR=wasm3 is relative, .*expected an absolute path\n$/);
  });

  it("says what to run when the package is missing, and what WASM3_DIR should be", () => {
    const { status, error } = prepare(join(folder, "none"), join(folder, "no-such-checkout"));
    assert.equal(status, 1);
    assert.match(error, /WASM3_DIR=.*no-such-checkout holds no source\/wasm3\.h; expected a checkout of wasm3/);
  });
});
