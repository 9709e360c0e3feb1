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
import { AS_CONNECTED, FLAG_QOS_1, KEEP_WILL } from "./flags";
import { Message } from "./message";
import { Properties } from "./properties";
import { publishMemory, publishText, publishWith } from "./publication";
import { addSubscription, removeSubscription } from "./subscriptions";
import { clientDisconnect, clientStart, clientState, clientStop, publishState, stats } from "./syscalls";

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
  RejectedTotal,
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

  /**
   * As stop, with a say in what becomes of will and session. keepsWill: the broker publishes the will. sessionSeconds: for how long it
   * keeps the session from now on (MQTT 5), FOR_EVER, or AS_CONNECTED. Ok; Invalid, with nothing done: to keep a session for which
   * mqtt.sessionExpirySeconds is 0.
   */
  disconnect(keepsWill: bool, sessionSeconds: i32 = AS_CONNECTED): Status {
    return clientDisconnect(keepsWill ? KEEP_WILL : 0, sessionSeconds) as Status;
  }

  get state(): ClientState {
    return clientState() as ClientState;
  }

  get isOnline(): bool {
    return this.state == ClientState.Online;
  }

  /**
   * Publishes text on a topic. flags: FLAG_OFFLINE, FLAG_QOS_1, FLAG_RETAIN, FLAG_ENVELOPE; ttlSeconds: 0 keeps for ever.
   * STORED, QUEUED, or NoSpace, TooLarge, Invalid (topic), Closed (not started); with FLAG_OFFLINE also
   * Busy: a batch of documents is begun, or a message in parts.
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

  /**
   * Asks after a message: what publish answered, and lastSequence then. 1: it is on its way; 0: the broker has it; 128 and above: the
   * broker will not take it, by this reason of MQTT 5; Expired. The kernel remembers the last eight that the broker does not have.
   */
  outcome(answer: i32, sequence: u64): i32 {
    return publishState(answer, <i32>sequence, <i32>(sequence >> 32));
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
