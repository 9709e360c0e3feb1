/** `npm run store`: reads a store on the PC. Never writes. */
import { reportingFailures } from "../cli/failure.js";
import { Options, UsageError } from "../cli/options.js";
import { SPACES } from "../store/checkpoint.js";
import { dump, openImage, statsOf, statsText, verify } from "../store/index.js";
import { SECTOR_BYTES_MAX, SECTOR_BYTES_MIN } from "../store/region.js";
import type { StoreState } from "../store/recovery.js";

const USAGE = `npm run store -- dump|verify|stats IMAGE [--partition store|state] [--bare] [--sector-bytes N] [--json] [--space NAME]
  dump             a JSON line for each record, in the order of keys; of one space with --space ${SPACES.join("|")}
  verify           checks all checksums, the tree against the records, the counters; exit code 1 where something is wrong
  stats            what the flash is used for, erase counts, counters; one JSON object with --json
  IMAGE            the flash file of the simulated board, or the image of a store alone
  --partition      of the flash file; default store
  --bare           the file is a store alone, even if it is as large as a flash file
  --sector-bytes N when no sector's head tells
`;

const ACTIONS = { dump: printDump, verify: printVerdict, stats: printStats };

export async function main(argv: string[]): Promise<number> {
  return reportingFailures("npm run store", async () => {
    const names = {
      flags: ["help", "json", "bare"],
      values: ["partition", "sector-bytes", "space"],
      words: "dump|verify|stats IMAGE",
    };
    const options = new Options(argv, names);
    if (options.flag("help")) {
      process.stdout.write(USAGE);
      return 0;
    }
    const [action, image, stray] = options.words;
    if (action === undefined || !Object.hasOwn(ACTIONS, action)) {
      throw new UsageError(`found ${action === undefined ? "nothing to do" : `"${action}"`}, expected ${Object.keys(ACTIONS).join(", ")}`);
    }
    if (image === undefined) throw new UsageError(`${action}: found no image, expected the path of a flash file or of a store's image`);
    if (stray !== undefined) throw new UsageError(`found "${stray}" behind the image, expected nothing more`);
    const partition = options.choice("partition", ["store", "state"]);
    const sectorBytes = options.number("sector-bytes", SECTOR_BYTES_MIN, SECTOR_BYTES_MAX);
    if (sectorBytes !== undefined && !Number.isInteger(Math.log2(sectorBytes))) {
      throw new UsageError(`--sector-bytes: found ${sectorBytes}, expected a power of two`);
    }
    const state = openImage(image, {
      isBare: options.flag("bare"),
      ...(partition !== undefined && { partition }),
      ...(sectorBytes !== undefined && { sectorBytes }),
    });
    return ACTIONS[action as keyof typeof ACTIONS](state, options);
  });
}

function printDump(state: StoreState, options: Options): number {
  for (const line of dump(state, options.choice("space", SPACES))) print(line);
  if (state.indexLost !== null) process.stderr.write(`index lost: ${state.indexLost}; the whole log was read instead\n`);
  return 0;
}

function printVerdict(state: StoreState): number {
  const { faults, notes, records, pages } = verify(state);
  for (const note of notes) print(`note: ${note}`);
  for (const fault of faults) print(`fault: ${fault}`);
  print(`verify: ${records} records, ${pages} pages, ${faults.length === 0 ? "nothing wrong" : `${faults.length} faults`}`);
  return faults.length === 0 ? 0 : 1;
}

function printStats(state: StoreState, options: Options): number {
  const stats = statsOf(state);
  if (options.flag("json")) print(JSON.stringify(stats));
  else for (const line of statsText(stats)) print(line);
  return 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
