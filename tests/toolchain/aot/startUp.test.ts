/** toolchain/aot: what is done once, and what becomes part of its callers. That data outside the memory traps: tests/host/aot/engines_test.c. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { withSmallInlined } from "../../../toolchain/aot/inlining.js";
import { withShortStart } from "../../../toolchain/aot/startUp.js";
import { runWasm2c } from "../../../toolchain/aot/wasm2c.js";
import { buildKernel } from "../../../toolchain/build/index.js";
import { findRecursive } from "../../../toolchain/build/recursion.js";
import { ExternKind, SectionId, WasmModule } from "../../../toolchain/build/wasmModule.js";

describe("toolchain/aot", () => {
  let folder: string;
  let module: WasmModule;
  let source: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "wasmote-start-"));
    const path = await buildKernel("minimal-plain");
    runWasm2c(path, "minimal", join(folder, "minimal.c"));
    source = readFileSync(join(folder, "minimal.c"), "utf8");
    module = WasmModule.parse(readFileSync(path));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("copies every data segment in one loop", () => {
    const before = [...source.matchAll(/LOAD_DATA\(instance->w2c_M0, (\d+)u, (\w+), (\d+)\)/g)].map(([, at, name, len]) => [name, at, len]);
    const text = withShortStart(source, module, "minimal");
    assert.ok(before.length > 1);
    assert.deepEqual(
      [...text.matchAll(/^ {2}\{(\w+), (\d+)u, (\d+)u\},$/gm)].map(([, ...row]) => row),
      before,
    );
    assert.doesNotMatch(text, /LOAD_DATA\(instance/);
    assert.match(text, /wasm_rt_allocate_memory\(.*\);\n {2}for \(.*\) \{\n {4}CHECK_SPAN\(.*\);\n {4}memcpy\(.*\);\n {2}\}\n\}/);
  });

  it("numbers types where there is a table of functions, and only there", () => {
    assert.match(source, /func_types\[0\] = /);
    assert.doesNotMatch(withShortStart(source, module, "minimal"), /func_types\[0\] = /);
    const withTable = new WasmModule([...module.sections, { id: SectionId.Table, contents: Uint8Array.of(0) }]);
    assert.match(withShortStart(source, withTable, "minimal"), /func_types\[0\] = /);
  });

  it("refuses data and types of another form", () => {
    const other = source.replace(/LOAD_DATA\(instance->w2c_M0, (\d+)u/, "LOAD_DATA(instance->w2c_M0, $1u + 1u");
    assert.throws(
      () => withShortStart(other, module, "minimal"),
      /minimal: wasm2c fills memory (\d+) times, \d+ of them are of a known form/,
    );
    assert.throws(
      () => withShortStart(source.replace("init_func_types(void) {", "init_types(void) {"), module, "minimal"),
      /wasm2c wrote no types/,
    );
  });

  it("makes small functions part of their callers, but not those that can come back to themselves", () => {
    const bodies = module.bodies();
    const imported = module.imports().filter(({ kind }) => kind === ExternKind.Function).length;
    const isRecursive = findRecursive(bodies, imported);
    const exported = new Set(module.exports().map(({ index }) => index));
    const isSmall = (i: number): boolean => bodies[i]!.length <= 28 && !isRecursive[i] && !exported.has(imported + i);
    const small = bodies.flatMap((_, i) => (isSmall(i) ? [imported + i] : []));
    const text = withSmallInlined(source, module);
    const marked = [...text.matchAll(/^static ALWAYS_INLINE \w+ w2c_f(\d+)\(.*\{$/gm)].map(([, index]) => Number(index));
    assert.ok(small.length > 5 && small.length < bodies.length / 2);
    assert.deepEqual(marked, small);
    assert.equal(text.split("static ALWAYS_INLINE ").length - 1, 2 * small.length, "declared as they are defined");
    const own = new WasmModule([{ id: SectionId.Code, contents: Uint8Array.of(1, 4, 0, 0x10, 0, 0x0b) }]);
    assert.equal(withSmallInlined("static u32 w2c_f0(void);", own), "static u32 w2c_f0(void);", "it calls itself");
  });
});
