/**
 * Kernels as C, for host/aot: the translator's output and header, its glue, and the list. Called by the build, and by CMake for test
 * modules: node --import tsx toolchain/aot/translate.ts OUT_DIR NAME=MODULE.wasm ...
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { checkKernelContract, readRows } from "../build/contract.js";
import { BuildError } from "../build/errors.js";
import { WasmModule } from "../build/wasmModule.js";
import { withConstantBounds } from "./bounds.js";
import { withCountedCycles } from "./callDepth.js";
import { shimHeader, shimSource } from "./importShims.js";
import { withSmallInlined } from "./inlining.js";
import { manifestMemory, moduleGlue, moduleList } from "./moduleGlue.js";
import { withSharedBounds } from "./sharedBounds.js";
import { withShortStart } from "./startUp.js";
import { identifier } from "./symbols.js";
import { readRuntimeHeader, runWasm2c } from "./wasm2c.js";

export interface NamedModule {
  name: string;
  /** Path of the module, manifest in front. */
  path: string;
}

/** Writes C for these kernels into `outDir`, touching only files whose contents change. Throws BuildError. */
export function translateKernels(modules: readonly NamedModule[], outDir: string): void {
  mkdirSync(outDir, { recursive: true });
  const scratch = mkdtempSync(join(outDir, "wasm2c-"));
  try {
    const rows = readRows("kernel_imports.def");
    const files: Record<string, string> = {
      "aot_shims.h": shimHeader(rows),
      "aot_shims.c": shimSource(rows),
      "wasm-rt.h": readRuntimeHeader(),
      "aot_modules.c": moduleList(modules.map(({ name }) => name)),
    };
    for (const { name, path } of modules) {
      const bytes = readFileSync(path);
      const module = WasmModule.parse(bytes);
      checkKernelContract(module, path);
      const id = identifier(name);
      files[`${id}_module.c`] = moduleGlue(bytes, name, path);
      runWasm2c(path, id, join(scratch, `${id}.c`));
      files[`${id}.h`] = readFileSync(join(scratch, `${id}.h`), "utf8");
      let source = readFileSync(join(scratch, `${id}.c`), "utf8");
      source = withSharedBounds(withConstantBounds(source, manifestMemory(module), path));
      source = withShortStart(source, module, path);
      files[`${id}.c`] = withSmallInlined(withCountedCycles(source, module, path), module);
    }
    for (const [file, text] of Object.entries(files)) writeIfChanged(join(outDir, file), text);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** The compiler's work is saved where nothing changed. */
function writeIfChanged(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}

function main([outDir, ...pairs]: string[]): void {
  const modules = pairs.map((pair) => {
    const [name, path] = pair.split("=");
    return { name: name!, path: path ?? "" };
  });
  if (outDir === undefined || modules.length === 0 || modules.some(({ path }) => path === "")) {
    throw new BuildError("translate.ts: expected OUT_DIR NAME=MODULE.wasm ...");
  }
  translateKernels(modules, outDir);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
