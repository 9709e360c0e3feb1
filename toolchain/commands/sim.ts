/**
 * `npm run sim`: the simulated board alone, against any broker. Its log and its commands are the terminal's; its events are
 * readable lines on a terminal, and one JSON object a line anywhere else.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";

import { engineNames } from "../aot/index.js";
import { buildBoard } from "../board/buildBoard.js";
import { parseBoardEvent } from "../board/events.js";
import { writeConfigPartition } from "../board/flashImage.js";
import { simulatorArguments } from "../board/simBoard.js";
import { findApp } from "../build/app.js";
import { buildApp } from "../build/index.js";
import { CLOUDS, DEFAULT_SIZE, KERNEL_SIZES, kernelName } from "../build/kernels.js";
import { ROOT } from "../build/paths.js";
import { reportingFailures } from "../cli/failure.js";
import { untilClosed } from "../cli/foreground.js";
import { Options, UsageError } from "../cli/options.js";
import { checkConfig, loadConfig } from "../config/loadConfig.js";
import type { Config } from "../config/schema.js";
import { privateKey, publicKeyBytes } from "../package/index.js";
import { EventText } from "../scripts/eventText.js";

const DEFAULT_FLASH = "build/sim/flash.img";

const USAGE = `npm run sim -- --app DIR --host HOST [--port PORT] [OPTION ...]
npm run sim -- --app DIR --config FILE [OPTION ...]
  --app DIR       folder that holds app.ts, such as examples/heartbeat
  --profile SIZE  the kernel: full (offline store), minimal (none) or database (and documents); default full
  --cloud NAME    plain (MQTT alone), tendrl or thingsboard; default plain
  --engine NAME   what runs the kernel: wasm3, or aot; default wasm3
  --config FILE   a board's configuration, JSON with comments; the options below stand over what it says
  --host HOST, --port PORT, --user NAME, --password TEXT, --client-id NAME   of the broker; WASMOTE_MQTT_PASSWORD keeps the password out
                  of the command line
  --tls           speaks TLS; --ca FILE (PEM) is what it trusts, --allow-self-signed takes any certificate
  --flash FILE    the board's flash, kept from run to run: ${DEFAULT_FLASH} when left out. Without a configuration it uses the one in there.
                  npm run store reads it
  --reset-flash   begins with an erased one
  --replay FILE   sensors from a CSV: column time, then adc0 ..., temperature, load
  --clock NAME    real, or stepped: time goes on by commands alone
  --seed N        of what a torn power cut leaves
  --status-ms N   how often it tells its status
  --log-level NAME  error, warning, info or debug
  --no-stdin      takes no commands
On a terminal it says which commands it takes; into a pipe it writes a JSON object a line.
`;

/** Its options. */
export const SIM_OPTIONS = {
  flags: ["help", "tls", "allow-self-signed", "reset-flash", "no-stdin"],
  values: [
    ...["app", "profile", "cloud", "engine", "config", "host", "port", "ca", "user", "password", "client-id"],
    ...["flash", "replay", "log-level", "clock", "seed", "status-ms"],
  ],
};
/** A session that outlives the connection needs a name; there is one simulated board. */
const DEFAULT_CLIENT_ID = "sim-board";

export function main(argv: readonly string[]): Promise<number> {
  return reportingFailures("npm run sim", () => simulate(new Options(argv, SIM_OPTIONS)));
}

