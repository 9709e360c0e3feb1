/** `npm run check`: format, lint, types, static analysis of C, sizes, import circles, contract. Goes through all steps, then says what failed. */
import { spawnSync } from "node:child_process";
import { checkSteps, type Step } from "../check/steps.js";
import { reportingFailures } from "../cli/failure.js";
import { Options } from "../cli/options.js";
import { ROOT } from "../build/paths.js";

const USAGE = `npm run check [-- --fix]
  --fix  first write what the formatters and the linter can mend by themselves
`;

/** Of one step's complaints. */
const MAX_LINES = 60;

export async function main(argv: string[]): Promise<number> {
  return reportingFailures("check", async () => {
    const options = new Options(argv, { flags: ["fix", "help"], values: [] });
    if (options.flag("help")) {
      process.stdout.write(USAGE);
      return 0;
    }
    const steps = checkSteps(ROOT);
    if (options.flag("fix")) for (const { command } of steps) if (command?.fixArgs) run(command.program, command.fixArgs);
    const failed = steps.filter((step) => !passes(step)).map((step) => step.name);
    process.stdout.write(failed.length === 0 ? `check: ${steps.length} steps passed\n` : `check: failed: ${failed.join(", ")}\n`);
    return failed.length === 0 ? 0 : 1;
  });
}

function passes({ name, command, inspect }: Step): boolean {
  const findings = inspect?.() ?? [];
  const result = command ? run(command.program, command.args) : { isOk: true, output: "" };
  const isOk = result.isOk && findings.length === 0;
  process.stdout.write(`${isOk ? "ok  " : "FAIL"} ${name}\n`);
  if (!isOk) show([...result.output.trimEnd().split("\n"), ...findings]);
  return isOk;
}

/** The first of many complaints are enough to start with. */
function show(lines: readonly string[]): void {
  const shown = lines.filter((line) => line !== "").slice(0, MAX_LINES);
  process.stdout.write(`${shown.map((line) => `  ${line}`).join("\n")}\n`);
  if (lines.length > MAX_LINES) process.stdout.write(`  ... and ${lines.length - MAX_LINES} lines more\n`);
}

function run(program: string, args: readonly string[]): { isOk: boolean; output: string } {
  const result = spawnSync(program, args, { cwd: ROOT, encoding: "utf8", maxBuffer: 64 << 20 });
  if (result.error) return { isOk: false, output: `${program}: ${result.error.message}` };
  return { isOk: result.status === 0, output: `${result.stdout}${result.stderr}` };
}
