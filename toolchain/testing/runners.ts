/** Runs the programs that run tests, shows what they say, and counts. */
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { EngineName } from "../aot/index.js";
import { ROOT } from "../build/paths.js";
import { nativeFolder } from "../setup/native.js";
import { COUNTS_MARK, countNodeTests, type Counts, countSpecs, countUnits, NOTHING, settled } from "./counts.js";

/** A suite that has not ended by then hangs; ended from here, so that `npm test` ends too. */
const HANG_MS = 30 * 60_000;
const LONG_HANG_MS = 12 * 3_600_000;

export interface RunOptions {
  /** The exhaustive sweeps too. */
  readonly isLong: boolean;
  readonly show: (text: string) => void;
  /** Under the kernels of simulated boards; left out: what the caller's environment says, else wasm3. */
  readonly engine?: EngineName;
}

interface Ended {
  readonly output: string;
  readonly code: number | null;
}

/** as-pect, over specs relative to the repository. */
export async function runSpecs(files: readonly string[], options: RunOptions): Promise<Counts> {
  if (files.length === 0) return settled(NOTHING, 0);
  const asp = join(ROOT, "node_modules", "@as-pect", "cli", "bin", "asp.js");
  const fixed = ["--no-logo", "--config", "tests/as-pect.config.js", "--as-config", "tests/as-pect.asconfig.json"];
  const { output, code } = await runProgram(process.execPath, [asp, ...fixed, ...files], options, {});
  return settled(countSpecs(output, files), code);
}

/** The C unit tests, by ctest. pattern: only programs whose name contains it. */
export async function runUnits(pattern: string, options: RunOptions): Promise<Counts> {
  const folder = nativeFolder(true);
  const report = join(folder, "junit.xml");
  rmSync(report, { force: true });
  const output = ["--output-on-failure", "--output-junit", report, "--test-output-size-passed", "1000000"];
  const chosen = pattern === "" ? [] : ["-R", pattern];
  const { code } = await runProgram("ctest", ["--test-dir", folder, ...output, ...chosen], options, {});
  let text = "";
  try {
    text = readFileSync(report, "utf8");
  } catch {
    options.show(`ctest wrote no ${report}\n`);
  }
  return settled(countUnits(text), code);
}

/** node:test over TypeScript files relative to the repository. */
export async function runNodeTests(files: readonly string[], options: RunOptions): Promise<Counts> {
  if (files.length === 0) return settled(NOTHING, 0);
  const reporter = ["--test-reporter", "./toolchain/testing/reporter.mjs", "--test-reporter-destination", "stdout"];
  const args = ["--import", "./toolchain/setup/typescript.mjs", "--test", ...reporter, ...files];
  const { output, code } = await runProgram(process.execPath, args, options, { dropsMarked: COUNTS_MARK });
  return settled(countNodeTests(output), code);
}

function runProgram(
  program: string,
  args: readonly string[],
  { isLong, show, engine }: RunOptions,
  { dropsMarked = null }: { readonly dropsMarked?: string | null },
): Promise<Ended> {
  const env = { ...process.env, FORCE_COLOR: "0", WASMOTE_LONG: isLong ? "1" : "", ...(engine && { WASMOTE_ENGINE: engine }) };
  const child = spawn(program, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], env });
  let output = "";
  const take = (part: string): void => {
    output += part;
    show(dropsMarked === null ? part : withoutMarked(part, dropsMarked));
  };
  child.stdout.setEncoding("utf8").on("data", take);
  child.stderr.setEncoding("utf8").on("data", take);
  const timer = setTimeout(
    () => {
      take(`${program}: still running, ended from outside\n`);
      child.kill("SIGKILL");
    },
    isLong ? LONG_HANG_MS : HANG_MS,
  );
  return new Promise((resolve) => {
    const end = (code: number | null): void => {
      clearTimeout(timer);
      resolve({ output, code });
    };
    child.once("error", (error) => {
      take(`${program}: ${error.message}\n`);
      end(null);
    });
    child.once("close", end);
  });
}

function withoutMarked(text: string, mark: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith(mark))
    .join("\n");
}
