/** Reads and checks config.json. Every error names the key, what was found, and what is expected. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import type { z } from "zod";

import { ConfigError } from "./configError.js";
import { nearestName } from "./nearestName.js";
import { JsonError, parseJson } from "./parseJson.js";
import { certificatesOf, pairProblem, type PemResult, privateKeyOf } from "./pem.js";
import { type Config, secretKeys, sectionNames, type TlsSection, wholeSchema } from "./schema.js";
import { fromTendrlConfig, isTendrlConfig } from "./tendrlConfig.js";

export { ConfigError } from "./configError.js";

/** Reads a configuration file; tls.caFile becomes tls.ca, and so on. Throws ConfigError. */
export function loadConfig(file: string): Config {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const hint = (error as NodeJS.ErrnoException).code === "ENOENT" ? "; npm run provision -- --init writes one" : "";
    throw new ConfigError(file, [`cannot be read (${(error as NodeJS.ErrnoException).code}), expected a JSON file${hint}`]);
  }
  return parseConfig(text, file);
}

/** As loadConfig, from text; paths inside are seen from `source`. */
export function parseConfig(text: string, source: string): Config {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw new ConfigError(source, [error.message]);
    throw error;
  }
  return checkConfig(value, source);
}

/** As loadConfig, from a value made by a program. */
export function checkConfig(value: unknown, source: string): Config {
  if (isTendrlConfig(value)) return checkConfig(fromTendrlConfig(value, source), source);
  const result = wholeSchema.safeParse(withMqtt(value));
  if (!result.success)
    throw new ConfigError(
      source,
      result.error.issues.flatMap((issue) => describe(issue, value)),
    );
  const { tls, ...rest } = result.data;
  return tls === undefined ? rest : { ...rest, tls: withPemTexts(tls, source) };
}

/** The configuration of a cloud that knows its broker needs no section for it. */
function withMqtt(value: unknown): unknown {
  const isObject = typeof value === "object" && value !== null;
  return isObject && "tendrl" in value && !("mqtt" in value) ? { mqtt: {}, ...value } : value;
}

const PEM_KEYS = [
  { name: "ca", file: "caFile", read: certificatesOf },
  { name: "certificate", file: "certificateFile", read: certificatesOf },
  { name: "key", file: "keyFile", read: privateKeyOf },
] as const;

function withPemTexts(section: TlsSection, source: string): TlsSection {
  const { caFile: _ca, certificateFile: _certificate, keyFile: _key, ...tls } = section;
  const problems: string[] = [];
  for (const { name, file, read } of PEM_KEYS) {
    const path = section[file];
    const key = `tls.${path === undefined ? name : file}`;
    const result = path === undefined ? inlinePem(section[name], read) : pemFile(resolve(dirname(source), path), read);
    if (result === null) continue;
    if ("pem" in result) tls[name] = result.pem;
    else problems.push(`${key}: ${result.problem}`);
  }
  if (problems.length === 0 && (tls.certificate !== undefined || tls.key !== undefined)) {
    const problem = pairOf(tls);
    if (problem !== null) problems.push(problem);
  }
  if (problems.length > 0) throw new ConfigError(source, problems);
  return tls;
}

function inlinePem(text: string | undefined, read: (text: string, source: string) => PemResult): PemResult | null {
  return text === undefined ? null : read(text, "its text");
}

function pemFile(path: string, read: (text: string, source: string) => PemResult): PemResult {
  try {
    return read(readFileSync(path, "utf8"), path);
  } catch (error) {
    return { problem: `${path} cannot be read (${(error as NodeJS.ErrnoException).code}), expected a PEM file` };
  }
}

function pairOf({ certificate, key }: TlsSection): string | null {
  if (key === undefined) return "tls.keyFile: found nothing, expected the private key of tls.certificate";
  if (certificate === undefined) return "tls.certificateFile: found nothing, expected the certificate of tls.key";
  const problem = pairProblem(certificate, key);
  return problem === null ? null : `tls.certificate: ${problem}`;
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
