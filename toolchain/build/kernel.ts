/**
 * Builds one kernel: compiled without assertions, its objects made here and now, shrunk, checked against the walls, stripped,
 * manifest in front.
 */
import { moveAddresses } from "./addresses.js";
import { evaluate, shrink } from "./binaryen.js";
import { compile, type Compilation } from "./compile.js";
import { HeadlessTransform, KernelRuntimeTransform, narrowTextFile, runtimeFiles, TextBytesTransform } from "../transform/index.js";
import { checkKernelContract, contractNumber } from "./contract.js";
import { dataEnd, joinDataSegments } from "./dataSegments.js";
import { BuildError } from "./errors.js";
import { checkFunctionSizes, functionSizes } from "./functionSize.js";
import type { KernelBuild } from "./kernels.js";
import { ModuleKind, prependManifest } from "./manifest.js";
import { formatSizeTable, type SizeRow, sizeRows } from "./sizeTable.js";

export interface Built {
  bytes: Uint8Array;
  inputs: string[];
  /** Size table and warnings, as text. */
  report: string;
}

export interface BuiltKernel extends Built {
  /** The size table. */
  sizes: SizeRow[];
}

/** Lowest address of static data. Nothing lies below it, so that 0 stays what no pointer is. */
export const MEMORY_BASE = 16;

/** A kernel function is compiled ahead of time or on chips with room for it: larger than an app's may be. */
const MAX_KERNEL_FUNCTION_BYTES = 4000;

/** The module's start as an export, until it has been evaluated. */
const START = "start";

/** What interpreted code costs least with, by measurement: see tests/bench/NOTES.md. */
const INLINE_ALWAYS_BYTES = 6;
const INLINE_ONE_CALLER_BYTES = 300;

/** A data segment costs 6 bytes of flash, ahead of time a copy of its own, some 20; a zero between two of them one. */
const DATA_GAP_BYTES = 24;

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
    ...["--use", "abort=assembly/kernel/host/abort/abort", "--exportStart", START],
  ];
}

/** What the compiler is to make of a kernel. */
export function kernelCompilation(kernel: KernelBuild): Compilation {
  const transforms = [new KernelRuntimeTransform(), new HeadlessTransform(), new TextBytesTransform()];
  return { entry: kernel.entry, args: kernelArgs(kernel), transforms, virtualFile: narrowTextFile };
}

export async function compileKernel(kernel: KernelBuild): Promise<BuiltKernel> {
  const { module: compiled, warnings, inputs } = await compile(kernelCompilation(kernel));
  const module = await shrink(await evaluate(compiled, START), INLINE_ALWAYS_BYTES, INLINE_ONE_CALLER_BYTES);
  moveAddresses(module);
  joinDataSegments(module, DATA_GAP_BYTES);
  const end = dataEnd(module);
  if (end > kernel.memoryBytes) throw new BuildError(`${kernel.name}: data up to ${end}, memoryBytes is ${kernel.memoryBytes}\n  kernels.ts grants too little`);
  checkKernelContract(module, kernel.entry);
  const sizes = functionSizes(module);
  checkFunctionSizes(sizes, MAX_KERNEL_FUNCTION_BYTES);
  module.strip();
  const abi = contractNumber("ABI_VERSION");
  const { memoryBytes, stackBytes } = kernel;
  prependManifest(module, { kind: ModuleKind.Kernel, abi, memoryBytes, fuel: 0, hasCollector: false, stackBytes });
  const bytes = module.toBytes();
  const rows = sizeRows(sizes, bytes.length);
  const table = formatSizeTable(`kernel ${kernel.name}`, rows, kernel.memoryBytes);
  return { bytes, inputs: [...inputs, ...runtimeFiles], report: [table, ...warnings].join("\n"), sizes: rows };
}
