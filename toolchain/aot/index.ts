/** Builds a kernel ahead of time: the module, then C made from it in build/aot/<name>/. */
import { join } from "node:path";

import { type BuildOptions, buildKernel } from "../build/index.js";
import type { KernelBuild } from "../build/kernels.js";
import { ROOT } from "../build/paths.js";
import { withBuildLock } from "../setup/buildLock.js";
import { translateKernels } from "./translate.js";

/** What a kernel can be run by. */
export type EngineName = "wasm3" | "aot";
export const engineNames: readonly EngineName[] = ["wasm3", "aot"];

export interface AotKernel {
  readonly name: string;
  /** Path of the module that it was made from. */
  readonly module: string;
  /** Folder of the C. */
  readonly folder: string;
}

/** `kernel`: one of kernels.ts by its name, or another by its description. Throws BuildError. */
export async function buildAotKernel(kernel: string | KernelBuild, options: BuildOptions = {}): Promise<AotKernel> {
  const name = typeof kernel === "string" ? kernel : kernel.name;
  const module = await buildKernel(kernel, options);
  const folder = join(ROOT, "build", "aot", name);
  await withBuildLock(`${folder}.lock`, () => Promise.resolve(translateKernels([{ name, path: module }], folder)));
  return { name, module, folder };
}
