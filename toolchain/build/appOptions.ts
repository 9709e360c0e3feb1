/** What an author may set in the asconfig.json beside app.ts, with the thrifty defaults. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BuildError } from "./errors.js";

export interface AppOptions {
  runtime: "stub" | "minimal" | "incremental";
  /** Linear memory; the board allots exactly this. Left out without a collector: what the app's static data takes, and some heap. */
  memoryBytes?: number;
  /** Loop passes in one call before the app counts as hung: about two seconds of a small loop on a board. */
  fuel: number;
  /** Bytes of the incremental collector's shadow stack. */
  stackSize: number;
  /** Files these came from, absolute. */
  files: string[];
}

interface Rule {
  expected: string;
  accepts: (value: unknown) => boolean;
}

const integer = (low: number, high: number): Rule => ({
  expected: `an integer from ${low} to ${high}`,
  accepts: (value) => Number.isInteger(value) && (value as number) >= low && (value as number) <= high,
});

const RULES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  options: {
    runtime: { expected: '"stub", "minimal" or "incremental"', accepts: (value) => ["stub", "minimal", "incremental"].includes(value as string) },
    stackSize: integer(256, 16384),
  },
  wasmote: { memoryBytes: integer(2048, 65520), fuel: integer(1000, 2_000_000_000) },
};

const COLLECTED_BYTES = 24 * 1024;
const INCREMENTAL_STACK_BYTES = 512;
const DEFAULT_FUEL = 1_000_000;

type Settings = Record<string, Record<string, unknown>>;

export function appOptions(folder: string): AppOptions {
  const file = join(folder, "asconfig.json");
  const settings = existsSync(file) ? readSettings(file) : {};
  const runtime = (settings["options"]?.["runtime"] ?? "stub") as AppOptions["runtime"];
  const stackSize = settings["options"]?.["stackSize"] ?? (runtime === "incremental" ? INCREMENTAL_STACK_BYTES : 0);
  const memoryBytes = settings["wasmote"]?.["memoryBytes"] ?? (runtime === "stub" ? undefined : COLLECTED_BYTES);
  return {
    runtime,
    ...(memoryBytes === undefined ? {} : { memoryBytes: memoryBytes as number }),
    fuel: (settings["wasmote"]?.["fuel"] ?? DEFAULT_FUEL) as number,
    stackSize: stackSize as number,
    files: [file], // a stamp notices also when it appears
  };
}

function readSettings(file: string): Settings {
  let settings: Settings;
  try {
    settings = JSON.parse(readFileSync(file, "utf8")) as Settings;
  } catch (error) {
    throw new BuildError(`${file}: ${(error as Error).message}\n  expected JSON such as {"options":{"runtime":"minimal"}}`);
  }
  for (const [section, members] of Object.entries(settings)) {
    const rules = RULES[section];
    if (!rules) throw new BuildError(`${file}: "${section}" is unknown\n  expected ${Object.keys(RULES).join(" or ")}`);
    for (const [key, value] of Object.entries(members)) {
      const rule = rules[key];
      if (!rule) throw new BuildError(`${file}: "${section}.${key}" is unknown\n  expected ${Object.keys(rules).join(" or ")}`);
      if (!rule.accepts(value)) throw new BuildError(`${file}: "${section}.${key}" is ${JSON.stringify(value)}\n  expected ${rule.expected}`);
    }
  }
  return settings;
}
