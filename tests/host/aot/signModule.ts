/** Puts a kernel's manifest in front of a test module: signModule.ts IN.wasm OUT.wasm MEMORY_BYTES. */
import { readFileSync, writeFileSync } from "node:fs";

import { contractNumber } from "../../../toolchain/build/contract.js";
import { ModuleKind, prependManifest } from "../../../toolchain/build/manifest.js";
import { WasmModule } from "../../../toolchain/build/wasmModule.js";

const [input, output, memoryBytes] = process.argv.slice(2);
const module = WasmModule.parse(readFileSync(input!));
const abi = contractNumber("ABI_VERSION");
prependManifest(module, { kind: ModuleKind.Kernel, abi, memoryBytes: Number(memoryBytes), fuel: 0, hasCollector: false });
writeFileSync(output!, module.toBytes());
