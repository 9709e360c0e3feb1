/** `npm run build`: kernel and app to build/, with a size table per folder. */
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { BuildError, buildApp, buildKernel } from "../build/index.js";
import { DEFAULT_KERNEL, KERNELS } from "../build/kernels.js";

const USAGE = `npm run build -- --app DIR [--profile full|minimal] [--kernel NAME] [--engine wasm3]
  --app DIR       folder that holds app.ts, such as examples/heartbeat; left out: the kernel alone
  --profile SIZE  full (offline store) or minimal (none); default full
  --kernel NAME   the kernel by its name: ${KERNELS.map((kernel) => kernel.name).join(", ")}
  --engine NAME   wasm3`;

const EXIT_USAGE = 2;

export async function main(argv: string[]): Promise<number> {
  try {
    const { app, kernel, isHelp } = readOptions(argv);
    if (isHelp) {
      console.log(USAGE);
      return 0;
    }
    const show = (path: string): void => console.log(`  ${relative(process.cwd(), path)}\n`);
    show(await buildKernel(kernel, { report: console.log }));
    if (app !== undefined) show(await buildApp(app, { report: console.log }));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${USAGE}`);
      return EXIT_USAGE;
    }
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    return error.message.startsWith("--") ? EXIT_USAGE : 1;
  }
}

class UsageError extends Error {}

function readOptions(argv: string[]): { app: string | undefined; kernel: string; isHelp: boolean } {
  const values = parse(argv);
  if (values.engine === "aot") throw new UsageError("--engine aot: comes with the ahead-of-time engine, which this version does not have yet\n  expected wasm3");
  if (values.engine !== "wasm3") throw new UsageError(`--engine ${values.engine}: unknown\n  expected wasm3`);
  if (values.profile !== undefined && !["full", "minimal"].includes(values.profile)) {
    throw new UsageError(`--profile ${values.profile}: unknown\n  expected full or minimal`);
  }
  if (values.profile !== undefined && values.kernel !== undefined) {
    throw new UsageError("--profile and --kernel: both choose the kernel\n  expected one of them");
  }
  const kernel = values.kernel ?? (values.profile === "minimal" ? "minimal-plain" : DEFAULT_KERNEL);
  return { app: values.app, kernel, isHelp: values.help ?? false };
}

function parse(argv: string[]): { app?: string; kernel?: string; profile?: string; engine: string; help?: boolean } {
  try {
    return parseArgs({
      args: argv,
      options: {
        app: { type: "string" },
        kernel: { type: "string" },
        profile: { type: "string" },
        engine: { type: "string", default: "wasm3" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
