/**
 * The MQTT client as an app sees it. Connection, session and stored readings live in the kernel; this starts it, hands it
 * messages and routes what arrives.
 *
 *     const client = new Client();
 *     client.subscribe("lamp/set", onLamp);
 *     client.start();
 */
import { ClientState } from "../lib/clientState";
import { Status } from "../lib/status";
import { OUT, OUT_BYTES, RECEIPT } from "./buffers";
import { FLAG_QOS_1 } from "./flags";
import { Message } from "./message";
import { Properties } from "./properties";
import { publishMemory, publishText, publishWith } from "./publication";
import { addSubscription, removeSubscription } from "./subscriptions";
import { clientStart, clientState, clientStop, stats } from "./syscalls";

/** Fields of Client.counter: the order of host/include/stats.def. */
export enum Counter {
  ClientState,
  LastCause,
  StoredTotal,
  DeliveredTotal,
  ExpiredTotal,
  EvictedTotal,
  Waiting,
  InFlight,
  QueuedTotal,
  QueuedLost,
  RefusedTotal,
  Connects,
  InboxWaiting,
  InboxDropped,
  Poisoned,
  Corrupt,
  SequenceLow,
  SequenceHigh,
  Writes,
  HeapUsed,
  StrayAcks,
  Uncertain,
  Rejected,
  SessionPresent,
}

export class Client {
  /** Starts link and MQTT client from the device's configuration. Ok, or Invalid: the log names the key. */
  start(): Status {
    return clientStart(0) as Status;
  }

  /** Says goodbye to the broker and takes the link down; stored readings stay. */
  stop(): Status {
    return clientStop() as Status;
  }

  get state(): ClientState {
    return clientState() as ClientState;
  }

  get isOnline(): bool {
    return this.state == ClientState.Online;
  }

  /**
   * Publishes text on a topic. flags: FLAG_OFFLINE, FLAG_QOS_1, FLAG_RETAIN, FLAG_ENVELOPE; ttlSeconds: 0 keeps for ever.
   * STORED, QUEUED, or NoSpace, TooLarge, Invalid (topic), Closed (not started).
   */
  publish(topic: string, payload: string, flags: i32 = FLAG_QOS_1, ttlSeconds: i32 = 0): i32 {
    return publishText(topic, payload, flags, ttlSeconds);
  }

  /** Publishes the first `length` bytes of an array; otherwise as publish. */
  publishBytes(topic: string, bytes: StaticArray<u8>, length: i32, flags: i32 = FLAG_QOS_1, ttlSeconds: i32 = 0): i32 {
    if (length < 0 || length > bytes.length) return Status.Invalid;
    return publishMemory(topic, changetype<usize>(bytes), length, flags, ttlSeconds);
  }

  /** Publishes text with properties of MQTT 5, in one call of at most 504 bytes together; otherwise as publish, without FLAG_ENVELOPE. */
  publishWith(properties: Properties, topic: string, payload: string, flags: i32 = FLAG_QOS_1, ttlSeconds: i32 = 0): i32 {
    return publishWith(properties, topic, payload, flags, ttlSeconds);
  }

  /** Sequence number of the message that was STORED or QUEUED last. */
  get lastSequence(): u64 {
    return load<u64>(RECEIPT);
  }

  /** Calls `handler` for each message that matches; also after a reconnect. Ok, Invalid (filter, qos), NoSpace, TooLarge. */
  subscribe(filter: string, handler: (message: Message) => void, qos: i32 = 1): Status {
    return addSubscription(filter, handler, qos);
  }

  /** Ok, or NotFound. */
  unsubscribe(filter: string): Status {
    return removeSubscription(filter);
  }

  /** One of the client's counters, 0 when the kernel does not keep it. */
  counter(field: Counter): u32 {
    const bytes = stats(OUT, OUT_BYTES);
    return (field << 2) + 4 <= bytes ? load<u32>(OUT + ((<usize>field) << 2)) : 0;
  }
}
