/**
 * Depth of calls in translated code. The translator has every function count it, at some fifteen instructions a call. But a stack can only
 * grow without end through a function that comes back to itself: those go on counting, and of the others the longest chain is known here.
 */
import { BuildError } from "../build/errors.js";
import { findRecursive, longestChain } from "../build/recursion.js";
import { ExternKind, type WasmModule } from "../build/wasmModule.js";

/** Most functions that call one another in a row without counting: 30 are the most of today's kernels, and take 1.6 KB of stack on rv32imc. */
const CHAIN_MAX = 40;

const COUNT = "  FUNC_PROLOGUE;\n";
const COUNT_BACK = "  FUNC_EPILOGUE;\n";

/** Returns the C of a module in which functions on a cycle of calls count alone. Throws BuildError where the text is not the translator's. */
export function withCountedCycles(source: string, module: WasmModule, where: string): string {
  const bodies = module.bodies();
  const imported = module.imports().filter(({ kind }) => kind === ExternKind.Function).length;
  const isRecursive = findRecursive(bodies, imported);
  const chain = longestChain(bodies, imported, isRecursive);
  if (chain > CHAIN_MAX)
    throw new BuildError(`${where}: ${chain} functions call one another in a row, ${CHAIN_MAX} fit the stack of a task`);
  const [head = "", ...functions] = source.split(COUNT);
  if (functions.length !== bodies.length || functions.some((text) => text.split(COUNT_BACK).length !== 2)) {
    throw new BuildError(`${where}: wasm2c's output counts calls otherwise than once in each of ${bodies.length} functions`);
  }
  return head + functions.map((text, i) => (isRecursive[i] ? COUNT + text : text.replace(COUNT_BACK, ""))).join("");
}
