/** Kernels compiled for tests: as shipped, but with their memory and allocator exported. */
import { compile } from "../../toolchain/build/compile.js";
import { findKernel, kernelArgs } from "../../toolchain/build/kernel.js";

/** What a kernel exports (host/include/exports.def), and what the test build adds. */
export interface KernelExports {
  memory: WebAssembly.Memory;
  abi_version(): number;
  setup(): number;
  step(nowMs: bigint): number;
  exchange(): number;
  syscall(row: number, nowMs: bigint, ...args: number[]): number;
  app_started(restarts: number): number;
  /** Allocates: only to see where the heap has come to. */
  __new(bytes: number, id: number): number;
}

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** Returns a kernel of kernels.ts, compiled once in this process. */
export function kernelModule(name: string): Promise<WebAssembly.Module> {
  const known = modules.get(name);
  if (known) return known;
  const compiled = compileForTest(name);
  modules.set(name, compiled);
  return compiled;
}

async function compileForTest(name: string): Promise<WebAssembly.Module> {
  const kernel = findKernel(name);
  const args = kernelArgs(kernel).filter((arg) => arg !== "--noExportMemory");
  const { module } = await compile({ entry: kernel.entry, args: [...args, "--exportRuntime"] });
  return WebAssembly.compile(new Uint8Array(module.toBytes()));
}
