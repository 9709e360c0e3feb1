/**
 * Small functions of translated code become part of their callers. The module has them as functions, for under the interpreter each copy is RAM;
 * the C compiler would leave them so where it is asked for small code, and a call takes more instructions than what it calls.
 */
import { findRecursive } from "../build/recursion.js";
import { ExternKind, type WasmModule } from "../build/wasmModule.js";

/** Bodies up to so many bytes, by measurement: see tests/bench/NOTES.md. */
const SMALL_BYTES = 28;

const HEAD = /^static (?=\w+ w2c_f(\d+)\()/gm;

/** Returns the C of a module with its small functions marked, both where they are declared and where they are defined. */
export function withSmallInlined(source: string, module: WasmModule): string {
  const bodies = module.bodies();
  const imported = module.imports().filter(({ kind }) => kind === ExternKind.Function).length;
  const isRecursive = findRecursive(bodies, imported);
  const isSmall = (index: number): boolean => !isRecursive[index] && (bodies[index]?.length ?? Infinity) <= SMALL_BYTES;
  return source.replace(HEAD, (head, index) => (isSmall(Number(index) - imported) ? "static ALWAYS_INLINE " : head));
}
