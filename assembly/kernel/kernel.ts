import { JsonWriter } from "../lib/json";
import { parseDecimal } from "../lib/number";
import { Status } from "../lib/status";
import { AckQueue } from "./client/ackQueue";
import { Client, IDLE_MS } from "./client/client";
import { Clock } from "./client/clock";
import { Inbox } from "./client/inbox";
import { Outbox } from "./client/outbox";
import { Publications } from "./client/publications";
import { RamQueue } from "./client/ramQueue";
import { SchemaWalk } from "./client/schema";
import { Session } from "./client/session";
import { readConfig, Settings, SETTINGS_SCRATCH_BYTES } from "./client/settings";
import { Stats } from "./client/stats";
import { Streams } from "./client/streams";
import { Subscriptions } from "./client/subscriptions";
import { Transport } from "./client/transport";
import { LogLevel } from "./host/constants";
import { clockMonotonic, sysWatchdog } from "./host/imports";
import { logNumber, logText } from "./host/log";
import { Limits } from "./limits";
import { PacketIds } from "./mqtt/packetIds";
import { RecordStore } from "./store/recordStore";

const WATCHDOG_SECONDS: i32 = 8;
const WATCHDOG_SECONDS_MAX: i32 = 60;

/** Everything a kernel consists of, made once. */
export class Kernel {
  clock: Clock;
  streams: Streams;
  subscriptions: Subscriptions;
  inbox: Inbox;
  publications: Publications;
  client: Client;
  stats: Stats;
  private outbox: Outbox;
  private store: RecordStore | null = null;
  /** u8[8] and more, for what is read at set-up. */
  private scratch: usize;

  constructor(limits: Limits) {
    const scratch = heap.alloc(max(limits.scratchBytes, SETTINGS_SCRATCH_BYTES));
    const clock = new Clock();
    const json = new JsonWriter();
    const settings = new Settings(scratch);
    const transport = new Transport(limits.transportBytes);
    const ids = new PacketIds(limits.window + 1);
    const acks = new AckQueue(limits.acks);
    const queue = new RamQueue(limits.queueBytes);
    const streams = new Streams(limits.streams, limits.streamBytes, new SchemaWalk(json));
    const subscriptions = new Subscriptions(limits.subscriptions, limits.subscriptionBytes, ids);
    const inbox = new Inbox(limits.inboxBytes, acks, subscriptions);
    const outbox = new Outbox(queue, clock, ids, limits.window);
    const session = new Session(transport, settings, clock, outbox, inbox, acks, subscriptions, limits.receiveBytes);
    const client = new Client(clock, settings, transport, session);
    const publications = new Publications(queue, clock, settings, streams, json, scratch, limits.scratchBytes);
    this.clock = clock;
    this.streams = streams;
    this.subscriptions = subscriptions;
    this.inbox = inbox;
    this.publications = publications;
    this.client = client;
    this.stats = new Stats(client, session, transport, outbox, inbox, publications);
    this.outbox = outbox;
    this.scratch = scratch;
    this.stats.heapUsed = heapTop();
  }

  /**
   * Starts over `store`, or without one, and starts the client when something waits there: a reading is delivered whether or
   * not an app asks. Ok, or the Status that keeps the device from running: an unreadable or foreign store.
   */
  setup(store: RecordStore | null): i32 {
    this.clock.update(clockMonotonic());
    loadWatchdog(this.scratch);
    return store ? this.mount(store) : Status.Ok;
  }

  private mount(store: RecordStore): i32 {
    const status = store.mount();
    this.stats.heapUsed = heapTop();
    if (status == Status.Unsupported) return Status.Ok;
    if (status < 0) {
      if (status == Status.Corrupt)
        logText(LogLevel.Error, "store: the partition holds something else; left as it is, erase it to start anew");
      else logNumber(LogLevel.Error, "store does not mount, status ", status);
      return status;
    }
    this.store = store;
    this.outbox.store = store;
    this.publications.store = store;
    // The first reading of a new device needs an erased sector too: setup is no step, and may take the time.
    store.step();
    // A bad configuration keeps the client from starting, not the device: what is stored waits for a better one.
    if (store.waiting > 0) this.startClient();
    return Status.Ok;
  }

  /** One round of work: the connection, and at most one sector erase. Milliseconds to the next deadline. */
  step(nowMs: i64): i32 {
    this.clock.update(nowMs);
    const wait = this.client.step();
    const store = this.store;
    return store && store.step() ? 0 : min(wait, IDLE_MS);
  }

  startClient(): i32 {
    const status = this.client.start();
    if (status == Status.Ok) this.publications.isClientStarted = true;
    return status;
  }

  stopClient(): void {
    this.client.stop();
    this.publications.isClientStarted = false;
  }

  appStarted(): void {
    this.publications.forget();
    this.inbox.appStarted();
  }
}

/** Bytes of linear memory in use. */
function heapTop(): i32 {
  return <i32>heap.alloc(0);
}

function loadWatchdog(scratch: usize): void {
  const length = readConfig("device.watchdogSeconds", scratch, 8);
  const seconds = parseDecimal(scratch, length, WATCHDOG_SECONDS_MAX);
  sysWatchdog(seconds > 0 ? seconds : WATCHDOG_SECONDS);
}
