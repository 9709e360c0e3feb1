/** Runs the programs that run tests, shows what they say, and counts. */
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

import type { EngineName } from "../aot/index.js";
import { ROOT } from "../build/paths.js";
import { nativeFolder } from "../setup/native.js";
import { COUNTS_MARK, countNodeTests, type Counts, countSpecs, countUnits, type Ending, NOTHING, settled, sum } from "./counts.js";

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

interface Ended extends Ending {
  readonly output: string;
}

/** Of a run without anything to run. */
const NOTHING_TO_RUN: Ending = { code: 0, signal: null };

/** as-pect, over specs relative to the repository: a process for each core, each with its share of the files. */
export async function runSpecs(files: readonly string[], options: RunOptions): Promise<Counts> {
  if (files.length === 0) return settled(NOTHING, NOTHING_TO_RUN);
  const shares = dealt(files, availableParallelism());
  return sum(await Promise.all(shares.map((share) => runShareOfSpecs(share, options))));
}

/**
 * What one process says comes out when it has ended, not in between the lines of another, and without colours: asc colours its
 * errors wherever CI is set, a pipe included, as-pect its banner everywhere. as-pect ends at a spec that does not compile: those
 * behind it run in a process of their own.
 */
async function runShareOfSpecs(files: readonly string[], options: RunOptions): Promise<Counts> {
  const asp = join(ROOT, "node_modules", "@as-pect", "cli", "bin", "asp.js");
  const fixed = ["--no-logo", "--config", "tests/as-pect.config.js", "--as-config", "tests/as-pect.asconfig.json"];
  const runs: Counts[] = [];
  for (let left = files; left.length > 0;) {
    const ended = await runProgram(process.execPath, [asp, ...fixed, ...left], { ...options, show: () => undefined }, {});
    const output = stripVTControlCharacters(ended.output);
    options.show(output);
    const run = countSpecs(output, left, ended);
    runs.push(settled(run.counts, ended));
    left = run.left;
  }
  return sum(runs);
}

/** Deals items to at most `players`, in turn; nobody gets none. */
function dealt<T>(items: readonly T[], players: number): T[][] {
  const count = Math.min(players, items.length);
  return Array.from({ length: count }, (_, player) => items.filter((_item, index) => index % count === player));
}

/** The C unit tests, by ctest. pattern: only programs whose name contains it. */
export async function runUnits(pattern: string, options: RunOptions): Promise<Counts> {
  const folder = nativeFolder(true);
  const report = join(folder, "junit.xml");
  rmSync(report, { force: true });
  const output = ["--output-on-failure", "--output-junit", report, "--test-output-size-passed", "1000000"];
  const chosen = pattern === "" ? [] : ["-R", pattern];
  const ending = await runProgram("ctest", ["--test-dir", folder, ...output, ...chosen], options, {});
  let text = "";
  try {
    text = readFileSync(report, "utf8");
  } catch {
    options.show(`ctest wrote no ${report}\n`);
  }
  return settled(countUnits(text), ending);
}

/** node:test over TypeScript files relative to the repository. */
export async function runNodeTests(files: readonly string[], options: RunOptions): Promise<Counts> {
  if (files.length === 0) return settled(NOTHING, NOTHING_TO_RUN);
  const reporter = ["--test-reporter", "./toolchain/testing/reporter.mjs", "--test-reporter-destination", "stdout"];
  const args = ["--import", "./toolchain/setup/typescript.mjs", "--test", ...concurrency(), ...reporter, ...files];
  const ended = await runProgram(process.execPath, args, options, { dropsMarked: COUNTS_MARK });
  return settled(countNodeTests(ended.output), ended);
}

/** A file for each core: node's own choice leaves one core idle, which of two is half. The option is there from Node 20.10 on. */
function concurrency(): string[] {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 20 || minor >= 10 ? [`--test-concurrency=${availableParallelism()}`] : [];
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
    const end = (code: number | null, signal: string | null): void => {
      clearTimeout(timer);
      resolve({ output, code, signal });
    };
    child.once("error", (error) => {
      take(`${program}: ${error.message}\n`);
      end(null, null);
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
