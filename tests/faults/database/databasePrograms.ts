/** Builds the kernel with a database, a broken one, and the program that plays power cuts on them with both engines. */
import { join } from "node:path";

import { translateKernels } from "../../../toolchain/aot/translate.js";
import { buildKernel } from "../../../toolchain/build/index.js";
import type { KernelBuild } from "../../../toolchain/build/kernels.js";
import { ROOT } from "../../../toolchain/build/paths.js";
import { withBuildLock } from "../../../toolchain/setup/buildLock.js";
import { runOrThrow } from "../store/sweepPrograms.js";

const SOURCES = "tests/faults/database";
const OUTPUT = join(ROOT, "build", "faults-database");
const KERNEL = "database-plain";
/** Does wrong what "test.broken" of its configuration says: "lazy" or, else, a batch. */
export const BROKEN_DATABASE: KernelBuild = {
  name: "test-broken-database",
  entry: "tests/faults/kernels/brokenDatabase.ts",
  memoryBytes: 46 * 1024,
  stackBytes: 4096,
};

export interface DatabasePrograms {
  readonly program: string;
  readonly module: string;
  readonly broken: string;
}

/** Builds what changed. Throws BuildError. */
export function buildDatabaseSweep(): Promise<DatabasePrograms> {
  return withBuildLock(`${OUTPUT}.lock`, async () => {
    const module = await buildKernel(KERNEL);
    const broken = await buildKernel(BROKEN_DATABASE);
    const asC = join(OUTPUT, "aot");
    translateKernels(
      [
        { name: KERNEL, path: module },
        { name: BROKEN_DATABASE.name, path: broken },
      ],
      asC,
    );
    const native = join(OUTPUT, "native");
    await runOrThrow("cmake", ["-G", "Ninja", "-S", join(ROOT, SOURCES), "-B", native, `-DAOT_DIR=${asC}`]);
    await runOrThrow("cmake", ["--build", native, "--parallel", "2"]);
    return { program: join(native, "database_sweep"), module, broken };
  });
}
