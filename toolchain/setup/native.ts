/** Builds what is C: CMake and Ninja, in build/. Ninja knows what is up to date; nothing is said when nothing was done. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { AotKernel } from "../aot/index.js";
import { BuildError } from "../build/errors.js";
import { ROOT } from "../build/paths.js";
import { withBuildLock } from "./buildLock.js";

export interface NativeBuild {
  /** With address and undefined-behaviour sanitizers, in a folder of its own. */
  readonly isSanitized?: boolean;
  /** A kernel compiled in, in a folder of its own; left out: kernels are interpreted. */
  readonly aotKernel?: AotKernel | undefined;
  /** CMake targets; "all" when left out. */
  readonly targets?: readonly string[];
  readonly say?: (text: string) => void;
}

/** Returns the binary folder of a kind of build. */
export function nativeFolder(isSanitized: boolean, aotKernel?: AotKernel): string {
  const folder = join(ROOT, "build", isSanitized ? "host-asan" : "host");
  return aotKernel === undefined ? folder : join(`${folder}-aot`, aotKernel.name);
}

/** Builds the simulator. Returns the path of wasmote-sim. Throws BuildError with the compiler's words. */
export async function buildSimulator(build: NativeBuild = {}): Promise<string> {
  const folder = await buildNative({ ...build, targets: ["wasmote-sim"] });
  return join(folder, "sim", "wasmote-sim");
}

/** Configures where needed, then builds. Returns the binary folder. Throws BuildError with the compiler's words. */
export function buildNative(build: NativeBuild = {}): Promise<string> {
  return withBuildLock(`${nativeFolder(build.isSanitized ?? false, build.aotKernel)}.lock`, () => configureAndBuild(build));
}

async function configureAndBuild({ isSanitized = false, aotKernel, targets = ["all"], say = tell }: NativeBuild): Promise<string> {
  const folder = nativeFolder(isSanitized, aotKernel);
  const isConfigured = existsSync(join(folder, "build.ninja")) && wasm3DirOf(folder) === (process.env["WASM3_DIR"] ?? "");
  if (isConfigured && (await isCurrent(folder, targets))) return folder;
  const startedAt = performance.now();
  say(`build: ${describe(isSanitized, aotKernel)} ...`);
  let output = "";
  if (!isConfigured) {
    output = await runStep("cmake", ["-G", "Ninja", "-S", join(ROOT, "host"), "-B", folder, ...kind(isSanitized, aotKernel)], folder, "");
  }
  await runStep("cmake", ["--build", folder, "--parallel", "2", "--target", ...targets], folder, output);
  say(` ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
  return folder;
}

function kind(isSanitized: boolean, aotKernel: AotKernel | undefined): string[] {
  const sanitizers = isSanitized ? ["-DSANITIZE=ON"] : [];
  if (aotKernel === undefined) return isSanitized ? [...sanitizers, "-DWASMOTE_TESTS=ON"] : [];
  return [...sanitizers, `-DWASMOTE_AOT_KERNEL=${aotKernel.name}`, `-DWASMOTE_AOT_DIR=${aotKernel.folder}`];
}

function describe(isSanitized: boolean, aotKernel: AotKernel | undefined): string {
  if (aotKernel === undefined) return isSanitized ? "simulator with sanitizers, unit tests" : "simulator";
  return `simulator with kernel ${aotKernel.name} compiled in${isSanitized ? ", with sanitizers" : ""}`;
}

function tell(text: string): void {
  process.stderr.write(text);
}

/** Returns the WASM3_DIR that a configured folder was prepared from: Ninja cannot see that the environment changed. */
export function wasm3DirOf(folder: string): string | undefined {
  return /^WASM3_DIR:INTERNAL=(.*)$/m.exec(readFileSync(join(folder, "CMakeCache.txt"), "utf8"))?.[1];
}

/** Asks Ninja for what it would do. */
async function isCurrent(folder: string, targets: readonly string[]): Promise<boolean> {
  try {
    return (await runStep("ninja", ["-C", folder, "-n", ...targets], folder, "")).includes("no work to do");
  } catch {
    return false; // The build itself will say what is wrong.
  }
}

/** Returns the step's output, or throws BuildError with the end of all of it. */
async function runStep(program: string, args: readonly string[], folder: string, before: string): Promise<string> {
  const child = spawn(program, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  child.stderr.on("data", (part: Buffer) => parts.push(part));
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", resolve);
  });
  const output = Buffer.concat(parts).toString();
  if (code === 0) return output;
  const log = join(ROOT, "build", "setup", "native.log");
  mkdirSync(join(ROOT, "build", "setup"), { recursive: true });
  writeFileSync(log, before + output);
  const end = output.trimEnd().split("\n").slice(-40).join("\n");
  throw new BuildError(`${program} ${args.slice(0, 2).join(" ")} ended with ${code} in ${folder}; all of it is in ${log}:\n${end}`);
}
