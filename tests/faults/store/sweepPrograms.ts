/** Builds the store as a module of its own, as C too, and the program that plays faults on it with both engines. */
import { spawn } from "node:child_process";
import { join } from "node:path";

import { translateKernels } from "../../../toolchain/aot/translate.js";
import { buildKernel } from "../../../toolchain/build/index.js";
import { BuildError } from "../../../toolchain/build/errors.js";
import { ROOT } from "../../../toolchain/build/paths.js";
import { withBuildLock } from "../../../toolchain/setup/buildLock.js";

const SOURCES = "tests/faults/store";
const OUTPUT = join(ROOT, "build", "faults-store");
const MODULE = { name: "sweep", entry: `${SOURCES}/sweepModule.ts`, memoryBytes: 40 * 1024 };

export interface SweepPrograms {
  readonly program: string;
  readonly module: string;
}

/** Builds what changed. Throws BuildError. */
export function buildSweep(): Promise<SweepPrograms> {
  return withBuildLock(`${OUTPUT}.lock`, async () => {
    const module = await buildKernel(MODULE, { output: join(OUTPUT, "sweep.wasm") });
    const asC = join(OUTPUT, "aot");
    translateKernels([{ name: MODULE.name, path: module }], asC);
    const folder = join(OUTPUT, "native");
    await runOrThrow("cmake", ["-G", "Ninja", "-S", join(ROOT, SOURCES), "-B", folder, `-DAOT_DIR=${asC}`]);
    await runOrThrow("cmake", ["--build", folder, "--parallel", "2"]);
    return { program: join(folder, "store_sweep"), module };
  });
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program to its end. Returns its exit code and all its words. */
export function runToEnd(program: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const killChild = (): void => void child.kill("SIGKILL");
  process.once("exit", killChild); // A test that ends in a hurry leaves nothing behind.
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part: string) => (output += part));
  return new Promise((resolve) => {
    const end = (code: number | null): void => {
      process.off("exit", killChild);
      resolve({ code, output });
    };
    child.once("error", (error) => {
      output += error.message;
      end(null);
    });
    child.once("close", end);
  });
}

export async function runOrThrow(program: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runToEnd(program, args);
  if (code !== 0) throw new BuildError(`${program} ended with ${code}:\n${output.trimEnd().split("\n").slice(-40).join("\n")}`);
}
