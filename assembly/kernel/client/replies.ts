import { limits } from "../limits";

/**
 * Answers owed to PUBREC and PUBREL, in the order in which those came [MQTT-4.6.0-4]: PUBREL and PUBCOMP. They wait for room in
 * the transport alone.
 */
export class Replies {
  /** First byte of the packet in bits 24 to 31, reason in bits 16 to 23, packet identifier below. */
  private rows: StaticArray<u32>;
  private first: i32 = 0;
  private count: i32 = 0;

  constructor(capacity: i32) {
    this.rows = new StaticArray<u32>(capacity);
  }

  /** A connection ended: nothing is owed any more. */
  clear(): void {
    this.count = 0;
  }

  /** Notes an answer. False: too many are owed, which only a server that asks and does not listen can bring about. */
  add(packet: i32, packetId: i32, reason: i32): bool {
    const capacity = this.rows.length;
    if (this.count == capacity) return false;
    unchecked((this.rows[(this.first + this.count) % capacity] = (packet << 24) | (reason << 16) | packetId));
    this.count++;
    return true;
  }

  get isEmpty(): bool {
    return this.count == 0;
  }

  /** Takes the oldest: first byte << 24 | reason << 16 | packet identifier. There is one. */
  take(): u32 {
    const row = unchecked(this.rows[this.first]);
    this.first = (this.first + 1) % this.rows.length;
    this.count--;
    return row;
  }
}

export const replies = new Replies(limits.window + limits.received);
