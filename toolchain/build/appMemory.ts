/**
 * How much linear memory an app gets that says nothing about it: its static data, as the compiler laid it out, and room for
 * what an app without a collector makes once, at its start (the SDK's timers among it).
 */
import type { AppOptions } from "./appOptions.js";

/** The most that a module may have: below one page, so that the manifest decides. */
export const MEMORY_BYTES_MAX = 65520;

const HEAP_BYTES = 1024;

/** For an app whose static data is not known. */
const UNKNOWN_BYTES = 8192;

const ALIGN = 16;

export interface AppMemory {
  memoryBytes: number;
  /** What was granted and how to have another size, as lines of the report; none where the author chose. */
  remarks: string[];
}

/** heapBase: where static data ends; undefined without a heap, and then the compiler does not tell. */
export function appMemory({ memoryBytes: chosen }: AppOptions, heapBase: number | undefined): AppMemory {
  if (chosen !== undefined || heapBase === undefined) return { memoryBytes: chosen ?? UNKNOWN_BYTES, remarks: [] };
  const memoryBytes = Math.min(Math.ceil((heapBase + HEAP_BYTES) / ALIGN) * ALIGN, MEMORY_BYTES_MAX);
  const remark = `  ${heapBase} bytes of static data, ${memoryBytes - heapBase} for what is made at the start`;
  return { memoryBytes, remarks: [`${remark}; for more: "wasmote": { "memoryBytes": n } in asconfig.json`] };
}
