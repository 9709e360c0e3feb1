/** The figures of one kernel build on one engine: what build/bench-target.json holds. */
import type { ModuleSizes } from "./modules.js";
import type { StoreFigures } from "./storeFigures.js";
import { bytesPerPart, type Contribution } from "./linkerMap.js";

export const ENGINES = ["wasm3", "aot"] as const;
export type EngineName = (typeof ENGINES)[number];

/** Operations in the order of the report. Those that do not exist yet are null, never 0. */
export const OPERATIONS = [
  "syscallEmpty",
  "encodePublish",
  "decodePublish",
  "acceptedReading",
  "jsonStringify100",
  "jsonParse100",
  "bootToConnect",
] as const;

export interface EngineFigures {
  /** Bytes at steady state; cStack is the deepest ever. */
  ram: Record<"linearMemory" | "compiledCode" | "moduleMetadata" | "runtime" | "interpreterStack" | "cStack" | "app" | "total", number>;
  flash: Record<"interpreter" | "host" | "kernel" | "app" | "total", number>;
  instructions: Record<(typeof OPERATIONS)[number], number | null>;
  /** What explains the others, outside their sums. */
  details: Record<string, number>;
}

export interface Report {
  builds: Record<string, Partial<Record<EngineName, EngineFigures>>>;
  /** The store by itself. */
  store?: Partial<Record<EngineName, StoreFigures>>;
}

/** Figures that the program printed (tests/bench/target/main.c), by name. */
export type Printed = ReadonlyMap<string, number>;

const FIGURE = /^figure ([\w.]+) (\d+)$/;

/** Reads the program's output. Throws with its words when it did not come to its end. */
export function parseOutput(output: string): Printed {
  const lines = output.split(/\r?\n/);
  if (!lines.some((line) => line.startsWith("done"))) throw new Error(`the target's program did not finish:\n${output.trimEnd()}`);
  const matches = lines.map((line) => FIGURE.exec(line)).filter((match) => match !== null);
  return new Map(matches.map(([, name, value]) => [name!, Number(value)]));
}

export interface Measured {
  engine: EngineName;
  printed: Printed;
  /** The same program, compiled without tail calls. */
  printedWithoutTailCalls: Printed;
  map: readonly Contribution[];
  modules: ModuleSizes;
}

export function makeFigures({ engine, printed, printedWithoutTailCalls, map, modules }: Measured): EngineFigures {
  const take = (name: string, from = printed): number => {
    const value = from.get(name);
    if (value === undefined) throw new Error(`the target's program printed no figure ${name}`);
    return value;
  };
  const deepest = (from: Printed): number => Math.max(take("stack.boot", from), take("stack.steps", from));
  const inRam = bytesPerPart(map, (section) => [".data", ".bss", ".tdata", ".tbss"].includes(section));
  const inFlash = bytesPerPart(map, (section) => [".text", ".rodata", ".data"].includes(section));
  const statics = inRam.interpreter + inRam.host + inRam.kernel;
  const ram = {
    linearMemory: take("heap.linearMemory"),
    compiledCode: take("heap.compiledCode"),
    moduleMetadata: take("heap.moduleMetadata"),
    runtime: take("heap.runtime") + statics,
    interpreterStack: take("heap.interpreterStack"),
    cStack: deepest(printed),
    app: take("heap.app"),
  };
  const flash = {
    interpreter: inFlash.interpreter,
    host: inFlash.host,
    kernel: engine === "aot" ? inFlash.kernel : modules.kernel,
    app: modules.app,
  };
  const instructions = Object.fromEntries(OPERATIONS.map((name) => [name, printed.get(`instructions.${name}`) ?? null]));
  return {
    ram: { ...ram, total: sum(ram) },
    flash: { ...flash, total: sum(flash) },
    instructions: instructions as EngineFigures["instructions"],
    details: {
      heapPeak: take("heap.peak"),
      heapAllocationsPer64Readings: take("steady.allocations"),
      kernelMemoryGrowthPer64Readings: take("steady.memoryGrowth"),
      kernelMemoryTouched: take("kernel.memoryTouched"),
      staticRam: statics,
      cStackOfBoot: take("stack.boot"),
      cStackOfSteps: take("stack.steps"),
      cStackWithoutTailCalls: deepest(printedWithoutTailCalls),
      appLinearMemory: take("heap.appLinearMemory"),
      appCompiledCode: take("heap.appCompiledCode"),
      libraryFlash: inFlash.libraries,
      publishBytes: take("publishBytes"),
    },
  };
}

function sum(parts: Readonly<Record<string, number>>): number {
  return Object.values(parts).reduce((total, bytes) => total + bytes, 0);
}
