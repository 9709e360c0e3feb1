/**
 * Where each WebAssembly instruction ends: all that a rewriter must know to walk a function body.
 * Covers what the compiler emits for our targets: MVP, sign extension, saturating conversions, bulk memory, references.
 * Source: WebAssembly core specification 2.0, 5.4 (instructions).
 */
import { ByteReader, WasmError } from "./byteReader.js";

export const OP_BLOCK = 0x02;
export const OP_LOOP = 0x03;
export const OP_IF = 0x04;
export const OP_CALL = 0x10;
export const OP_CALL_INDIRECT = 0x11;

const PREFIX_MISC = 0xfc;

/** Shapes of what follows an opcode. */
enum Immediates {
  None,
  BlockType,
  Index,
  TwoIndices,
  Byte,
  I32,
  I64,
  F32,
  F64,
  BranchTable,
  Types,
}

const SHAPES: ReadonlyMap<number, Immediates> = new Map([
  ...[0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1].map((op) => [op, Immediates.None] as const),
  ...[OP_BLOCK, OP_LOOP, OP_IF].map((op) => [op, Immediates.BlockType] as const),
  ...[0x0c, 0x0d, OP_CALL, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0xd2].map((op) => [op, Immediates.Index] as const),
  [0x0e, Immediates.BranchTable],
  [OP_CALL_INDIRECT, Immediates.TwoIndices],
  [0x1c, Immediates.Types],
  ...range(0x28, 0x3e).map((op) => [op, Immediates.TwoIndices] as const), // loads and stores: alignment, offset
  ...[0x3f, 0x40, 0xd0].map((op) => [op, Immediates.Byte] as const),
  [0x41, Immediates.I32],
  [0x42, Immediates.I64],
  [0x43, Immediates.F32],
  [0x44, Immediates.F64],
  ...range(0x45, 0xc4).map((op) => [op, Immediates.None] as const), // comparisons, arithmetic, conversions
]);

/** Behind PREFIX_MISC: saturating conversions (0-7), memory.init, data.drop, memory.copy, memory.fill. */
const MISC_INDICES: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1];

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Reads one instruction and leaves the reader behind it. Returns its opcode; throws on one outside the list above. */
export function skipInstruction(reader: ByteReader): number {
  const at = reader.offset;
  const opcode = reader.u8();
  if (opcode === PREFIX_MISC) {
    const misc = reader.u32();
    const indices = MISC_INDICES[misc];
    if (indices === undefined) throw new WasmError(`instruction 0xfc ${misc} at byte ${at} is outside the supported set`);
    for (let i = 0; i < indices; i++) reader.u32();
    return opcode;
  }
  const shape = SHAPES.get(opcode);
  if (shape === undefined) throw new WasmError(`instruction 0x${opcode.toString(16)} at byte ${at} is outside the supported set`);
  skipImmediates(reader, shape);
  return opcode;
}

function skipImmediates(reader: ByteReader, shape: Immediates): void {
  switch (shape) {
    case Immediates.None: return;
    case Immediates.BlockType: // a value type, or a type index as a signed number of 33 bits
    case Immediates.I32:
    case Immediates.I64: return reader.skipSigned();
    case Immediates.Index: return void reader.u32();
    case Immediates.TwoIndices: reader.u32(); return void reader.u32();
    case Immediates.Byte: return void reader.u8();
    case Immediates.F32: return void reader.bytes(4);
    case Immediates.F64: return void reader.bytes(8);
    case Immediates.Types: return void reader.bytes(reader.u32());
    case Immediates.BranchTable:
      for (let left = reader.u32() + 1; left > 0; left--) reader.u32(); // the targets, then the default
  }
}
