/**
 * Tendrl's client, for programs that come from its MicroPython client: what each name has become, and what is different: tendrl.md beside this
 * file. Needs a kernel named `*-tendrl`. Not affiliated with Tendrl.
 *
 *     const client = new Client();
 *     client.start();
 *     client.publish("hello", ["greetings"]);
 */
import { ClientState } from "../lib/clientState";
import { LogLevel } from "../lib/device";
import { Status } from "../lib/status";
import { OUT, OUT_BYTES, RECEIPT, RECEIPT_BYTES } from "./buffers";
import { Client as KernelClient, Counter } from "./client";
import { Database } from "./database";
import { FLAG_ENVELOPE, FLAG_KIND_SHIFT, FLAG_OFFLINE, START_CLEAN } from "./flags";
import { log } from "./log";
import { beginBuffer, beginCount, beginParts, buffered, counted, endParts } from "./outgoing";
import { handleAll } from "./subscriptions";
import { cloudBegin, cloudCommit, cloudSet, cloudStats, clientStart } from "./syscalls";
import { compose, firstOf, Shape, writeComposed, writeContext } from "./tendrlData";
import { TendrlMessage } from "./tendrlMessage";
import { note, Options, QueueFull, refusalOf, startListening } from "./tendrlOptions";
import { addTask, stopTasks } from "./tendrlTasks";
import * as text from "./tendrlTexts";

export { Kind, TendrlMessage } from "./tendrlMessage";
export { Options, QueueFull } from "./tendrlOptions";

/** Seconds that what is stored is kept unless the call says otherwise. */
const DAY_SECONDS: i32 = 86400;
/** `dbTtl` left out: a day. */
export const DEFAULT_TTL: i32 = -1;

/** What cloud_set sets. */
const SET_BATCH: i32 = 0;
const SET_HEARTBEAT: i32 = 1;
const SET_WATCHDOG: i32 = 2;
const SET_MESSAGES: i32 = 3;
const SET_WHEN_FULL: i32 = 4;

/** Kinds of messages (kernel/tendrl/envelope.ts). */
const PUBLISH: i32 = 0;
const FILE_SYSTEM_RESPONSE: i32 = 2;
const TERMINAL_RESPONSE: i32 = 3;
const CLIENT_RESPONSE: i32 = 4;
const FILE: i32 = 5;

/** Counters of this cloud (kernel/tendrl/tendrlCalls.ts). */
export enum TendrlCounter {
  Heartbeats,
  HeartbeatsMissed,
  InvalidMessages,
  FlaggedMessages,
  TooLargeMessages,
  CallbackFailures,
  Discoveries,
  AuthFailures,
  Untimed,
}

const kernel = new KernelClient();
const documents = new Database();
/** What an earlier start put into a database that is meant to be in memory is gone. */
let isDatabaseFresh: bool = false;

export class Client {
  /** The text of the last refusal, as the original words it; "" when there was none. */
  error: string = "";
  private isBroken: bool = false;
  private isStarted: bool = false;

  constructor(private readonly options: Options = new Options()) {
    const refusal = refusalOf(options);
    if (refusal != null) {
      this.isBroken = true;
      this.refuse(refusal);
    }
  }

  /** The user database, and the database calls with the original's names below. */
  get clientDb(): Database {
    if (!isDatabaseFresh && this.hasDatabase && this.options.clientDbInMemory) documents.purge();
    isDatabaseFresh = true;
    return documents;
  }

  /** Replaces the callback. Ok; Invalid: there is none. */
  setCallback(handler: ((message: TendrlMessage) => i32) | null): Status {
    if (handler == null) return this.refuse(text.CALLBACK);
    this.options.callback = handler;
    return this.isStarted ? this.listen() : Status.Ok;
  }

