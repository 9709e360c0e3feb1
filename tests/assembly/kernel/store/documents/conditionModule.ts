/** Loads conditionEntry.ts, as the kernels are compiled, and gives its exports a face of texts. */
import { compile } from "../../../../../toolchain/build/compile.js";

export const STATUS_INVALID = -1;
export const STATUS_TOO_LARGE = -12;
export const STATUS_BAD_QUERY = -14;

interface Exports {
  memory: WebAssembly.Memory;
  documentAt(): number;
  queryAt(): number;
  strict(isStrict: number): void;
  checkJson(length: number, part: number): number;
  compileQuery(length: number): number;
  queryErrorAt(): number;
  matchesDocument(length: number): number;
  readFloat(length: number): number;
  readInteger(length: number): bigint;
}

type Text = string | Uint8Array;

export class ConditionModule {
  constructor(private readonly wasm: Exports) {}

  strict(isStrict: boolean): void {
    this.wasm.strict(Number(isStrict));
  }

  /** Status of checking a document handed over in parts. */
  check(document: Text, part = 7): number {
    return this.wasm.checkJson(this.document(document), part);
  }

  /** Status of compiling a condition. */
  compile(query: Text): number {
    return this.wasm.compileQuery(this.put(this.wasm.queryAt(), query, 1024));
  }

  get errorAt(): number {
    return this.wasm.queryErrorAt();
  }

  /** Whether a document matches the condition compiled last; a text when the kernel is of two minds. */
  matches(document: Text): boolean | string {
    const answer = this.wasm.matchesDocument(this.document(document));
    return answer === 2 ? "differs through a window" : answer === 1;
  }

  float(text: string): number {
    return this.wasm.readFloat(this.document(text));
  }

  integer(text: string): bigint {
    return this.wasm.readInteger(this.document(text));
  }

  private document(text: Text): number {
    return this.put(this.wasm.documentAt(), text, 16384);
  }

  private put(address: number, text: Text, cap: number): number {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    if (bytes.length > cap) throw new Error(`${bytes.length} bytes, at most ${cap}`);
    new Uint8Array(this.wasm.memory.buffer, address, bytes.length).set(bytes);
    return bytes.length;
  }
}

export async function loadConditions(): Promise<ConditionModule> {
  const { module } = await compile({
    entry: "tests/assembly/kernel/store/documents/conditionEntry.ts",
    args: ["--runtime", "stub", "-Osize", "--noAssert", "--use", "abort="],
  });
  const { instance } = await WebAssembly.instantiate(new Uint8Array(module.toBytes()), {});
  return new ConditionModule(instance.exports as unknown as Exports);
}
