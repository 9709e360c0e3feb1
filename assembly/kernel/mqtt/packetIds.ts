/**
 * Packet identifiers in use by this client: from 1 to 65535 (or `top`) and round again, never one that still waits for its
 * acknowledgement [MQTT-2.3.1-2]. The server's identifiers are a number space of their own.
 */
export class PacketIds {
  /** The first `count` of them. */
  private inUse: StaticArray<u16>;
  private count: i32 = 0;
  private last: i32;
  /** The greatest that `take` gives: those above are for `claim`. */
  top: i32;

  /** capacity: most identifiers in use at once. */
  constructor(capacity: i32, last: i32 = 0, top: i32 = 0xffff) {
    this.top = top;
    this.inUse = new StaticArray<u16>(capacity);
    this.last = last;
  }

  /** Takes the next free identifier. 0: as many as the capacity are in use. */
  take(): i32 {
    if (this.count == this.inUse.length) return 0;
    do {
      this.last = this.last >= this.top ? 1 : this.last + 1;
    } while (this.find(this.last) >= 0);
    unchecked((this.inUse[this.count++] = <u16>this.last));
    return this.last;
  }

  /** Takes this one. False: it is in use, or as many as the capacity are. */
  claim(packetId: i32): bool {
    if (this.count == this.inUse.length || this.find(packetId) >= 0) return false;
    unchecked((this.inUse[this.count++] = <u16>packetId));
    return true;
  }

  /** Gives one back once its acknowledgement came. False: it was not in use. */
  release(packetId: i32): bool {
    const index = this.find(packetId);
    if (index < 0) return false;
    unchecked((this.inUse[index] = this.inUse[--this.count]));
    return true;
  }

  private find(packetId: i32): i32 {
    for (let i = 0; i < this.count; i++) {
      if (<i32>unchecked(this.inUse[i]) == packetId) return i;
    }
    return -1;
  }
}
