/**
 * Ends endless loops of an app. An interpreter does not interrupt a loop by itself, so each loop, and each function that can
 * call itself, counts one exported global down and traps when nothing is left; the host fills it before each call into the app.
 */
import { ByteReader, encodeI32, encodeU32 } from "./byteReader.js";
import { BuildError } from "./errors.js";
import { OP_LOOP, skipInstruction } from "./instructions.js";
import { codeStart, findRecursive } from "./recursion.js";
import { ExternKind, SectionId, type WasmModule } from "./wasmModule.js";

export const FUEL_EXPORT = "fuel";

const I32 = 0x7f;
const MUTABLE = 1;

/**
 * Adds the global `fuel`, holding `fuel` passes until the host refills it, and the check at the head of each loop and of each
 * function that can call itself. Returns the number of loops guarded.
 */
export function guardLoops(module: WasmModule, fuel: number): number {
  const importedGlobals = module.imports().filter((row) => row.kind === ExternKind.Global).length;
  const globals = module.entries(SectionId.Global, skipGlobal);
  const index = importedGlobals + globals.length;
  const fuelGlobal = Uint8Array.from([I32, MUTABLE, 0x41, ...encodeI32(fuel), 0x0b]);
  module.setEntries(SectionId.Global, [...globals, fuelGlobal]);
  module.addExport(FUEL_EXPORT, ExternKind.Global, index);

  const check = guardCode(index);
  const bodies = module.bodies();
  const isRecursive = findRecursive(bodies, module.imports().filter((row) => row.kind === ExternKind.Function).length);
  let loops = 0;
  module.setBodies(
    bodies.map((body, i) => {
      const heads = loopHeads(body);
      loops += heads.length;
      return insertAt(body, isRecursive[i] ? [codeStart(body), ...heads] : heads, check);
    }),
  );
  return loops;
}

/** Throws a BuildError where a loop, or a function that can call itself, lacks its guard, or the module the global behind them. */
export function checkLoopGuards(module: WasmModule, where: string): void {
  const fuel = module.exports().find((each) => each.name === FUEL_EXPORT && each.kind === ExternKind.Global);
  const remedy = "build it with npm run build";
  if (!fuel) throw new BuildError(`${where}: exports no global ${FUEL_EXPORT}, which ends endless loops\n  ${remedy}`);
  const check = guardCode(fuel.index);
  const bodies = module.bodies();
  const imported = module.imports().filter((row) => row.kind === ExternKind.Function).length;
  const isRecursive = findRecursive(bodies, imported);
  bodies.forEach((body, i) => {
    const heads = isRecursive[i] ? [codeStart(body), ...loopHeads(body)] : loopHeads(body);
    const bare = heads.find((at) => !Buffer.from(body.subarray(at, at + check.length)).equals(check));
    if (bare !== undefined) throw new BuildError(`${where}: a loop or a recursion of function ${imported + i} has no guard\n  ${remedy}`);
  });
}

/** if (fuel == 0) unreachable; fuel = fuel - 1; takes and leaves nothing on the stack. */
function guardCode(global: number): Uint8Array {
  const index = encodeU32(global);
  return Uint8Array.from([
    0x23, ...index, 0x45, // global.get fuel, i32.eqz
    0x04, 0x40, 0x00, 0x0b, // if, unreachable, end
    0x23, ...index, 0x41, 0x01, 0x6b, 0x24, ...index, // global.set fuel = fuel - 1
  ]);
}

/** Offsets just behind each `loop` and its block type. */
function loopHeads(body: Uint8Array): number[] {
  const reader = new ByteReader(body, codeStart(body));
  const heads: number[] = [];
  while (!reader.isDone) if (skipInstruction(reader) === OP_LOOP) heads.push(reader.offset);
  return heads;
}

function insertAt(body: Uint8Array, offsets: number[], code: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const offset of offsets) {
    parts.push(body.subarray(from, offset), code);
    from = offset;
  }
  return Buffer.concat([...parts, body.subarray(from)]);
}

function skipGlobal(reader: ByteReader): void {
  reader.bytes(2);
  while (skipInstruction(reader) !== 0x0b);
}
