/**
 * The constructor arguments of Tendrl's client, with their defaults. What an option needs beyond a value is wired up when it is set: an app that
 * leaves it alone carries none of that code.
 */
import { LogLevel } from "../lib/device";
import { log } from "./log";
import { Message } from "./message";
import { handleAll } from "./subscriptions";
import { TendrlMessage, tendrlMessage } from "./tendrlMessage";
import * as text from "./tendrlTexts";

/** Ids of hardware timers that the original takes. */
const TIMER_MAX: i32 = 3;

let callback: ((message: TendrlMessage) => i32) | null = null;
/** Begins to hand messages to the callback. */
let listener: (() => void) | null = null;
/** Why options are refused, null: they are not. */
let gate: ((options: Options) => string | null) | null = null;
let reporter: ((what: string) => void) | null = null;

/** What becomes of a message without writeOffline when the queue in RAM is full. Its numbers are those of kernel/client/face.ts. */
export enum QueueFull {
  /** publish answers NoSpace, at once. */
  Refuse = 0,
  /** The oldest that are not under way make room, and are counted as lost. */
  DropOldest = 1,
  /** It is stored on flash, for a day. */
  Spill = 2,
}

/** Made, changed, and handed to `new Client(options)`. */
export class Options {
  freq: i32 = 3;
  checkMsgRate: i32 = 5;
  maxBatchSize: i32 = 15;
  whenQueueFull: QueueFull = QueueFull.Refuse;
  dbPageSize: i32 = 1024;
  watchdog: i32 = 0;
  sendHeartbeat: bool = true;
  clientDb: bool = true;
  clientDbInMemory: bool = true;
  offlineStorage: bool = true;
  managed: bool = true;
  private modeText: string = "sync";
  private timerId: i32 = 0;
  private hasLoop: bool = true;
  private isDebug: bool = false;

  get mode(): string {
    return this.modeText;
  }

  set mode(value: string) {
    this.modeText = value;
    gate = refusal;
  }

  get isAsync(): bool {
    return this.modeText == "async";
  }

  get timer(): i32 {
    return this.timerId;
  }

  set timer(value: i32) {
    this.timerId = value;
    gate = refusal;
  }

  get eventLoop(): bool {
    return this.hasLoop;
  }

  set eventLoop(value: bool) {
    this.hasLoop = value;
    gate = refusal;
  }

  get debug(): bool {
    return this.isDebug;
  }

  set debug(value: bool) {
    this.isDebug = value;
    reporter = report;
  }

  get callback(): ((message: TendrlMessage) => i32) | null {
    return callback;
  }

  set callback(handler: ((message: TendrlMessage) => i32) | null) {
    callback = handler;
    listener = listen;
  }
}

/** Why a client cannot be made of these, null: it can. */
export function refusalOf(options: Options): string | null {
  const check = gate;
  return check != null ? check(options) : null;
}

/** Has messages handed to the callback. Whether there is one. */
export function startListening(): bool {
  const start = listener;
  if (start == null) return false;
  start();
  return callback != null;
}

/** Says what happened, where `debug` asks for it. */
export function note(options: Options, what: string): void {
  const tell = reporter;
  if (tell != null && options.debug) tell(what);
}

function refusal(options: Options): string | null {
  const isAsync = options.isAsync;
  if (!isAsync && options.mode != "sync") return text.MODE;
  if (isAsync) return options.eventLoop ? null : text.ASYNC;
  return <u32>options.timer > <u32>TIMER_MAX ? text.SYNC : null;
}

function listen(): void {
  handleAll(onMessage);
}

function onMessage(message: Message): i32 {
  const handler = callback;
  return handler != null ? handler(tendrlMessage) : 0;
}

function report(what: string): void {
  log(what, LogLevel.Debug);
}
