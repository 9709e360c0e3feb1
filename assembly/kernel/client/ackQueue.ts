import { limits } from "../limits";

/**
 * PUBACKs owed to the server, in the order its messages came [MQTT-4.6.0-2]: one goes out when it and all before it are ready.
 * A ticket names a place; tickets of an earlier connection name none, for the server sends those messages again.
 */
export class AckQueue {
  private packetIds: StaticArray<u16>;
  private isReady: StaticArray<bool>;
  /** Tickets [first, next) are waiting; they only grow. */
  private first: i32 = 1;
  private next: i32 = 1;

  constructor(capacity: i32) {
    this.packetIds = new StaticArray<u16>(capacity);
    this.isReady = new StaticArray<bool>(capacity);
  }

  /** A connection ended: nothing is owed any more. */
  clear(): void {
    this.first = this.next;
  }

  /** Notes that packetId is to be acknowledged. Its ticket, or 0: the queue is full, and the server will send again. */
  add(packetId: i32): i32 {
    if (this.next - this.first == this.packetIds.length) return 0;
    const place = this.next % this.packetIds.length;
    unchecked((this.packetIds[place] = <u16>packetId));
    unchecked((this.isReady[place] = false));
    return this.next++;
  }

  /** The message of that ticket is dealt with. */
  settle(ticket: i32): void {
    if (ticket < this.first || ticket >= this.next) return;
    unchecked((this.isReady[ticket % this.packetIds.length] = true));
  }

  /** The packet id to acknowledge next, or 0. */
  get ready(): i32 {
    const place = this.first % this.packetIds.length;
    return this.first < this.next && unchecked(this.isReady[place]) ? <i32>unchecked(this.packetIds[place]) : 0;
  }

  /** The PUBACK of `ready` has been written. */
  pop(): void {
    this.first++;
  }
}

/** PUBACKs that this client owes. */
export const acks = new AckQueue(limits.acks);
