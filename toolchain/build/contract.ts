/** Holds a finished module against the host's tables (host/include/*.def): what it may import, what it must export. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BuildError } from "./errors.js";
import { KERNELS, parseKernelName } from "./kernels.js";
import { HOST_INCLUDE } from "./paths.js";
import { ExternKind, type Export, type FunctionType, type WasmModule } from "./wasmModule.js";

/** A row of a .def file. */
export interface Row {
  macro: string;
  name: string;
  signature: string;
}

const VALUE_TYPES: Readonly<Record<string, number>> = { i: 0x7f, I: 0x7e, "<": 0x7f, ">": 0x7f };

/** What authors reach for first, and what this board offers instead. */
const REMEDIES: ReadonlyArray<[RegExp, string]> = [
  [/console|trace/, 'write log lines with log() from "wasmote"'],
  [/Date/, 'read the clock with now() from "wasmote"'],
  [/crypto|seed/i, 'fill bytes with random() from "wasmote"'],
];

/** The rows of a .def file, such as "kernel_imports.def". */
export function readRows(file: string): Row[] {
  const text = readFileSync(join(HOST_INCLUDE, file), "utf8");
  return [...text.matchAll(/^([A-Z_]+)\((\w+)(?:, "([^"]*)")?\)/gm)].map(([, macro, name, signature]) => ({
    macro: macro!,
    name: name!,
    signature: signature ?? "",
  }));
}

/** A signature of the tables, "i(<iI)", as a WebAssembly type. */
export function parseSignature(signature: string): FunctionType {
  const [result, params] = [signature[0]!, signature.slice(2, -1)];
  return { params: [...params].map((code) => VALUE_TYPES[code]!), results: result === "v" ? [] : [VALUE_TYPES[result]!] };
}

/** A number of exports.def, such as ABI_VERSION. */
export function contractNumber(macro: string): number {
  const row = readRows("exports.def").find((candidate) => candidate.macro === macro);
  if (!row) throw new BuildError(`host/include/exports.def: no ${macro} row`);
  return Number(row.name);
}

export function checkAppContract(module: WasmModule, where: string): void {
  const rows = readRows("app_imports.def");
  checkImports(module, (row) => (row.macro === "HOST_IMPORT" ? "host" : "kernel"), rows, where);
  checkExports(module, "APP_EXPORT", where);
}

/** Throws BuildError when an app imports a row that this kernel has no answer to: the board would refuse the app at its start. */
export function checkAppFits(module: WasmModule, kernel: string, where: string): void {
  const name = parseKernelName(kernel);
  const text = readFileSync(join(HOST_INCLUDE, "app_imports.def"), "utf8");
  for (const [, prefix, sizes] of text.matchAll(/^ROWS_LEFT_OUT\(\w+, (\w+), "([^"]*)"\)/gm)) {
    const having = sizes!.split(", ");
    const row = module.imports().find((each) => each.name.startsWith(prefix!));
    if (!row || name === undefined || having.includes(name.size) || having.includes(name.cloud)) continue;
    const choice = KERNELS.map((each) => each.name).filter((each) => having.some((part) => each.split("-").includes(part)));
    throw new BuildError(`${where}: imports ${row.name}, which kernel ${kernel} has no answer to\n  choose one that has: ${choice.join(", ")}`);
  }
}

export function checkKernelContract(module: WasmModule, where: string): void {
  checkImports(module, () => "host", readRows("kernel_imports.def"), where);
  checkExports(module, "KERNEL_EXPORT", where);
}

function checkImports(module: WasmModule, moduleOf: (row: Row) => string, rows: Row[], where: string): void {
  for (const { module: from, name, kind, type } of module.imports()) {
    const row = rows.find((candidate) => candidate.name === name && moduleOf(candidate) === from);
    if (!row || kind !== ExternKind.Function) {
      const remedy = REMEDIES.find(([pattern]) => pattern.test(name))?.[1] ?? 'use what "wasmote" exports';
      throw new BuildError(`${where}: imports ${from}.${name}, which no board offers\n  ${remedy}`);
    }
    if (!sameType(type!, parseSignature(row.signature))) {
      throw new BuildError(`${where}: imports ${from}.${name} with other types than its row "${row.signature}" has\n  make both sides agree`);
    }
  }
}

function checkExports(module: WasmModule, macro: string, where: string): void {
  const rows = readRows("exports.def").filter((row) => row.macro.startsWith(macro));
  const found = module.exports();
  for (const row of rows) {
    const isOptional = row.macro.includes("OPTIONAL");
    const match = found.find((candidate) => candidate.name === row.name);
    if (!match && !isOptional) throw new BuildError(`${where}: does not export ${row.name}`);
    if (match && !row.macro.endsWith("GLOBAL")) checkExportType(module, match, row, where);
  }
  const stranger = found.find((candidate) => !rows.some((row) => row.name === candidate.name));
  if (stranger) throw new BuildError(`${where}: exports ${stranger.name}, which no host calls\n  take \`export\` off it`);
}

function checkExportType(module: WasmModule, found: Export, row: Row, where: string): void {
  const imported = module.imports().filter((candidate) => candidate.kind === ExternKind.Function);
  const type = found.kind === ExternKind.Function ? module.functionTypes()[found.index - imported.length] : undefined;
  if (type && sameType(type, parseSignature(row.signature))) return;
  throw new BuildError(`${where}: exports ${row.name} with another type than "${row.signature}"`);
}

function sameType(a: FunctionType, b: FunctionType): boolean {
  return a.params.join() === b.params.join() && a.results.join() === b.results.join();
}
