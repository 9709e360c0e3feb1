/** Reads GNU ld's map: how many bytes each object file put into each output section. */

export interface Contribution {
  /** Output section, such as ".text". */
  section: string;
  /** The object as the linker names it; of a library "libwasm3.a(m3_env.c.obj)" behind its path. */
  object: string;
  bytes: number;
}

const MEMORY_MAP = "Linker script and memory map";
const OUTPUT_SECTION = /^(\.[\w.]+)(?:\s|$)/;
/** An input section, its name alone on a line before when it is long. */
const INPUT_SECTION = /^ (?:\.[\w.$-]+|COMMON)? +0x[0-9a-f]+ +0x([0-9a-f]+) (\S.*)$/;
const LONG_NAME = /^ (\.[\w.$-]+|COMMON)$/;
const FILL = /^ \*fill\* +0x[0-9a-f]+ +0x([0-9a-f]+)/;

/**
 * Returns contributions of more than no bytes, in the order of the map; alignment counts to the object before it. Throws
 * where the text is no map.
 */
export function parseLinkerMap(text: string): Contribution[] {
  const start = text.indexOf(MEMORY_MAP);
  if (start < 0) throw new Error(`linker map: found no "${MEMORY_MAP}"`);
  const contributions: Contribution[] = [];
  let section = "";
  let name = "";
  for (const line of text.slice(start).split("\n")) {
    const output = OUTPUT_SECTION.exec(line);
    if (output) section = output[1]!;
    const fill = FILL.exec(line);
    const input = INPUT_SECTION.exec(name !== "" && line.startsWith("  ") ? ` ${name}${line}` : line);
    name = LONG_NAME.exec(line)?.[1] ?? "";
    const last = contributions.at(-1);
    if (fill && last?.section === section) last.bytes += Number.parseInt(fill[1]!, 16);
    else if (input && section !== "") {
      const bytes = Number.parseInt(input[1]!, 16);
      if (bytes > 0) contributions.push({ section, object: input[2]!, bytes });
    }
  }
  return contributions;
}

/** The parts of the flash that objects fill. Modules are counted by their own length. */
export type Part = "interpreter" | "host" | "kernel" | "libraries" | "bench";

/** First match wins; what matches none is the bench's own. */
const PARTS: ReadonlyArray<[RegExp, Part]> = [
  [/libwasm3\.a\(/, "interpreter"],
  [/lib(wasmote_host|link-[\w-]+)\.a\(/, "host"],
  [/libkernel-[\w-]+\.a\((engine_aot|wasm_rt|aot_shims|aot_modules)\.c/, "host"],
  [/libkernel-[\w-]+\.a\(codec/, "bench"],
  [/libkernel-[\w-]+\.a\(/, "kernel"],
  [/lib(c|g|m|gcc)\.a\(/, "libraries"],
];

export function partOf(object: string): Part {
  return PARTS.find(([pattern]) => pattern.test(object))?.[1] ?? "bench";
}

/** Bytes per part of the output sections that `isWanted`. */
export function bytesPerPart(contributions: readonly Contribution[], isWanted: (section: string) => boolean): Record<Part, number> {
  const sums: Record<Part, number> = { interpreter: 0, host: 0, kernel: 0, libraries: 0, bench: 0 };
  for (const { section, object, bytes } of contributions) if (isWanted(section)) sums[partOf(object)] += bytes;
  return sums;
}
