/** Builds a simulated board: the program, and the kernel that it runs or has compiled in. */
import { buildAotKernel, type EngineName } from "../aot/index.js";
import { buildKernel } from "../build/index.js";
import type { KernelBuild } from "../build/kernels.js";
import { buildSimulator } from "../setup/native.js";

export interface BoardBuild {
  readonly kernel: string | KernelBuild;
  /** Left out: what WASMOTE_ENGINE says, which is how a suite of tests is run on the other engine. */
  readonly engine?: EngineName | undefined;
  readonly isSanitized?: boolean | undefined;
}

export interface BoardProgram {
  /** Paths. */
  readonly simulator: string;
  readonly kernel: string;
}

/** Builds what changed. Throws BuildError. */
export async function buildBoard({ kernel, engine, isSanitized = false }: BoardBuild): Promise<BoardProgram> {
  if ((engine ?? process.env.WASMOTE_ENGINE) === "aot") {
    const aotKernel = await buildAotKernel(kernel);
    return { simulator: await buildSimulator({ isSanitized, aotKernel }), kernel: aotKernel.module };
  }
  return { simulator: await buildSimulator({ isSanitized }), kernel: await buildKernel(kernel) };
}
