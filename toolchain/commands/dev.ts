/** `npm run dev`: an app on a simulated board with a dev cloud, swapped each time its source is saved. */
import { dirname } from "node:path";

import { type EngineName, engineNames } from "../aot/index.js";
import type { BoardEventName } from "../board/events.js";
import { findApp } from "../build/app.js";
import { DEFAULT_SIZE, KERNEL_SIZES, kernelName } from "../build/kernels.js";
import { reportingFailures } from "../cli/failure.js";
import { Options } from "../cli/options.js";
import { nextSignal } from "../cli/signals.js";
import { DevLoop } from "../dev/loop.js";
import { EventText } from "../scripts/eventText.js";
import { setStage } from "../scripts/stage.js";

const USAGE = `npm run dev -- --app DIR [--profile full|minimal|database] [--engine wasm3|aot]
  --app DIR       folder that holds app.ts; each time a file in it is saved, the app is built and swapped in the running board
  --profile SIZE  the kernel: full (offline store), minimal (none) or database (and documents); default full
  --engine NAME   what runs the kernel: wasm3, or aot; default wasm3
Ends with Ctrl-C.
`;

const STATUS_MS = 2000;
const TOLD: readonly BoardEventName[] = ["boot", "status", "app-stopped", "gpio", "fault", "error"];

export async function main(argv: string[]): Promise<number> {
  return reportingFailures("npm run dev", async () => {
    const options = new Options(argv, { flags: ["help"], values: ["app", "profile", "engine"] });
    if (options.flag("help")) {
      process.stdout.write(USAGE);
      return 0;
    }
    const app = options.required("app", "the folder of an app, such as examples/telemetry");
    findApp(app); // refuses before anything is built
    const kernel = kernelName({ size: options.choice("profile", KERNEL_SIZES) ?? DEFAULT_SIZE, cloud: "plain" });
    await develop(app, kernel, options.choice("engine", engineNames) ?? "wasm3");
    return 0;
  });
}

async function develop(app: string, kernel: string, engine: EngineName): Promise<void> {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const stage = await setStage({ app, kernel, engine, board: { statusMs: STATUS_MS, onLog: say } });
  const { board } = stage;
  const text = new EventText();
  for (const name of TOLD) {
    board.on(name, (event) => {
      const line = text.line(event);
      if (line !== null) say(line);
    });
  }
  const loop = new DevLoop(board, app, stage.app);
  loop.on("swapped", (ms) => say(`swapped: runs ${(ms / 1000).toFixed(2)} s after it was saved`));
  loop.on("refused", (error) => say(`${error.message}\nthe app before runs on`));
  say(`watches ${dirname(findApp(app).entry)}`);
  const signal = nextSignal();
  await Promise.race([signal.promise, board.exited]);
  signal.release();
  loop.close();
  await stage.close();
}
