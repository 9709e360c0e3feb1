/** Teaches the installed TypeScript to load the plugin behind our false-error-free type checks (toolchain/editor). */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { join } from "node:path";

import { SetupError } from "./setupError.mjs";

/** What ts-patch writes at the head of each file it has changed. */
const MARK = "/// tsp-module:";

/** Tells whether TypeScript is installed as npm unpacked it. */
export function typeScriptNeedsPatch(machine) {
  const file = join(machine.root, "node_modules", "typescript", "lib", "typescript.js");
  if (!existsSync(file)) return false;
  const head = Buffer.alloc(MARK.length);
  const handle = openSync(file, "r");
  readSync(handle, head, 0, head.length, 0);
  closeSync(handle);
  return head.toString() !== MARK;
}

export function patchTypeScript(machine) {
  const program = join(machine.root, "node_modules", "ts-patch", "bin", "ts-patch.js");
  const result = machine.run(process.execPath, [program, "install", "-s"], { cwd: machine.root });
  if (result.code !== 0) throw new SetupError(`TypeScript: ts-patch install ended with ${result.code}:\n${result.output}`, 1);
}
