/**
 * What is looked at before an app is signed. wasm3 does not validate a module: what a board runs is what was validated here, and the
 * signature says so.
 */
import { BuildError } from "../build/errors.js";
import { checkAppContract, contractNumber, readRows } from "../build/contract.js";
import { checkFunctionSizes, functionSizes } from "../build/functionSize.js";
import { checkLoopGuards } from "../build/loopGuard.js";
import { ModuleKind, readManifest } from "../build/manifest.js";
import { ByteReader } from "../build/byteReader.js";
import { SectionId, WasmModule } from "../build/wasmModule.js";

/** What of a module its package says, too. */
export interface AppFacts {
  readonly abi: number;
  readonly rows: number;
  readonly memoryBytes: number;
  readonly hasCollector: boolean;
}

const MEMORY_LIMIT = 65536;

/** Checks an app as it would run. where: for the reader. Throws BuildError with the first thing that is wrong. */
export function validateApp(bytes: Uint8Array, where: string): AppFacts {
  const own = new Uint8Array(bytes);
  if (!WebAssembly.validate(own)) throw new BuildError(`${where}: not a valid WebAssembly module${whyInvalid(own)}`);
  const module = WasmModule.parse(bytes);
  const manifest = readManifest(module);
  if (manifest === undefined || manifest.kind !== ModuleKind.App) {
    throw new BuildError(`${where}: no manifest of an app at its start\n  build it with npm run build`);
  }
  const abi = contractNumber("ABI_VERSION");
  if (manifest.abi !== abi) throw new BuildError(`${where}: of ABI ${manifest.abi}, expected ${abi}\n  build it anew`);
  checkMemory(module, manifest.memoryBytes, where);
  checkAppContract(module, where);
  if (manifest.fuel < 1) throw new BuildError(`${where}: its manifest grants no loop passes`);
  checkLoopGuards(module, where);
  checkFunctionSizes(functionSizes(module));
  return { abi, rows: rowsNeeded(module), memoryBytes: manifest.memoryBytes, hasCollector: manifest.hasCollector };
}

/** Where a validator stopped. */
function whyInvalid(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    new WebAssembly.Module(bytes);
    return "";
  } catch (error) {
    return `: ${(error as Error).message}`;
  }
}

function checkMemory(module: WasmModule, memoryBytes: number, where: string): void {
  if (memoryBytes < 1 || memoryBytes >= MEMORY_LIMIT || memoryBytes % 8 !== 0) {
    throw new BuildError(`${where}: its manifest grants ${memoryBytes} bytes of memory, expected a multiple of 8 below ${MEMORY_LIMIT}`);
  }
  const section = module.section(SectionId.Memory);
  const reader = section && new ByteReader(section.contents);
  const isOnePage = reader !== undefined && reader.u32() === 1 && reader.u8() <= 1 && reader.u32() === 1;
  if (!isOnePage) throw new BuildError(`${where}: expected one memory of one page, not imported`);
}

/** The number, from 1, of the last row of the app's wall that it imports. */
function rowsNeeded(module: WasmModule): number {
  const names = readRows("app_imports.def").map((row) => `${row.macro === "KERNEL_CALL" ? "kernel" : "host"}.${row.name}`);
  return Math.max(0, ...module.imports().map((row) => names.indexOf(`${row.module}.${row.name}`) + 1));
}
