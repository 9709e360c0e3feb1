/**
 * A board for kernel tests: one kernel module in this process on fake rows, with a stepped clock, flash in RAM and a server
 * that the test scripts. Nothing waits; time passes by `run` alone.
 */
import { createHash } from "node:crypto";

import type { KernelBuild } from "../../toolchain/build/kernels.js";
import { crc32 } from "../../toolchain/config/crc32.js";
import { kernelModule, type KernelExports } from "./kernelModule.js";
import { ScriptedServer } from "./scriptedServer.js";
import { ROWS } from "./syscallRows.js";
import type { ScriptedWeb } from "./scriptedWeb.js";
import type { NorFlash } from "./norFlash.js";
import { type FakeUpdates, updateRows } from "./fakeUpdates.js";

const SECTOR_BYTES = 4096;
const UNIT = 16;
/** What ScriptedWeb opens. */
const WEB_SOCKET = 4;

export { ROWS } from "./syscallRows.js";

/** Publish flags, as in assembly/sdk/flags.ts. */
export const FLAG = { offline: 0x01, qos1: 0x02, qos2: 0x04, retain: 0x08, envelope: 0x10, text: 0x20, properties: 0x40 } as const;
/** The packet identifier of a stored message is its sequence and this. */
export const STORED_IDS = 0x8000;
/** Those of QoS 2 in the queue begin above this, in a kernel with a store and a window of 16, and in the minimal one with its 8. */
export const QUEUED_IDS = STORED_IDS - 17;
export const QUEUED_IDS_MINIMAL = 0xffff - 8;
export const STORED = 1;
export const QUEUED = 2;
export const STATUS = {
  Ok: 0,
  Invalid: -1,
  NoSpace: -3,
  Io: -4,
  Corrupt: -5,
  NotFound: -6,
  Closed: -7,
  Timeout: -8,
  Protocol: -9,
  Refused: -10,
  Expired: -11,
  TooLarge: -12,
  Unsupported: -13,
  BadQuery: -14,
  Busy: -15,
} as const;
export const STATE = {
  Stopped: 0,
  LinkDown: 1,
  Waiting: 2,
  Opening: 3,
  Connecting: 4,
  Online: 5,
  TimeSync: 6,
  Discovering: 7,
  Subscribing: 8,
  AuthFailed: 9,
} as const;

export type Row = (typeof ROWS)[number];

export const STATS = [
  "clientState",
  "lastCause",
  "storedTotal",
  "deliveredTotal",
  "expiredTotal",
  "evictedTotal",
  "waiting",
  "inFlight",
  "queuedTotal",
  "queuedLost",
  "refusedTotal",
  "connects",
  "inboxWaiting",
  "inboxDropped",
  "poisoned",
  "corrupt",
  "sequenceLow",
  "sequenceHigh",
  "writes",
  "heapUsed",
  "strayAcks",
  "uncertain",
  "rejected",
  "sessionPresent",
  "rejectedTotal",
] as const;

export type Stats = Record<(typeof STATS)[number], number>;

/** One inbound message; properties of version 5 as hexadecimal text, when there are any. */
export interface Received {
  topic: string;
  payload: string;
  subscription: number;
  qos: number;
  retain: number;
  dup: number;
  properties?: string;
  /** The topic as bytes, where it is asked for. */
  head?: Uint8Array;
}

/** The power failed in the middle of what the kernel did: it is gone until `power`. */
export class PowerCut extends Error {}

