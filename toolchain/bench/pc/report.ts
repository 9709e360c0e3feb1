/** What `npm run bench` found: build/bench.json, and the same as text. */
import type { EngineName } from "../../aot/index.js";
import { CODECS, type CodecName, type Operation, type StoreRate } from "./modules.js";
import type { ClientName, Rate, Rates } from "./rates.js";
import { ratio, type Summary } from "./statistics.js";

export interface Conditions {
  readonly node: string;
  readonly cpu: string;
  readonly cpus: number;
  /** Load average of the last minute before the start: above 0 something else ran too. */
  readonly load: number;
  readonly mosquitto: string;
  readonly topicBytes: number;
  readonly payloadBytes: number;
  readonly rounds: number;
  readonly spanMs: number;
}

export interface Ratios {
  /** Messages per second of a board over libmosquitto's, by work and client. */
  readonly toLibmosquitto: Readonly<Record<string, number>>;
  /** The largest window over a window of 1, by client. */
  readonly largestWindow: Readonly<Record<string, number>>;
  /** How many times faster ahead of time is than interpreted. */
  readonly aheadOfTime: Readonly<Record<Operation, number>>;
  /** How many times mqtt-packet's time our codec takes in the same Node. */
  readonly toMqttPacket: Readonly<Record<Operation, number>>;
}

export interface Report extends Rates {
  readonly conditions: Conditions;
  readonly codecNs: Readonly<Record<CodecName, Readonly<Record<Operation, Summary>>>>;
  readonly store: readonly StoreRate[];
  readonly ratios: Ratios;
}

export function makeReport(parts: Omit<Report, "ratios">): Report {
  return { ...parts, ratios: ratiosOf(parts) };
}

const STOP_AND_WAIT = "QoS 1, window 1";
const LARGEST_WINDOW = "QoS 1, largest window";

function ratiosOf({ rates, codecNs }: Pick<Report, "rates" | "codecNs">): Ratios {
  const find = (work: string, client: ClientName): Summary | null =>
    rates.find((rate) => rate.work === work && rate.client === client)?.perSecond ?? null;
  const byOperation = (over: (operation: Operation) => number | null): Record<Operation, number> => ({
    encode: over("encode")!,
    decode: over("decode")!,
  });
  return {
    toLibmosquitto: numbers(
      rates
        .filter(({ client }) => client !== "libmosquitto")
        .map(({ work, client, perSecond }) => [`${work}, ${client}`, ratio(perSecond, find(work, "libmosquitto"))]),
    ),
    largestWindow: numbers(
      rates
        .filter(({ work }) => work === LARGEST_WINDOW)
        .map(({ client, perSecond }) => [client, ratio(perSecond, find(STOP_AND_WAIT, client))]),
    ),
    aheadOfTime: byOperation((operation) => ratio(codecNs["wasm3, C"][operation], codecNs["aot, C"][operation])),
    toMqttPacket: byOperation((operation) => ratio(codecNs["wasm, Node"][operation], codecNs["mqtt-packet, Node"][operation])),
  };
}

function numbers(entries: ReadonlyArray<readonly [string, number | null]>): Record<string, number> {
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, number] => entry[1] !== null));
}

/** The report as text: medians, in brackets the smallest and the largest. */
export function reportText(report: Report): string {
  return [conditionsText(report), ratesText(report), storeText(report), codecText(report), startUpText(report)].join("\n\n");
}

function conditionsText({ conditions, evidence }: Report): string {
  const { node, cpu, cpus, load, mosquitto, topicBytes, payloadBytes, rounds, spanMs } = conditions;
  return [
    `${cpu}, ${cpus} processors, load ${load.toFixed(1)} before the start; Node ${node}; mosquitto ${mosquitto} on loopback, plain TCP`,
    `topic ${topicBytes} bytes, payload ${payloadBytes} bytes; medians of ${rounds} rounds [smallest – largest], ${spanMs} ms each, clients in turn`,
    `the broker counted ${whole(evidence.received)} messages; the clients vouch for ${whole(evidence.published)} at least`,
  ].join("\n");
}

function ratesText({ rates, ratios }: Report): string {
  const rows = rates.map(({ work, client, perSecond, cpuUs }: Rate) => {
    const times = ratios.toLibmosquitto[`${work}, ${client}`];
    return [
      work,
      client,
      spread(perSecond, whole),
      spread(cpuUs, (value) => value.toFixed(1)),
      times === undefined ? "" : `${times.toFixed(2)} x`,
    ];
  });
  const windows = Object.entries(ratios.largestWindow).map(([client, times]) => `${client} ${times.toFixed(2)} x`);
  return [
    ...table(["Messages", "client", "per second", "CPU, us each", "libmosquitto"], rows),
    "Largest window: a board's is 16, of which its queue in RAM fills 12 with these messages; libmosquitto's is 20, its default.",
    `Largest window over a window of 1: ${windows.join(", ")}.`,
  ].join("\n");
}

function storeText({ store }: Report): string {
  const rows = store.map(({ records, engine, perSecond }) => [whole(records), engine, spread(perSecond, whole)]);
  return [
    ...table(["Records in the store", "engine", "append + remove per second"], rows),
    "4 MB of NOR in memory; 128 bytes a record; removing finds the oldest and checks it.",
  ].join("\n");
}

function codecText({ codecNs, ratios }: Report): string {
  const nanoseconds = (value: number): string => whole(value);
  const rows = CODECS.map((name) => [name, spread(codecNs[name].encode, nanoseconds), spread(codecNs[name].decode, nanoseconds)]);
  const { aheadOfTime, toMqttPacket } = ratios;
  return [
    ...table(["PUBLISH of QoS 1", "encode, ns", "decode, ns"], rows),
    `Ahead of time over interpreted: encode ${aheadOfTime.encode.toFixed(1)} x, decode ${aheadOfTime.decode.toFixed(1)} x as fast.`,
    `Ours in Node takes ${toMqttPacket.encode.toFixed(2)} (encode) and ${toMqttPacket.decode.toFixed(2)} (decode) times as long as mqtt-packet.`,
  ].join("\n");
}

function startUpText({ startUpMs }: Report): string {
  const rows = (Object.entries(startUpMs) as Array<[EngineName, Summary]>).map(([engine, ms]) => [engine, spread(ms, whole)]);
  return [
    ...table(["Start-up to CONNACK", "ms"], rows),
    "examples/heartbeat on new flash; 300 ms of it the simulated link takes to rise.",
  ].join("\n");
}

function spread({ median, min, max }: Summary, shown: (value: number) => string): string {
  return `${shown(median)} [${shown(min)} – ${shown(max)}]`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Columns as wide as they need: words to the left, and what begins with a number to the right. */
export function table(titles: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const isNumeric = titles.map((_, column) => rows.every((row) => /^(\d|$)/.test(row[column]!)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (isNumeric[column]! ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd();
  return [line(titles), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)];
}
