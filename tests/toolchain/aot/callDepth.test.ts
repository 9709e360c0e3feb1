/** toolchain/aot/callDepth: which functions go on counting, and what is refused. That a recursion without end traps: tests/host/aot/engines_test.c. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { withCountedCycles } from "../../../toolchain/aot/callDepth.js";
import { runWasm2c } from "../../../toolchain/aot/wasm2c.js";
import { buildKernel } from "../../../toolchain/build/index.js";
import { findRecursive } from "../../../toolchain/build/recursion.js";
import { ExternKind, SectionId, WasmModule } from "../../../toolchain/build/wasmModule.js";

const COUNT = "  FUNC_PROLOGUE;\n";
const COUNT_BACK = "  FUNC_EPILOGUE;\n";

describe("toolchain/aot/callDepth", () => {
  let folder: string;
  let module: WasmModule;
  let source: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "wasmote-depth-"));
    const path = await buildKernel("minimal-plain");
    runWasm2c(path, "minimal", join(folder, "minimal.c"));
    source = readFileSync(join(folder, "minimal.c"), "utf8");
    module = WasmModule.parse(readFileSync(path));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("leaves counting to the functions that can come back to themselves, and the rest of the text as it is", () => {
    const imported = module.imports().filter(({ kind }) => kind === ExternKind.Function).length;
    const recursive = findRecursive(module.bodies(), imported).flatMap((is, i) => (is ? imported + i : []));
    const text = withCountedCycles(source, module, "minimal");
    const counting = [...text.matchAll(/w2c_f(\d+)\([^)]*\) \{\n(?:.* = 0;\n)* {2}FUNC_PROLOGUE;/g)].map(([, index]) => Number(index));
    assert.ok(recursive.length > 0, "a kernel's schemas nest");
    assert.deepEqual(counting, recursive);
    assert.equal(text.split(COUNT_BACK).length - 1, recursive.length);
    const bare = (c: string): string => c.replaceAll(COUNT, "").replaceAll(COUNT_BACK, "");
    assert.equal(bare(text), bare(source));
  });

  it("refuses text that counts otherwise", () => {
    const other = /counts calls otherwise than once in each of \d+ functions/;
    assert.throws(() => withCountedCycles(source.replace(COUNT, ""), module, "minimal"), other);
    assert.throws(() => withCountedCycles(source.replace(COUNT_BACK, COUNT_BACK + COUNT_BACK), module, "minimal"), other);
  });

  it("refuses functions that call one another in a longer row than the stack has room for", () => {
    // Each calls the next; the last calls none.
    const chain = (length: number): WasmModule => {
      const bodies = Array.from({ length }, (_, i) => (i + 1 < length ? [4, 0, 0x10, i + 1, 0x0b] : [2, 0, 0x0b]));
      return new WasmModule([{ id: SectionId.Code, contents: Uint8Array.from([length, ...bodies.flat()]) }]);
    };
    const text = (length: number): string => `head\n${`{\n${COUNT}${COUNT_BACK}}\n`.repeat(length)}`;
    assert.equal(withCountedCycles(text(40), chain(40), "chain"), `head\n${"{\n}\n".repeat(40)}`);
    assert.throws(() => withCountedCycles(text(41), chain(41), "chain"), /chain: 41 functions call one another in a row, 40 fit/);
  });
});
