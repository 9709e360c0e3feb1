/** `npm run bench:target`: RAM, flash and instructions on the target's instruction set, against their budgets. */
import { acceptAsRecorded, runTarget } from "../bench/index.js";
import { reportingFailures } from "../cli/failure.js";
import { Options } from "../cli/options.js";

const USAGE = `npm run bench:target [-- --update]
  --update  records today's values in tests/bench/budgets.json and in README.md
Exit code 1: a figure is more than 2 % worse than its recorded value.
`;

export function main(argv: readonly string[]): Promise<number> {
  return reportingFailures("bench:target", async () => {
    const options = new Options(argv, { flags: ["update", "help"], values: [] });
    if (options.flag("help")) {
      process.stdout.write(USAGE);
      return 0;
    }
    const { comparisons, complaints } = await runTarget((text) => void process.stdout.write(text));
    if (!options.flag("update")) return complaints.length === 0 ? 0 : 1;
    const left = acceptAsRecorded(comparisons);
    if (left !== null) process.stderr.write(`bench:target: ${left}\n`);
    return 0;
  });
}
