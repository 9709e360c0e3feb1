/** The translator from WebAssembly to C: wasm2c of Debian's package wabt. Its output is C that our glue names, so its version counts. */
import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

import { BuildError } from "../build/errors.js";
import { findProgram } from "../setup/system.mjs";

/** Releases whose names and run-time interface host/aot speaks. */
const KNOWN_VERSIONS = ["1.0.32"];

/** Writes `output`.c and, beside it, the header. `name`: a C identifier, the prefix of its symbols. Throws BuildError. */
export function runWasm2c(wasmPath: string, name: string, output: string): void {
  checkVersion();
  const { error, status, stderr } = wasm2c([wasmPath, "--no-debug-names", "--module-name", name, "--output", output]);
  if (error || status !== 0) throw new BuildError(`wasm2c ${wasmPath} ended with ${status}:\n${error?.message ?? stderr}`);
}

/** The header that the translated code is written against, as it was installed with the translator. Throws BuildError. */
export function readRuntimeHeader(): string {
  const program = findProgram("wasm2c");
  const path = program && join(dirname(realpathSync(program)), "..", "include", "wasm-rt.h");
  try {
    return readFileSync(path ?? "wasm-rt.h", "utf8");
  } catch {
    throw new BuildError(`${path ?? "wasm-rt.h"}: not found\n  install it with wasm2c: apt-get install wabt`);
  }
}

function checkVersion(): void {
  const { error, stdout } = wasm2c(["--version"]);
  if (error) throw new BuildError("wasm2c: not found\n  install it: apt-get install wabt");
  const version = stdout.trim();
  const isKnown = KNOWN_VERSIONS.some((known) => version === known || version.startsWith(`${known} `));
  if (!isKnown)
    throw new BuildError(`wasm2c: found version ${version}, expected ${KNOWN_VERSIONS.join(" or ")}, as Debian 12's package wabt has it`);
}

function wasm2c(args: readonly string[]): ReturnType<typeof spawnSync> & { stdout: string; stderr: string } {
  return spawnSync("wasm2c", args, { encoding: "utf8" }) as ReturnType<typeof spawnSync> & { stdout: string; stderr: string };
}
