/** The translator from WebAssembly to C: wasm2c of Debian's package wabt. Its output is C that our glue names, so its version counts. */
import { spawnSync } from "node:child_process";

import { BuildError } from "../build/errors.js";

/** Releases whose names and run-time interface host/aot speaks. */
const KNOWN_VERSIONS = ["1.0.32"];

/** Writes `output`.c and, beside it, the header. `name`: a C identifier, the prefix of its symbols. Throws BuildError. */
export function runWasm2c(wasmPath: string, name: string, output: string): void {
  checkVersion();
  const { error, status, stderr } = wasm2c([wasmPath, "--no-debug-names", "--module-name", name, "--output", output]);
  if (error || status !== 0) throw new BuildError(`wasm2c ${wasmPath} ended with ${status}:\n${error?.message ?? stderr}`);
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
