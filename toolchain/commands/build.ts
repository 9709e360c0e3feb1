/** `npm run build`: kernel and app to build/, with a size table per folder. */
import { relative } from "node:path";
import { buildAotKernel, type EngineName, engineNames } from "../aot/index.js";
import { buildApp, buildKernel } from "../build/index.js";
import { findApp } from "../build/app.js";
import { CLOUDS, DEFAULT_SIZE, KERNEL_SIZES, KERNELS, kernelName } from "../build/kernels.js";
import { reportingFailures } from "../cli/failure.js";
import { Options, UsageError } from "../cli/options.js";

const USAGE = `npm run build -- --app DIR [--profile full|minimal|database] [--cloud CLOUD] [--kernel NAME] [--engine wasm3|aot]
  --app DIR       folder that holds app.ts, such as examples/heartbeat; left out: the kernel alone
  --profile SIZE  full (offline store), minimal (none) or database (and documents); default full
  --cloud CLOUD   plain (MQTT alone), tendrl or thingsboard; default plain
  --kernel NAME   the kernel by its name: ${KERNELS.map((kernel) => kernel.name).join(", ")}
  --engine NAME   wasm3, or aot: the kernel also as C in build/aot/<kernel>, for a firmware that has it compiled in
`;

export async function main(argv: string[]): Promise<number> {
  return reportingFailures("npm run build", async () => {
    const options = new Options(argv, { flags: ["help"], values: ["app", "profile", "cloud", "kernel", "engine"] });
    if (options.flag("help")) {
      process.stdout.write(USAGE);
      return 0;
    }
    await build(chosenKernel(options), options.text("app"), options.choice("engine", engineNames));
    return 0;
  });
}

async function build(kernel: string, app: string | undefined, engine: EngineName | undefined): Promise<void> {
  const report = (text: string): void => void process.stdout.write(`${text}\n`);
  const show = (path: string): void => report(`  ${relative(process.cwd(), path)}\n`);
  if (app !== undefined) findApp(app); // refuses before anything is built
  show(engine === "aot" ? (await buildAotKernel(kernel, { report })).folder : await buildKernel(kernel, { report }));
  if (app !== undefined) show(await buildApp(app, { report, kernel }));
}

function chosenKernel(options: Options): string {
  const profile = options.choice("profile", KERNEL_SIZES);
  const kernel = options.text("kernel");
  const cloud = options.choice("cloud", CLOUDS);
  const chosen = profile !== undefined ? "--profile" : "--cloud";
  if ((profile ?? cloud) !== undefined && kernel !== undefined)
    throw new UsageError(`found ${chosen} and --kernel, which both choose the kernel; expected one of them`);
  return kernel ?? kernelName({ size: profile ?? DEFAULT_SIZE, cloud: cloud ?? "plain" });
}
