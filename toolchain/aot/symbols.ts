/** Names and types as wasm2c 1.0.32 writes them. */
import type { FunctionType } from "../build/wasmModule.js";

const I32 = 0x7f;
const I64 = 0x7e;

/** The type a .def file's letter has in C: i and the spans' pointers are i32, I is i64. */
export function cType(letter: string): string {
  return letter === "v" ? "void" : letter === "I" ? "uint64_t" : "uint32_t";
}

/** A signature of the .def files, "i(<iI)", as letters. */
export function splitSignature(signature: string): { result: string; params: string[] } {
  return { result: signature[0]!, params: [...signature.slice(2, -1)] };
}

/** A function type as a signature of exports.def, "i(iI)"; undefined when a value is not an integer. */
export function signatureOf({ params, results }: FunctionType): string | undefined {
  const letters = [...params, ...results].map((type) => (type === I32 ? "i" : type === I64 ? "I" : undefined));
  if (letters.includes(undefined) || results.length > 1) return undefined;
  return `${results.length === 0 ? "v" : letters.at(-1)!}(${letters.slice(0, params.length).join("")})`;
}

/** A file or kernel name as a C identifier: "full-plain" is full_plain. */
export function identifier(name: string): string {
  return name.replace(/\W/g, "_");
}

/** Names of a module's parts in the translated code: Z, and every character that C lacks, is written as Z and two digits. */
export function symbol(module: string, part: string): string {
  return `Z_${mangle(module)}Z_${mangle(part)}`;
}

export function instanceType(module: string): string {
  return `Z_${mangle(module)}_instance_t`;
}

export function lifecycle(module: string, verb: "init_module" | "instantiate"): string {
  return `Z_${mangle(module)}_${verb}`;
}

function mangle(name: string): string {
  return name.replace(/[^A-Ya-z0-9_]/g, (character) => `Z${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}
