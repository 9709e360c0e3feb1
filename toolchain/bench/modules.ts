/** What is embedded in the target's programs: kernels, the bench's apps, the codec by itself, a configuration. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findPartition } from "../board/partitions.js";
import { buildApp, buildKernel } from "../build/index.js";
import { parseKernelName } from "../build/kernels.js";
import { translateKernels } from "../aot/translate.js";
import { compileKernel } from "../build/kernel.js";
import { writeConfigImage } from "../config/configImage.js";
import type { Config } from "../config/schema.js";
import { OUTPUT_DIR } from "./paths.js";
import { codeFigures } from "./storeFigures.js";

/** The kernel builds that are measured, headline builds first. */
export const TARGET_BUILDS = [
  "minimal-plain",
  "full-plain",
  "full-tendrl",
  "minimal-tendrl",
  "full-thingsboard",
  "minimal-thingsboard",
  "minimal-plain-v5",
] as const;
export type TargetBuild = (typeof TARGET_BUILDS)[number];

/** What is measured: kernel builds, and the store by itself. */
export const MEASURED = [...TARGET_BUILDS, "store"] as const;
export type Measured = (typeof MEASURED)[number];

export const MODULES_DIR = join(OUTPUT_DIR, "modules");

const APPS = "tests/bench/apps";
const CODEC = { name: "codec", entry: "tests/bench/assembly/codec.ts", memoryBytes: 4096 };
const CODEC_5 = { name: "codec", entry: "tests/bench/assembly/codec5.ts", memoryBytes: 4096 };

/** The store by itself, in the order of store_rows.h: memory for the largest store that is measured. */
const STORE_MODULES = [
  { name: "records", entry: "tests/bench/assembly/records.ts", memoryBytes: 32 * 1024 },
  { name: "documents", entry: "tests/bench/assembly/documents.ts", memoryBytes: 40 * 1024 },
];

/** Builds what the store's programs embed. Returns how many bytes of code its parts are. */
export async function buildStoreModules(): Promise<Record<string, number>> {
  const folder = join(MODULES_DIR, "store");
  mkdirSync(folder, { recursive: true });
  const built = await Promise.all(STORE_MODULES.map(compileKernel));
  for (const [i, { name }] of STORE_MODULES.entries()) writeIfChanged(join(folder, `${name}.bin`), built[i]!.bytes);
  translateKernels(
    STORE_MODULES.map(({ name }) => ({ name, path: join(folder, `${name}.bin`) })),
    join(folder, "aot"),
  );
  return codeFigures(built[0]!.sizes, built[1]!.sizes);
}

/** The flash bytes of a build's modules. */
export interface ModuleSizes {
  kernel: number;
  app: number;
}

/** Builds what every program embeds into one folder per build, touching only what changed. */
export async function buildTargetModules(builds: readonly TargetBuild[]): Promise<Partial<Record<TargetBuild, ModuleSizes>>> {
  const codec = await compileKernel(CODEC);
  const codec5 = await compileKernel(CODEC_5);
  const syscall = readFileSync(await buildApp(`${APPS}/syscall`, { output: join(OUTPUT_DIR, "syscall.wasm") }));
  const sizes: Partial<Record<TargetBuild, ModuleSizes>> = {};
  for (const build of builds) {
    const cloud = partsOf(build);
    const kernel = readFileSync(await buildKernel(build));
    const reading = readFileSync(await buildApp(`${APPS}/${cloud.reading}`, { output: join(OUTPUT_DIR, `${build}-reading.wasm`) }));
    const folder = join(MODULES_DIR, build);
    mkdirSync(folder, { recursive: true });
    const contents = {
      kernel,
      reading,
      syscall,
      codec: cloud.hasV5 ? codec5.bytes : codec.bytes,
      config: writeConfigImage(cloud.config, findPartition("config").bytes / 2, 1),
      web: Buffer.from(cloud.web),
    };
    for (const [name, bytes] of Object.entries(contents)) writeIfChanged(join(folder, `${name}.bin`), bytes);
    const asC = [build, CODEC.name].map((name) => ({ name, path: join(folder, name === build ? "kernel.bin" : "codec.bin") }));
    translateKernels(asC, join(folder, "aot"));
    sizes[build] = { kernel: kernel.length, app: reading.length };
  }
  return sizes;
}

/** What a build is measured with. */
interface Surroundings {
  hasV5: boolean;
  /** The folder of the app that takes readings. */
  reading: string;
  config: Config;
  /** What the cloud's web server answers; "" where it has none. */
  web: string;
}

/** The target's broker speaks 3.1.1: a kernel with version 5 does its readings in that, and its codec is measured by itself. */
function partsOf(build: TargetBuild): Surroundings {
  const { size, cloud, hasV5 = false } = parseKernelName(build)!;
  const mqtt = { host: "broker", port: 1883, clientId: "bench", ...(hasV5 && { version: 4 as const }) };
  // A kernel without a store refuses a reading that asks for it: there the reading is queued in RAM.
  const reading = size === "minimal" ? "reading-queued" : "reading";
  if (cloud !== "tendrl") return { hasV5, reading, config: { mqtt }, web: "" };
  const tendrl = { apiKey: "bench-key", appUrl: "http://web:8080" };
  return { hasV5, reading: `${reading}-tendrl`, config: { mqtt: { ...mqtt, tls: false }, tendrl }, web: claims() };
}

function claims(): string {
  const body = JSON.stringify({ jti: "entity:bench", sub: "1001:us-east:bench" });
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function writeIfChanged(path: string, bytes: Uint8Array): void {
  if (existsSync(path) && Buffer.compare(readFileSync(path), bytes) === 0) return;
  writeFileSync(path, bytes);
}
