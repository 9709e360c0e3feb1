/** The kernels as they ship, with windows cut into them for tests: their memory and their globals are exported, too. */
import { readFile } from "node:fs/promises";
import { ByteReader } from "../../toolchain/build/byteReader.js";
import { buildKernel } from "../../toolchain/build/index.js";
import type { KernelBuild } from "../../toolchain/build/kernels.js";
import { ExternKind, SectionId, WasmModule } from "../../toolchain/build/wasmModule.js";

/** What a kernel exports (host/include/exports.def), and the windows. */
export interface KernelExports {
  memory: WebAssembly.Memory;
  abi_version(): number;
  setup(): number;
  step(nowMs: bigint): number;
  exchange(): number;
  syscall(row: number, nowMs: bigint, ...args: number[]): number;
  app_started(restarts: number): number;
}

/** Values of all i32 globals of an instance, by their index. */
export function globalsOf(kernel: KernelExports): number[] {
  return Object.entries(kernel)
    .filter(([name]) => name.startsWith("global"))
    .map(([, global]) => (global as unknown as WebAssembly.Global).value as number);
}

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** Returns a kernel of kernels.ts, or another by its description, built when it is not, and opened once in this process. */
export function kernelModule(kernel: string | KernelBuild): Promise<WebAssembly.Module> {
  const name = typeof kernel === "string" ? kernel : kernel.name;
  const known = modules.get(name);
  if (known) return known;
  const opened = open(kernel);
  modules.set(name, opened);
  return opened;
}

async function open(kernel: string | KernelBuild): Promise<WebAssembly.Module> {
  const module = WasmModule.parse(await readFile(await buildKernel(kernel)));
  module.addExport("memory", ExternKind.Memory, 0);
  const globals = new ByteReader(module.section(SectionId.Global)!.contents).u32();
  for (let index = 0; index < globals; index++) module.addExport(`global${index}`, ExternKind.Global, index);
  return WebAssembly.compile(new Uint8Array(module.toBytes()));
}
