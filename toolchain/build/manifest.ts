/**
 * The manifest: what the host must know before it loads a module. The first section, so that it is read without parsing
 * the rest.
 *
 *     0       1      2     4             8      12      13      14
 *     format  kind   abi   memoryBytes   fuel   flags   stack   0 0
 *     u8 = 1  u8     u16   u32           u32    u8      u8      u8[2]     little-endian
 *
 * stack: of an interpreted kernel, in units of 256 bytes; 0: the host's default.
 */
import { SectionId, type WasmModule } from "./wasmModule.js";

export const MANIFEST_SECTION = "wasmote";
export const MANIFEST_BYTES = 16;
const FORMAT = 1;
const FLAG_COLLECTOR = 1;
const STACK_UNIT = 256;

export enum ModuleKind {
  Kernel = 0,
  App = 1,
}

export interface Manifest {
  kind: ModuleKind;
  abi: number;
  memoryBytes: number;
  /** Loop passes an app may make in one call; 0 for a kernel. */
  fuel: number;
  hasCollector: boolean;
  /** Bytes of an interpreted kernel's stack; left out: the host's default. */
  stackBytes?: number | undefined;
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  const view = new DataView(new ArrayBuffer(MANIFEST_BYTES));
  view.setUint8(0, FORMAT);
  view.setUint8(1, manifest.kind);
  view.setUint16(2, manifest.abi, true);
  view.setUint32(4, manifest.memoryBytes, true);
  view.setUint32(8, manifest.fuel, true);
  view.setUint8(12, manifest.hasCollector ? FLAG_COLLECTOR : 0);
  view.setUint8(13, Math.ceil((manifest.stackBytes ?? 0) / STACK_UNIT));
  return new Uint8Array(view.buffer);
}

/** The manifest of a module; undefined where it does not begin with one. */
export function readManifest(module: WasmModule): Manifest | undefined {
  const [first] = module.sections;
  if (first?.name !== MANIFEST_SECTION || first.contents.length !== MANIFEST_BYTES || first.contents[0] !== FORMAT) return undefined;
  const view = new DataView(first.contents.buffer, first.contents.byteOffset);
  return {
    kind: view.getUint8(1),
    abi: view.getUint16(2, true),
    memoryBytes: view.getUint32(4, true),
    fuel: view.getUint32(8, true),
    hasCollector: (view.getUint8(12) & FLAG_COLLECTOR) !== 0,
    stackBytes: view.getUint8(13) * STACK_UNIT,
  };
}

/** Bytes of linear memory that a module's manifest grants; undefined where it does not begin with one. */
export function memoryBytesOf(module: WasmModule): number | undefined {
  return readManifest(module)?.memoryBytes;
}

/** Puts the manifest in front of all other sections. */
export function prependManifest(module: WasmModule, manifest: Manifest): void {
  module.sections.unshift({ id: SectionId.Custom, name: MANIFEST_SECTION, contents: encodeManifest(manifest) });
}
