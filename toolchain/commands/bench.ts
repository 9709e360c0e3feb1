/** `npm run bench`: speed on this machine, side by side with others that do the same work. */
import { runPcBench } from "../bench/pc/index.js";
import { reportText } from "../bench/pc/report.js";
import { reportingFailures } from "../cli/failure.js";
import { Options } from "../cli/options.js";

const USAGE = `npm run bench [-- --rounds N] [--span MS]
  --rounds N  measurements of each figure, 5..99 (default 5)
  --span MS   how long each rate is measured, 100..60000 (default 800)
Prints a table and writes the same figures to build/bench.json. Nothing else should run meanwhile.
`;
/** Fewer have no spread worth showing. */
const LEAST_ROUNDS = 5;
const SPAN_MS = 800;

export function main(argv: readonly string[]): Promise<number> {
  return reportingFailures("npm run bench", async () => {
    const options = new Options(argv, { flags: ["help"], values: ["rounds", "span"] });
    if (options.flag("help")) {
      process.stdout.write(USAGE);
      return 0;
    }
    const report = await runPcBench({
      rounds: options.number("rounds", LEAST_ROUNDS, 99) ?? LEAST_ROUNDS,
      spanMs: options.number("span", 100, 60_000) ?? SPAN_MS,
      say: (text) => void process.stderr.write(text),
    });
    process.stdout.write(`${reportText(report)}\n`);
    return 0;
  });
}
