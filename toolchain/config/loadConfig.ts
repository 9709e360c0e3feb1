/** Reads and checks config.json. Every error names the key, what was found, and what is expected. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";

import type { z } from "zod";

import { nearestName } from "./nearestName.js";
import { type Config, configSchema, secretKeys, sectionNames } from "./schema.js";

/** All that is wrong with a configuration, one line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(source: string, problems: readonly string[]) {
    super(problems.map((problem) => `${source}: ${problem}`).join("\n"));
    this.problems = problems;
  }
}

/** Reads a configuration file; tls.caFile becomes tls.ca. Throws ConfigError. */
export function loadConfig(file: string): Config {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(file, [`cannot be read (${(error as NodeJS.ErrnoException).code}), expected a JSON file`]);
  }
  return parseConfig(text, file);
}

/** As loadConfig, from text; paths inside are seen from `source`. */
export function parseConfig(text: string, source: string): Config {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConfigError(source, [jsonProblem(text)]);
  }
  return checkConfig(value, source);
}

/** As loadConfig, from a value made by a program. */
export function checkConfig(value: unknown, source: string): Config {
  const result = configSchema.safeParse(value);
  if (!result.success)
    throw new ConfigError(
      source,
      result.error.issues.flatMap((issue) => describe(issue, value)),
    );
  return withAuthority(result.data, source);
}

function withAuthority(config: Config, source: string): Config {
  const caFile = config.tls?.caFile;
  if (caFile === undefined) return config;
  const path = resolve(dirname(source), caFile);
  let ca: string;
  try {
    ca = readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(source, [`tls.caFile: ${path} cannot be read (${(error as NodeJS.ErrnoException).code}), expected a PEM file`]);
  }
  if (!ca.includes("-----BEGIN CERTIFICATE-----")) {
    throw new ConfigError(source, [`tls.caFile: found no certificate in ${path}, expected certificates in PEM`]);
  }
  const { caFile: _, ...rest } = config.tls ?? {};
  return { ...config, tls: { ...rest, ca } };
}

function describe(issue: z.core.$ZodIssue, value: unknown): string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path.join("."), key));
  const key = path.join(".");
  const found = key === "" ? kindOf(value) : foundText(key, valueAt(value, issue.path));
  return [`${key === "" ? "configuration" : key}: found ${found}, expected ${issue.message}`];
}

function unknownKey(section: string, key: string): string {
  const names = sectionNames[section] ?? [];
  const near = nearestName(key, names);
  const full = section === "" ? key : `${section}.${key}`;
  return `${full}: unknown key${near === null ? "" : ` (did you mean ${near}?)`}, expected one of ${names.join(", ")}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Record<PropertyKey, unknown>)[step];
  }
  return current;
}

/** A secret is described, never shown. */
function foundText(key: string, value: unknown): string {
  if (value === undefined) return "nothing";
  if (secretKeys.has(key)) return typeof value === "string" ? `a text of ${value.length} characters` : kindOf(value);
  if (typeof value === "object") return kindOf(value);
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return { string: "a text", number: "a number", boolean: "true or false", object: "an object" }[typeof value as string] ?? typeof value;
}

/**
 * Where the JSON goes wrong, as people count. Node 20 does not say; the compiler's own parser does, loaded only now.
 * The text may hold secrets: no more than one character of it is shown.
 */
function jsonProblem(text: string): string {
  const typescript = createRequire(import.meta.url)("typescript") as typeof import("typescript");
  const parsed = typescript.parseJsonText("config.json", text) as { parseDiagnostics?: Array<{ start: number; messageText: string }> };
  const first = parsed.parseDiagnostics?.[0];
  if (first === undefined) return "found comments, trailing commas, unquoted text or the like, expected plain JSON";
  const before = text.slice(0, first.start).split("\n");
  const found = first.start >= text.trimEnd().length ? "the end of the file" : JSON.stringify(text[first.start]);
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}: found ${found}, expected JSON (${first.messageText})`;
}
