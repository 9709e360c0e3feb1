/** `npm start`: the dev cloud and one simulated board, live or, with --script, unattended. */
import { type EngineName, engineNames } from "../aot/index.js";
import { type Cloud, CLOUDS } from "../build/kernels.js";
import { reportingFailures } from "../cli/failure.js";
import { Options, UsageError } from "../cli/options.js";
import { nextSignal } from "../cli/signals.js";
import { type ScriptName, scriptNames } from "../scripts/faultScripts.js";
import { runLive } from "../scripts/live.js";
import { anySeed } from "../scripts/random.js";
import { type BrokerName, brokerNames, setStage, type Stage } from "../scripts/stage.js";
import { runUnattended } from "../scripts/unattended.js";

const USAGE = `npm start [-- OPTION ...]                   live: keys cut the Wi-Fi, the broker, the power
npm start -- --script NAME [OPTION ...]      unattended: the last line is one JSON object, exit code 0 when nothing stored was lost
  --script NAME   ${scriptNames.join(", ")}
  --seconds N     how long the script takes; default 30
  --rate N        readings per second; default 10 with a script, 2 without
  --cloud NAME    plain (MQTT alone), tendrl or thingsboard; default plain
  --broker NAME   aedes (in this process) or mosquitto (Debian's), with --cloud plain; default aedes
  --engine NAME   what runs the kernel: wasm3, or aot; default wasm3
  --replay FILE   sensors from a CSV: column time, then adc0 ..., temperature, load
  --seed N        of when things break; the summary tells it
The board begins with an erased flash each time; npm run sim keeps its own.
`;

const NAMES = {
  flags: ["help"],
  values: ["script", "seconds", "rate", "cloud", "engine", "replay", "broker", "seed"],
};
/** What runs on the board, and how many readings it publishes per app.intervalMs. */
const APPS: Readonly<Record<Cloud, { readonly app: string; readonly readings: number }>> = {
  plain: { app: "examples/telemetry", readings: 2 },
  tendrl: { app: "examples/tendrl-offline", readings: 1 },
  thingsboard: { app: "examples/thingsboard-telemetry", readings: 2 },
};
const DEFAULT_SECONDS = 30;
const DEFAULT_RATE = 10;
/** Slow enough to watch. */
const DEFAULT_LIVE_RATE = 2;

export interface StartOptions {
  readonly script: ScriptName | null;
  readonly seconds: number;
  /** Readings per second. */
  readonly rate: number;
  readonly replay: string | null;
  readonly cloud: Cloud;
  readonly broker: BrokerName;
  readonly engine: EngineName;
  readonly seed: number;
}

/** Reads the command line. Throws UsageError. */
export function readStartOptions(argv: readonly string[]): StartOptions {
  const options = new Options(argv, NAMES);
  const script = options.choice("script", scriptNames) ?? null;
  const seconds = options.number("seconds", 5, 86_400);
  if (seconds !== undefined && script === null) {
    throw new UsageError(`--seconds: found no --script beside it, expected one of ${scriptNames.join(", ")}`);
  }
  const cloud = options.choice("cloud", CLOUDS) ?? "plain";
  const broker = options.choice("broker", brokerNames) ?? "aedes";
  if (cloud !== "plain" && broker !== "aedes") throw new UsageError(`--broker: found "${broker}", expected aedes with --cloud ${cloud}`);
  const rate = options.number("rate", 0.01, 100, { isWhole: false });
  return {
    script,
    seconds: seconds ?? DEFAULT_SECONDS,
    rate: rate ?? (script === null ? DEFAULT_LIVE_RATE : DEFAULT_RATE),
    replay: options.text("replay") ?? null,
    cloud,
    broker,
    engine: options.choice("engine", engineNames) ?? "wasm3",
    seed: options.number("seed", 0, 0x7fffffff) ?? anySeed(),
  };
}

export function main(argv: readonly string[]): Promise<number> {
  return reportingFailures("npm start", async () => {
    if (!new Options(argv, NAMES).flag("help")) return start(readStartOptions(argv));
    process.stdout.write(USAGE);
    return 0;
  });
}

async function start(options: StartOptions): Promise<number> {
  const { broker, cloud, engine, rate, replay, seed, script } = options;
  const { app, readings } = APPS[cloud];
  const stage = await setStage({
    app,
    cloud,
    broker,
    engine,
    appConfig: { intervalMs: Math.round((1000 * readings) / rate) },
    board: { statusMs: script === null ? 250 : 500, seed, ...(replay !== null && { replay }) },
  });
  try {
    if (script === null) return await runLive(stage);
    return await untilInterrupted(playUnattended(stage, { ...options, script }));
  } finally {
    await stage.close();
  }
}

/** What a shell expects of a command that Ctrl-C ended. */
const INTERRUPTED = 130;

async function untilInterrupted(run: Promise<number>): Promise<number> {
  const interrupted = nextSignal();
  run.catch(() => {}); // After an interruption nobody waits for it.
  try {
    return await Promise.race([run, interrupted.promise.then(() => INTERRUPTED)]);
  } finally {
    interrupted.release();
  }
}

/**
 * Plays a script. Progress goes to standard error; the summary is the last line of standard output.
 * Returns 0 only when the promise was kept and the run proves it.
 */
export async function playUnattended(
  stage: Stage,
  { script, seconds, rate, seed, cloud, broker, engine }: StartOptions & { script: ScriptName },
  print: (text: string) => void = (text) => void process.stdout.write(text),
): Promise<number> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const { objections, ...figures } = await runUnattended(stage, { script, seconds, seed, say });
  for (const objection of objections) say(`FAILED: ${objection}`);
  if (objections.length > 0) say(`The end of the board's log:\n${stage.board.logText.split("\n").slice(-30).join("\n")}`);
  const summary = { script, seconds, rate, cloud, engine, broker, seed, ...figures };
  print(`${JSON.stringify(summary)}\n`);
  return objections.length === 0 ? 0 : 1;
}
