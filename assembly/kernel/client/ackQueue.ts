import { limits } from "../limits";
import { Packet } from "../mqtt/fixedHeader";
import { sessionState } from "./sessionState";

/** A receipt of a QoS 2 message: this bit, the session's epoch, and the packet identifier. */
const EXACTLY_ONCE: i32 = 0x40000000;
const EPOCH_MASK: i32 = 0x3fff;

/** What `accept` answers beside a receipt. */
export enum Accepted {
  /** Nothing is owed: QoS 0, or the queue is full and the server will send again. */
  Nothing = 0,
  /** A QoS 2 message that came before: not to be delivered again. */
  Known = -1,
  /** More QoS 2 messages are under way than can be told apart. */
  Full = -2,
}

/**
 * PUBACKs and PUBRECs owed to the server, in the order its messages came [MQTT-4.6.0-2, -3]: one goes out when it and all before
 * it are ready. A QoS 1 receipt names a place; those of an earlier connection name none, for the server sends those messages
 * again. A QoS 2 receipt names the message, whichever connection it came by.
 */
export class AckQueue {
  private packetIds: StaticArray<u16>;
  private isReady: StaticArray<bool>;
  private isExactlyOnce: StaticArray<bool>;
  /** Places [first, next) are waiting; they only grow. */
  private first: i32 = 1;
  private next: i32 = 1;

  constructor(capacity: i32) {
    this.packetIds = new StaticArray<u16>(capacity);
    this.isReady = new StaticArray<bool>(capacity);
    this.isExactlyOnce = new StaticArray<bool>(capacity);
  }

  /** A connection ended: nothing is owed any more. */
  clear(): void {
    this.first = this.next;
  }

  /** Notes a message that came whole. Its receipt, for `settle`, or what Accepted says. */
  accept(qos: i32, packetId: i32): i32 {
    if (qos < 2) return qos ? this.add(packetId, false, false) : Accepted.Nothing;
    if (sessionState.isKnown(packetId)) {
      this.add(packetId, true, sessionState.isHandedOver(packetId));
      return Accepted.Known;
    }
    if (sessionState.note(packetId) < 0) return Accepted.Full;
    this.add(packetId, true, false);
    return EXACTLY_ONCE | ((sessionState.epoch & EPOCH_MASK) << 16) | packetId;
  }

  /** The message of that receipt is dealt with. */
  settle(receipt: i32): void {
    if (receipt & EXACTLY_ONCE) {
      if (((receipt >> 16) & EPOCH_MASK) != (sessionState.epoch & EPOCH_MASK)) return;
      const packetId = receipt & 0xffff;
      sessionState.handedOver(packetId);
      for (let place = this.first; place < this.next; place++) this.settleIf(place % this.packetIds.length, packetId);
    } else if (receipt >= this.first && receipt < this.next) {
      unchecked((this.isReady[receipt % this.packetIds.length] = true));
    }
  }

  /** Messages whose acknowledgement has not been written. */
  get owed(): i32 {
    return this.next - this.first;
  }

  /** The packet id to acknowledge next, or 0. */
  get ready(): i32 {
    if (this.first == this.next) return 0;
    const place = this.first % this.packetIds.length;
    return unchecked(this.isReady[place]) ? <i32>unchecked(this.packetIds[place]) : 0;
  }

  /** First byte of the packet that acknowledges `ready`. */
  get packet(): i32 {
    return unchecked(this.isExactlyOnce[this.first % this.packetIds.length]) ? Packet.Pubrec : Packet.Puback;
  }

  /** The acknowledgement of `ready` has been written. */
  pop(): void {
    this.first++;
  }

  private add(packetId: i32, isExactlyOnce: bool, isReady: bool): i32 {
    if (this.next - this.first == this.packetIds.length) return Accepted.Nothing;
    const place = this.next % this.packetIds.length;
    unchecked((this.packetIds[place] = <u16>packetId));
    unchecked((this.isReady[place] = isReady));
    unchecked((this.isExactlyOnce[place] = isExactlyOnce));
    return this.next++;
  }

  private settleIf(place: i32, packetId: i32): void {
    if (unchecked(this.isExactlyOnce[place]) && <i32>unchecked(this.packetIds[place]) == packetId) unchecked((this.isReady[place] = true));
  }
}

/** PUBACKs and PUBRECs that this client owes. */
export const acks = new AckQueue(limits.acks);
