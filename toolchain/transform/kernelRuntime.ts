/**
 * The compiler plugin of kernels: their memory and the heads of their objects are those of assembly/kernel/runtime, in place of the
 * compiler's stub with heads of 20 bytes and steps of 16. `--runtime PATH` would not do: what a head looks like stands in the
 * standard library itself, and a runtime by its path is taken for one that collects.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommonFlags, NodeKind, type ClassDeclaration, type Parser, type Program } from "assemblyscript";
import { parseLibrarySource, parseMember } from "./syntax.js";

const FOLDER = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "assembly", "kernel", "runtime");
const LAYOUT = join(FOLDER, "layout.ts");
const ALLOCATOR = join(FOLDER, "allocator.ts");

/** Of assembly/kernel/runtime/layout.ts, where the compiler lays objects down by itself: tables, functions. */
const HEAD_BYTES = 8;
const STEP = 4;

const ARRAY_MAKER = "constructor(length: i32) { return changetype<StaticArray<T>>(__array(<usize>length << alignof<T>())); }";

/** What a kernel is made of beside what its entry leads to. */
export const runtimeFiles: readonly string[] = [LAYOUT, ALLOCATOR];

export class KernelRuntimeTransform {
  /** The compiler's hook: all files are parsed, nothing is resolved yet. */
  afterParse(parser: Parser): void {
    replaceSource(parser, "~lib/rt/common", LAYOUT);
    replaceSource(parser, "~lib/rt/stub", ALLOCATOR);
    replaceArrayMaker(parser);
  }

  /** The compiler's hook: its own constants are known. Those of its objects are properties of the program, and are made ours. */
  afterInitialize(program: Program): void {
    const roundUp = (bytes: number): number => Math.ceil(bytes / STEP) * STEP;
    Object.defineProperties(program, {
      blockOverhead: { value: 0 },
      objectOverhead: { value: HEAD_BYTES },
      totalOverhead: { value: HEAD_BYTES },
    });
    program.computeBlockStart = roundUp;
    program.computeBlockStart64 = (offset) => i64_align(offset, STEP);
    program.computeBlockSize = (payload, isManaged) => roundUp(payload + (isManaged ? HEAD_BYTES : 0));
    const head = program.OBJECTInstance;
    const write = head.writeField.bind(head);
    head.writeField = (name, ...rest) => (head.getMember(name) ? write(name, ...rest) : 0);
  }
}

/**
 * Arrays are made by the allocator, with their size alone in front. The library's own way also compares the length with what no memory
 * holds, keeps a text to say so, and fills with zeros what is zeros.
 */
function replaceArrayMaker(parser: Parser): void {
  const source = parser.sources.find(({ internalPath }) => internalPath === "~lib/staticarray");
  const list = source?.statements.find((statement) => statement.kind === NodeKind.ClassDeclaration) as ClassDeclaration;
  const place = list.members.findIndex((member) => member.is(CommonFlags.Constructor));
  if (place < 0) throw new Error("~lib/staticarray: an array is made in another way");
  list.members[place] = parseMember(parser, list, ARRAY_MAKER);
}

function replaceSource(parser: Parser, internalPath: string, file: string): void {
  const index = parser.sources.findIndex((source) => source.internalPath === internalPath);
  if (index < 0) throw new Error(`${internalPath}: the compiler has no such file`);
  const text = readFileSync(file, "utf8").replace('"./layout"', '"./common"'); // the neighbour's name, there
  parser.sources[index] = parseLibrarySource(parser, parser.sources[index]!.normalizedPath, text);
}
