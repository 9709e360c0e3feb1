/** A board for one app, in this process: loads a built module, answers its imports, keeps what crossed the wall. */
import { readFileSync } from "node:fs";
import { ExternKind, WasmModule } from "../../../toolchain/build/wasmModule.js";

export interface Call {
  name: string;
  args: (number | bigint)[];
  /** The bytes of each span among the arguments, as they were at the call. */
  spans: Uint8Array[];
}

type Answer = (args: number[], memory: Uint8Array) => number;

/** Where the spans stand among a row's arguments: pointer positions; the length follows. */
const SPANS: Readonly<Record<string, number[]>> = {
  log: [1], abort: [0], publish: [0, 2, 6], publish_begin: [0], publish_write: [1], publish_commit: [1],
  stream_open: [0, 2, 4], stream_publish: [1, 3], subscribe: [0], unsubscribe: [0], config: [0], io_i2c_transfer: [2],
  tb_send: [1, 5], tb_request: [1], tb_reply: [1], tb_watch: [0], tb_info: [0],
};

export class AppBoard {
  readonly calls: Call[] = [];
  /** Answers by row; a row without one answers 0. */
  readonly answers: Record<string, Answer> = {};
  readonly exports: Record<string, WebAssembly.ExportValue>;
  readonly memory: WebAssembly.Memory;

  constructor(path: string) {
    const module = WasmModule.parse(readFileSync(path));
    module.addExport("memory", ExternKind.Memory, 0); // the shipped module keeps it to itself
    const compiled = new WebAssembly.Module(new Uint8Array(module.toBytes()));
    const imports: Record<string, Record<string, WebAssembly.ImportValue>> = { host: {}, kernel: {} };
    for (const { module: from, name } of WebAssembly.Module.imports(compiled)) {
      imports[from]![name] = (...args: (number | bigint)[]) => this.answer(name, args);
    }
    this.exports = new WebAssembly.Instance(compiled, imports).exports;
    this.memory = this.exports["memory"] as WebAssembly.Memory;
  }

  get fuel(): WebAssembly.Global {
    return this.exports["fuel"] as WebAssembly.Global;
  }

  setup(): void {
    (this.exports["setup"] as () => void)();
  }

  step(nowMs: number): number {
    return (this.exports["step"] as (now: bigint) => number)(BigInt(nowMs));
  }

  /** The calls of one row so far. */
  callsOf(name: string): Call[] {
    return this.calls.filter((call) => call.name === name);
  }

  private answer(name: string, args: (number | bigint)[]): number {
    const bytes = new Uint8Array(this.memory.buffer);
    const spans = (SPANS[name] ?? []).map((at) => bytes.slice(Number(args[at]), Number(args[at]) + Number(args[at + 1])));
    this.calls.push({ name, args, spans });
    return this.answers[name]?.(args.map(Number), bytes) ?? 0;
  }
}

export function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
