/** The built modules against the tables: what they export, what they import, and the manifest that stands first. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";

import { buildApp, buildKernel } from "../../toolchain/build/index.js";
import { WasmModule } from "../../toolchain/build/wasmModule.js";
import { parseDef, readText } from "./tables.js";

const MANIFEST_BYTES = 16;

const exportRows = [
  ...readText("host/include/exports.def").matchAll(/^(KERNEL|APP)_EXPORT(_OPTIONAL)?(_GLOBAL)?\((\w+), "([^"]+)"\)/gm),
].map(([, side, optional, global, name, signature]) => ({
  side,
  isOptional: optional !== undefined,
  isGlobal: global !== undefined,
  name: name!,
  signature: signature!,
}));

const modules = [
  { what: "full-plain", side: "KERNEL", kind: 0, def: "kernel_imports.def", build: () => buildKernel("full-plain") },
  { what: "minimal-plain", side: "KERNEL", kind: 0, def: "kernel_imports.def", build: () => buildKernel("minimal-plain") },
  { what: "examples/heartbeat", side: "APP", kind: 1, def: "app_imports.def", build: () => buildApp("examples/heartbeat") },
  { what: "examples/comfortable", side: "APP", kind: 1, def: "app_imports.def", build: () => buildApp("examples/comfortable") },
] as const;

for (const { what, side, kind, def, build } of modules) {
  describe(what, () => {
    let module: WasmModule;
    before(async () => {
      module = WasmModule.parse(readFileSync(await build()));
    });

    it("exports what the host calls, and nothing else", () => {
      const rows = exportRows.filter((row) => row.side === side);
      const found = module.exports().map(({ name }) => name);
      assert.ok(rows.length >= 5);
      for (const { name, isOptional } of rows) assert.ok(isOptional || found.includes(name), `${name} is missing`);
      for (const name of found)
        assert.ok(
          rows.some((row) => row.name === name),
          `${name} is more than the host calls`,
        );
    });

    it("imports rows of its wall alone", () => {
      const rows = new Set(parseDef(readText(`host/include/${def}`)).map((row) => `${row.module}.${row.name}`));
      for (const { module: from, name } of module.imports()) assert.ok(rows.has(`${from}.${name}`), `${from}.${name}`);
    });

    it("begins with a manifest of its kind and of this ABI", () => {
      const first = module.sections[0]!;
      assert.equal(first.name, "wasmote");
      assert.equal(first.contents.length, MANIFEST_BYTES);
      const manifest = new DataView(first.contents.buffer, first.contents.byteOffset, MANIFEST_BYTES);
      const abi = Number(/^ABI_VERSION\((\d+)\)/m.exec(readText("host/include/exports.def"))![1]);
      assert.deepEqual([manifest.getUint8(0), manifest.getUint8(1), manifest.getUint16(2, true)], [1, kind, abi]);
      const memoryBytes = manifest.getUint32(4, true);
      assert.ok(memoryBytes > 0 && memoryBytes < 65536 && memoryBytes % 8 === 0);
    });
  });
}
