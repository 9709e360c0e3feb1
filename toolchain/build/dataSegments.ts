/**
 * Joins data segments that lie close together: each costs the interpreter 20 bytes of RAM until it is copied, and its head 6 bytes of
 * flash; ahead of time it is an array and a call. The gaps between them are zeros, as that memory is anyway.
 */
import { WasmError, encodeI32, encodeU32 } from "./byteReader.js";
import { SectionId, type WasmModule } from "./wasmModule.js";

const ACTIVE = 0;
const OP_I32_CONST = 0x41;
const OP_END = 0x0b;

interface Segment {
  address: number;
  bytes: Uint8Array;
}

/** Joins segments over gaps of up to `maxGap` bytes. Every segment must be active, at a constant address. */
export function joinDataSegments(module: WasmModule, maxGap: number): void {
  const joined: Segment[] = [];
  for (const segment of readSegments(module).sort((a, b) => a.address - b.address)) {
    const last = joined.at(-1);
    const gap = last ? segment.address - last.address - last.bytes.length : Infinity;
    if (last && gap <= maxGap) last.bytes = Buffer.concat([last.bytes, new Uint8Array(gap), segment.bytes]);
    else joined.push(segment);
  }
  const entries = joined.map(({ address, bytes }) =>
    Buffer.concat([Uint8Array.from([ACTIVE, OP_I32_CONST, ...encodeI32(address), OP_END, ...encodeU32(bytes.length)]), bytes]),
  );
  module.setEntries(SectionId.Data, entries);
  module.sections = module.sections.filter((section) => section.id !== SectionId.DataCount);
}

/** Where the last segment ends. */
export function dataEnd(module: WasmModule): number {
  return Math.max(0, ...readSegments(module).map(({ address, bytes }) => address + bytes.length));
}

function readSegments(module: WasmModule): Segment[] {
  const segments: Segment[] = [];
  module.entries(SectionId.Data, (reader) => {
    if (reader.u8() !== ACTIVE || reader.u8() !== OP_I32_CONST) throw new WasmError("a data segment that is not at a constant address");
    const address = reader.i32();
    if (reader.u8() !== OP_END) throw new WasmError("a data segment that is not at a constant address");
    segments.push({ address, bytes: reader.bytes(reader.u32()) });
  });
  return segments;
}
