/** The store's engine in this process, over a flash: what writes the images that the second reader is held against. */
import { compile } from "../../../toolchain/build/compile.js";
import { crc32 } from "../../../toolchain/config/crc32.js";
import type { NorFlash } from "../../fakes/norFlash.js";

const ENTRY = "tests/toolchain/store/kernels/driver.ts";
const UNIT = 16;
/** Counters of a space. */
const COUNTERS = 9;

interface Driver {
  memory: WebAssembly.Memory;
  buffer(): number;
  setup(): void;
  setTime(nowMs: bigint, wallMs: bigint): void;
  mount(): number;
  step(): number;
  put(keyBytes: number, valueBytes: number, entriesBytes: number, ttlSeconds: number): number;
  remove(keyBytes: number, disposition: number): number;
  touch(keyBytes: number, ttlSeconds: number): number;
  beginBatch(): number;
  commitBatch(): number;
  abortBatch(): void;
  sweep(most: number): number;
  purge(space: number): number;
  setCap(space: number, bytes: number, eviction: number): void;
  publish(topicBytes: number, contextBytes: number, dataBytes: number, flags: number, capturedAtMs: bigint, ttlSeconds: number): number;
  rewind(): void;
  next(): number;
  find(keyBytes: number): number;
  keyBytes(): number;
  valueBytes(): number;
  version(): bigint;
  expiresAt(): number;
  isWallClock(): number;
  boot(): number;
  count(space: number, number: number): number;
}

/** A record, as its store's callers see it. */
export interface Held {
  readonly key: string;
  readonly value: string;
  readonly version: number;
  /** 0: never. */
  readonly expiresAt: number;
  readonly isWallClock: boolean;
}

/** An entry of an index. */
export interface GivenEntry {
  readonly index: number;
  readonly value: Buffer;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** Compiles the engine, once in this process. */
export function engineModule(): Promise<WebAssembly.Module> {
  compiled ??= compileDriver();
  return compiled;
}

async function compileDriver(): Promise<WebAssembly.Module> {
  const args = ["--runtime", "stub", "-O1", "--initialMemory", "8", "--use", "abort=assembly/kernel/host/abort/abort"];
  const { module } = await compile({ entry: ENTRY, args });
  return WebAssembly.compile(new Uint8Array(module.toBytes()));
}

/** One start of the device: RAM is new, the flash is what it is. */
export class Engine {
  readonly driver: Driver;

  constructor(module: WebAssembly.Module, flash: NorFlash) {
    this.driver = new WebAssembly.Instance(module, { host: this.#rows(module, flash) }).exports as unknown as Driver;
    this.driver.setup();
  }

  put(key: Buffer, value: Buffer, entries: readonly GivenEntry[], ttlSeconds: number): number {
    const list = Buffer.concat(entries.map(({ index, value }) => Buffer.concat([Buffer.from([(index << 5) | value.length]), value])));
    this.#write(key, value, list);
    return this.driver.put(key.length, value.length, list.length, ttlSeconds);
  }

  remove(key: Buffer, disposition: number): number {
    this.#write(key);
    return this.driver.remove(key.length, disposition);
  }

  touch(key: Buffer, ttlSeconds: number): number {
    this.#write(key);
    return this.driver.touch(key.length, ttlSeconds);
  }

  publish(topic: string, context: string, data: Buffer, flags: number, capturedAtMs: number, ttlSeconds: number): number {
    const parts = [Buffer.from(topic), Buffer.from(context), data];
    this.#write(...parts);
    const [topicBytes, contextBytes, dataBytes] = parts.map((part) => part.length) as [number, number, number];
    return this.driver.publish(topicBytes, contextBytes, dataBytes, flags, BigInt(capturedAtMs), ttlSeconds);
  }

  find(key: Buffer): Held | null {
    this.#write(key);
    return this.driver.find(key.length) === 0 ? this.#held() : null;
  }

  /** All records whose time is not up, in the order of their keys. */
  all(): Held[] {
    const found: Held[] = [];
    this.driver.rewind();
    while (this.driver.next() === 0) found.push(this.#held());
    return found;
  }

  counts(space: number): number[] {
    return Array.from({ length: COUNTERS }, (_, number) => this.driver.count(space, number));
  }

  #held(): Held {
    const { driver } = this;
    const keyBytes = driver.keyBytes();
    const bytes = Buffer.from(driver.memory.buffer, driver.buffer(), keyBytes + driver.valueBytes());
    return {
      key: bytes.toString("hex", 0, keyBytes),
      value: bytes.toString("hex", keyBytes),
      version: Number(driver.version()),
      expiresAt: driver.expiresAt() >>> 0,
      isWallClock: driver.expiresAt() === 0 || driver.isWallClock() !== 0,
    };
  }

  #write(...parts: readonly Buffer[]): void {
    new Uint8Array(this.driver.memory.buffer).set(Buffer.concat(parts), this.driver.buffer());
  }

  #rows(module: WebAssembly.Module, flash: NorFlash): Record<string, (...args: never[]) => unknown> {
    const bytes = (address: number, length: number): Uint8Array => new Uint8Array(this.driver.memory.buffer, address, length);
    const rows: Record<string, (...args: never[]) => unknown> = {
      flash_geometry: (_: number, dst: number) => {
        new Uint32Array(this.driver.memory.buffer, dst, 3).set([flash.sectorBytes, flash.sectorCount, UNIT]);
        return 0;
      },
      flash_read: (_: number, offset: number, dst: number, length: number) => flash.read(offset, bytes(dst, length)),
      flash_program: (_: number, offset: number, src: number, length: number) => flash.program(offset, bytes(src, length)),
      flash_erase: (_: number, sector: number) => flash.erase(sector),
      flash_sync: () => flash.sync(),
      sys_crc32: (crc: number, src: number, length: number) => crc32(bytes(src, length), crc),
      sys_abort: (_message: number, _length: number, line: number, column: number) => {
        throw new Error(`the engine aborted at ${line}:${column}`);
      },
    };
    for (const { name } of WebAssembly.Module.imports(module)) {
      rows[name] ??= () => {
        throw new Error(`the engine called ${name}`);
      };
    }
    return rows;
  }
}
