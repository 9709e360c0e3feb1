/** Compiles a few lines of AssemblyScript as a kernel is compiled, up to what is done behind the compiler. */
import { compile } from "../../../toolchain/build/compile.js";
import { kernelArgs } from "../../../toolchain/build/kernel.js";
import type { WasmModule } from "../../../toolchain/build/wasmModule.js";

const ENTRY = "tests/toolchain/build/temporary.ts";

export async function compileLines(source: string): Promise<WasmModule> {
  const { module } = await compile({
    entry: ENTRY,
    args: kernelArgs({ name: "temporary", entry: ENTRY, memoryBytes: 4096 }),
    virtualFile: (path) => (path.endsWith(ENTRY) ? `import "../../../assembly/kernel/host/abort";${source}` : null),
  });
  return module;
}

/** Runs the module's only way in. */
export async function answerOf(module: WasmModule): Promise<unknown> {
  const { instance } = await WebAssembly.instantiate(new Uint8Array(module.toBytes()), { host: { sys_abort: () => undefined } });
  return (instance.exports["answer"] as () => unknown)();
}
