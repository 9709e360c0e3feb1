/** Builds one kernel: compiled without assertions, checked against the walls, stripped, manifest in front. */
import { compile } from "./compile.js";
import { checkKernelContract, contractNumber } from "./contract.js";
import { checkFunctionSizes, functionSizes } from "./functionSize.js";
import type { KernelBuild } from "./kernels.js";
import { ModuleKind, prependManifest } from "./manifest.js";
import { formatSizeTable, sizeRows } from "./sizeTable.js";

export interface Built {
  bytes: Uint8Array;
  inputs: string[];
  /** Size table and warnings, as text. */
  report: string;
}

/** Lowest address of static data. Nothing lies below it, so that 0 stays what no pointer is. */
export const MEMORY_BASE = 16;

/** A kernel function is compiled ahead of time or on chips with room for it: larger than an app's may be. */
const MAX_KERNEL_FUNCTION_BYTES = 4000;

/** Arguments that fix a module's memory: one page in its type, the manifest's bytes in truth. */
export function memoryArgs(memoryBytes: number): string[] {
  return [
    ...["--memoryBase", String(MEMORY_BASE), "--initialMemory", "1", "--maximumMemory", "1"],
    ...["--lowMemoryLimit", String(memoryBytes), "--noExportMemory"],
  ];
}

export function kernelArgs(kernel: KernelBuild): string[] {
  return [
    ...["--runtime", "stub", "-Osize", "--converge", "--noAssert"],
    ...memoryArgs(kernel.memoryBytes),
    ...["--use", "abort=assembly/kernel/host/abort/abort"],
  ];
}

export async function compileKernel(kernel: KernelBuild): Promise<Built> {
  const { module, warnings, inputs } = await compile({ entry: kernel.entry, args: kernelArgs(kernel) });
  checkKernelContract(module, kernel.entry);
  const sizes = functionSizes(module);
  checkFunctionSizes(sizes, MAX_KERNEL_FUNCTION_BYTES);
  module.strip();
  const abi = contractNumber("ABI_VERSION");
  prependManifest(module, { kind: ModuleKind.Kernel, abi, memoryBytes: kernel.memoryBytes, fuel: 0, hasCollector: false });
  const bytes = module.toBytes();
  const table = formatSizeTable(`kernel ${kernel.name}`, sizeRows(sizes, bytes.length), kernel.memoryBytes);
  return { bytes, inputs, report: [table, ...warnings].join("\n") };
}