export class KernelBoard {
  server = ScriptedServer.obliging();
  /** Answers on `webPort`, where there is one. */
  web: ScriptedWeb | null = null;
  webPort = 443;
  /** Ports and TLS flags of the sockets opened, oldest first. */
  opens: { host: string; port: number; isTls: boolean }[] = [];
  /** What sys_memory answers, by what it is asked for. */
  heapBytes = [0, 0, 0];
  nowMs = 5_000_000;
  wallMs = 1_700_000_000_000;
  /** How often the kernel asked for it. */
  wallReads = 0;
  /** 0 down, 1 connecting, 2 up. A link that is down takes the socket with it. */
  link = 2;
  linkStops = 0;
  /** Sockets closed by the kernel. */
  closes = 0;
  watchdogSeconds = 0;
  flash: Uint8Array;
  /** In the place of `flash` and what cuts its power: a flash that keeps the rules of NOR, and cuts itself. */
  nor: NorFlash | null = null;
  /** Of the partition `state`. */
  stateFlash = new Uint8Array(4 * SECTOR_BYTES).fill(0xff);
  config: Record<string, string> = { "mqtt.host": "broker.test", "mqtt.clientId": "mote" };
  logs: string[] = [];
  sleepAnswer: number = STATUS.Ok;
  /** Programs of the flash, and their bytes. */
  programs = 0;
  programmedBytes = 0;
  /** The power fails in the so manieth program or erase from now; isTorn: with part of it done. 0: not. */
  cutIn = 0;
  isTorn = false;
  /** What flash_read answers instead of reading, or undefined. */
  flashReadFails: number | undefined;
  sleptMs: number[] = [];
  /** Milliseconds the last step asked to wait. */
  wait = 0;
  kernel!: KernelExports;
  /** The host's side of updates over the air; null: a board without slots. */
  updates: FakeUpdates | null = null;

  private constructor(
    private readonly module: WebAssembly.Module,
    sectors: number,
  ) {
    this.flash = new Uint8Array(sectors * SECTOR_BYTES).fill(0xff);
  }

  /** A board without power; `power` starts its kernel. */
  static async make(kernel: string | KernelBuild = "full-plain", sectors = 8): Promise<KernelBoard> {
    const board = new KernelBoard(await kernelModule(kernel), sectors);
    if ((typeof kernel === "string" ? kernel : kernel.name).endsWith("-v5")) board.server.version = 5;
    return board;
  }

  /** A running board whose client is online. */
  static async online(kernel = "full-plain", config: Record<string, string> = {}, sectors?: number): Promise<KernelBoard> {
    const board = await KernelBoard.make(kernel, sectors);
    Object.assign(board.config, config);
    board.power();
    board.call("client_start", 0);
    board.run(500);
    return board;
  }

  /** Starts the kernel, or starts it anew: RAM is lost, flash is not. Returns what `setup` answered. */
  power(): number {
    const instance = new WebAssembly.Instance(this.module, { host: this.rows() });
    this.kernel = instance.exports as unknown as KernelExports;
    return this.kernel.setup();
  }

  /** Lets time pass in steps as the kernel asks for them, `granularityMs` at most. */
  run(ms: number, granularityMs = 10): void {
    const end = this.nowMs + ms;
    for (let i = 0; ; i++) {
      if (i > 100_000) throw new Error("the kernel keeps asking for more work");
      this.wait = this.kernel.step(BigInt(this.nowMs));
      this.updates?.round();
      if (this.wait < 0 || this.wait > 60000) throw new Error(`step asked to wait ${this.wait} ms`);
      if (this.wait === 0) continue;
      if (this.nowMs >= end) return;
      const pause = Math.min(this.wait, granularityMs, end - this.nowMs);
      this.nowMs += pause;
      this.wallMs += this.wallMs >= 0 ? pause : 0;
    }
  }

  /** One syscall. Text and bytes are spans for reading, { out } is one for writing, numbers pass as they are. */
  call(row: Row, ...args: (number | string | Uint8Array | { out: Uint8Array })[]): number {
    let at = this.kernel.exchange();
    const numbers: number[] = [];
    const outs: { address: number; out: Uint8Array }[] = [];
    for (const arg of args) {
      if (typeof arg === "number") {
        numbers.push(arg);
        continue;
      }
      const isOut = typeof arg === "object" && "out" in arg;
      const bytes = isOut ? new Uint8Array(arg.out.length) : typeof arg === "string" ? Buffer.from(arg) : arg;
      this.bytes(at, bytes.length).set(bytes);
      if (isOut) outs.push({ address: at, out: arg.out });
      numbers.push(at, bytes.length);
      at += (bytes.length + 7) & ~7;
    }
    while (numbers.length < 8) numbers.push(0);
    const result = this.kernel.syscall(ROWS.indexOf(row), BigInt(this.nowMs), ...numbers);
    if (result >= 0) for (const { address, out } of outs) out.set(this.bytes(address, out.length));
    return result;
  }

