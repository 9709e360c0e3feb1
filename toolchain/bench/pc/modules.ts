/** Codec and store by themselves: our modules on both engines and in Node, the codec beside npm mqtt-packet. */
import { readFileSync } from "node:fs";

import mqttPacket from "mqtt-packet";

import type { EngineName } from "../../aot/index.js";
import { type Programs, run } from "./programs.js";
import { rotated, type Summary, summarize } from "./statistics.js";

/** As tests/bench/assembly/codec.ts: a PUBLISH of QoS 1. */
const TOPIC_BYTES = 21;
const PAYLOAD_BYTES = 100;
const ENCODE = 0;
const DECODE = 1;
/** Operations of one measurement: some milliseconds each. */
const INTERPRETED = 5_000;
const COMPILED = 50_000;
/** Rows of tests/bench/assembly/store.ts. */
const APPEND = 0;
const TURN_OVER = 1;
const TURNS = 1_000;

export const CODECS = ["wasm3, C", "aot, C", "wasm, Node", "mqtt-packet, Node"] as const;
export type CodecName = (typeof CODECS)[number];
export type Operation = "encode" | "decode";

/** Records that lie in the store while one comes and one goes. */
export const STORE_RECORDS = [100, 1_000, 10_000] as const;

export interface StoreRate {
  readonly records: number;
  readonly engine: EngineName;
  /** One operation: append a record, find the oldest with its checksum, remove it. */
  readonly perSecond: Summary;
}

/** Nanoseconds per operation. */
export async function measureCodecs(programs: Programs, rounds: number): Promise<Record<CodecName, Record<Operation, Summary>>> {
  const measureIn: Record<CodecName, () => Promise<[encode: number, decode: number]>> = {
    "wasm3, C": () => codecOnEngine(programs, "wasm3", INTERPRETED),
    "aot, C": () => codecOnEngine(programs, "aot", COMPILED),
    "wasm, Node": () => codecInNode(programs.codec),
    "mqtt-packet, Node": () => Promise.resolve(mqttPacketInNode()),
  };
  const samples = new Map<CodecName, Array<[number, number]>>(CODECS.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of rotated(CODECS, round)) samples.get(name)!.push(await measureIn[name]());
  }
  const entries = [...samples].map(([name, pairs]) => {
    const of = (index: 0 | 1): Summary => summarize(pairs.map((pair) => pair[index]));
    return [name, { encode: of(0), decode: of(1) }] as const;
  });
  return Object.fromEntries(entries) as Record<CodecName, Record<Operation, Summary>>;
}

export async function measureStore(programs: Programs, rounds: number): Promise<StoreRate[]> {
  const variants = STORE_RECORDS.flatMap((records) => (["wasm3", "aot"] as const).map((engine) => ({ records, engine })));
  const samples = variants.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const index of rotated([...variants.keys()], round)) {
      const { records, engine } = variants[index]!;
      const [, , ns] = await callRows(programs, engine, programs.store, [
        [APPEND, records],
        [TURN_OVER, TURNS],
        [TURN_OVER, TURNS],
      ]);
      samples[index]!.push(1e9 / (ns! / TURNS));
    }
  }
  return variants.map((variant, index) => ({ ...variant, perSecond: summarize(samples[index]!) }));
}

/** Calls rows of a module one after the other. Returns the nanoseconds of each call. */
async function callRows(
  programs: Programs,
  engine: EngineName,
  module: string,
  calls: ReadonlyArray<readonly [row: number, count: number]>,
): Promise<number[]> {
  const output = await run(programs.moduleBench, [engine, module, ...calls.flat().map(String)]);
  return output.trim().split("\n").map(Number);
}

/** The first call of each row warms caches up. */
async function codecOnEngine(programs: Programs, engine: EngineName, count: number): Promise<[number, number]> {
  const rows = [ENCODE, ENCODE, DECODE, DECODE].map((row) => [row, count] as const);
  const [, encode, , decode] = await callRows(programs, engine, programs.codec, rows);
  return [encode! / count, decode! / count];
}

type Syscall = (row: number, nowMs: bigint, count: number, ...rest: number[]) => number;

async function codecInNode(path: string): Promise<[number, number]> {
  const module = await WebAssembly.compile(readFileSync(path));
  const imports = Object.fromEntries(WebAssembly.Module.imports(module).map(({ name }) => [name, () => 0]));
  const { exports } = await WebAssembly.instantiate(module, { host: imports });
  const syscall = exports["syscall"] as Syscall;
  const work = (row: number): number =>
    timed(() => {
      const done = syscall(row, 0n, COMPILED, 0, 0, 0, 0, 0, 0, 0);
      if (done !== COMPILED) throw new Error(`codec: did ${done} of ${COMPILED}`);
    });
  return [work(ENCODE), work(DECODE)];
}

function mqttPacketInNode(): [number, number] {
  const topic = "a".repeat(TOPIC_BYTES);
  const payload = Buffer.alloc(PAYLOAD_BYTES, "b");
  const packet = { cmd: "publish", topic, payload, qos: 1, messageId: 7, dup: false, retain: false } as const;
  const bytes = mqttPacket.generate(packet);
  const parser = mqttPacket.parser();
  let parsed = 0;
  parser.on("packet", () => parsed++);
  const encode = timed(() => {
    for (let i = 0; i < COMPILED; i++) mqttPacket.generate(packet);
  });
  const decode = timed(() => {
    for (let i = 0; i < COMPILED; i++) parser.parse(bytes);
  });
  if (parsed % COMPILED !== 0 || parsed === 0) throw new Error(`mqtt-packet: parsed ${parsed} packets`);
  return [encode, decode];
}

/** Nanoseconds per operation of the second of two runs: the first is for the compiler. */
function timed(work: () => void): number {
  work();
  const started = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - started) / COMPILED;
}
