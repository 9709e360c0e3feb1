import { type ChildProcessByStdio, spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

import type { Config } from "../config/schema.js";
import { type BoardEvent, type BoardEventName, type BoardEventOf, parseBoardEvent, type StatusEvent } from "./events.js";
import { writeConfigPartition } from "./flashImage.js";

const LOG_LINES = 2000;
const QUIT_DEADLINE_MS = 5000;

export type CutKind = "clean" | "torn";

export interface SimBoardOptions {
  /** The wasmote-sim binary. */
  readonly simulator: string;
  readonly kernel: string;
  readonly app: string;
  readonly flash: string;
  /** Written into the flash before the start; left out: the flash keeps what it has. */
  readonly config?: Config;
  readonly resetFlash?: boolean;
  readonly statusMs?: number;
  readonly replay?: string;
  readonly logLevel?: "error" | "warning" | "info" | "debug";
  readonly clock?: "real" | "stepped";
  readonly seed?: number;
  /** never: the flash file is not forced to this PC's disk; it outlives the board either way. */
  readonly flashSync?: "always" | "never";
  /** Public keys (toolchain/package) whose updates over the air the board takes; left out: it takes none. */
  readonly updateKeys?: readonly Uint8Array[];
  /** False: no event for each reading that is accepted. */
  readonly isTraced?: boolean;
  /** Each line of the board's log, as it comes. */
  readonly onLog?: (line: string) => void;
}

/** The simulator did not take what it was given, such as a replay file: exit code 2. The message is its own. */
export class SimulatorRefused extends Error {}

/** A reading whose publish answered STORED. */
export interface AcceptedReading {
  readonly sequence: number;
  readonly atMs: number;
}

/**
 * One simulated board: the simulator as a child process, its events typed, its commands as methods.
 * Survives the board's resets: those happen inside the simulator.
 */
export class SimBoard {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #emitter = new EventEmitter().setMaxListeners(0);
  readonly #events: BoardEvent[] = [];
  readonly #accepted: AcceptedReading[] = [];
  readonly #log: string[] = [];
  readonly #exited: Promise<number | null>;
  readonly #killChild = (): void => void this.#child.kill("SIGKILL");
  #status: StatusEvent | null = null;
  #boots = 0;
  #isRunning = true;

  private constructor(options: SimBoardOptions) {
    this.#child = spawn(options.simulator, simulatorArguments(options), { stdio: ["pipe", "pipe", "pipe"] });
    this.#exited = new Promise((resolve) => {
      this.#child.once("close", (code) => resolve(this.#ended(code)));
      this.#child.once("error", (error) => {
        this.#log.push(`${options.simulator}: ${error.message}`);
        resolve(this.#ended(null));
      });
    });
    // A process that ends in a hurry leaves no board behind.
    process.once("exit", this.#killChild);
    this.#child.stdin.on("error", () => {}); // Gone already: the exit tells.
    createInterface(this.#child.stdout).on("line", (line) => this.#take(line));
    createInterface(this.#child.stderr).on("line", (line) => {
      this.#log.push(line);
      if (this.#log.length > LOG_LINES) this.#log.shift();
      options.onLog?.(line);
    });
  }

  /** Writes the configuration, starts the simulator and waits until its board has started. Throws SimulatorRefused. */
  static async start(options: SimBoardOptions): Promise<SimBoard> {
    if (options.config !== undefined) writeConfigPartition(options.flash, options.config);
    const board = new SimBoard(options);
    if (board.#boots > 0) return board;
    await board.waitFor("boot").catch(async (error: unknown) => {
      throw !board.isRunning && (await board.exited) === 2 ? new SimulatorRefused(board.logText) : error;
    });
    return board;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** The simulator's exit code once it has ended. */
  get exited(): Promise<number | null> {
    return this.#exited;
  }

  get resets(): number {
    return Math.max(0, this.#boots - 1);
  }

  /** Every reading reported STORED, in that order. */
  get accepted(): readonly AcceptedReading[] {
    return this.#accepted;
  }

  get lastStatus(): StatusEvent | null {
    return this.#status;
  }

  /** Everything it said but status and accepted events, oldest first. */
  get events(): readonly BoardEvent[] {
    return this.#events;
  }

  /** The last 2,000 lines of its log. */
  get logText(): string {
    return this.#log.join("\n");
  }

  /** Calls back for each event of a kind from now on. Returns what ends that. */
  on<Name extends BoardEventName>(name: Name, listener: (event: BoardEventOf<Name>) => void): () => void {
    this.#emitter.on(`event:${name}`, listener);
    return () => this.#emitter.off(`event:${name}`, listener);
  }

  /** Resolves with the next event of a kind that fits; rejects when the simulator ends first, or after deadlineMs. */
  waitFor<Name extends BoardEventName>(
    name: Name,
    fits: (event: BoardEventOf<Name>) => boolean = () => true,
    deadlineMs = 10_000,
  ): Promise<BoardEventOf<Name>> {
    return new Promise((resolve, reject) => {
      const finish = (failure: string | null, event?: BoardEventOf<Name>): void => {
        clearTimeout(timer);
        end();
        this.#emitter.off("exit", onExit);
        if (event === undefined) reject(new Error(`${failure}; ${this.#account()}`));
        else resolve(event);
      };
      const onExit = (code: number | null): void => finish(`simulator ended with ${code} while "${name}" was awaited`);
      const timer = setTimeout(() => finish(`no fitting "${name}" event within ${deadlineMs} ms`), deadlineMs);
      const end = this.on(name, (event) => {
        if (fits(event)) finish(null, event);
      });
      if (this.#isRunning) this.#emitter.once("exit", onExit);
      else finish(`simulator has ended; "${name}" cannot come`);
    });
  }

  /** Resolves with the first status that fits, the last one included; asks for one at once. */
  async waitForStatus(fits: (status: StatusEvent) => boolean, deadlineMs = 10_000): Promise<StatusEvent> {
    if (this.#status !== null && fits(this.#status)) return this.#status;
    const awaited = this.waitFor("status", fits, deadlineMs);
    this.#send("status");
    return awaited;
  }

  /** Asks for a status and resolves with it. */
  async freshStatus(deadlineMs = 5000): Promise<StatusEvent> {
    const awaited = this.waitFor("status", undefined, deadlineMs);
    this.#send("status");
    return awaited;
  }

  link(state: "up" | "down"): void {
    this.#send(`link ${state}`);
  }

  /** Cuts the power now; the board stays off for offMs, then starts anew. */
  powerCut(kind: CutKind, offMs = 0): void {
    this.#send(`power-cut ${kind} ${offMs}`);
  }

  /** Cuts the power in the count-th flash program or erase from now; torn: with part of its bytes done. */
  powerCutAfter(count: number, kind: CutKind, offMs = 0): void {
    this.#send(`power-cut-after ${count} ${kind} ${offMs}`);
  }

  power(state: "on" | "off"): void {
    this.#send(`power ${state}`);
  }

  gpio(pin: number, level: 0 | 1): void {
    this.#send(`gpio ${pin} ${level}`);
  }

  adc(channel: number, millivolts: number): void {
    this.#send(`adc ${channel} ${millivolts}`);
  }

  /** Moves a stepped clock on. */
  advanceClock(ms: number): void {
    this.#send(`clock +${ms}`);
  }

  setWallClock(ms: number | "unset"): void {
    this.#send(ms === "unset" ? "clock wall unset" : `clock wall ${ms}`);
  }

  /** Replaces the app by another module, as an update does. */
  swapApp(module: string): void {
    this.#send(`swap ${module}`);
  }

  /** Replaces the app, and waits until the new one runs, or was ended in its start. */
  async swapped(module: string): Promise<void> {
    const ended = [this.waitFor("app-swapped"), this.waitFor("app-stopped")];
    for (const each of ended) each.catch(() => {}); // of the one that does not come
    this.swapApp(module);
    await Promise.race(ended);
  }

  /** Ends it: asks first, kills after five seconds. Returns the exit code, null when it was killed. */
  async quit(): Promise<number | null> {
    if (this.#isRunning) {
      this.#send("quit");
      this.#child.stdin.end();
    }
    const timer = setTimeout(this.#killChild, QUIT_DEADLINE_MS);
    const code = await this.#exited;
    clearTimeout(timer);
    return code;
  }

  /** Ends it at once, as an operating system might. */
  async kill(): Promise<void> {
    if (!this.#isRunning) return;
    this.#killChild();
    await this.#exited;
  }

  #send(command: string): void {
    if (this.#isRunning) this.#child.stdin.write(`${command}\n`);
  }

  #take(line: string): void {
    let event: BoardEvent;
    try {
      event = parseBoardEvent(line);
    } catch (error) {
      event = { event: "error", message: (error as Error).message };
    }
    if (event.event === "accepted") this.#accepted.push({ sequence: Number(event.sequence), atMs: Date.now() });
    else if (event.event === "status") this.#status = event;
    else this.#events.push(event);
    if (event.event === "boot") this.#boots = event.boots;
    this.#emitter.emit(`event:${event.event}`, event);
  }

  #ended(code: number | null): number | null {
    this.#isRunning = false;
    process.off("exit", this.#killChild);
    this.#emitter.emit("exit", code);
    return code;
  }

  #account(): string {
    const events = this.#events.slice(-5).map((event) => JSON.stringify(event));
    return [`last events: ${events.join(" ") || "none"}`, `last status: ${JSON.stringify(this.#status)}`, ...this.#log.slice(-15)].join(
      "\n  ",
    );
  }
}

/** The command line of wasmote-sim. */
export function simulatorArguments(options: SimBoardOptions): string[] {
  const args = ["--kernel", options.kernel, "--app", options.app, "--flash", options.flash];
  if (options.isTraced !== false) args.push("--trace");
  if (options.resetFlash === true) args.push("--reset-flash");
  const valued: ReadonlyArray<readonly [string, string | number | undefined]> = [
    ["--status-ms", options.statusMs],
    ["--replay", options.replay],
    ["--log-level", options.logLevel],
    ["--clock", options.clock],
    ["--seed", options.seed],
    ["--flash-sync", options.flashSync],
  ];
  for (const [name, value] of valued) if (value !== undefined) args.push(name, String(value));
  for (const key of options.updateKeys ?? []) args.push("--update-key", Buffer.from(key).toString("hex"));
  return args;
}
