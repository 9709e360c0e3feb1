/**
 * Builds one app: compiled with the transform behind @payload and @tether, loops guarded, functions bounded, checked
 * against the walls, stripped, manifest in front.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { AppTransform } from "../transform/index.js";
import { appMemory, MEMORY_BYTES_MAX } from "./appMemory.js";
import { appOptions, type AppOptions } from "./appOptions.js";
import { NoSuchTarget } from "./errors.js";
import { compile } from "./compile.js";
import { checkAppContract, contractNumber } from "./contract.js";
import { checkFunctionSizes, functionSizes } from "./functionSize.js";
import { memoryArgs, type Built } from "./kernel.js";
import { guardLoops } from "./loopGuard.js";
import { ModuleKind, prependManifest } from "./manifest.js";
import { ROOT, SDK_DIR } from "./paths.js";
import { formatSizeTable, sizeRows } from "./sizeTable.js";

/** Where the compiler looks for the package "wasmote"; its files forward to the SDK in place. */
const PACKAGE = /[/\\]node_modules[/\\]wasmote[/\\](\w+)\.ts$/;

export interface AppSource {
  name: string;
  /** Absolute path of app.ts. */
  entry: string;
  options: AppOptions;
}

/** Finds an app by its folder, absolute or relative to the working directory or the repository. */
export function findApp(dir: string): AppSource {
  const candidates = [resolve(dir), resolve(ROOT, dir)];
  const folder = candidates.find((candidate) => existsSync(join(candidate, "app.ts")));
  if (!folder) {
    const names = existsSync(join(ROOT, "examples")) ? readdirSync(join(ROOT, "examples")) : [];
    const examples = names.map((name) => `examples/${name}`).filter((example) => existsSync(join(ROOT, example, "app.ts")));
    throw new NoSuchTarget(`--app ${dir}: no app.ts there\n  expected a folder that holds an app.ts, such as ${examples.join(", ")}`);
  }
  return { name: basename(folder), entry: join(folder, "app.ts"), options: appOptions(folder) };
}

function sdkFile(path: string): string | null {
  const name = PACKAGE.exec(path)?.[1];
  if (!name || !existsSync(join(SDK_DIR, `${name}.ts`))) return null;
  return `export * from "../../assembly/sdk/${name}";\n`;
}

export function appArgs(options: AppOptions): string[] {
  return [
    ...["--runtime", options.runtime, "-Osize", "--converge"],
    ...memoryArgs(options.memoryBytes ?? MEMORY_BYTES_MAX),
    ...(options.stackSize > 0 ? ["--stackSize", String(options.stackSize)] : []),
    ...["--use", "abort=assembly/sdk/abort/abort", "--use", "seed=assembly/sdk/abort/seed"],
  ];
}

export async function compileApp(app: AppSource): Promise<Built> {
  const where = relative(ROOT, app.entry);
  const hasCollector = app.options.runtime !== "stub";
  const { module, warnings, inputs, heapBase } = await compile({
    entry: where,
    args: appArgs(app.options),
    transforms: [new AppTransform({ hasCollector })],
    virtualFile: sdkFile,
  });
  const { memoryBytes, remarks } = appMemory(app.options, heapBase);
  checkAppContract(module, where);
  const loops = guardLoops(module, app.options.fuel);
  const sizes = functionSizes(module);
  checkFunctionSizes(sizes);
  module.strip();
  const { fuel } = app.options;
  prependManifest(module, { kind: ModuleKind.App, abi: contractNumber("ABI_VERSION"), memoryBytes, fuel, hasCollector });
  const bytes = module.toBytes();
  const table = formatSizeTable(`app ${app.name}`, sizeRows(sizes, bytes.length), memoryBytes);
  const guarded = `  ${loops} ${loops === 1 ? "loop" : "loops"} guarded`;
  return { bytes, inputs: [...inputs, ...app.options.files], report: [table, guarded, ...remarks, ...warnings].join("\n") };
}
