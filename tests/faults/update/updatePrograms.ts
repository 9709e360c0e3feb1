/** Builds what the sweep of updates plays with: kernel and apps, packages, and the program with both engines. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { translateKernels } from "../../../toolchain/aot/translate.js";
import { findPartition } from "../../../toolchain/board/partitions.js";
import { buildApp, buildKernel } from "../../../toolchain/build/index.js";
import { ROOT } from "../../../toolchain/build/paths.js";
import { writeConfigImage } from "../../../toolchain/config/configImage.js";
import { makeKey, packApp, packFirmware, privateKey, publicKeyBytes } from "../../../toolchain/package/index.js";
import { withBuildLock } from "../../../toolchain/setup/buildLock.js";
import { simulatedFirmware } from "../../fakes/simulatedFirmware.js";
import { runOrThrow } from "../store/sweepPrograms.js";

const SOURCES = "tests/faults/update";
const OUTPUT = join(ROOT, "build", "faults-update");
const KERNEL = "full-plain";
/** What boards here know their app by. */
const NAME = "first";

export interface UpdatePrograms {
  readonly program: string;
  /** Of modules and packages. */
  readonly folder: string;
}

/** Builds what changed. Throws BuildError. */
export function buildUpdateSweep(): Promise<UpdatePrograms> {
  return withBuildLock(`${OUTPUT}.lock`, async () => {
    const folder = join(OUTPUT, "modules");
    mkdirSync(folder, { recursive: true });
    const module = await buildKernel(KERNEL, { output: join(folder, "kernel.wasm") });
    await writePackages(folder);
    const asC = join(OUTPUT, "aot");
    translateKernels([{ name: KERNEL, path: module }], asC);
    const native = join(OUTPUT, "native");
    await runOrThrow("cmake", ["-G", "Ninja", "-S", join(ROOT, SOURCES), "-B", native, `-DAOT_DIR=${asC}`]);
    await runOrThrow("cmake", ["--build", native, "--parallel", "2"]);
    return { program: join(native, "update_sweep"), folder };
  });
}

/** Signed anew each time, with a key that lives no longer. */
async function writePackages(folder: string): Promise<void> {
  const keyFile = join(folder, `key-${process.pid}.pem`);
  makeKey(keyFile);
  await buildApp(`${SOURCES}/apps/first`, { output: join(folder, "first.wasm") });
  for (const [i, name] of ["second", "trap", "hang", "silent"].entries()) {
    const app = await buildApp(`${SOURCES}/apps/${name}`, { output: join(folder, `${name}.wasm`) });
    writeFileSync(join(folder, `${name}.wmpk`), packApp(app, { name: NAME, counter: i + 1, keyFile }).bytes);
  }
  for (const [i, name] of ["firmware", "deaf"].entries()) {
    const image = join(folder, `${name}.bin`);
    writeFileSync(image, simulatedFirmware(`${i + 2}.0`));
    writeFileSync(join(folder, `${name}.wmpk`), packFirmware(image, { name: NAME, counter: i + 1, keyFile }).bytes);
  }
  writeFileSync(join(folder, "key.bin"), publicKeyBytes(privateKey(keyFile)));
  const config = { mqtt: { host: "broker", port: 1883, clientId: "sweep", tls: false } };
  writeFileSync(join(folder, "config.bin"), writeConfigImage(config, findPartition("config").bytes / 2, 1));
  rmSync(keyFile);
}