  /** Starts; connects by and by. watchdog: seconds, 1 to 60, 0: as constructed. Ok; Invalid: `error`, or the log for a configuration. */
  start(watchdog: i32 = 0): Status {
    if (this.isBroken) return Status.Invalid;
    const options = this.options;
    cloudSet(SET_BATCH, max(options.maxBatchSize, 1));
    cloudSet(SET_HEARTBEAT, i32(options.managed && options.sendHeartbeat));
    const mayStore = options.managed && options.offlineStorage;
    cloudSet(SET_WHEN_FULL, mayStore || options.whenQueueFull != QueueFull.Spill ? options.whenQueueFull : QueueFull.Refuse);
    const seconds = watchdog > 0 ? watchdog : options.watchdog;
    if (seconds > 0) cloudSet(SET_WATCHDOG, min(seconds, 60));
    this.listen();
    const status = clientStart(mayStore ? 0 : START_CLEAN) as Status;
    this.isStarted = status == Status.Ok;
    note(options, status == Status.Ok ? "started" : "not started");
    return status;
  }

  /** Stops everything: connection, heartbeats, tasks, network link. What is stored stays; `start` begins anew. */
  stop(): void {
    kernel.stop();
    handleAll(null);
    stopTasks();
    this.isStarted = false;
    note(this.options, "stopped");
  }

  asyncStop(): void {
    this.stop();
  }

  /** True exactly while messages go through. */
  get clientEnabled(): bool {
    return kernel.isOnline;
  }

  get state(): ClientState {
    return kernel.state;
  }

  /** The offline store's counters: Counter.Waiting, StoredTotal, DeliveredTotal, ExpiredTotal, EvictedTotal. */
  storage(field: Counter): u32 {
    return kernel.counter(field);
  }

  counter(field: TendrlCounter): u32 {
    const bytes = cloudStats(OUT, OUT_BYTES);
    return (field << 2) + 4 <= bytes ? load<u32>(OUT + ((<usize>field) << 2)) : 0;
  }

  // publish

  /**
   * Publishes text, as `{"data":text}`. QUEUED; with writeOffline STORED, durable before it returns, for dbTtl seconds (0: for ever; left
   * out: a day). Closed (not started), NoSpace (queue or store full), TooLarge, Invalid. Never waits.
   */
  publish(
    data: string,
    tags: StaticArray<string> | null = null,
    entity: string = "",
    writeOffline: bool = false,
    dbTtl: i32 = DEFAULT_TTL,
  ): i32 {
    compose(Shape.Wrapped, data);
    return this.send(PUBLISH, tags, entity, writeOffline, dbTtl);
  }

  /** Publishes an object, as JSON, or a string in quotes. Otherwise as publish; Invalid: no JSON of these. */
  publishJson(
    json: string,
    tags: StaticArray<string> | null = null,
    entity: string = "",
    writeOffline: bool = false,
    dbTtl: i32 = DEFAULT_TTL,
  ): i32 {
    const first = firstOf(json);
    if (first != 0x7b && first != 0x22) return this.refuse(text.TYPES);
    compose(Shape.Plain, json);
    return this.send(PUBLISH, tags, entity, writeOffline, dbTtl);
  }

  /** Sends an object as it is, without the envelope: what the original's unmanaged mode did. */
  publishRaw(json: string): i32 {
    compose(Shape.Plain, json);
    return this.sendAs(0, 0, 0, 0);
  }

  // command responses

  /** Answers a file-system command. isRaw: without the envelope, as the original does. */
  fileSystemResponse(output: string, error: string = "", exitCode: i32 = 0, requestId: string = "", isRaw: bool = false): i32 {
    compose(Shape.Output, output, error, exitCode, requestId);
    return this.sendAs(FILE_SYSTEM_RESPONSE, isRaw ? 0 : FLAG_ENVELOPE, 0, 0);
  }

  terminalResponse(output: string, error: string = "", exitCode: i32 = 0, requestId: string = "", isRaw: bool = false): i32 {
    compose(Shape.Output, output, error, exitCode, requestId);
    return this.sendAs(TERMINAL_RESPONSE, isRaw ? 0 : FLAG_ENVELOPE, 0, 0);
  }

  /** Answers a client command with an object, as JSON, to which the request's id is added. */
  clientResponse(json: string, requestId: string = "", isRaw: bool = false): i32 {
    if (firstOf(json) != 0x7b) return this.refuse(text.TYPES);
    compose(requestId.length > 0 ? Shape.WithRequest : Shape.Plain, json, "", 0, requestId);
    return this.sendAs(CLIENT_RESPONSE, isRaw ? 0 : FLAG_ENVELOPE, 0, 0);
  }

