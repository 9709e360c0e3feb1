/**
 * Bounds the size of each function. The interpreter holds a value or a code page line on the C stack for every operation
 * it compiles in a row: a straight-line function of 1,000 statements took 128 KB of stack on Xtensa, where a task has 4-10.
 * Its statements were about 12 bytes each; a sixth of that still leaves a task room to spare.
 */
import { BuildError } from "./errors.js";
import { ExternKind, type WasmModule } from "./wasmModule.js";

export const MAX_FUNCTION_BYTES = 2000;

export interface FunctionSize {
  name: string;
  bytes: number;
}

/** The functions a module defines, with the size of each body; the module must still carry its names. */
export function functionSizes(module: WasmModule): FunctionSize[] {
  const imported = module.imports().filter((row) => row.kind === ExternKind.Function).length;
  const names = module.functionNames();
  return module.bodies().map((body, i) => ({ name: names.get(imported + i) ?? `function ${imported + i}`, bytes: body.length }));
}

/** Throws a BuildError that names every function over `limit` and the remedy. */
export function checkFunctionSizes(sizes: readonly FunctionSize[], limit = MAX_FUNCTION_BYTES): void {
  const tooLarge = sizes.filter((size) => size.bytes > limit);
  if (tooLarge.length === 0) return;
  const lines = tooLarge.map((size) => `${size.name}: ${size.bytes} bytes of code, at most ${limit} fit the board's stack`);
  throw new BuildError(`${lines.join("\n")}\n  split the function, move tables into StaticArray constants, or take @inline off what it calls`);
}
