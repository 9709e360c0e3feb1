/** Runs the AssemblyScript compiler in this process and turns its diagnostics into messages with file, line and remedy. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import asc from "assemblyscript/asc";
import binaryen from "binaryen";
import { BuildError } from "./errors.js";
import { ROOT } from "./paths.js";
import { describeDiagnostic } from "./diagnostics.js";
import { WasmModule } from "./wasmModule.js";

export interface Compilation {
  /** Path of the entry file, relative to the repository or absolute. */
  entry: string;
  args: string[];
  transforms?: object[];
  /** Answers a file instead of the disk; null: the disk answers. path: absolute. */
  virtualFile?: (path: string) => string | null;
}

export interface Compiled {
  /** The module with its names still in it. */
  module: WasmModule;
  /** Warnings, as sentences. */
  warnings: string[];
  /** Every file that was read, absolute. */
  inputs: string[];
  /** Where static data ends and the heap begins; undefined for a module without a heap. */
  heapBase: number | undefined;
}

const OUTPUT = "module.wasm";

/** Compiles one module. Throws BuildError with every error the compiler found. */
export async function compile(compilation: Compilation): Promise<Compiled> {
  const inputs = new Set<string>();
  let heapBase: number | undefined;
  const afterCompile = (compiled: binaryen.Module): void => void (heapBase = readHeapBase(compiled));
  const diagnostics: asc.DiagnosticMessage[] = [];
  let binary: Uint8Array | undefined;
  const args = [compilation.entry, "--outFile", OUTPUT, "--baseDir", ROOT, "--debug", "--noColors", ...compilation.args];
  const { error } = await asc.main(args, {
    stdout: asc.createMemoryStream(),
    stderr: asc.createMemoryStream(),
    readFile: (name, baseDir) => readSource(resolve(baseDir, name), compilation, inputs),
    writeFile: (name, contents) => {
      if (name === OUTPUT && typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
    reportDiagnostic: (diagnostic) => void diagnostics.push(diagnostic),
    transforms: [...(compilation.transforms ?? []), { afterCompile }] as unknown as asc.Transform[],
  });
  const isError = (diagnostic: asc.DiagnosticMessage): boolean => Number(diagnostic.category) === 3;
  const errors = await Promise.all(diagnostics.filter(isError).map(describeDiagnostic));
  if (errors.length > 0) throw new BuildError([...new Set(errors)].join("\n"));
  if (error || !binary) throw error instanceof BuildError ? error : new BuildError(`${compilation.entry}: ${error?.message ?? "no output"}`);
  const warnings = await Promise.all(diagnostics.filter((diagnostic) => !isError(diagnostic)).map(describeDiagnostic));
  return { module: WasmModule.parse(binary), warnings, inputs: [...inputs].sort(), heapBase };
}

/** The compiler's own global; optimising drops it where nothing allocates. */
function readHeapBase(compiled: binaryen.Module): number | undefined {
  const global = compiled.getGlobal("~lib/memory/__heap_base");
  if (!global) return undefined;
  const { init } = binaryen.getGlobalInfo(global);
  return (binaryen.getExpressionInfo(init) as binaryen.ConstInfo).value as number;
}

async function readSource(path: string, compilation: Compilation, inputs: Set<string>): Promise<string | null> {
  const virtual = compilation.virtualFile?.(path) ?? null;
  if (virtual !== null) return virtual;
  if (path.startsWith(join(ROOT, "node_modules"))) return null; // an app has no packages but the SDK
  try {
    const text = await readFile(path, "utf8");
    inputs.add(path);
    return text;
  } catch {
    return null;
  }
}
