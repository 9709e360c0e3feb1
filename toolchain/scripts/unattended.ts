/** Runs a script on a stage without anybody watching, and sums up what it proves. */
import type { StatusEvent } from "../board/events.js";
import type { Publication } from "../devcloud/broker.js";
import { TendrlCloud } from "../devcloud/tendrl/tendrlCloud.js";
import {
  type Accepted,
  type Arrival,
  type FaultWindow,
  type Findings,
  objections,
  readEnvelope,
  readTendrlEnvelope,
  weigh,
} from "./evidence.js";
import { faultScripts, type ScriptName } from "./faultScripts.js";
import { seededRandom } from "./random.js";
import type { Stage } from "./stage.js";
import { statusLine } from "./statusText.js";

const CONNECT_DEADLINE_MS = 20_000;
const DRAIN_DEADLINE_MS = 60_000;
const PROGRESS_MS = 2000;
/** Without one in the configuration: of the plain cloud, and of Tendrl, where it is a batch. */
const DEFAULT_WINDOW = 4;
const TENDRL_WINDOW = 15;
const VIOLATIONS_SHOWN = 5;

export interface UnattendedOptions {
  readonly script: ScriptName;
  readonly seconds: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface Outcome extends Findings {
  readonly resets: number;
  readonly appRestarts: number;
  /** Faults that can interrupt acknowledgements. */
  readonly faults: number;
  readonly window: number;
  /** Messages of a stream that are not the envelope. */
  readonly unreadable: number;
  /** Why the run fails; empty: the promise was kept. */
  readonly objections: readonly string[];
}

/** Plays the script, waits until all that was stored by then has arrived (or a minute is over), and compares. */
export async function runUnattended(stage: Stage, options: UnattendedOptions): Promise<Outcome> {
  const { board, broker } = stage;
  await board.waitForStatus((status) => status.connects > 0, CONNECT_DEADLINE_MS);
  const endProgress = reportProgress(stage, options.say);
  const windows: FaultWindow[] = [];
  const boardEnds = board.exited.then((code) => {
    throw new Error(`the simulator ended with ${code}\n${board.logText}`);
  });
  boardEnds.catch(() => {}); // Also settles after the run, when nobody races against it.
  try {
    const faults = await Promise.race([playScript(stage, options, windows), boardEnds]);
    const accepted = [...board.accepted];
    options.say(`${options.seconds} s over: ${accepted.length} readings stored, waiting until they have arrived`);
    await Promise.race([drained(stage, accepted), boardEnds]);
    const status = await board.freshStatus();
    await broker.settle();
    return judge(stage, accepted, windows, faults, status);
  } finally {
    endProgress();
  }
}

/** Returns the number of faults. */
async function playScript(stage: Stage, { script, seconds, seed, say }: UnattendedOptions, windows: FaultWindow[]): Promise<number> {
  const startedAt = Date.now();
  const elapsed = (): string => ((Date.now() - startedAt) / 1000).toFixed(1);
  const until = (fraction: number): Promise<void> => sleepUntil(startedAt + fraction * seconds * 1000);
  let faults = 0;
  let awaySince: number | null = null;
  await faultScripts[script]({
    board: stage.board,
    broker: stage.broker,
    random: seededRandom(seed),
    until,
    fault(text) {
      faults++;
      say(`${elapsed()} s: ${text}`);
    },
    away(isAway) {
      if (isAway) awaySince = Date.now();
      else if (awaySince !== null) windows.push({ fromMs: awaySince, toMs: Date.now() });
      say(`${elapsed()} s: the broker can${isAway ? "not" : ""} be reached${isAway ? "" : " again"}`);
    },
  });
  await until(1);
  return faults;
}

function sleepUntil(atMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - Date.now())));
}

/** Resolves once nothing stored before the cut-off is owed any more; also when the deadline is over: then the findings tell. */
async function drained(stage: Stage, accepted: readonly Accepted[]): Promise<void> {
  const isDone = (status: StatusEvent): boolean => {
    const { arrivals } = readArrivals(stage.broker.publications(), stage.topicPrefix, stage.side?.read);
    const { expiredTotal: expired, evictedTotal: evicted } = status;
    return weigh({ accepted, arrivals, expired, evicted, faultWindows: [] }).lost === 0;
  };
  await stage.board.waitForStatus(isDone, DRAIN_DEADLINE_MS).catch(() => undefined);
}

function judge(stage: Stage, accepted: readonly Accepted[], windows: readonly FaultWindow[], faults: number, status: StatusEvent): Outcome {
  const { arrivals, unreadable } = readArrivals(stage.broker.publications(), stage.topicPrefix, stage.side?.read);
  const findings = weigh({
    accepted,
    arrivals,
    expired: status.expiredTotal,
    evicted: status.evictedTotal,
    faultWindows: windows,
  });
  const window = stage.config.mqtt.window ?? (stage.cloud === "tendrl" ? TENDRL_WINDOW : DEFAULT_WINDOW);
  const all = objections(findings, { window, faults });
  if (stage.broker instanceof TendrlCloud) all.push(...stage.broker.violations.slice(0, VIOLATIONS_SHOWN));
  if (unreadable > 0) all.push(`${unreadable} messages of a stream could not be read`);
  return { ...findings, resets: stage.board.resets, appRestarts: status.appRestarts, faults, window, unreadable, objections: all };
}

/** Reads what arrived below the prefix. Messages without the envelope are not the stored stream and are left out. */
export function readArrivals(
  publications: readonly Publication[],
  prefix: string,
  read: (publication: Publication) => readonly Arrival[] = (publication) => readBelow(publication, prefix),
): { arrivals: Arrival[]; unreadable: number } {
  const arrivals: Arrival[] = [];
  let unreadable = 0;
  for (const publication of publications) {
    try {
      arrivals.push(...read(publication));
    } catch {
      unreadable++;
    }
  }
  return { arrivals, unreadable };
}

function readBelow({ topic, payload }: Publication, prefix: string): Arrival[] {
  const isBelow = topic.startsWith(`${prefix}/`);
  const arrival = isBelow ? (readEnvelope(topic, payload) ?? readTendrlEnvelope(topic, payload)) : null;
  return arrival === null ? [] : [arrival];
}

/** Says how it goes every two seconds, and each reset and app restart as it happens. Returns what ends that. */
function reportProgress(stage: Stage, say: (line: string) => void): () => void {
  let lastAt = 0;
  const ends = [
    stage.board.on("status", (status) => {
      if (Date.now() - lastAt < PROGRESS_MS) return;
      lastAt = Date.now();
      say(statusLine(status, stage.broker));
    }),
    stage.board.on("boot", ({ reason, boots }) => say(`the board starts again (${reason}), start ${boots}`)),
    stage.board.on("app-stopped", ({ reason, restartMs }) => say(`the app was ended: ${reason}; again in ${restartMs} ms`)),
    stage.board.on("error", ({ message }) => say(`simulator: ${message}`)),
  ];
  return () => ends.forEach((end) => end());
}
