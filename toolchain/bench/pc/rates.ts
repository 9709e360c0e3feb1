/** Messages per second of every client on one broker, side by side: each round measures all of them, in turn. */
import type { EngineName } from "../../aot/index.js";
import { type BoardRun, measureBoard, measureStartUp } from "./boardRun.js";
import type { PlainBroker } from "./plainBroker.js";
import { type Programs, run } from "./programs.js";
import { rotated, type Summary, summarize } from "./statistics.js";

export interface Span {
  readonly warmUpMs: number;
  readonly ms: number;
}

export interface Sample {
  readonly perSecond: number;
  /** Processor time of the client's process per message. */
  readonly cpuUs: number;
  /** Messages of the whole run that the broker must have seen. */
  readonly atLeast: number;
}

/** Largest window that the kernel grants; its queue in RAM holds 12 messages of the bench. */
const BOARD_WINDOW = 16;
const LIBMOSQUITTO_WINDOW = 20;

export const CLIENTS = ["board wasm3", "board aot", "libmosquitto"] as const;
export type ClientName = (typeof CLIENTS)[number];

interface Work {
  readonly name: string;
  readonly qos: 0 | 1;
  readonly boardWindow: number;
  /** Null: libmosquitto has nothing like it. */
  readonly peerWindow: number | null;
  readonly stored?: "always" | "never";
}

const WORKS: readonly Work[] = [
  { name: "QoS 1, window 1", qos: 1, boardWindow: 1, peerWindow: 1 },
  { name: "QoS 1, largest window", qos: 1, boardWindow: BOARD_WINDOW, peerWindow: LIBMOSQUITTO_WINDOW },
  { name: "QoS 0", qos: 0, boardWindow: BOARD_WINDOW, peerWindow: LIBMOSQUITTO_WINDOW },
  { name: "STORED, delivered, --flash-sync never", qos: 1, boardWindow: BOARD_WINDOW, peerWindow: null, stored: "never" },
  { name: "STORED, delivered, --flash-sync always", qos: 1, boardWindow: BOARD_WINDOW, peerWindow: null, stored: "always" },
];

export interface Rate {
  readonly work: string;
  readonly client: ClientName;
  readonly perSecond: Summary;
  readonly cpuUs: Summary;
}

export interface Rates {
  readonly rates: readonly Rate[];
  readonly startUpMs: Readonly<Record<EngineName, Summary>>;
  /** PUBLISH packets: what the clients can vouch for, and what the broker counted itself. */
  readonly evidence: { readonly published: number; readonly received: number };
}

export interface RatesOptions extends Span {
  readonly rounds: number;
  readonly say: (text: string) => void;
}

/** Throws when the broker saw fewer messages than the clients sent. */
export async function measureRates(programs: Programs, broker: PlainBroker, options: RatesOptions): Promise<Rates> {
  const samples = new Map<string, Sample[]>();
  const startUps: Record<EngineName, number[]> = { wasm3: [], aot: [] };
  let published = 0;
  for (let round = 0; round < options.rounds; round++) {
    options.say(`bench: messages per second, round ${round + 1} of ${options.rounds} ...\n`);
    for (const work of WORKS) {
      for (const client of rotated(clientsOf(work), round)) {
        const sample = await measure(work, client, programs, broker, options);
        const key = `${work.name}/${client}`;
        samples.set(key, [...(samples.get(key) ?? []), sample]);
        published += sample.atLeast;
      }
    }
    for (const engine of rotated(["wasm3", "aot"] as const, round)) {
      const boot = { program: programs.boards[engine], app: programs.heartbeat, window: 1 };
      startUps[engine].push(await measureStartUp(boot, broker));
    }
  }
  const received = await broker.received(published);
  if (received < published) throw new Error(`bench: the broker counted ${received} messages, the clients sent ${published}`);
  return {
    rates: WORKS.flatMap((work) => clientsOf(work).map((client) => summarizeRate(work, client, samples.get(`${work.name}/${client}`)!))),
    startUpMs: { wasm3: summarize(startUps.wasm3), aot: summarize(startUps.aot) },
    evidence: { published, received },
  };
}

function clientsOf(work: Work): ClientName[] {
  return CLIENTS.filter((client) => client !== "libmosquitto" || work.peerWindow !== null);
}

function summarizeRate(work: Work, client: ClientName, samples: readonly Sample[]): Rate {
  return {
    work: work.name,
    client,
    perSecond: summarize(samples.map(({ perSecond }) => perSecond)),
    cpuUs: summarize(samples.map(({ cpuUs }) => cpuUs)),
  };
}

function measure(work: Work, client: ClientName, programs: Programs, broker: PlainBroker, span: Span): Promise<Sample> {
  if (client === "libmosquitto") return measureLibmosquitto(work, programs.mosquittoClient, broker, span);
  const isStored = work.stored !== undefined;
  const board: BoardRun = {
    program: programs.boards[client === "board aot" ? "aot" : "wasm3"],
    app: programs.publisher,
    window: work.boardWindow,
    appConfig: { qos: work.qos, isStored },
    ...(work.stored !== undefined && { flashSync: work.stored }),
  };
  return measureBoard(board, broker, isStored ? "deliveredTotal" : "queuedTotal", span);
}

/** What mosquitto_client prints. */
interface ClientReport {
  readonly messages: number;
  readonly us: number;
  readonly cpuUs: number;
  readonly total: number;
}

async function measureLibmosquitto(work: Work, program: string, broker: PlainBroker, { warmUpMs, ms }: Span): Promise<Sample> {
  const args = [broker.host, broker.port, work.qos, work.peerWindow ?? LIBMOSQUITTO_WINDOW, warmUpMs, ms].map(String);
  const report = JSON.parse(await run(program, args)) as ClientReport;
  return {
    perSecond: (report.messages * 1_000_000) / report.us,
    cpuUs: report.cpuUs / report.messages,
    atLeast: report.total,
  };
}
