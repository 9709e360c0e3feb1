/** The codec of both versions in this process (codecEntry.ts), for tests that compare it with another. */
import { compile } from "../../../../toolchain/build/compile.js";

const PROTOCOL = -9;

interface Exports {
  memory: WebAssembly.Memory;
  input(): number;
  output(): number;
  status(): number;
  decode(version: number, len: number, part: number): number;
  announce(expiry: number, receiveMaximum: number, maximumPacket: number, aliasMaximum: number, willDelay: number): void;
  connect(version: number, keepAlive: number, flags: number, ...lengths: number[]): number;
  publish(version: number, flags: number, packetId: number, topicLen: number, payloadLen: number, propertiesLen: number): number;
  subscribe(version: number, packetId: number, len: number, options: number): number;
  ack(version: number, packet: number, packetId: number, reason: number): number;
  empty(packet: number): number;
  disconnect5(reason: number, expiry: bigint): number;
}

export type Version = 4 | 5;

/** whole: ended between two packets; more: in the middle of one. */
export type Outcome = "whole" | "more" | "protocol";

export class Codec {
  private constructor(readonly wasm: Exports) {}

  static async load(): Promise<Codec> {
    const { module } = await compile({
      entry: "tests/assembly/kernel/mqtt/codecEntry.ts",
      args: ["--runtime", "stub", "-Osize", "--noAssert", "--use", "abort=", "--initialMemory", "16"],
    });
    const { instance } = await WebAssembly.instantiate(new Uint8Array(module.toBytes()), {});
    return new Codec(instance.exports as unknown as Exports);
  }

  /** Puts bytes where the codec reads them. Returns their length. */
  give(...parts: Uint8Array[]): number {
    const bytes = Buffer.concat(parts);
    new Uint8Array(this.wasm.memory.buffer, this.wasm.input(), bytes.length).set(bytes);
    return bytes.length;
  }

  /** What was written, of the length an encoder answered. */
  taken(length: number): Buffer {
    if (length < 0) throw new Error("the packet did not fit");
    return Buffer.from(new Uint8Array(this.wasm.memory.buffer, this.wasm.output(), length));
  }

  /** Reads bytes in parts of `part`; the log of codecEntry.ts. */
  decode(version: Version, bytes: Uint8Array, part = bytes.length): { log: Buffer; outcome: Outcome } {
    const log = this.taken(this.wasm.decode(version, this.give(bytes), Math.max(part, 1)));
    const status = this.wasm.status();
    if (status < 0 && status !== PROTOCOL) throw new Error(`decode: status ${status}`);
    return { log, outcome: status < 0 ? "protocol" : status > 0 ? "whole" : "more" };
  }
}
