/** npm packages: installed from the lock file, and only when what is there differs from it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { SetupError } from "./setupError.mjs";

/**
 * Returns whether node_modules holds what package-lock.json asks for. npm writes its own account of what it installed,
 * node_modules/.package-lock.json, as its last act, so an installation cut short does not count.
 * Packages for other systems are optional and may be missing.
 */
export function nodePackagesAreCurrent(machine) {
  const wanted = readPackages(join(machine.root, "package-lock.json"));
  const installed = readPackages(join(machine.root, "node_modules", ".package-lock.json"));
  if (wanted === null || installed === null) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue;
    const found = installed[path];
    if (found === undefined) {
      if (entry.optional || entry.peer) continue;
      return false;
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) return false;
  }
  return true;
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? null;
  } catch {
    return null;
  }
}

/** Runs `npm ci` in the repository. Its output goes to build/setup/npm.log and is shown only when it fails. */
export function installNodePackages(machine) {
  const [program, ...first] = npmCommand(machine.environment);
  const result = machine.run(program, [...first, "ci", "--no-audit", "--no-fund"], { cwd: machine.root });
  const log = writeLog(machine.root, "npm.log", result.output);
  if (result.code === 0) return;
  const cause = result.code === null ? "npm does not run" : `npm ci ended with ${result.code}`;
  throw new SetupError(`npm packages: ${cause}. The end of ${log}:\n${tail(result.output)}`, 1);
}

/** Inside `npm start`, npm says where it is; otherwise it is on the PATH. */
function npmCommand(environment) {
  const path = environment.npm_execpath;
  return path !== undefined && /npm-cli\.c?js$/.test(path) ? [process.execPath, path] : ["npm"];
}

/** Keeps a step's output in build/setup/. Returns the file's name. */
export function writeLog(root, name, text) {
  const folder = join(root, "build", "setup");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

export function tail(text, lines = 20) {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}
