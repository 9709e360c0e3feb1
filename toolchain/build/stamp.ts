/** Skips a build whose inputs are unchanged: a digest of each input's contents is kept beside the output. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { ROOT } from "./paths.js";

interface Stamp {
  /** Everything but files that decides the output: arguments, versions. */
  settings: string;
  /** Digests by path relative to the repository. */
  inputs: Record<string, string>;
  output: string;
  report: string;
}

function digest(path: string): string {
  return existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : "missing";
}

function stampPath(output: string): string {
  return `${output}.stamp.json`;
}

/** The report of the build that made `output`, or undefined when it must be built again. */
export function unchangedReport(output: string, settings: string): string | undefined {
  if (!existsSync(output) || !existsSync(stampPath(output))) return undefined;
  let stamp: Stamp;
  try {
    stamp = JSON.parse(readFileSync(stampPath(output), "utf8")) as Stamp;
  } catch {
    return undefined; // cut off while it was written
  }
  if (stamp.settings !== settings || stamp.output !== digest(output)) return undefined;
  const isSame = Object.entries(stamp.inputs).every(([path, expected]) => digest(`${ROOT}/${path}`) === expected);
  return isSame ? stamp.report : undefined;
}

export function writeStamp(output: string, settings: string, inputs: readonly string[], report: string): void {
  const digests = Object.fromEntries(inputs.map((path) => [relative(ROOT, path), digest(path)]));
  const stamp: Stamp = { settings, inputs: digests, output: digest(output), report };
  writeFileSync(stampPath(output), `${JSON.stringify(stamp, null, 1)}\n`);
}
