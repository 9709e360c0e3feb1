/** The figures of the store by itself, on one engine: what tests/bench/target/store_main.c prints, and what follows from it. */
import type { SizeRow } from "../build/sizeTable.js";
import type { Printed } from "./figures.js";

/** By group (instructions, growth, ram, flash, code) and name. */
export type StoreFigures = Record<string, Record<string, number>>;

/** The program counts in whole numbers: what its names end in says how many of them are one. */
const SCALES: ReadonlyArray<readonly [RegExp, number]> = [
  [/(Programmed|Erased)$/, 1000],
  [/Percent$/, 100],
  [/TenThousandths$/, 100],
  [/Hundredths$/, 100],
];

/** Groups what was printed, and adds the worst of each workload: keys at random, after 1,000 and 10,000 writes. */
export function makeStoreFigures(printed: Printed): StoreFigures {
  const figures: StoreFigures = {};
  for (const [path, value] of printed) {
    const [group, name] = path.split(".") as [string, string];
    const scale = SCALES.find(([pattern]) => pattern.test(name))?.[1] ?? 1;
    (figures[group] ??= {})[name] = value / scale;
  }
  const { flash } = figures;
  if (flash !== undefined) {
    Object.assign(flash, {
      plainWorst: worstOf(flash, /^plain1/),
      richWorst: worstOf(flash, /^rich1/),
    });
  }
  return figures;
}

function worstOf(flash: Readonly<Record<string, number>>, names: RegExp): number {
  return Math.max(...Object.keys(flash).flatMap((name) => (names.test(name) ? flash[name]! : [])));
}

/** Bytes of code: of the engine alone, and of what documents add. records, documents: size tables of the two modules. */
export function codeFigures(records: readonly SizeRow[], documents: readonly SizeRow[]): Record<string, number> {
  const bytesOf = (rows: readonly SizeRow[], folder: string): number => rows.find((row) => row.folder === folder)?.bytes ?? 0;
  const engine = bytesOf(records, "kernel/store");
  return {
    engine,
    documents: bytesOf(documents, "kernel/store") - engine,
    libraryOfDocuments: bytesOf(documents, "lib") - bytesOf(records, "lib"),
  };
}
