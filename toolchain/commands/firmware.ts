/** `npm run firmware`: idf.py for one chip, with the app and the kernel of this repository inside. */
import { spawn } from "node:child_process";
import { join, relative, resolve } from "node:path";

import { engineNames } from "../aot/index.js";
import { writeConfigPartition } from "../board/flashImage.js";
import { findApp } from "../build/app.js";
import { CLOUDS, KERNEL_SIZES } from "../build/kernels.js";
import { ROOT } from "../build/paths.js";
import { reportingFailures } from "../cli/failure.js";
import { untilClosed } from "../cli/foreground.js";
import { Options, UsageError } from "../cli/options.js";
import { checkForBoard } from "../config/boardConfig.js";
import { loadConfig } from "../config/loadConfig.js";
import type { Config } from "../config/schema.js";
import { checkEmulator, findIdf } from "../firmware/idf.js";
import { buildFolder, FIRMWARE_DIR, type FirmwareOptions, idfArguments, prepareBuild } from "../firmware/idfBuild.js";
import { TARGETS } from "../firmware/targets.js";
import { flashInto, makeWholeFlash } from "../firmware/wholeFlash.js";

const USAGE = `npm run firmware -- --target CHIP [--app DIR] [--profile full|minimal] [--cloud NAME] [--engine wasm3|aot] [--port PORT] [ACTION ...]
npm run firmware -- --target CHIP --config FILE
npm run firmware -- --target CHIP --emulate [--config FILE]
  --target CHIP    ${TARGETS.join(", ")}; each has its build folder and its sdkconfig below build/firmware
  --app DIR        the app that is embedded; left out, as the next three: what menuconfig says
  --profile SIZE   the kernel: full (offline store) or minimal (none)
  --cloud NAME     ${CLOUDS.join(", ")}: what it speaks
  --engine NAME    what runs the kernel; kept in the chip's sdkconfig
  --port PORT      the board's serial port, for flash and monitor; left out: idf.py looks for it
  ACTION ...       of idf.py: build (when none is given), flash, monitor, menuconfig, size ...; options of idf.py behind another --
  --config FILE    builds, and makes one file of a new board's whole flash with its configuration: for Wokwi, or to be flashed at 0.
                   A board that runs already gets its configuration by npm run provision
  --emulate        runs it in Espressif's emulator with Ethernet (sdkconfig.qemu), ESP-IDF 5.5 or newer; Ctrl-A X ends it. It keeps
                   its flash and its configuration for the next time. This PC is 10.0.2.2
`;

/** Its options. */
export const FIRMWARE_OPTIONS = {
  flags: ["emulate", "help"],
  values: ["target", "app", "profile", "cloud", "engine", "port", "config"],
  words: "actions of idf.py",
};

export function main(argv: readonly string[], outputDir = FIRMWARE_DIR): Promise<number> {
  return reportingFailures("npm run firmware", () => {
    const options = new Options(argv, FIRMWARE_OPTIONS);
    if (!options.flag("help")) return firmware(options, outputDir);
    process.stdout.write(USAGE);
    return Promise.resolve(0);
  });
}

async function firmware(options: Options, outputDir: string): Promise<number> {
  const wanted = readOptions(options, outputDir);
  const config = readConfig(options);
  const idfPy = findIdf(wanted.target);
  if (wanted.isEmulated) checkEmulator(wanted.target);
  prepareBuild(wanted);
  const folder = buildFolder(wanted);
  const run = (actions: readonly string[]): Promise<number> => runIdf(idfPy, [...idfArguments(wanted), ...actions]);
  if (!wanted.isEmulated && config === null) return run(options.words.length > 0 ? options.words : ["build"]);
  const code = await run(["build"]);
  if (code !== 0) return code;
  if (!wanted.isEmulated) {
    process.stdout.write(`${relative(process.cwd(), makeWholeFlash(folder, config!))}: the whole flash, to be written at 0\n`);
    return 0;
  }
  const flash = join(folder, "flash.img");
  flashInto(flash, folder);
  if (config !== null) writeConfigPartition(flash, config);
  return run(["qemu", "--flash-file", flash]);
}

function readOptions(options: Options, outputDir: string): FirmwareOptions {
  options.required("target", `a chip: ${TARGETS.join(", ")}`);
  const target = options.choice("target", TARGETS)!;
  const app = options.text("app");
  const profile = options.choice("profile", KERNEL_SIZES);
  const cloud = options.choice("cloud", CLOUDS);
  const engine = options.choice("engine", engineNames);
  const port = options.text("port");
  const isEmulated = options.flag("emulate");
  if (isEmulated && port !== undefined) throw new UsageError("found --emulate and --port, expected one of them");
  if (isEmulated && options.words.length > 0) throw new UsageError(`found --emulate and "${options.words[0]}", expected one of them`);
  if (app !== undefined) findApp(app);
  return {
    target,
    isEmulated,
    outputDir,
    ...(app !== undefined && { app }),
    ...(profile !== undefined && { profile }),
    ...(cloud !== undefined && { cloud }),
    ...(engine !== undefined && { engine }),
    ...(port !== undefined && { port }),
  };
}

function readConfig(options: Options): Config | null {
  const file = options.text("config");
  if (file === undefined) return null;
  for (const [name, other] of [
    ["--port", options.text("port")],
    [`"${options.words[0]}"`, options.words[0]],
  ]) {
    if (other === undefined) continue;
    throw new UsageError(`found --config and ${name}, expected one of them; a board gets it by npm run provision -- --config ${file}`);
  }
  const config = loadConfig(resolve(file));
  checkForBoard(config, file);
  return config;
}

/** IDF_TARGET of the environment would contradict the chip that was asked for. */
function runIdf(idfPy: string, args: readonly string[]): Promise<number> {
  const { IDF_TARGET: _, ...environment } = process.env;
  return untilClosed(spawn(idfPy, args, { cwd: ROOT, env: environment, stdio: "inherit" }));
}
