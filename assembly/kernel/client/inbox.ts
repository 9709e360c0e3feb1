import { Status } from "../../lib/status";
import { limits } from "../limits";
import { PublishHead } from "../mqtt/publish";
import { Accepted, acks } from "./ackQueue";
import { dialect } from "./dialect";
import { face } from "./face";
import { updates } from "./updateHooks";

/** Bytes of the header that event_next gives. */
export const EVENT_HEADER_BYTES: i32 = 16;

const SUBSCRIPTION: usize = 2;
const PAYLOAD_LEN: usize = 4;
const RECEIPT: usize = 12;
const ATTEMPTS: usize = 16;
const PROPERTIES_LEN: usize = 18;
const BODY: usize = 20;

/** A message that stopped the app this often is kept from it. */
const ATTEMPTS_MAX: i32 = 2;

/**
 * Inbound messages that wait for the app, oldest first, in one buffer. A full inbox drops the newest, and counts it.
 *
 *     | 0 u16 topicLen | 2 u16 subscription | 4 u32 payloadLen | 8 u8 qos | 9 u8 retain | 10 u8 dup | 11 u8 0 |
 *     | 12 u32 receipt | 16 u16 attempts | 18 u16 propertiesLen | 20 topic | properties | payload |   the next message follows
 *
 * The first 12 bytes are those of the event header (ARCHITECTURE.md).
 */
export class Inbox {
  private buffer: StaticArray<u8> = new StaticArray<u8>(limits.inboxBytes);
  private used: i32 = 0;
  /** Bytes of the message that is coming in, behind `used`; 0 while none is, or while one is skipped. */
  private incoming: i32 = 0;
  private received: i32 = 0;
  private isTaken: bool = false;
  waiting: i32 = 0;
  dropped: i32 = 0;
  poisoned: i32 = 0;

  private get start(): usize {
    return changetype<usize>(this.buffer);
  }

  /** A message begins to come in. One that does not fit is skipped as it comes. */
  begin(head: PublishHead): void {
    const free = this.buffer.length - this.used - <i32>BODY;
    this.incoming = 0;
    this.received = 0;
    if (head.topicLen > free || head.payloadLen > free - head.topicLen) return;
    const message = this.start + this.used;
    memory.fill(message, 0, BODY);
    store<u16>(message, <u16>head.topicLen);
    store<u32>(message, head.payloadLen, PAYLOAD_LEN);
    store<u8>(message, <u8>head.qos, 8);
    store<u8>(message, <u8>head.isRetained, 9);
    store<u8>(message, <u8>head.isDup, 10);
    this.incoming = <i32>BODY + head.topicLen + head.payloadLen;
  }

  /** Bytes of topic, properties and payload that the largest message may have. */
  get capacity(): i32 {
    return this.buffer.length - <i32>BODY;
  }

  /** Puts the topic of an alias: u8[len] in front of the properties that came. A message that then does not fit is skipped. */
  insertTopic(topic: usize, len: i32, propertiesLen: i32): void {
    if (this.incoming == 0) return;
    if (this.incoming + len > this.buffer.length - this.used) {
      this.incoming = 0;
      return;
    }
    const message = this.start + this.used;
    memory.copy(message + BODY + len, message + BODY, propertiesLen);
    memory.copy(message + BODY, topic, len);
    store<u16>(message, <u16>len);
    this.received += len;
    this.incoming += len;
  }

  /** The properties have come: what is left is the payload. */
  endProperties(propertiesLen: i32, payloadLen: i32): void {
    if (this.incoming == 0) return;
    const message = this.start + this.used;
    store<u16>(message, <u16>propertiesLen, PROPERTIES_LEN);
    store<u32>(message, payloadLen, PAYLOAD_LEN);
    this.incoming = <i32>BODY + load<u16>(message) + propertiesLen + payloadLen;
  }

  /** Takes its next bytes: topic, then properties (version 5), then payload. */
  append(src: usize, len: i32): void {
    if (this.incoming == 0) return;
    memory.copy(this.start + this.used + BODY + this.received, src, len);
    this.received += len;
  }

  /**
   * It is whole: kept for the app when a subscription wants it, else dropped, counted and settled. A QoS 2 message that came before
   * is not kept again. Ok, or NoSpace: the server has too many of those under way, and the connection must end.
   */
  end(head: PublishHead): i32 {
    const receipt = acks.accept(head.qos, head.packetId);
    if (receipt < 0) {
      this.incoming = 0;
      return receipt == Accepted.Known ? Status.Ok : Status.NoSpace;
    }
    const message = this.start + this.used;
    const isTaken = updates.listens && this.incoming ? this.offerToUpdates(message) : false;
    const subscription = this.incoming && !isTaken ? face.route(message + BODY, head.topicLen) : -1;
    if (isTaken) {
      acks.settle(receipt);
    } else if (subscription < 0) {
      if (face.isLost()) this.dropped++;
      acks.settle(receipt);
    } else {
      store<u16>(message, <u16>subscription, SUBSCRIPTION);
      store<i32>(message, receipt, RECEIPT);
      this.used += this.incoming;
      this.waiting++;
    }
    this.incoming = 0;
    return Status.Ok;
  }

