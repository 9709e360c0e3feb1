/** Every kernel that can be built: `<size>-<cloud>` and the linear memory it runs in. */
export interface KernelBuild {
  name: string;
  /** Path of its entry, relative to the repository. */
  entry: string;
  /** Linear memory: static data and the buffers made at start; nothing is allocated afterwards. */
  memoryBytes: number;
}

export const DEFAULT_KERNEL = "full-plain";

export const KERNELS: readonly KernelBuild[] = [
  { name: "full-plain", entry: "assembly/kernel/full-plain.ts", memoryBytes: 24 * 1024 },
  { name: "minimal-plain", entry: "assembly/kernel/minimal-plain.ts", memoryBytes: 12 * 1024 },
];