  fileTransfer(json: string, isRaw: bool = false): i32 {
    if (firstOf(json) != 0x7b) return this.refuse(text.TYPES);
    compose(Shape.Plain, json);
    return this.sendAs(FILE, isRaw ? 0 : FLAG_ENVELOPE, 0, 0);
  }

  // user database

  /** Puts a document, JSON, under a generated key or `key`; `clientDb.lastKey()` tells it. Ok, and what Database.put answers. */
  dbPut(data: string, ttl: i32 = 0, tags: string = "", key: string = ""): Status {
    return this.mayUseDatabase() ? this.explained(this.clientDb.put(key, data, ttl, tags)) : Status.Refused;
  }

  /** Reads a document: `clientDb.text()` gives it. Its bytes, NotFound. */
  dbGet(key: string): i32 {
    return this.mayUseDatabase() ? this.explained(this.clientDb.get(key) as Status) : Status.Refused;
  }

  /** Asks a condition: `clientDb.next()` gives its results. Ok, BadQuery. */
  dbQuery(query: string = "{}"): Status {
    return this.mayUseDatabase() ? this.explained(this.clientDb.query(query)) : Status.Refused;
  }

  /** Asks for all: `clientDb.next()` gives them, `clientDb.resultKey()` their keys. */
  dbList(): Status {
    return this.dbQuery("{}");
  }

  /** Removes a document, or with `purge` all. 1, 0: there is none; for a purge Ok. */
  dbDelete(key: string = "", purge: bool = false): i32 {
    if (!this.mayUseDatabase()) return Status.Refused;
    return this.explained((purge ? this.clientDb.purge() : this.clientDb.remove(key)) as Status);
  }

  /** Removes what has expired, at most 16 documents. How many. */
  dbCleanup(): i32 {
    return this.mayUseDatabase() ? this.explained(this.clientDb.cleanup() as Status) : Status.Refused;
  }

  // tasks

  /**
   * Has a function called `freq` times a second until it answers below 0; mode "async" alone. A handle; Invalid in mode "sync",
   * NoSpace: four run already.
   */
  addBackgroundTask(task: () => i32): i32 {
    return this.options.isAsync ? addTask(task, 1000 / max(this.options.freq, 1)) : Status.Invalid;
  }

  /** Has messages handed to the callback; without one the kernel takes them for itself. Ok. */
  private listen(): Status {
    return cloudSet(SET_MESSAGES, i32(startListening())) as Status;
  }

  private get hasDatabase(): bool {
    return this.options.managed && this.options.clientDb;
  }

  private mayUseDatabase(): bool {
    if (!this.hasDatabase) this.refuse(text.DATABASE_OFF);
    return this.hasDatabase;
  }

  private explained(status: Status): Status {
    if (status == Status.Unsupported) this.refuse(text.DATABASE_MISSING);
    return status;
  }

  private refuse(why: string): Status {
    this.error = why;
    log(why, LogLevel.Error);
    return Status.Invalid;
  }

  private send(kind: i32, tags: StaticArray<string> | null, entity: string, writeOffline: bool, dbTtl: i32): i32 {
    const isStored = writeOffline && this.options.managed && this.options.offlineStorage;
    if (writeOffline && !this.options.managed) log(text.UNMANAGED_OFFLINE, LogLevel.Warning);
    if (!this.isStarted && !this.options.managed) this.start();
    beginBuffer();
    writeContext(tags, entity);
    const length = buffered();
    if (length < 0) return Status.TooLarge;
    return this.sendAs(kind, FLAG_ENVELOPE | (isStored ? FLAG_OFFLINE : 0), length, isStored ? (dbTtl < 0 ? DAY_SECONDS : dbTtl) : 0);
  }

  /** Sends what was composed; its context, u8[contextLen], is in OUT. */
  private sendAs(kind: i32, flags: i32, contextLen: i32, ttl: i32): i32 {
    beginCount();
    writeComposed();
    const message = cloudBegin(OUT, contextLen, counted(), flags | (kind << FLAG_KIND_SHIFT), ttl);
    if (message < 0) return message;
    beginParts(message);
    writeComposed();
    const status = endParts();
    return status < 0 ? status : cloudCommit(message, RECEIPT, RECEIPT_BYTES);
  }
}
