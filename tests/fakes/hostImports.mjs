/**
 * Fakes of every row of both import tables, for as-pect specs.
 *
 * The names come from host/include/*.def, so a new row needs nothing here. A spec takes a row over by exporting a function
 * of the row's wire name and signature:
 *
 *   export function clock_monotonic(): i64 { return fakeNowMs; }
 *
 * Rows with a harmless answer have it below. Any other row throws, and fails the spec with the row's name.
 */
import { readFileSync } from "node:fs";
import process from "node:process";

const TABLES = ["kernel_imports.def", "app_imports.def"];
const ROW = /^(HOST_IMPORT|KERNEL_CALL)\((\w+),/gm;

/** Module "test": what a spec may ask of the run. */
const TEST_ROWS = {
  /** The one permutation to run of a sweep, from the environment variable PERMUTATION; -1: all. */
  permutation: () => Number(process.env.PERMUTATION ?? -1),
};

/** What a row answers when the spec does not take it over. */
const DEFAULTS = {
  sys_log: () => 0,
  sys_watchdog: () => 0,
  log: () => 0,
  sys_abort(message, len, line, column) {
    throw new Error(`sys_abort at ${line}:${column}`);
  },
  abort(message, len, line, column) {
    throw new Error(`abort at ${line}:${column}`);
  },
};

/** as-pect does not show the message of what an import throws, so it is written out as well. */
function refuse(name) {
  const message = `no fake for row "${name}": export a function of that name from the spec`;
  process.stderr.write(`${message}\n`);
  throw new Error(message);
}

/** Returns the import object. exportsOfSpec: () => the exports of the spec's instance, once there is one. */
export function hostImports(exportsOfSpec) {
  const imports = { host: {}, kernel: {}, test: TEST_ROWS };
  for (const table of TABLES) {
    const text = readFileSync(new URL(`../../host/include/${table}`, import.meta.url), "utf8");
    for (const [, kind, name] of text.matchAll(ROW)) {
      imports[kind === "KERNEL_CALL" ? "kernel" : "host"][name] = (...args) => {
        const answer = exportsOfSpec()[name] ?? DEFAULTS[name];
        if (answer === undefined) refuse(name);
        return answer(...args);
      };
    }
  }
  return imports;
}
