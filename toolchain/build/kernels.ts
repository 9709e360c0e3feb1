/** Kernels and their names: the one place that takes `<size>-<cloud>[-v5]` apart. */
import { NoSuchTarget } from "./errors.js";

export interface KernelBuild {
  name: string;
  /** Path of its entry, relative to the repository. */
  entry: string;
  /**
   * Linear memory: static data, what was made when the module was built, and the store's 8 bytes per sector (for 128 sectors).
   * Nothing is allocated after set-up; `heapUsed` of the stats tells what is needed.
   */
  memoryBytes: number;
  /** Of the interpreter; left out: the host's default, which is enough for all but the database. */
  stackBytes?: number;
}

/** full: with the offline store; minimal: without; database: with a store that holds documents too. */
export const KERNEL_SIZES = ["full", "minimal", "database"] as const;
export type KernelSize = (typeof KERNEL_SIZES)[number];

export const CLOUDS = ["plain", "tendrl", "thingsboard"] as const;
export type Cloud = (typeof CLOUDS)[number];

export interface KernelName {
  size: KernelSize;
  cloud: Cloud;
  /** With MQTT 5. */
  hasV5?: boolean;
}

/** Every kernel that this version can build. */
export const KERNELS: readonly KernelBuild[] = [
  { name: "full-plain", entry: "assembly/kernel/full-plain.ts", memoryBytes: 23 * 1024, stackBytes: 4096 },
  { name: "minimal-plain", entry: "assembly/kernel/minimal-plain.ts", memoryBytes: 8.75 * 1024 },
  { name: "full-plain-v5", entry: "assembly/kernel/full-plain-v5.ts", memoryBytes: 25.25 * 1024, stackBytes: 4096 },
  { name: "minimal-plain-v5", entry: "assembly/kernel/minimal-plain-v5.ts", memoryBytes: 10.5 * 1024 },
  { name: "full-tendrl", entry: "assembly/kernel/full-tendrl.ts", memoryBytes: 38.5 * 1024, stackBytes: 4096 },
  { name: "minimal-tendrl", entry: "assembly/kernel/minimal-tendrl.ts", memoryBytes: 12.75 * 1024 },
  { name: "full-thingsboard", entry: "assembly/kernel/full-thingsboard.ts", memoryBytes: 30.75 * 1024, stackBytes: 4096 },
  { name: "minimal-thingsboard", entry: "assembly/kernel/minimal-thingsboard.ts", memoryBytes: 13.75 * 1024 },
  { name: "database-plain", entry: "assembly/kernel/database-plain.ts", memoryBytes: 33.5 * 1024, stackBytes: 4096 },
];

export const DEFAULT_SIZE: KernelSize = "full";
export const DEFAULT_KERNEL = kernelName({ size: DEFAULT_SIZE, cloud: "plain" });

export function kernelName({ size, cloud, hasV5 = false }: KernelName): string {
  return `${size}-${cloud}${hasV5 ? "-v5" : ""}`;
}

/** The parts of a kernel's name, or undefined when it is none. */
export function parseKernelName(name: string): KernelName | undefined {
  const match = /^([a-z]+)-([a-z]+)(-v5)?$/.exec(name);
  const size = KERNEL_SIZES.find((each) => each === match?.[1]);
  const cloud = CLOUDS.find((each) => each === match?.[2]);
  return size && cloud ? { size, cloud, hasV5: match?.[3] !== undefined } : undefined;
}

/** Throws NoSuchTarget: what of the name is unknown or not part of this version, and what there is. */
export function findKernel(name: string): KernelBuild {
  const kernel = KERNELS.find((candidate) => candidate.name === name);
  if (kernel) return kernel;
  const what = parseKernelName(name) === undefined ? "no such kernel" : "this version has no such combination";
  throw new NoSuchTarget(`--kernel ${name}: ${what}\n  expected one of ${KERNELS.map((each) => each.name).join(", ")}`);
}
