/** C that carries the imports of translated code to the handlers: one function per row of kernel_imports.def. */
import type { Row } from "../build/contract.js";
import { cType, splitSignature, symbol } from "./symbols.js";

const IMPORT_MODULE = "host";

/** Prototypes: every translated kernel is compiled against them. */
export function shimHeader(rows: readonly Row[]): string {
  return [
    "/* Made by toolchain/aot from host/include/kernel_imports.def. */",
    "#ifndef AOT_SHIMS_H",
    "#define AOT_SHIMS_H",
    "",
    '#include "aot_imports.h"',
    "",
    ...rows.map((row) => `${prototype(row)};`),
    "",
    "#endif",
    "",
  ].join("\n");
}

export function shimSource(rows: readonly Row[]): string {
  return ["/* Made by toolchain/aot from host/include/kernel_imports.def. */", '#include "aot_shims.h"', "", ...rows.map(shim)].join("\n");
}

function prototype({ name, signature }: Row): string {
  const { result, params } = splitSignature(signature);
  const typed = params.map((letter, i) => `${cType(letter)} a${i}`);
  return `${cType(result)} ${symbol(IMPORT_MODULE, name)}(${["struct Z_host_instance_t *host", ...typed].join(", ")})`;
}

function shim(row: Row): string {
  const { result, params } = splitSignature(row.signature);
  const args = params.map((_, i) => `a${i}`).join(", ");
  const call = `aot_import(host, AOT_ROW_${row.name}, ${params.length > 0 ? "args" : "0"})`;
  return [
    prototype(row),
    "{",
    ...(params.length > 0 ? [`    const uint64_t args[] = { ${args} };`] : []),
    result === "v" ? `    ${call};` : `    return (${cType(result)})${call};`,
    "}",
    "",
  ].join("\n");
}
