/**
 * The calls of MicroPython's umqtt.simple and umqtt.robust, for programs that come from there. What each name has become, and
 * what was wrong with it: umqtt.md beside this file.
 *
 *     const client = new MQTTClient();
 *     client.setCallback(onMessage);
 *     client.connect();
 *     client.subscribe("lamp/set", 1);
 *     every(1, () => void client.waitMsg(1000)); // in place of a loop: the host needs its turn
 */
import { ClientState } from "../lib/clientState";
import { Status } from "../lib/status";
import { Client, Counter } from "./client";
import { monotonic } from "./clock";
import { OUT, OUT_BYTES, RECEIPT, roundUp8 } from "./buffers";
import { encodeText, encodedBytes, encodeWhole } from "./encode";
import { FLAG_RETAIN, START_CLEAN, START_RESUMING } from "./flags";
import { Message, message, takeMessage } from "./message";
import { publishText } from "./publication";
import { clientStart, eventDone, publishState, subscribe, subscriptionState, unsubscribe, willSet, yieldFor } from "./syscalls";

/** How long a call waits for the broker unless it is told otherwise: as long as the kernel waits for an acknowledgement. */
export const ANSWER_MS: i32 = 20_000;
/** How long waitMsg waits for a message unless it is told otherwise. */
export const MESSAGE_MS: i32 = 60_000;

const PUBLISH: i32 = 0x30;
const UNANSWERED: i32 = 3;

const kernel = new Client();
let callback: ((message: Message) => void) | null = null;
let isCalling: bool = false;
/** First byte of the message handled last. */
let lastFirst: i32 = 0;

export class MQTTClient {
  /** Called for each message: from waitMsg, checkMsg, and while another call waits; never from within itself. */
  setCallback(handler: (message: Message) => void): void {
    callback = handler;
  }

  /** What the broker publishes when the board goes without a goodbye; before connect. Ok, Invalid (topic, qos), TooLarge. */
  setLastWill(topic: string, msg: string, retain: bool = false, qos: i32 = 0): Status {
    const topicLen = encodeWhole(topic, OUT, OUT_BYTES);
    if (topicLen <= 0) return Status.Invalid;
    const payload = OUT + roundUp8(topicLen);
    const payloadLen = encodedBytes(msg);
    if (payload + payloadLen > OUT + OUT_BYTES) return Status.TooLarge;
    encodeText(msg, 0, payload, payloadLen);
    return willSet(OUT, topicLen, payload, payloadLen, flagsOf(retain, qos)) as Status;
  }

  /** Session Present, 0 or 1; Refused by the broker; Timeout; Invalid (configuration). On a refusal or timeout the kernel goes on trying. */
  connect(cleanSession: bool = true, timeoutMs: i32 = ANSWER_MS): i32 {
    kernel.stop();
    const started = clientStart(cleanSession ? START_CLEAN : START_RESUMING);
    return started < 0 ? started : this.reconnect(timeoutMs);
  }

  /** Waits until the kernel is online; it reconnects by itself. The answers of connect. */
  reconnect(timeoutMs: i32 = ANSWER_MS): i32 {
    const end = monotonic() + timeoutMs;
    while (kernel.state != ClientState.Online) {
      if (kernel.counter(Counter.LastCause) == <u32>Status.Refused && kernel.state <= ClientState.Waiting) return Status.Refused;
      if (!pause(end)) return Status.Timeout;
    }
    return kernel.counter(Counter.SessionPresent);
  }

  /** Says goodbye, so that no will is published, and closes. */
  disconnect(): void {
    kernel.stop();
  }

  /** The kernel keeps the connection alive by itself. Ok while it is online, else Closed. */
  ping(): Status {
    return kernel.isOnline ? Status.Ok : Status.Closed;
  }

  /**
   * QoS 0: Ok once it is queued. QoS 1 and 2: Ok once the broker has it; over a lost connection the kernel sends it again, with DUP.
   * In a callback it is queued only. Timeout: it is still on its way; NoSpace, TooLarge, Invalid, Closed (not connected yet).
   */
  publish(topic: string, msg: string, retain: bool = false, qos: i32 = 0, timeoutMs: i32 = ANSWER_MS): Status {
    if (<u32>qos > 2) return Status.Invalid;
    const answer = publishText(topic, msg, flagsOf(retain, qos), 0);
    if (answer < 0) return answer as Status;
    if (qos == 0 || isCalling) return Status.Ok;
    const low = load<i32>(RECEIPT);
    const high = load<i32>(RECEIPT, 4);
    const end = monotonic() + timeoutMs;
    while (publishState(answer, low, high) == 1) {
      if (!pause(end)) return Status.Timeout;
    }
    return publishState(answer, low, high) == 0 ? Status.Ok : Status.Refused;
  }

  /** The QoS granted, 0 to 2; Refused; Timeout: the kernel asks again when it is online; Invalid (filter, qos), NoSpace. Repeated after each reconnect. */
  subscribe(topic: string, qos: i32 = 0, timeoutMs: i32 = ANSWER_MS): i32 {
    const length = encodeWhole(topic, OUT, OUT_BYTES);
    if (length < 0) return Status.TooLarge;
    const number = subscribe(OUT, length, qos);
    if (number < 0 || isCalling) return number < 0 ? number : qos;
    const end = monotonic() + timeoutMs;
    while (subscriptionState(number) == UNANSWERED) {
      if (!pause(end)) return Status.Timeout;
    }
    return subscriptionState(number);
  }

  /** Ok, or NotFound. */
  unsubscribe(topic: string): Status {
    const length = encodeWhole(topic, OUT, OUT_BYTES);
    return length < 0 ? Status.TooLarge : (unsubscribe(OUT, length) as Status);
  }

  /** Waits for one message and has called the callback with it. The first byte of its PUBLISH, such as 0x32; 0: none came in time. */
  waitMsg(timeoutMs: i32 = MESSAGE_MS): i32 {
    const end = monotonic() + timeoutMs;
    lastFirst = this.checkMsg();
    while (lastFirst == 0 && pause(end)) continue;
    return lastFirst;
  }

  /** As waitMsg, without a wait. */
  checkMsg(): i32 {
    if (isCalling || !takeMessage()) return 0;
    const first = PUBLISH | (i32(message.isRepeated) << 3) | (message.qos << 1) | i32(message.isRetained);
    const handler = callback;
    if (handler != null) {
      isCalling = true;
      handler(message);
      isCalling = false;
    }
    eventDone(0);
    lastFirst = first;
    return first;
  }
}

/** For the calls that wait: the state is the module's, so any client is as good. */
const umqtt = new MQTTClient();

function flagsOf(retain: bool, qos: i32): i32 {
  return (qos << 1) | (retain ? FLAG_RETAIN : 0);
}

/** Lets the kernel work for a while, `end` at the latest, and calls the callback for what comes meanwhile. False: the time is over. */
function pause(end: i64): bool {
  const left = end - monotonic();
  if (left <= 0) return false;
  if (yieldFor(i32(min<i64>(left, PAUSE_MS))) == 1) umqtt.checkMsg();
  return true;
}

/** Longest wait at once: a message that waits ends a wait early, an acknowledgement does not. */
const PAUSE_MS: i32 = 20;
