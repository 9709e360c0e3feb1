/** C that describes one translated kernel to the engine (host/aot/aot_module.h), and the list of them. */
import { createHash } from "node:crypto";
import { BuildError } from "../build/errors.js";
import { memoryBytesOf } from "../build/manifest.js";
import { ExternKind, WasmModule, type FunctionType } from "../build/wasmModule.js";
import { crc32 } from "../config/crc32.js";
import { cType, identifier, instanceType, lifecycle, signatureOf, splitSignature, symbol } from "./symbols.js";

/** A type's number holds so many digits, one of them parting parameters from results (host/aot/wasm_rt.c). */
const TYPE_DIGITS = 13;
const BYTES_PER_LINE = 16;

interface CallableExport {
  name: string;
  signature: string;
}

/** The description of a kernel whose imports and exports were held against the walls. `where` names it in errors. */
export function moduleGlue(bytes: Uint8Array, name: string, where: string): string {
  const module = WasmModule.parse(bytes);
  checkTypes(module.types(), where);
  const id = identifier(name);
  const exports = callableExports(module, where);
  return [
    `/* Made by toolchain/aot from ${name}.wasm, SHA-256 ${createHash("sha256").update(bytes).digest("hex")}. */`,
    '#include "aot_shims.h"',
    `#include "${id}.h"`,
    "",
    ...exports.map((row) => trampoline(row, id)),
    `static void instantiate(void *state, struct Z_host_instance_t *host)`,
    "{",
    module.imports().length > 0
      ? `    ${lifecycle(id, "instantiate")}(state, host);`
      : `    (void)host;\n    ${lifecycle(id, "instantiate")}(state);`,
    "}",
    "",
    `static const uint8_t s_head[] = {\n${byteRows(moduleHead(module))}\n};`,
    "",
    "static const aot_export_t s_exports[] = {",
    ...exports.map((row) => `    { "${row.name}", "${row.signature}", call_${row.name} },`),
    "};",
    "",
    `const aot_module_t ${descriptionName(name)} = {`,
    "    .head = s_head,",
    "    .head_len = sizeof(s_head),",
    `    .bytes_len = ${bytes.length},`,
    `    .crc32 = 0x${crc32(bytes).toString(16)}u,`,
    `    .memory_bytes = ${manifestMemory(module)},`,
    `    .state_bytes = sizeof(${instanceType(id)}),`,
    `    .init = ${lifecycle(id, "init_module")},`,
    "    .instantiate = instantiate,",
    "    .exports = s_exports,",
    `    .export_count = ${exports.length},`,
    "};",
    "",
  ].join("\n");
}

/** The list of a program's kernels. */
export function moduleList(names: readonly string[]): string {
  return [
    "/* Made by toolchain/aot. */",
    '#include "aot_module.h"',
    "",
    ...names.map((name) => `extern const aot_module_t ${descriptionName(name)};`),
    "",
    `const aot_module_t *const aot_modules[] = { ${names.map((name) => `&${descriptionName(name)}, `).join("")}0 };`,
    "",
  ].join("\n");
}

function descriptionName(name: string): string {
  return `aot_module_${identifier(name)}`;
}

function checkTypes(types: readonly FunctionType[], where: string): void {
  const long = types.find(({ params, results }) => params.length + results.length + 1 > TYPE_DIGITS || results.length > 1);
  if (!long) return;
  throw new BuildError(`${where}: a function takes ${long.params.length} values and returns ${long.results.length}, too many for the ahead-of-time engine
  pass an object instead`);
}

function callableExports(module: WasmModule, where: string): CallableExport[] {
  const imported = module.imports().filter(({ kind }) => kind === ExternKind.Function).length;
  const types = module.functionTypes();
  return module.exports().map(({ name, kind, index }) => {
    const type = kind === ExternKind.Function ? types[index - imported] : undefined;
    const signature = type && signatureOf(type);
    if (signature === undefined) throw new BuildError(`${where}: export ${name} is not a function of integers`);
    return { name, signature };
  });
}

function trampoline({ name, signature }: CallableExport, module: string): string {
  const { result, params } = splitSignature(signature);
  const args = params.map((letter, i) => (letter === "I" ? `args[${i}]` : `(${cType(letter)})args[${i}]`));
  const call = `${symbol(module, name)}(${["state", ...args].join(", ")})`;
  return [
    `static uint64_t call_${name}(void *state, const uint64_t *args)`,
    "{",
    ...(params.length === 0 ? ["    (void)args;"] : []),
    ...(result === "v" ? [`    ${call};`, "    return 0;"] : [`    return ${call};`]),
    "}",
    "",
  ].join("\n");
}

/** What the manifest grants, which the bounds of the translated code rest on. Throws BuildError without a manifest in front. */
export function manifestMemory(module: WasmModule): number {
  const bytes = memoryBytesOf(module);
  if (bytes === undefined) throw new BuildError("a module without a manifest in front cannot be compiled in");
  return bytes;
}

/** The module's header and its first section, which is the manifest. */
function moduleHead(module: WasmModule): Uint8Array {
  return new WasmModule(module.sections.slice(0, 1)).toBytes();
}

function byteRows(bytes: Uint8Array): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    rows.push(`    ${[...bytes.subarray(at, at + BYTES_PER_LINE)].map((byte) => `${byte},`).join(" ")}`);
  }
  return rows.join("\n");
}
