/** A load hook in front of tsx: see typescript.mjs. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const COMPILER_MODULE = /\/node_modules\/(binaryen|assemblyscript)\/.*\.js$/;

export async function load(url, context, next) {
  const plain = url.split("?")[0];
  if (!COMPILER_MODULE.test(plain)) return next(url, context);
  return { format: "module", source: await readFile(fileURLToPath(plain)), shortCircuit: true };
}
