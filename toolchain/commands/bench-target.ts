/** `npm run bench:target`: RAM, flash and instructions on the target's instruction set, against their budgets. */
import { acceptAsRecorded, runTarget } from "../bench/index.js";
import { reportingFailures } from "../cli/failure.js";
import { TARGET_BUILDS, type TargetBuild } from "../bench/modules.js";
import { Options, UsageError } from "../cli/options.js";

const USAGE = `npm run bench:target [-- --update | --only KERNEL[,KERNEL]]
  --update  records today's values in tests/bench/budgets.json and in README.md
  --only    measures these of ${TARGET_BUILDS.join(", ")}
Exit code 1: a figure is more than 2 % worse than its recorded value.
`;

export function main(argv: readonly string[]): Promise<number> {
  return reportingFailures("bench:target", async () => {
    const options = new Options(argv, { flags: ["update", "help"], values: ["only"] });
    if (options.flag("help")) {
      process.stdout.write(USAGE);
      return 0;
    }
    const only = buildsNamed(options.text("only"));
    if (only && options.flag("update")) throw new UsageError("--update: expected without --only, all figures are recorded or none");
    const { comparisons, complaints } = await runTarget((text) => void process.stdout.write(text), only);
    if (!options.flag("update")) return complaints.length === 0 ? 0 : 1;
    const left = acceptAsRecorded(comparisons);
    if (left !== null) process.stderr.write(`bench:target: ${left}\n`);
    return 0;
  });
}

function buildsNamed(names: string | undefined): TargetBuild[] | undefined {
  return names?.split(",").map((name) => {
    const build = TARGET_BUILDS.find((each) => each === name);
    if (build === undefined) throw new UsageError(`--only ${name}: expected one of ${TARGET_BUILDS.join(", ")}`);
    return build;
  });
}
