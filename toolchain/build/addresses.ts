/**
 * Loads from fixed addresses: `i32.const ADDRESS, i32.load` becomes `i32.const 0, i32.load offset=ADDRESS`. The interpreter keeps each
 * constant of a function in a table and copies it into the frame at each call; the offset lies in the instruction anyway.
 */
import { ByteReader, encodeU32 } from "./byteReader.js";
import { skipInstruction } from "./instructions.js";
import type { WasmModule } from "./wasmModule.js";

const OP_I32_CONST = 0x41;
const FIRST_LOAD = 0x28;
const LAST_LOAD = 0x35;

/** Moves the address of every load from a constant place into its offset. */
export function moveAddresses(module: WasmModule): void {
  module.setBodies(module.bodies().map(moveInBody));
}

function moveInBody(body: Uint8Array): Uint8Array {
  const reader = new ByteReader(body);
  for (let groups = reader.u32(); groups > 0; groups--) {
    reader.u32();
    reader.u8();
  }
  const parts: Uint8Array[] = [];
  let kept = 0;
  while (!reader.isDone) {
    const at = reader.offset;
    if (skipInstruction(reader) !== OP_I32_CONST || reader.isDone) continue;
    const next = body[reader.offset]!;
    if (next < FIRST_LOAD || next > LAST_LOAD) continue;
    const address = new ByteReader(body, at + 1).i32();
    if (address <= 0) continue;
    reader.u8();
    const align = reader.u32();
    const offset = reader.u32() + address;
    parts.push(body.subarray(kept, at), Uint8Array.from([OP_I32_CONST, 0, next, ...encodeU32(align), ...encodeU32(offset)]));
    kept = reader.offset;
  }
  return Buffer.concat([...parts, body.subarray(kept)]);
}
