/** Runs Binaryen's programs on a module: what AssemblyScript's compiler does not offer of them. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { BuildError } from "./errors.js";
import { WasmModule } from "./wasmModule.js";

const run = promisify(execFile);

const PROGRAMS = join(dirname(createRequire(import.meta.url).resolve("binaryen/package.json")), "bin");

/** What the compiler may have used beyond WebAssembly 1.0; the interpreter knows no more. */
const FEATURES = ["bulk-memory", "bulk-memory-opt", "sign-ext", "mutable-globals", "nontrapping-float-to-int"];

/** Returns the module as the program leaves it, with names. Throws a BuildError with what the program said. */
async function binaryen(program: string, module: WasmModule, args: readonly string[]): Promise<{ module: WasmModule; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "wasmote-"));
  try {
    const input = join(folder, "in.wasm");
    const result = join(folder, "out.wasm");
    await writeFile(input, module.toBytes());
    const features = FEATURES.map((feature) => `--enable-${feature}`);
    const { stdout } = await run(process.execPath, [join(PROGRAMS, program), input, "-g", "-o", result, ...features, ...args]);
    return { module: WasmModule.parse(await readFile(result)), output: stdout };
  } catch (error) {
    throw new BuildError(`${program}: ${(error as Error).message}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Runs an exported function now and leaves in the module what it left in memory and globals. The export is gone; so is the
 * code that nothing else needs. Throws a BuildError when the function calls the host or traps.
 */
export async function evaluate(module: WasmModule, name: string): Promise<WasmModule> {
  const { module: evaluated, output } = await binaryen("wasm-ctor-eval", module, [`--ctors=${name}`]);
  if (evaluated.exports().some((row) => row.name === name)) {
    const why = `what runs while the module starts calls the host, or does not fit into its memory`;
    throw new BuildError(`${why}\n  move it into setup(), or grant more in kernels.ts\n${output.trim()}`);
  }
  return evaluated;
}

/**
 * Inlines and shrinks once more. Under the interpreter a call with its arguments and the function behind it take the room of
 * about ten instructions: so functions up to `alwaysBytes` in size are inlined everywhere, those with one caller up to `oneCallerBytes`.
 */
export async function shrink(module: WasmModule, alwaysBytes: number, oneCallerBytes: number): Promise<WasmModule> {
  const limits = ["--always-inline-max-function-size", String(alwaysBytes), "--one-caller-inline-max-function-size", String(oneCallerBytes)];
  return (await binaryen("wasm-opt", module, [...limits, "--zero-filled-memory", "-Oz", "--converge"])).module;
}