async function simulate(options: Options): Promise<number> {
  if (options.flag("help")) {
    process.stdout.write(USAGE);
    return 0;
  }
  const appFolder = options.required("app", "the folder of an app, such as examples/telemetry");
  findApp(appFolder); // refuses before anything is built
  const size = options.choice("profile", KERNEL_SIZES) ?? DEFAULT_SIZE;
  const cloud = options.choice("cloud", CLOUDS) ?? "plain";
  const engine = options.choice("engine", engineNames) ?? "wasm3";
  const flash = resolve(options.text("flash") ?? join(ROOT, DEFAULT_FLASH));
  const config = readSimConfig(options);
  if (config === null && !existsSync(flash)) {
    throw new UsageError(`found no configuration, expected --host HOST or --config FILE (${flash} keeps it for the next time)`);
  }
  const statusMs = options.number("status-ms", 50, 3_600_000);
  const seed = options.number("seed", 0, 0x7fffffff);
  const logLevel = options.choice("log-level", ["error", "warning", "info", "debug"]);
  const clock = options.choice("clock", ["real", "stepped"]);
  const replay = options.text("replay");
  const name = kernelName({ size, cloud });
  const { simulator, kernel } = await buildBoard({ kernel: name, engine });
  const app = await buildApp(appFolder, { kernel: name });
  mkdirSync(dirname(flash), { recursive: true });
  if (config !== null) writeConfigPartition(flash, config);
  for (const remark of simRemarks(config)) process.stderr.write(`note: ${remark}\n`);
  const args = simulatorArguments({
    simulator,
    kernel,
    app,
    flash,
    resetFlash: options.flag("reset-flash"),
    updateKeys: [publicKeyBytes(privateKey())],
    ...(statusMs !== undefined && { statusMs }),
    ...(seed !== undefined && { seed }),
    ...(logLevel !== undefined && { logLevel }),
    ...(clock !== undefined && { clock }),
    ...(replay !== undefined && { replay: resolve(replay) }),
  });
  if (options.flag("no-stdin")) args.push("--no-stdin");
  return runInForeground(simulator, args);
}

/**
 * The configuration of the command line: config.json with single options over it, and a client identifier where both
 * have none. null: no option was given, and the flash keeps the configuration it has. Throws UsageError, ConfigError.
 */
export function readSimConfig(options: Options): Config | null {
  const file = options.text("config");
  const base = file === undefined ? null : loadConfig(resolve(file));
  const given = {
    host: options.text("host"),
    port: options.number("port", 1, 65_535),
    tls: options.flag("tls") ? true : undefined,
    user: options.text("user"),
    password: options.text("password") ?? process.env.WASMOTE_MQTT_PASSWORD,
    clientId: options.text("client-id") ?? base?.mqtt.clientId,
  };
  const mqtt = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const ca = options.text("ca");
  if (ca !== undefined && !existsSync(ca)) throw new UsageError(`--ca: found no file ${ca}, expected a PEM file`);
  const hasTls = ca !== undefined || options.flag("allow-self-signed");
  if (base === null && Object.keys(mqtt).length === 0 && !hasTls) return null;
  // ThingsBoard keeps no session, and gives a name: two boards with one would throw each other out.
  if (options.choice("cloud", CLOUDS) !== "thingsboard") mqtt.clientId ??= DEFAULT_CLIENT_ID;
  const { ca: baseCa, ...baseTls } = base?.tls ?? {};
  const tls = {
    ...baseTls,
    ...(ca === undefined ? baseCa !== undefined && { ca: baseCa } : { caFile: resolve(ca) }),
    ...(options.flag("allow-self-signed") && { allowSelfSigned: true }),
  };
  return checkConfig({ ...base, mqtt: { ...base?.mqtt, ...mqtt }, ...(Object.keys(tls).length > 0 && { tls }) }, "command line");
}

/** A board's configuration is good here, too; what of it this board does not use is told once. */
export function simRemarks(config: Config | null): string[] {
  const unused = (["wifi", "time"] as const).filter((section) => config?.[section] !== undefined);
  const remarks = unused.length === 0 ? [] : [`${unused.join(", ")}: for a board; the simulated one has this PC's network and clock`];
  if (config?.tls?.useBundle === true) remarks.push("tls.useBundle: for a board; the simulated one trusts tls.ca alone");
  return remarks;
}

const COMMANDS = "commands: link down|up, power off|on, power-cut clean|torn, gpio PIN 0|1, adc CHANNEL MV, status, quit\n";

function runInForeground(program: string, args: readonly string[]): Promise<number> {
  const isTerminal = process.stdout.isTTY === true;
  const child = spawn(program, args, { stdio: ["inherit", isTerminal ? "pipe" : "inherit", "inherit"] });
  if (child.stdout !== null) {
    const text = new EventText();
    process.stdout.write(COMMANDS);
    createInterface(child.stdout).on("line", (line) => {
      const said = text.line(parseBoardEvent(line));
      if (said !== null) process.stdout.write(`${said}\n`);
    });
  }
  return untilClosed(child);
}