  /** Bytes of topic and payload of the message that is coming in, and is whole. */
  get incomingBytes(): i32 {
    return this.incoming - <i32>BODY;
  }

  private offerToUpdates(message: usize): bool {
    const topicLen: i32 = load<u16>(message);
    const propertiesLen = dialect.hasProperties ? <i32>load<u16>(message, PROPERTIES_LEN) : 0;
    return updates.take(message + BODY, topicLen, message + BODY + topicLen + propertiesLen, load<i32>(message, PAYLOAD_LEN));
  }

  /** Gives the message that is coming in, and is whole, another topic: u8[topicLen], no longer than its own, and payload: u8[len] out of itself. */
  rewrite(topic: usize, topicLen: i32, payload: usize, len: i32): void {
    const message = this.start + this.used;
    memory.copy(message + BODY + topicLen, payload, len);
    memory.copy(message + BODY, topic, topicLen);
    store<u16>(message, <u16>topicLen);
    store<u32>(message, len, PAYLOAD_LEN);
    this.incoming = <i32>BODY + topicLen + len;
  }

  /** Adds a message of the kernel's own. Ok, NoSpace: not now. */
  post(subscription: i32, topic: usize, topicLen: i32, payload: usize, len: i32): i32 {
    const size = <i32>BODY + topicLen + len;
    if (this.incoming || size > this.buffer.length - this.used) return Status.NoSpace;
    const message = this.start + this.used;
    memory.fill(message, 0, BODY);
    store<u16>(message, <u16>subscription, SUBSCRIPTION);
    this.rewrite(topic, topicLen, payload, len);
    this.incoming = 0;
    this.used += size;
    this.waiting++;
    return Status.Ok;
  }

  /** The connection ended in the middle of a message. */
  abandon(): void {
    this.incoming = 0;
  }

  /** Gives the oldest message's header to dst: u8[16]. 1, or 0: there is none. Only looks: the host asks this way, too. */
  next(dst: usize): i32 {
    if (this.waiting == 0) return 0;
    memory.copy(dst, this.start, RECEIPT);
    store<u32>(dst, this.propertiesLen, RECEIPT);
    return 1;
  }

  /** Reads from the oldest message: topic, properties, payload, and so takes it. Bytes read, 0 at its end, NotFound, Invalid (offset). */
  read(offset: i32, dst: usize, cap: i32): i32 {
    if (this.waiting == 0) return Status.NotFound;
    const length = this.headBytes - <i32>BODY;
    if (<u32>offset > <u32>length) return Status.Invalid;
    if (!this.isTaken) {
      this.isTaken = true;
      store<u16>(this.start, <u16>(load<u16>(this.start, ATTEMPTS) + 1), ATTEMPTS);
    }
    const count = min(length - offset, cap);
    memory.copy(dst, this.start + BODY + offset, count);
    return count;
  }

  /** Payload of the oldest message, which there is. */
  get oldestPayload(): usize {
    return this.start + this.headBytes - load<i32>(this.start, PAYLOAD_LEN);
  }

  get oldestPayloadLen(): i32 {
    return load<i32>(this.start, PAYLOAD_LEN);
  }

  /** The app is done with the oldest message. Ok, NotFound. */
  done(): i32 {
    if (this.waiting == 0) return Status.NotFound;
    acks.settle(load<i32>(this.start, RECEIPT));
    const length = this.headBytes;
    this.used -= length;
    memory.copy(this.start, this.start + length, this.used + (this.incoming ? <i32>BODY + this.received : 0));
    this.waiting--;
    this.isTaken = false;
    return Status.Ok;
  }

  /** The app starts anew. A message that it took and did not finish twice is acknowledged, counted and kept from it. */
  appStarted(): void {
    if (!this.isTaken) return;
    this.isTaken = false;
    if (<i32>load<u16>(this.start, ATTEMPTS) < ATTEMPTS_MAX) return;
    this.done();
    this.poisoned++;
  }

  private get propertiesLen(): i32 {
    return dialect.hasProperties ? <i32>load<u16>(this.start, PROPERTIES_LEN) : 0;
  }

  private get headBytes(): i32 {
    return <i32>BODY + load<u16>(this.start) + this.propertiesLen + load<i32>(this.start, PAYLOAD_LEN);
  }
}

export const inbox = new Inbox();
