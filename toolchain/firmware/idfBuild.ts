/** What is handed to idf.py for one chip: its own build folder and its own sdkconfig, so that chips do not disturb one another. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { type EngineName, engineNames } from "../aot/index.js";
import { type Cloud, DEFAULT_SIZE, findKernel, kernelName, type KernelSize } from "../build/kernels.js";
import { ROOT } from "../build/paths.js";
import { withOptions } from "./sdkconfig.js";
import type { Target } from "./targets.js";

export interface FirmwareOptions {
  readonly target: Target;
  readonly isEmulated: boolean;
  /** Left out, each of these is what menuconfig says. */
  readonly app?: string;
  readonly profile?: KernelSize;
  readonly cloud?: Cloud;
  readonly engine?: EngineName;
  readonly port?: string;
  /** Holds a folder for each chip. */
  readonly outputDir: string;
}

export const FIRMWARE_DIR = join(ROOT, "build", "firmware");

export function buildFolder({ target, isEmulated, outputDir }: Pick<FirmwareOptions, "target" | "isEmulated" | "outputDir">): string {
  return join(outputDir, isEmulated ? `${target}-emulated` : target);
}

/**
 * Returns idf.py's arguments in front of its actions. App and kernel are handed over at each run, empty when they are not
 * given: CMake would keep those of the run before.
 */
export function idfArguments(options: FirmwareOptions): string[] {
  const folder = buildFolder(options);
  const defaults = [join(ROOT, "sdkconfig.defaults"), ...(options.isEmulated ? [join(ROOT, "sdkconfig.qemu")] : []), engineFile(folder)];
  const entries = {
    IDF_TARGET: options.target,
    SDKCONFIG: join(folder, "sdkconfig"),
    SDKCONFIG_DEFAULTS: defaults.join(";"),
    WASMOTE_APP: options.app === undefined ? "" : resolve(options.app),
    WASMOTE_KERNEL: kernelOf(options),
  };
  return [
    ...["-C", ROOT, "-B", folder],
    ...(options.port === undefined ? [] : ["-p", options.port]),
    ...Object.entries(entries).flatMap(([name, value]) => ["-D", `${name}=${value}`]),
  ];
}

/** The kernel that the command line names, "": none. Throws NoSuchTarget. */
function kernelOf({ profile, cloud }: FirmwareOptions): string {
  if (profile === undefined && cloud === undefined) return "";
  return findKernel(kernelName({ size: profile ?? DEFAULT_SIZE, cloud: cloud ?? "plain" })).name;
}

/**
 * Makes the build folder and writes the engine into its options, as menuconfig would: into the sdkconfig where there is one
 * already, and into the defaults of the first run.
 */
export function prepareBuild(options: FirmwareOptions): void {
  const folder = buildFolder(options);
  const sdkconfig = join(folder, "sdkconfig");
  mkdirSync(folder, { recursive: true });
  const chosen = options.engine === undefined ? {} : engineOptions(options.engine);
  writeIfChanged(engineFile(folder), options.engine === undefined ? "" : withOptions("", chosen));
  if (options.engine !== undefined && existsSync(sdkconfig))
    writeIfChanged(sdkconfig, withOptions(readFileSync(sdkconfig, "utf8"), chosen));
}

function engineFile(folder: string): string {
  return join(folder, "engine.defaults");
}

function engineOptions(engine: EngineName): Record<string, boolean> {
  return Object.fromEntries(engineNames.map((name) => [`CONFIG_WASMOTE_ENGINE_${name.toUpperCase()}`, name === engine]));
}

/** CMake runs again where a file of its has a newer time. */
function writeIfChanged(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  writeFileSync(file, text);
}
