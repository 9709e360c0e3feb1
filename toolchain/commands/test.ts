/** `npm test`: builds everything, runs the suites in turn, and says `N passed, N failed` in its last line. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { BuildError, buildApp, buildKernel } from "../build/index.js";
import { KERNELS } from "../build/kernels.js";
import { ROOT } from "../build/paths.js";
import { reportingFailures } from "../cli/failure.js";
import { Options } from "../cli/options.js";
import { buildNative, buildSimulator } from "../setup/native.js";
import { type Counts, sum } from "../testing/counts.js";
import { type Suite, suites } from "../testing/suites.js";

const APP_FOLDERS = ["examples", "tests/scenarios/apps"];

export function main(argv: readonly string[]): Promise<number> {
  return reportingFailures("npm test", async () => {
    const options = new Options(argv, { flags: ["long"], values: ["suite", "grep"] });
    const name = options.choice(
      "suite",
      suites.map((suite) => suite.name),
    );
    const chosen = name === undefined ? suites : suites.filter((suite) => suite.name === name);
    return runAll(chosen, options.flag("long"), options.text("grep") ?? "");
  });
}

/** Returns 0 when everything was built, everything passed, and every suite ran something. */
async function runAll(chosen: readonly Suite[], isLong: boolean, pattern: string): Promise<number> {
  const show = (text: string): void => void process.stdout.write(text);
  const startedAt = performance.now();
  const results: Array<{ name: string; minutes: number; counts: Counts }> = [];
  const failure = await buildAll();
  results.push({
    name: "build",
    minutes: minutesSince(startedAt),
    counts: { passed: 0, failed: failure === null ? 0 : 1, remarks: failure === null ? [] : [failure] },
  });
  for (const suite of failure === null ? chosen : []) {
    show(`\n${suite.name}: ${suite.what}\n`);
    const suiteStartedAt = performance.now();
    const counts = await suite.run({ isLong, pattern, show });
    results.push({ name: suite.name, minutes: minutesSince(suiteStartedAt), counts });
  }
  show("\n");
  for (const { name, minutes, counts } of results) {
    show(`${name.padEnd(10)} ${minutes.toFixed(1).padStart(5)} min  ${counts.passed} passed, ${counts.failed} failed\n`);
    for (const remark of counts.remarks) show(`  ${remark}\n`);
  }
  const { passed, failed } = sum(results.map(({ counts }) => counts));
  show(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

function minutesSince(startedAt: number): number {
  return (performance.now() - startedAt) / 60_000;
}

/** Builds once what the suites share. Returns what stopped it, or null. */
async function buildAll(): Promise<string | null> {
  try {
    for (const { name } of KERNELS) await buildKernel(name); // first: the unit tests have them compiled in
    await buildSimulator();
    await buildNative({ isSanitized: true });
    for (const folder of appFolders()) await buildApp(folder);
    return null;
  } catch (error) {
    if (error instanceof BuildError) return error.message;
    throw error;
  }
}

function appFolders(): string[] {
  return APP_FOLDERS.filter((parent) => existsSync(join(ROOT, parent))).flatMap((parent) =>
    readdirSync(join(ROOT, parent))
      .map((name) => join(ROOT, parent, name))
      .filter((folder) => existsSync(join(folder, "app.ts"))),
  );
}
