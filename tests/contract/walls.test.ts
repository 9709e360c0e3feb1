/** Both walls: the same rows on both sides, as text and in the import section of a module that keeps every row. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { compile } from "../../toolchain/build/compile.js";
import { declaredNames, parseDeclarations, parseDef, readText, type Row } from "./tables.js";

const WALLS = [
  { name: "the kernel's wall", def: "host/include/kernel_imports.def", table: "assembly/kernel/host/imports.ts" },
  { name: "the app's wall", def: "host/include/app_imports.def", table: "assembly/sdk/syscalls.ts" },
];

const WASM_TYPES: Readonly<Record<string, number>> = { i: 0x7f, I: 0x7e, "*": 0x7f };

/** What of a row must be equal on both sides. */
function facts({ heading, module, name, shape }: Row): string {
  return `${heading}: ${module}.${name} ${shape}`;
}

/** Compiles a module that calls every row of a table once, and returns its imports as rows without headings. */
async function importsOf(table: string): Promise<string[]> {
  const entry = "build/contract/everyRow.ts";
  const names = declaredNames(readText(table));
  const calls = names.map(({ name, params }) => `  ${name}(${Array(params).fill("0").join(", ")});`);
  const source = `import { ${names.map(({ name }) => name).join(", ")} } from "../../${table.replace(/\.ts$/, "")}";
export function everyRow(): void {\n${calls.join("\n")}\n}\n`;
  const compiled = await compile({
    entry,
    args: ["--runtime", "stub", "--use", "abort="],
    virtualFile: (path) => (path.endsWith(entry) ? source : null),
  });
  return compiled.module.imports().map(({ module, name, type }) => `${module}.${name} ${type!.results.join()}(${type!.params.join()})`);
}

function asImport({ module, name, shape }: Row): string {
  const types = [...shape.slice(2, -1)].map((code) => WASM_TYPES[code]);
  return `${module}.${name} ${shape[0] === "v" ? "" : WASM_TYPES[shape[0]!]}(${types.join()})`;
}

for (const wall of WALLS) {
  describe(wall.name, () => {
    const rows = parseDef(readText(wall.def));

    it("has the same rows, order, headings and types on both sides", () => {
      assert.ok(rows.length > 20);
      assert.deepEqual(parseDeclarations(readText(wall.table)).map(facts), rows.map(facts));
    });

    it("has every row once, in wire names of snake_case", () => {
      assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
      for (const { name } of rows) assert.match(name, /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    });

    it("has a length behind every pointer, and at most eight arguments", () => {
      for (const { name, signature } of rows) {
        assert.doesNotMatch(signature, /[<>](?!i)/, name);
        assert.ok(signature.slice(2, -1).length <= 8, name);
      }
    });

    it("is what a module that keeps every row imports", async () => {
      const imports = await importsOf(wall.table);
      assert.deepEqual(imports.sort(), rows.map(asImport).sort());
    });
  });
}

describe("the readers of the tables", () => {
  const def = '/* a table */\n\n/* net */\nHOST_IMPORT(net_send, "i(i<i)")\nKERNEL_CALL(step, "v(I)")\n';

  it("read a .def row with heading, module and shape", () => {
    assert.deepEqual(parseDef(def).map(facts), ["net: host.net_send i(i*i)", "net: kernel.step v(I)"]);
  });

  it("refuse a line that is no row", () => {
    assert.throws(() => parseDef(`${def}HOST_IMPORT(net_recv, "i(i*i)")\n`), /not a row: HOST_IMPORT\(net_recv/);
    assert.throws(() => parseDef(`${def}HOST_IMPROT(net_recv, "i(i>i)")\n`), /not a row/);
  });

  it("read a declaration over several lines", () => {
    const text =
      '// net\n\n/** Sends. */\n@external("host", "net_send")\nexport declare function netSend(\n  socket: i32, src: usize, len: i32,\n): i32;\n';
    assert.deepEqual(parseDeclarations(text).map(facts), ["net: host.net_send i(i*i)"]);
    assert.deepEqual(declaredNames(text), [{ name: "netSend", params: 3 }]);
  });

  it("refuse a type that cannot cross", () => {
    const text = '@external("host", "name")\nexport declare function name(text: string): i32;';
    assert.throws(() => parseDeclarations(text), /type string cannot cross a wall/);
  });

  it("tell a changed type, a changed name and a changed order", () => {
    const row = (name: string, params: string): string => `@external("host", "${name}")\nexport declare function f(${params}): i32;\n`;
    const expected = parseDef('/**/\n/* a */\nHOST_IMPORT(x, "i(i)")\nHOST_IMPORT(y, "i(<i)")\n').map(facts);
    const side = (text: string): string[] => parseDeclarations(`// a\n${text}`).map(facts);
    assert.deepEqual(side(row("x", "a: i32") + row("y", "p: usize, n: i32")), expected);
    assert.notDeepEqual(side(row("x", "a: i64") + row("y", "p: usize, n: i32")), expected);
    assert.notDeepEqual(side(row("x", "a: i32") + row("z", "p: usize, n: i32")), expected);
    assert.notDeepEqual(side(row("y", "p: usize, n: i32") + row("x", "a: i32")), expected);
  });
});
