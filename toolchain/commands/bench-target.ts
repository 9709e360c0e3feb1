/** `npm run bench:target`: RAM, flash and instructions on the target's instruction set, against their budgets. */
import { acceptAsRecorded, runTarget } from "../bench/index.js";
import { reportingFailures } from "../cli/failure.js";
import { MEASURED, type Measured } from "../bench/modules.js";
import { Options, UsageError } from "../cli/options.js";

const USAGE = `npm run bench:target [-- --update | --only NAME[,NAME]]
  --update  records today's values in tests/bench/budgets.json and in README.md
  --only    measures these of ${MEASURED.join(", ")}
Exit code 1: a figure is more than 2 % worse than its recorded value.
`;

export function main(argv: readonly string[]): Promise<number> {
  return reportingFailures("bench:target", async () => {
    const options = new Options(argv, { flags: ["update", "help"], values: ["only"] });
    if (options.flag("help")) {
      process.stdout.write(USAGE);
      return 0;
    }
    const only = measuredNames(options.text("only"));
    if (only && options.flag("update")) throw new UsageError("--update: expected without --only, all figures are recorded or none");
    const { comparisons, complaints } = await runTarget((text) => void process.stdout.write(text), only);
    if (!options.flag("update")) return complaints.length === 0 ? 0 : 1;
    const left = acceptAsRecorded(comparisons);
    if (left !== null) process.stderr.write(`bench:target: ${left}\n`);
    return 0;
  });
}

function measuredNames(names: string | undefined): Measured[] | undefined {
  return names?.split(",").map((name) => {
    const measured = MEASURED.find((each) => each === name);
    if (measured === undefined) throw new UsageError(`--only ${name}: expected one of ${MEASURED.join(", ")}`);
    return measured;
  });
}
