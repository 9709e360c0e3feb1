/** Builds modules into build/. A build whose inputs are unchanged is skipped. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { compileApp, findApp } from "./app.js";
import { checkAppFits } from "./contract.js";
import { compileKernel, type Built } from "./kernel.js";
import { findKernel, type KernelBuild } from "./kernels.js";
import { APPS_DIR, HOST_INCLUDE, KERNEL_DIR, ROOT } from "./paths.js";
import { unchangedReport, writeStamp } from "./stamp.js";
import { WasmModule } from "./wasmModule.js";

export interface BuildOptions {
  /** Takes the size table and warnings of a build, also of a skipped one. */
  report?: (text: string) => void;
  /** Where the module goes; build/kernel/<name>.wasm or build/apps/<name>.wasm when left out. */
  output?: string;
  /** Of an app: the name of the kernel it is to run on, which must answer all that it calls. */
  kernel?: string;
  /** Takes the progress of a build that is not skipped; standard error when left out. */
  say?: (text: string) => void;
}

/** Builds a kernel: one of kernels.ts by its name, or another by its description. Returns the module's path. */
export async function buildKernel(which: string | KernelBuild, options: BuildOptions = {}): Promise<string> {
  const kernel = typeof which === "string" ? findKernel(which) : which;
  const output = options.output ?? join(KERNEL_DIR, `${kernel.name}.wasm`);
  return build(`kernel ${kernel.name}`, output, JSON.stringify(kernel), () => compileKernel(kernel), options);
}

/** Builds the app in a folder that holds app.ts. Returns the module's path. */
export async function buildApp(dir: string, options: BuildOptions = {}): Promise<string> {
  const app = findApp(dir);
  const output = options.output ?? join(APPS_DIR, `${app.name}.wasm`);
  const path = await build(`app ${app.name}`, output, JSON.stringify(app.entry), () => compileApp(app), options);
  if (options.kernel !== undefined) checkAppFits(WasmModule.parse(readFileSync(path)), options.kernel, relative(ROOT, app.entry));
  return path;
}

async function build(
  what: string,
  output: string,
  subject: string,
  compile: () => Promise<Built>,
  options: BuildOptions,
): Promise<string> {
  const settings = `${subject} ${toolsDigest()}`;
  const unchanged = unchangedReport(output, settings);
  if (unchanged !== undefined) {
    options.report?.(unchanged);
    return output;
  }
  const { bytes, inputs, report } = await timed(what, compile, options.say ?? tell);
  mkdirSync(dirname(output), { recursive: true });
  const partial = `${output}.${process.pid}.partial`;
  writeFileSync(partial, bytes);
  renameSync(partial, output); // whoever reads meanwhile sees the old module or the new one
  writeStamp(output, settings, inputs, report);
  options.report?.(report);
  return output;
}

/** The compiler takes seconds: says so before, and how many after. */
async function timed(what: string, compile: () => Promise<Built>, say: (text: string) => void): Promise<Built> {
  const startedAt = performance.now();
  say(`build: ${what} ...`);
  try {
    const built = await compile();
    say(` ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
    return built;
  } catch (error) {
    say(" failed\n");
    throw error;
  }
}

function tell(text: string): void {
  process.stderr.write(text);
}

/** Digest of what turns sources into modules: these files, the transform, the walls, the compilers' versions. */
function toolsDigest(): string {
  const hash = createHash("sha256");
  const folders = [join(ROOT, "toolchain", "build"), join(ROOT, "toolchain", "transform"), HOST_INCLUDE];
  for (const folder of folders) {
    for (const name of readdirSync(folder).sort()) {
      hash.update(relative(ROOT, join(folder, name))).update(readFileSync(join(folder, name)));
    }
  }
  for (const name of ["assemblyscript", "binaryen"]) hash.update(readFileSync(join(ROOT, "node_modules", name, "package.json")));
  return hash.digest("hex");
}
