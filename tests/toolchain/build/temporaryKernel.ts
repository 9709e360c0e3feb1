/** Compiles a few lines of AssemblyScript as a kernel is compiled, up to what is done behind the compiler. */
import { compile } from "../../../toolchain/build/compile.js";
import { kernelCompilation } from "../../../toolchain/build/kernel.js";
import type { WasmModule } from "../../../toolchain/build/wasmModule.js";

const ENTRY = "tests/toolchain/build/temporary.ts";

/** Of what compileLines compiles. */
export const MEMORY_BYTES = 4096;

/** others: files that the lines import, by their names. */
export async function compileLines(source: string, others: Readonly<Record<string, string>> = {}): Promise<WasmModule> {
  const kernel = kernelCompilation({ name: "temporary", entry: ENTRY, memoryBytes: MEMORY_BYTES });
  const virtualFile = (path: string): string | null => {
    if (path.endsWith(ENTRY)) return `import "../../../assembly/kernel/host/abort";${source}`;
    const other = Object.keys(others).find((name) => path.endsWith(`/${name}.ts`));
    return other === undefined ? (kernel.virtualFile?.(path) ?? null) : others[other]!;
  };
  return (await compile({ ...kernel, virtualFile })).module;
}

/** Runs the module's start, where it was not evaluated, and its only way in. */
export async function answerOf(module: WasmModule): Promise<unknown> {
  const { instance } = await WebAssembly.instantiate(new Uint8Array(module.toBytes()), { host: { sys_abort: () => undefined } });
  const { start, answer } = instance.exports as Record<string, (() => unknown) | undefined>;
  start?.();
  return answer!();
}
