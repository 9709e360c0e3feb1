/** The suites of `npm test`, in their order, and which files belong to which. Every test file belongs to exactly one. */
import { readdirSync } from "node:fs";
import { join, sep } from "node:path";

import { runTargetBudgets } from "../bench/index.js";
import { ROOT } from "../build/paths.js";
import { type Counts, NOTHING } from "./counts.js";
import { runNodeTests, type RunOptions, runSpecs, runUnits } from "./runners.js";

export interface SuiteOptions extends RunOptions {
  /** Only files (or C test programs) whose path contains it; "" = all. */
  readonly pattern: string;
}

export interface Suite {
  readonly name: string;
  readonly what: string;
  run(options: SuiteOptions): Promise<Counts>;
}

/** Folders under tests/ with a suite of their own; the node:test files of all others are the toolchain's suite. */
const FOLDER_SUITES = ["contract", "faults", "scenarios"] as const;

export const suites: readonly Suite[] = [
  { name: "specs", what: "AssemblyScript, as-pect", run: (options) => runSpecs(testFiles(".spec.ts", options), options) },
  { name: "units", what: "C with sanitizers, cmocka", run: (options) => runUnits(options.pattern, options) },
  nodeSuite("contract", "import tables, status codes, constants"),
  nodeSuite("toolchain", "build, transform, set-up, dev cloud, scripts"),
  nodeSuite("faults", "power cuts and broken links"),
  onCompiledKernels("faults"),
  nodeSuite("scenarios", "app, simulator and broker, end to end"),
  onCompiledKernels("scenarios"),
  { name: "target", what: "RAM, flash and instructions on rv32imc against their budgets", run: onTarget },
];

/** Measured as a whole, or not at all: without the target's tools, or when only some tests are asked for. */
async function onTarget({ pattern }: SuiteOptions): Promise<Counts> {
  if (pattern !== "") return NOTHING;
  const { passed, failed, remarks, skippedReason } = await runTargetBudgets();
  return { passed, failed, remarks: skippedReason === undefined ? remarks : [skippedReason] };
}

function nodeSuite(name: string, what: string): Suite {
  return { name, what, run: (options) => runNodeTests(nodeTests(name, options), options) };
}

/** The same files once more, on boards with the kernel compiled ahead of time. */
function onCompiledKernels(name: string): Suite {
  const run = (options: SuiteOptions): Promise<Counts> => runNodeTests(nodeTests(name, options), { ...options, engine: "aot" });
  return { name: `${name}-aot`, what: `${name}, the kernel compiled ahead of time`, run };
}

function nodeTests(suite: string, options: SuiteOptions): string[] {
  return testFiles(".test.ts", options).filter((file) => suiteOf(file) === suite);
}

/** Returns the suite a node:test file belongs to, from its path under tests/. */
export function suiteOf(file: string): string {
  const folder = file.split(sep)[1] ?? "";
  return (FOLDER_SUITES as readonly string[]).includes(folder) ? folder : "toolchain";
}

/** Test files by ending, relative to the repository, sorted. Those named *.long.* only in a long run. */
export function testFiles(ending: string, { isLong, pattern }: Pick<SuiteOptions, "isLong" | "pattern">, root = ROOT): string[] {
  const longEnding = ending.replace(/^\./, ".long.");
  return (readdirSync(join(root, "tests"), { recursive: true }) as string[])
    .map((name) => join("tests", name))
    .filter((file) => file.endsWith(ending) && (isLong || !file.endsWith(longEnding)) && file.includes(pattern))
    .sort();
}