  publish(topic: string, payload: string | Uint8Array, flags: number, ttl = 0): { result: number; sequence: number } {
    const receipt = new Uint8Array(8);
    const result = this.call("publish", topic, payload, flags, ttl, { out: receipt });
    return { result, sequence: Number(new DataView(receipt.buffer).getBigUint64(0, true)) };
  }

  /** Takes the oldest inbound message and says it is done, or null. */
  receive(hasHead = false): Received | null {
    const header = new Uint8Array(16);
    if (this.call("event_next", { out: header }) !== 1) return null;
    const view = new DataView(header.buffer);
    const topicLen = view.getUint16(0, true);
    const propertiesLen = view.getUint16(12, true);
    const body = new Uint8Array(topicLen + propertiesLen + view.getUint32(4, true));
    for (let offset = 0; offset < body.length;) {
      const part = new Uint8Array(Math.min(100, body.length - offset));
      const count = this.call("event_read", offset, { out: part });
      body.set(part.subarray(0, count), offset);
      offset += count;
    }
    this.call("event_done", 0);
    const text = Buffer.from(body);
    return {
      topic: text.subarray(0, topicLen).toString(),
      payload: text.subarray(topicLen + propertiesLen).toString(),
      subscription: view.getUint16(2, true),
      qos: header[8]!,
      retain: header[9]!,
      dup: header[10]!,
      ...(hasHead && { head: body.subarray(0, topicLen) }),
      ...(propertiesLen && { properties: text.subarray(topicLen, topicLen + propertiesLen).toString("hex") }),
    };
  }

  stats(): Stats {
    const bytes = new Uint8Array(STATS.length * 4);
    this.call("stats", { out: bytes });
    const view = new DataView(bytes.buffer);
    return Object.fromEntries(STATS.map((name, i) => [name, view.getInt32(i * 4, true)])) as Stats;
  }

  bytes(address: number, len: number): Uint8Array {
    return new Uint8Array(this.kernel.memory.buffer, address, len);
  }

  private text(address: number, len: number): string {
    return Buffer.from(this.bytes(address, len)).toString();
  }

  private rows(): Record<string, (...args: never[]) => number | bigint | void> {
    return { ...this.systemRows(), ...this.netRows(), ...this.flashRows(), ...updateRows(this) };
  }

  private systemRows(): Record<string, (...args: never[]) => number | bigint | void> {
    return {
      link_start: () => 0,
      link_stop: () => {
        this.linkStops++;
        return 0;
      },
      link_state: () => this.link,
      link_rssi: () => 0,
      clock_monotonic: () => BigInt(this.nowMs),
      clock_wall: () => {
        this.wallReads++;
        return BigInt(this.wallMs);
      },
      sys_random: (dst: number, len: number) => void this.bytes(dst, len).fill(0x55),
      sys_log: (_level: number, text: number, len: number) => this.logs.push(this.text(text, len)) * 0,
      sys_config: (key: number, keyLen: number, dst: number, cap: number) => {
        const value = this.config[this.text(key, keyLen)];
        if (value === undefined) return STATUS.NotFound;
        const bytes = Buffer.from(value);
        if (bytes.length > cap) return STATUS.TooLarge;
        this.bytes(dst, bytes.length).set(bytes);
        return bytes.length;
      },
      sys_memory: (what: number) => this.heapBytes[what] ?? STATUS.Invalid,
      sys_digest: (src: number, len: number, dst: number) => {
        this.bytes(dst, 32).set(createHash("sha256").update(this.bytes(src, len)).digest());
        return STATUS.Ok;
      },
      sys_crc32: (crc: number, src: number, len: number) => crc32(this.bytes(src, len), crc),
      sys_watchdog: (seconds: number) => {
        this.watchdogSeconds = seconds;
        return 0;
      },
      sys_sleep: (ms: number) => {
        this.sleptMs.push(ms);
        return this.sleepAnswer;
      },
      sys_restart: () => 0,
      sys_reset_reason: () => 0,
      sys_abort: (message: number, len: number, line: number, column: number) => {
        throw new Error(`kernel aborted at ${line}:${column}: ${this.text(message, len)}`);
      },
    };
  }

