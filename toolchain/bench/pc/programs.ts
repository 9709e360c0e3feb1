/** Builds what the bench runs: boards on both engines, the bench's app and modules, the programs of tests/bench/pc. */
import { spawn } from "node:child_process";
import { join } from "node:path";

import type { EngineName } from "../../aot/index.js";
import { translateKernels } from "../../aot/translate.js";
import { type BoardProgram, buildBoard } from "../../board/buildBoard.js";
import { buildApp, buildKernel } from "../../build/index.js";
import { DEFAULT_KERNEL } from "../../build/kernels.js";
import { BuildError } from "../../build/errors.js";
import { ROOT } from "../../build/paths.js";

const SOURCES = join(ROOT, "tests", "bench", "pc");
const OUTPUT = join(ROOT, "build", "bench-pc");

export interface Programs {
  readonly boards: Readonly<Record<EngineName, BoardProgram>>;
  /** Paths of modules: the app that publishes, the smallest example, codec and store by themselves. */
  readonly publisher: string;
  readonly heartbeat: string;
  readonly codec: string;
  readonly store: string;
  /** Paths of programs. */
  readonly moduleBench: string;
  readonly mosquittoClient: string;
}

/** Builds what changed. Throws BuildError. */
export async function buildPrograms(): Promise<Programs> {
  const boards = {
    wasm3: await buildBoard({ kernel: DEFAULT_KERNEL, engine: "wasm3" }),
    aot: await buildBoard({ kernel: DEFAULT_KERNEL, engine: "aot" }),
  };
  const publisher = await buildApp(join(SOURCES, "apps", "publisher"));
  const heartbeat = await buildApp("examples/heartbeat");
  const codec = await buildModule("codec", 4096);
  const store = await buildModule("store", 36 * 1024);
  const asC = join(OUTPUT, "aot");
  translateKernels([codec, store], asC);
  const folder = join(OUTPUT, "native");
  await run("cmake", ["-G", "Ninja", "-S", SOURCES, "-B", folder, `-DAOT_DIR=${asC}`]);
  await run("cmake", ["--build", folder, "--parallel", "2"]);
  return {
    boards,
    publisher,
    heartbeat,
    codec: codec.path,
    store: store.path,
    moduleBench: join(folder, "module_bench"),
    mosquittoClient: join(folder, "mosquitto_client"),
  };
}

async function buildModule(name: string, memoryBytes: number): Promise<{ name: string; path: string }> {
  const entry = `tests/bench/assembly/${name}.ts`;
  return { name, path: await buildKernel({ name, entry, memoryBytes }, { output: join(OUTPUT, `${name}.wasm`) }) };
}

/** Runs a program to its end. Returns what it printed, or throws BuildError with all its words. */
export async function run(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const killChild = (): void => void child.kill("SIGKILL");
  process.once("exit", killChild); // A bench that ends in a hurry leaves nothing behind.
  let output = "";
  let words = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (output += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (words += part));
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      words += error.message;
      resolve(null);
    });
    child.once("close", resolve);
  });
  process.off("exit", killChild);
  if (code === 0) return output;
  throw new BuildError(`${program} ended with ${code}:\n${`${output}${words}`.trimEnd().split("\n").slice(-40).join("\n")}`);
}
