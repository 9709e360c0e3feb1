import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { shimHeader, shimSource } from "../../../toolchain/aot/importShims.js";
import { moduleGlue, moduleList } from "../../../toolchain/aot/moduleGlue.js";
import { signatureOf, symbol } from "../../../toolchain/aot/symbols.js";
import { translateKernels } from "../../../toolchain/aot/translate.js";
import { runWasm2c } from "../../../toolchain/aot/wasm2c.js";
import { BuildError, buildKernel } from "../../../toolchain/build/index.js";
import { readRows } from "../../../toolchain/build/contract.js";
import { SectionId, WasmModule } from "../../../toolchain/build/wasmModule.js";
import { crc32 } from "../../../toolchain/config/crc32.js";

const I32 = 0x7f;
const I64 = 0x7e;
const F64 = 0x7c;

describe("toolchain/aot", () => {
  let folder: string;
  let kernel: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "wasmote-aot-"));
    kernel = await buildKernel("minimal-plain");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("names symbols as the translator does", () => {
    assert.equal(symbol("host", "net_send"), "Z_hostZ_net_send");
    assert.equal(symbol("a-b", "Zed"), "Z_aZ2DbZ_Z5Aed");
  });

  it("knows a type by its signature, integers only", () => {
    assert.equal(signatureOf({ params: [I32, I64], results: [I32] }), "i(iI)");
    assert.equal(signatureOf({ params: [], results: [] }), "v()");
    assert.equal(signatureOf({ params: [F64], results: [] }), undefined);
    assert.equal(signatureOf({ params: [], results: [I32, I32] }), undefined);
  });

  it("writes a shim for every row of the wall, with its number and its types", () => {
    const rows = readRows("kernel_imports.def");
    const source = shimSource(rows);
    for (const { name } of rows) assert.match(source, new RegExp(`Z_hostZ_${name}\\(.*AOT_ROW_${name}, `, "s"));
    assert.match(
      source,
      /uint64_t Z_hostZ_clock_wall\(struct Z_host_instance_t \*host\)\n\{\n {4}return \(uint64_t\)aot_import\(host, AOT_ROW_clock_wall, 0\);/,
    );
    assert.match(source, /void Z_hostZ_sys_abort\(.*a3\)\n\{\n {4}const uint64_t args\[\] = \{ a0, a1, a2, a3 \};\n {4}aot_import/);
    assert.equal(shimHeader(rows).match(/^(void|uint32_t|uint64_t) Z_hostZ_\w+\(.*\);$/gm)?.length, rows.length);
  });

  it("describes a kernel by its head, its length and its CRC", () => {
    const bytes = readFileSync(kernel);
    const glue = moduleGlue(bytes, "minimal-plain", kernel);
    assert.match(glue, new RegExp(`\\.bytes_len = ${bytes.length},\\n {4}\\.crc32 = 0x${crc32(bytes).toString(16)}u,`));
    assert.match(glue, /s_head\[\] = \{\n {4}0, 97, 115, 109, 1, 0, 0, 0, 0, 24, 7, 119,/);
    assert.match(glue, /\{ "syscall", "i\(iIiiiiiiii\)", call_syscall \},/);
    assert.match(moduleList(["a-b", "c"]), /aot_modules\[\] = \{ &aot_module_a_b, &aot_module_c, 0 \};/);
  });

  it("refuses what the run time could not carry", () => {
    const withType = (params: number[], results: number[]): Uint8Array => {
      const module = WasmModule.parse(readFileSync(kernel));
      module.setEntries(SectionId.Type, [Uint8Array.from([0x60, params.length, ...params, results.length, ...results])]);
      return module.toBytes();
    };
    const many = Array.from({ length: 12 }, () => I32);
    assert.throws(
      () => moduleGlue(withType(many, [I32]), "x", "x.ts"),
      /^Error: x\.ts: a function takes 12 values and returns 1, too many/,
    );
    assert.throws(() => moduleGlue(withType([], [I32, I32]), "x", "x.ts"), /returns 2, too many/);
    const bare = WasmModule.parse(readFileSync(kernel));
    bare.strip();
    assert.throws(() => moduleGlue(bare.toBytes(), "x", "x.ts"), /without a manifest/);
  });

  it("translates, and touches nothing that did not change", () => {
    const out = join(folder, "out");
    translateKernels([{ name: "minimal-plain", path: kernel }], out);
    const files = readdirSync(out).sort();
    assert.deepEqual(files, [
      "aot_modules.c",
      "aot_shims.c",
      "aot_shims.h",
      "minimal_plain.c",
      "minimal_plain.h",
      "minimal_plain_module.c",
      "wasm-rt.h",
    ]);
    const times = (): number[] => files.map((file) => statSync(join(out, file)).mtimeMs);
    const before = times();
    translateKernels([{ name: "minimal-plain", path: kernel }], out);
    assert.deepEqual(times(), before);
    writeFileSync(join(out, "aot_shims.c"), "/* old */");
    translateKernels([{ name: "minimal-plain", path: kernel }], out);
    assert.match(readFileSync(join(out, "aot_shims.c"), "utf8"), /AOT_ROW_net_send/);
  });

  it("says what the translator said", () => {
    const broken = join(folder, "broken.wasm");
    writeFileSync(broken, Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 9]));
    assert.throws(
      () => runWasm2c(broken, "broken", join(folder, "broken.c")),
      (error) => error instanceof BuildError && /broken\.wasm ended with 1:\n.*section/s.test(error.message),
    );
  });
});

describe("toolchain/aot/wasm2c", () => {
  const path = process.env.PATH;
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "wasmote-wasm2c-"))));
  after(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });

  it("says how to install a translator that is missing, and refuses one it does not know", () => {
    process.env.PATH = folder;
    assert.throws(() => runWasm2c("x.wasm", "x", "x.c"), /wasm2c: not found\n {2}install it: apt-get install wabt/);
    writeFileSync(join(folder, "wasm2c"), "#!/bin/sh\necho 1.0.36\n", { mode: 0o755 });
    assert.throws(() => runWasm2c("x.wasm", "x", "x.c"), /wasm2c: found version 1\.0\.36, expected 1\.0\.32/);
  });
});