  private netRows(): Record<string, (...args: never[]) => number> {
    return {
      net_open: (host: number, hostLen: number, port: number, flags: number) => {
        this.opens.push({ host: this.text(host, hostLen), port, isTls: flags === 1 });
        return (this.web !== null && port === this.webPort ? this.web : this.server).open();
      },
      net_state: (socket: number) => this.peer(socket).state,
      net_send: (socket: number, src: number, len: number) => this.peer(socket).take(this.bytes(src, len)),
      net_recv: (socket: number, dst: number, cap: number) => this.peer(socket).give(this.bytes(dst, cap)),
      net_close: (socket: number) => {
        this.closes++;
        this.peer(socket).hungUp();
        return 0;
      },
    };
  }

  private orCut(status: number): number {
    if (this.nor!.isOff) throw new PowerCut();
    return status;
  }

  private isCutDue(): boolean {
    return this.cutIn > 0 && --this.cutIn === 0;
  }

  /** Half of a program, if something is missing then; else none of it. */
  private tornBytes(flash: Uint8Array, offset: number, src: number, len: number): number {
    const half = len >> 1;
    const isMissing = this.bytes(src + half, len - half).some(
      (byte, i) => (flash[offset + half + i]! & byte) !== flash[offset + half + i]!,
    );
    return this.isTorn && isMissing ? half : 0;
  }

  private peer(socket: number): ScriptedServer | ScriptedWeb {
    return this.web !== null && socket === WEB_SOCKET ? this.web : this.server;
  }

  /** Numbers as in assembly/kernel/host/constants.ts. */
  private partition(number: number): Uint8Array {
    return number === 0 ? this.flash : this.stateFlash;
  }

  private flashRows(): Record<string, (...args: never[]) => number> {
    return {
      flash_geometry: (partition: number, dst: number) => {
        new Uint32Array(this.kernel.memory.buffer, dst, 3).set([SECTOR_BYTES, this.partition(partition).length / SECTOR_BYTES, UNIT]);
        return STATUS.Ok;
      },
      flash_read: (partition: number, offset: number, dst: number, len: number) => {
        if (this.flashReadFails !== undefined) return this.flashReadFails;
        if (this.nor !== null && partition === 0) return this.nor.read(offset, this.bytes(dst, len));
        this.bytes(dst, len).set(this.partition(partition).subarray(offset, offset + len));
        return STATUS.Ok;
      },
      flash_program: (partition: number, offset: number, src: number, len: number) => {
        if (this.nor !== null && partition === 0) return this.orCut(this.nor.program(offset, this.bytes(src, len)));
        const flash = this.partition(partition);
        const isCut = this.isCutDue();
        this.programs++;
        this.programmedBytes += len;
        this.bytes(src, isCut ? this.tornBytes(flash, offset, src, len) : len).forEach((byte, i) => (flash[offset + i]! &= byte));
        if (isCut) throw new PowerCut();
        return STATUS.Ok;
      },
      flash_erase: (partition: number, sector: number) => {
        if (this.nor !== null && partition === 0) return this.orCut(this.nor.erase(sector));
        if (this.isCutDue()) throw new PowerCut();
        this.partition(partition).fill(0xff, sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
        return STATUS.Ok;
      },
      flash_sync: () => STATUS.Ok,
    };
  }
}
