/** What a suite did. Pure: the readers of what the runners print. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** What the counts alone do not say, one sentence each. */
  readonly remarks: readonly string[];
}

export const NOTHING: Counts = { passed: 0, failed: 0, remarks: [] };

export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      remarks: [...total.remarks, ...one.remarks],
    }),
    NOTHING,
  );
}

/** How a program ended: with an exit code, by a signal, or with neither: it did not start. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

function described({ code, signal }: Ending): string {
  if (code !== null) return `ended with ${code}`;
  return signal === null ? "did not start" : `was ended by ${signal}`;
}

/** A suite that ran nothing proves nothing: it has failed. So has one whose runner failed without naming a test. */
export function settled(counts: Counts, ending: Ending): Counts {
  const { passed, failed, remarks } = counts;
  if (failed > 0) return counts;
  if (ending.code !== 0) return { passed, failed: 1, remarks: [...remarks, `the runner ${described(ending)} and named no failed test`] };
  if (passed === 0) return { passed, failed: 1, remarks: [...remarks, "no test ran"] };
  return counts;
}

/** A run of as-pect. */
export interface SpecsRun {
  readonly counts: Counts;
  /** Specs behind the one at which as-pect ended: it goes through them in order, and no further than one that does not compile. */
  readonly left: readonly string[];
}

/** Reads as-pect's summary lines, `✔ file Pass: 3 / 4 Todo: 0`, one per spec. A spec without a test has failed; so has the one at which as-pect ended. */
export function countSpecs(coloured: string, files: readonly string[], ending: Ending): SpecsRun {
  const output = withoutColours(coloured);
  let passed = 0;
  let failed = 0;
  const remarks: string[] = [];
  const seen = new Set<string>();
  for (const match of output.matchAll(/^\S+ (\S+\.spec\.ts) +Pass: (\d+) \/ (\d+)/gm)) {
    const [, file = "", good, all] = match;
    seen.add(file);
    passed += Number(good);
    failed += Number(all) - Number(good);
    if (Number(all) === 0) {
      failed++;
      remarks.push(`${file}: no test ran`);
    }
  }
  const [stopper, ...left] = files.filter((name) => !seen.has(name));
  if (stopper !== undefined) {
    failed++;
    remarks.push(`${stopper}: ${reasonIn(output) ?? "did not run"}; as-pect ${described(ending)}`);
  }
  return { counts: { passed, failed, remarks }, left };
}

/** The first error that the compiler names, with its place; or else JavaScript. */
function reasonIn(output: string): string | undefined {
  const compiler = /^((?:ERROR|FAILURE) .*)$(?:(?:\n.+)*?\n *└─ in (.*)$)?/m.exec(output);
  const [, error = "", place] = compiler ?? [];
  if (error !== "") return place === undefined ? error : `${error.replace(/\.$/, "")}, in ${place}`;
  return /^\w*Error: .*$/m.exec(output)?.[0];
}

/**
 * Reads ctest's JUnit report. Each program reports its own tests in cmocka's words, `[  PASSED  ] 12 test(s).`; one that
 * failed without such words (a crash, a sanitizer) counts as one failed test.
 */
export function countUnits(report: string): Counts {
  let passed = 0;
  let failed = 0;
  const remarks: string[] = [];
  for (const match of report.matchAll(/<testcase name="([^"]*)"[^>]*status="([^"]*)"[^>]*>([\s\S]*?)<\/testcase>/g)) {
    const [, name = "", status, body = ""] = match;
    const good = total(body, /\[ {2}PASSED {2}\] (\d+) test/g);
    const bad = total(body, /\[ {2}FAILED {2}\] (\d+) test/g);
    passed += good;
    failed += bad;
    if (status !== "run" && bad === 0) {
      failed++;
      remarks.push(`${name}: ${status}, without naming a test`);
    } else if (good + bad === 0) {
      failed++;
      remarks.push(`${name}: no test ran`);
    }
  }
  return { passed, failed, remarks };
}

function total(text: string, pattern: RegExp): number {
  let count = 0;
  for (const match of text.matchAll(pattern)) count += Number(match[1]);
  return count;
}

/** Marks the one line of the reporter that is for the program and not for the reader. */
export const COUNTS_MARK = "#counts ";

/** Reads the last line of reporter.mjs. */
export function countNodeTests(output: string): Counts {
  const line = output.split("\n").findLast((text) => text.startsWith(COUNTS_MARK));
  if (line === undefined) return { ...NOTHING, remarks: ["the test runner ended before its summary"] };
  const { passed, failed } = JSON.parse(line.slice(COUNTS_MARK.length)) as { passed: number; failed: number };
  return { passed, failed, remarks: [] };
}

function withoutColours(text: string): string {
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
