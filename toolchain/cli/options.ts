/** Command lines: what was found and what is expected, for every mistake. */
import { parseArgs } from "node:util";

import { nearestName } from "../config/nearestName.js";

/** The command was asked for something it does not do: exit code 2. */
export class UsageError extends Error {}

/** What a command line may hold: flags stand alone, values take the next word, words are what else may stand there. */
export interface OptionNames {
  readonly flags: readonly string[];
  readonly values: readonly string[];
  /** What the words are, for the reader; left out: there are none. */
  readonly words?: string;
}

/** The options of one command line. Reading one checks it. */
export class Options {
  readonly #values: Readonly<Record<string, string | boolean | undefined>>;
  /** What stands alone, and all behind a "--", in order. */
  readonly words: readonly string[];

  /** Throws UsageError for what is not among the names. */
  constructor(argv: readonly string[], names: OptionNames) {
    const options: Record<string, { type: "string" | "boolean" }> = {};
    for (const name of names.flags) options[name] = { type: "boolean" };
    for (const name of names.values) options[name] = { type: "string" };
    const { tokens, values, positionals } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
    for (const token of tokens) {
      if (token.kind === "positional" && names.words === undefined) {
        throw new UsageError(`found "${token.value}", expected options only: ${list(names)}`);
      }
      if (token.kind !== "option") continue;
      const type = options[token.name]?.type;
      if (type === undefined) throw new UsageError(unknownOption(token.rawName, names));
      if (type === "string" && (token.value === undefined || (!token.inlineValue && token.value.startsWith("--")))) {
        throw new UsageError(`${token.rawName}: found no value, expected one behind it`);
      }
      if (type === "boolean" && token.value !== undefined) {
        throw new UsageError(`${token.rawName}: found the value "${token.value}", expected none`);
      }
    }
    this.words = positionals;
    this.#values = values as Record<string, string | boolean | undefined>;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    return this.#values[name] as string | undefined;
  }

  required(name: string, expected: string): string {
    const value = this.text(name);
    if (value === undefined) throw new UsageError(`--${name}: found nothing, expected ${expected}`);
    return value;
  }

  /** A number within bounds; whole unless said otherwise. */
  number(name: string, min: number, max: number, { isWhole = true } = {}): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    const fits = text.trim() !== "" && value >= min && value <= max && (!isWhole || Number.isInteger(value));
    if (!fits) throw new UsageError(`--${name}: found "${text}", expected a ${isWhole ? "whole " : ""}number from ${min} to ${max}`);
    return value;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.text(name);
    if (value === undefined || choices.includes(value as Choice)) return value as Choice | undefined;
    throw new UsageError(`--${name}: found "${value}", expected ${choices.join(" or ")}`);
  }
}

function list({ flags, values, words }: OptionNames): string {
  return [...[...values, ...flags].map((name) => `--${name}`), ...(words === undefined ? [] : [words])].join(", ");
}

function unknownOption(rawName: string, names: OptionNames): string {
  const near = nearestName(rawName.replace(/^-+/, ""), [...names.values, ...names.flags]);
  return `found ${rawName}${near === null ? "" : ` (did you mean --${near}?)`}, expected one of ${list(names)}`;
}
