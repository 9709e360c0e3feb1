/** Budgets: goals, the values recorded when they were last looked at, and what a run makes of them. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Report } from "./figures.js";
import { BUDGETS_FILE } from "./paths.js";

export interface Budget {
  what: string;
  /** Where the figure stands in the report: "<build>/<engine>/<path>"; null: no command measures it yet. */
  figure: string | null;
  unit: string;
  /** What it should be at most (at least, when more is better); null: reported only. */
  goal: number | null;
  recorded: number | null;
  isMoreBetter?: boolean;
  /** A row of design and README; the others only watch. */
  isHeadline?: boolean;
}

/** How much worse than its recorded value a figure may get before it counts as worse: what a changed line costs by chance. */
const TOLERANCE = 0.02;

export type Verdict = "ok" | "over" | "no goal" | "not yet";

export interface Comparison {
  budget: Budget;
  value: number | null;
  verdict: Verdict;
  /** Why the run fails: worse than recorded, or gone. */
  complaint: string | null;
}

export function readBudgets(file = BUDGETS_FILE): Budget[] {
  return (JSON.parse(readFileSync(file, "utf8")) as { budgets: Budget[] }).budgets;
}

export function compareAll(budgets: readonly Budget[], report: Report): Comparison[] {
  return budgets.map((budget) => compare(budget, figureAt(report, budget.figure)));
}

export function compare(budget: Budget, value: number | null): Comparison {
  return { budget, value, verdict: verdictOf(budget, value), complaint: complaintAbout(budget, value) };
}

/** Finds "minimal-plain/wasm3/ram.total", or "store/aot/ram.fixed". Null: not measured. */
export function figureAt(report: Report, path: string | null): number | null {
  let at: unknown = { ...report.builds, store: report.store };
  for (const name of path?.split(/[/.]/) ?? []) at = (at as Record<string, unknown> | null | undefined)?.[name];
  return typeof at === "number" ? at : null;
}

function verdictOf({ goal, isMoreBetter = false }: Budget, value: number | null): Verdict {
  if (value === null) return "not yet";
  if (goal === null) return "no goal";
  return (isMoreBetter ? value >= goal : value <= goal) ? "ok" : "over";
}

function complaintAbout({ what, recorded, isMoreBetter = false }: Budget, value: number | null): string | null {
  if (recorded === null) return null;
  if (value === null) return `${what}: was ${recorded}, is not measured any more`;
  const isWorse = isMoreBetter ? value < recorded * (1 - TOLERANCE) : value > recorded * (1 + TOLERANCE);
  const change = recorded === 0 ? "" : `, ${(((value - recorded) / recorded) * 100).toFixed(1)} %`;
  return isWorse ? `${what}: ${value}, recorded ${recorded}${change}` : null;
}

/** Puts today's values in the budget file. */
export function recordAll(comparisons: readonly Comparison[], file = BUDGETS_FILE): void {
  const budgets = comparisons.map(({ budget, value }) => ({ ...budget, recorded: value }));
  writeFileSync(file, `${JSON.stringify({ budgets }, null, 2)}\n`);
}
