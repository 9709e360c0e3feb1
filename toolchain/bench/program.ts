/** Compiles the bench for rv32imc and runs it on QEMU. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BuildError } from "../build/errors.js";
import { ROOT } from "../build/paths.js";
import { parseLinkerMap, type Contribution } from "./linkerMap.js";
import { MODULES_DIR, type TargetBuild } from "./modules.js";
import { OUTPUT_DIR, TARGET_DIR } from "./paths.js";
import { parseOutput, type Printed } from "./figures.js";

/** A run that has not ended by then hangs. Most take a second or two, the store of 10,000 records minutes. */
const HANG_MS = 400_000;

/** One instruction per tick of the machine's clock: counts repeat exactly. */
const MACHINE = ["-M", "virt", "-bios", "none", "-icount", "shift=0", "-display", "none", "-monitor", "none", "-serial", "stdio"];

export interface Variant {
  /** False: as for Xtensa, whose compiler makes no tail calls. */
  hasTailCalls: boolean;
  builds: readonly TargetBuild[];
  /** The store by itself, too. */
  hasStore: boolean;
}

/** Builds every program of a variant. Returns its folder. Throws BuildError with the compiler's words. */
export async function buildPrograms({ hasTailCalls, builds, hasStore }: Variant): Promise<string> {
  const folder = join(OUTPUT_DIR, hasTailCalls ? "tail-calls" : "no-tail-calls");
  mkdirSync(folder, { recursive: true });
  const settings = [
    `-DCMAKE_TOOLCHAIN_FILE=${join(TARGET_DIR, "rv32imc.cmake")}`,
    "-DCMAKE_BUILD_TYPE=None",
    `-DMODULES=${MODULES_DIR}`,
    `-DBUILDS=${builds.join(";")}`,
    `-DSTORE=${hasStore ? "ON" : "OFF"}`,
    `-DTAIL_CALLS=${hasTailCalls ? "ON" : "OFF"}`,
  ];
  await runOrThrow("cmake", ["-G", "Ninja", "-S", TARGET_DIR, "-B", folder, ...settings]);
  await runOrThrow("cmake", ["--build", folder, "--parallel", "2"]);
  return folder;
}

/** Runs one program to its end. */
export async function runProgram(folder: string, name: string): Promise<Printed> {
  const { code, output } = await run("qemu-system-riscv32", [...MACHINE, "-kernel", join(folder, `${name}.elf`)]);
  if (code !== 0) throw new BuildError(`${name} on the target ended with ${code}:\n${output.trimEnd()}`);
  return parseOutput(output);
}

export function readMap(folder: string, name: string): Contribution[] {
  return parseLinkerMap(readFileSync(join(folder, `${name}.map`), "utf8"));
}

async function runOrThrow(program: string, args: readonly string[]): Promise<void> {
  const { code, output } = await run(program, args);
  if (code === 0) return;
  throw new BuildError(`${program} ended with ${code}:\n${output.trimEnd().split("\n").slice(-40).join("\n")}`);
}

function run(program: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(program, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], timeout: HANG_MS, killSignal: "SIGKILL" });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part: string) => (output += part));
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: null, output: error.message }));
    child.once("close", (code) => resolve({ code, output }));
  });
}
