/** `npm test`: builds everything, runs the suites in turn, and says `N passed, N failed` in its last line. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { BuildError, buildApp, buildKernel } from "../build/index.js";
import { KERNELS } from "../build/kernels.js";
import { ROOT } from "../build/paths.js";
import { reportingFailures } from "../cli/failure.js";
import { Options } from "../cli/options.js";
import { buildNative, buildSimulator } from "../setup/native.js";
import { type Counts, NOTHING, sum } from "../testing/counts.js";
import { type Suite, suites } from "../testing/suites.js";

const USAGE = `npm test [-- --suite NAME] [--grep TEXT] [--long]
  --suite NAME  one of ${suites.map((suite) => suite.name).join(", ")}
  --grep TEXT   test files, or C test programs, whose path contains it
  --long        with the exhaustive sweeps, as npm run test:long: hours
`;

const APP_FOLDERS = ["examples", "tests/scenarios/apps"];

export function main(argv: readonly string[]): Promise<number> {
  return reportingFailures("npm test", async () => {
    const options = new Options(argv, { flags: ["help", "long"], values: ["suite", "grep"] });
    if (options.flag("help")) {
      process.stdout.write(USAGE);
      return 0;
    }
    const name = options.choice(
      "suite",
      suites.map((suite) => suite.name),
    );
    const chosen = name === undefined ? suites : suites.filter((suite) => suite.name === name);
    return runAll(chosen, options.flag("long"), options.text("grep") ?? "");
  });
}

interface Result {
  readonly name: string;
  readonly minutes: number;
  readonly counts: Counts;
}

/** Returns 0 when everything was built, everything passed, and every suite ran something. */
async function runAll(chosen: readonly Suite[], isLong: boolean, pattern: string): Promise<number> {
  const show = (text: string): void => void process.stdout.write(text);
  const results: Result[] = [await timed("build", buildAll)];
  for (const suite of results[0]?.counts.failed === 0 ? chosen : []) {
    show(`\n${suite.name}: ${suite.what}\n`);
    results.push(await timed(suite.name, () => suite.run({ isLong, pattern, show })));
  }
  show("\n");
  for (const { name, minutes, counts } of results) {
    show(`${name.padEnd(13)} ${minutes.toFixed(1).padStart(5)} min  ${counts.passed} passed, ${counts.failed} failed\n`);
    for (const remark of counts.remarks) show(`  ${remark}\n`);
  }
  const { passed, failed } = sum(results.map(({ counts }) => counts));
  show(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** Work that throws has failed; the suites after it run all the same. */
async function timed(name: string, work: () => Promise<Counts>): Promise<Result> {
  const startedAt = performance.now();
  const counts = await work().catch((error: unknown): Counts => {
    const cause = error instanceof Error && !(error instanceof BuildError) ? error.stack : error;
    return { passed: 0, failed: 1, remarks: [String(cause)] };
  });
  return { name, minutes: (performance.now() - startedAt) / 60_000, counts };
}

/** Builds once what the suites share. Throws what stops it. */
async function buildAll(): Promise<Counts> {
  for (const { name } of KERNELS) await buildKernel(name); // First: the C tests translate them.
  await buildSimulator();
  await buildNative({ isSanitized: true });
  for (const folder of appFolders()) await buildApp(folder);
  return NOTHING;
}

function appFolders(): string[] {
  return APP_FOLDERS.filter((parent) => existsSync(join(ROOT, parent))).flatMap((parent) =>
    readdirSync(join(ROOT, parent))
      .map((name) => join(ROOT, parent, name))
      .filter((folder) => existsSync(join(folder, "app.ts"))),
  );
}
