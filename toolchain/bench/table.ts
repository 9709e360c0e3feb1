/** What a reader sees: a table per kernel build and engine, a line per budget, and the README's table. */
import type { Comparison } from "./budgets.js";
import { OPERATIONS, type EngineFigures, type Report } from "./figures.js";

export function reportTable(report: Report): string {
  const parts: string[] = [];
  for (const [build, engines] of Object.entries(report.builds)) {
    for (const [engine, figures] of Object.entries(engines)) parts.push(`${build}, ${engine}`, ...figureLines(figures), "");
  }
  for (const [engine, figures] of Object.entries(report.store ?? {})) {
    parts.push(
      `the store by itself, ${engine}`,
      ...Object.entries(figures).flatMap(([group, each]) => block(group, Object.entries(each))),
      "",
    );
  }
  return parts.join("\n");
}

function figureLines({ ram, flash, instructions, details }: EngineFigures): string[] {
  const measured = OPERATIONS.filter((name) => instructions[name] !== null).map((name) => [name, instructions[name]!] as const);
  const missing = OPERATIONS.filter((name) => instructions[name] === null);
  return [
    ...block("RAM, bytes", Object.entries(ram)),
    ...block("flash, bytes", Object.entries(flash)),
    ...block("instructions", measured),
    ...(missing.length > 0 ? [`  not yet: ${missing.join(", ")}`] : []),
    ...block("beside them", Object.entries(details)),
  ];
}

function block(title: string, rows: ReadonlyArray<readonly [string, number]>): string[] {
  return [`  ${title}`, ...rows.map(([name, value]) => `    ${name.padEnd(32)}${grouped(value).padStart(11)}`)];
}

/** One line per budget: `ok`, `over`, `-` without a goal, `not yet` where nothing measures it. */
export function budgetLines(comparisons: readonly Comparison[]): string[] {
  const width = Math.max(...comparisons.map(({ budget }) => budget.what.length));
  return comparisons.map(({ budget, value, verdict }) => {
    const goal = budget.goal === null ? "" : `goal ${grouped(budget.goal)}`;
    const recorded = budget.recorded === null ? "" : `recorded ${grouped(budget.recorded)}`;
    const word = verdict === "no goal" ? "-" : verdict;
    const numbers = `${shown(value).padStart(11)}  ${goal.padEnd(14)}  ${recorded.padEnd(20)}`;
    return `${word.padEnd(8)}${budget.what.padEnd(width)}  ${numbers}  ${budget.unit}`.trimEnd();
  });
}

const BEGIN = "<!-- budgets:begin -->";
const END = "<!-- budgets:end -->";

/** Returns the README with the table between its markers replaced, or null where it has none. */
export function readmeWithTable(readme: string, comparisons: readonly Comparison[]): string | null {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) return null;
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${readmeTable(comparisons)}\n\n${readme.slice(end)}`;
}

/** What has a value today; budgets of what does not exist yet stand in budgets.json. */
function readmeTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons
    .filter(({ budget, value }) => budget.isHeadline === true && value !== null)
    .map(({ budget, value }) => `| ${budget.what} (${budget.unit}) | ${shown(budget.goal)} | ${shown(value)} |`);
  return ["| What | Goal | Today |", "|---|---:|---:|", ...rows].join("\n");
}

function shown(value: number | null): string {
  return value === null ? "–" : grouped(value);
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}
