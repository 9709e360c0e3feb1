/** The target's figures against their budgets: for `npm run bench:target`, and for `npm test` where the tools are installed. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { needsOf, systemPackages } from "../setup/packages.mjs";
import { thisMachine } from "../setup/setUp.mjs";
import { findMissing } from "../setup/system.mjs";
import { compareAll, readBudgets, recordAll, type Budget, type Comparison } from "./budgets.js";
import { measureTarget } from "./measure.js";
import type { Measured } from "./modules.js";
import { README_FILE } from "./paths.js";
import { budgetLines, readmeWithTable, reportTable } from "./table.js";

export interface TargetRun {
  comparisons: Comparison[];
  /** What got worse, a sentence each. */
  complaints: string[];
}

/** Measures, and says everything; of some of it alone, what concerns that. */
export async function runTarget(say: (text: string) => void, only?: readonly Measured[]): Promise<TargetRun> {
  const report = await measureTarget(only);
  const isOfThem = ({ figure }: Budget): boolean => !only || only.some((name) => figure?.startsWith(`${name}/`));
  const comparisons = compareAll(readBudgets().filter(isOfThem), report);
  const complaints = comparisons.flatMap(({ complaint }) => complaint ?? []);
  say(`${reportTable(report)}\n${budgetLines(comparisons).join("\n")}\n`);
  for (const complaint of complaints) say(`worse    ${complaint}\n`);
  return { comparisons, complaints };
}

/** Takes today's values for the recorded ones, in the budget file and in the README's table. Returns what it could not do. */
export function acceptAsRecorded(comparisons: readonly Comparison[]): string | null {
  recordAll(comparisons);
  const readme = existsSync(README_FILE) ? readFileSync(README_FILE, "utf8") : "";
  const updated = readmeWithTable(readme, comparisons);
  if (updated === null) return "README.md has no table between <!-- budgets:begin --> and <!-- budgets:end -->";
  if (updated !== readme) writeFileSync(README_FILE, updated);
  return null;
}

export interface TargetCounts {
  passed: number;
  failed: number;
  /** One line: why nothing was measured. */
  skippedReason?: string;
  /** What failed. */
  remarks: string[];
}

/** For `npm test`: a budget that holds its recorded value passes. Installs nothing. */
export async function runTargetBudgets(): Promise<TargetCounts> {
  const missing = findMissing(needsOf("bench-target", [])!.system, systemPackages, thisMachine());
  if (missing.length > 0) {
    const skippedReason = `the target's budgets are not compared: ${missing.join(", ")} not installed (npm run bench:target installs them, 1.4 GB)`;
    return { passed: 0, failed: 0, skippedReason, remarks: [] };
  }
  const { comparisons, complaints } = await runTarget(() => {});
  const measured = comparisons.filter(({ value, complaint }) => value !== null || complaint !== null).length;
  return { passed: measured - complaints.length, failed: complaints.length, remarks: complaints };
}
