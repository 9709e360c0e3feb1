/** toolchain/aot/bounds: what it makes of the translator's C, and that it refuses what it does not know. That the bounds are exact: tests/host/aot/engines_test.c. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { withConstantBounds } from "../../../toolchain/aot/bounds.js";
import { runWasm2c } from "../../../toolchain/aot/wasm2c.js";
import { buildKernel } from "../../../toolchain/build/index.js";

describe("toolchain/aot/bounds", () => {
  let folder: string;
  let source: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "wasmote-bounds-"));
    runWasm2c(await buildKernel("minimal-plain"), "minimal", join(folder, "minimal.c"));
    source = readFileSync(join(folder, "minimal.c"), "utf8");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("parts base and offset of every access, and holds them against the size", () => {
    const accesses = (text: string): number => text.match(/_(load|store)\w*\((&instance->|w2c_data)/g)!.length;
    const text = withConstantBounds(source, 4096, "minimal");
    assert.ok(accesses(source) > 500);
    assert.equal(accesses(text), accesses(source));
    assert.equal(text.match(/_(load|store)\w*\(w2c_data, \w+, \d+u[,)]/g)!.length, accesses(source));
    assert.match(text, /\(offset\) > 4096u - sizeof\(t\) \|\| +\\\n +\(base\) > 4096u - sizeof\(t\) - \(offset\)/);
  });

  it("holds copies and fills against the size, too", () => {
    const text = withConstantBounds(source, 4096, "minimal");
    const copies = source.match(/ memory_copy\(&instance/g)!.length;
    assert.ok(copies > 5);
    assert.equal(text.match(/ memory_copy\(w2c_data, \w+, \w+, \w+\);/g)!.length, copies);
    assert.match(text, /memory_copy\(u8\* data, .*\{\n {2}CHECK_SPAN\(dest_addr, n\);\n {2}CHECK_SPAN\(src_addr, n\);\n {2}byte_copy/);
    assert.match(text, /\(len\) > 4096u \|\| \(base\) > 4096u - \(len\)/);
    const other = source.replace("memory_copy(&instance->w2c_M0, &instance->w2c_M0", "memory_copy(&instance->w2c_M0, &instance->w2c_M1");
    assert.throws(() => withConstantBounds(other, 4096, "minimal"), /unknown form: memory_copy\(&instance->w2c_M0, &instance->w2c_M1/);
  });

  it("takes the address of memory once in each function", () => {
    const functions = source.split("FUNC_PROLOGUE;\n").length - 1;
    const text = withConstantBounds(source, 4096, "minimal");
    assert.equal(text.match(/FUNC_PROLOGUE;\n {2}u8\* const w2c_data = instance->w2c_M0\.data;\n/g)!.length, functions);
  });

  it("refuses an access of another form, and definitions that changed", () => {
    const refusal = (text: string): string => {
      try {
        withConstantBounds(text, 4096, "minimal");
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    assert.match(
      refusal(`${source}\n  x = i32_load(&instance->w2c_M0, (u64)(a + b) + 4u);`),
      /an access of an unknown form: i32_load\(&instance/,
    );
    assert.match(refusal(`${source}\n  x = i32_load(&instance->w2c_M1, (u64)(a) + 4u);`), /unknown form: i32_load\(&instance->w2c_M1/);
    assert.match(
      refusal(source.replaceAll("MEMCHECK(mem, addr, t1);", "CHECK(mem, addr, t1);")),
      /holds 0 times, expected once: #define DEFINE_LOAD/,
    );
    assert.throws(() => withConstantBounds(source, 0, "minimal"), /0 bytes of memory, expected at least 8/);
  });
});
