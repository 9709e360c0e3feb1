/** ESP-IDF and its emulator on this machine, or how to get them. Nothing here installs them: that is gigabytes. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { UsageError } from "../cli/options.js";
import { findProgram } from "../setup/system.mjs";
import { EMULATORS, type Target } from "./targets.js";

const BRANCH = "release/v5.5";

/** Returns the path of idf.py. Throws UsageError with the lines to type. */
export function findIdf(target: Target, environment: NodeJS.ProcessEnv = process.env): string {
  const idfPy = findProgram("idf.py", environment);
  const { IDF_PATH } = environment;
  if (idfPy !== null && IDF_PATH) return idfPy;
  if (IDF_PATH) {
    const lines = [`. ${join(IDF_PATH, "export.sh")}`];
    throw new UsageError(`found IDF_PATH and no idf.py on the PATH, expected ESP-IDF's environment. Type in this terminal:${typed(lines)}`);
  }
  const lines = [
    `git clone -b ${BRANCH} --depth 1 --recursive --shallow-submodules https://github.com/espressif/esp-idf.git ~/esp/esp-idf`,
    `~/esp/esp-idf/install.sh ${target}`,
    ". ~/esp/esp-idf/export.sh",
  ];
  throw new UsageError(
    `found no ESP-IDF (IDF_PATH is not set), expected 5.3 to 6.x. Type once the first two lines, and in each new terminal the third:${typed(lines)}`,
  );
}

/** Throws UsageError where the emulator does not run, or is one that does not know the chip, such as Debian's. */
export function checkEmulator(target: Target, environment: NodeJS.ProcessEnv = process.env): void {
  const emulator = EMULATORS[target];
  if (emulator === undefined) {
    throw new UsageError(`--emulate: found ${target}, expected one that the emulator knows: ${Object.keys(EMULATORS).join(", ")}`);
  }
  const program = findProgram(emulator.program, environment);
  const machines = program === null ? "" : spawnSync(program, ["-M", "help"], { encoding: "utf8", env: environment }).stdout;
  if (new RegExp(`^${target}\\s`, "m").test(machines ?? "")) return;
  const found = program === null ? `no ${emulator.program}` : `${program}, which does not know ${target}`;
  const lines = [`python $IDF_PATH/tools/idf_tools.py install ${emulator.tool}`, ". $IDF_PATH/export.sh"];
  throw new UsageError(`--emulate: found ${found}, expected Espressif's emulator. Type:${typed(lines)}`);
}

function typed(lines: readonly string[]): string {
  return lines.map((line) => `\n  ${line}`).join("");
}
