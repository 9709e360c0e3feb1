import { LogLevel } from "../host/constants";
import { logNumber } from "../host/log";
import { Disposition } from "../store/item";
import { RecordRef, RecordStore } from "../store/recordStore";

/** A message between its source and its acknowledgement. Made once, reused. */
export class InFlightEntry {
  record: RecordRef = new RecordRef();
  qos: i32 = 0;
  /** 0 with QoS 0: then done as soon as it is written. */
  packetId: i32 = 0;
  /** PUBREC came: the server has the message, and PUBCOMP is awaited. */
  isReleased: bool = false;
  /** And the session remembers it: the record is gone, or marked. Not before may PUBREL go out. */
  isNoted: bool = false;
  /** The server may hold another message under its identifier, of before the last reset: PUBREL and PUBCOMP come first. */
  isSuspect: bool = false;
  /** When it was written whole into this connection; meaningless before. */
  sentAtMs: i64 = 0;
  isSent: bool = false;
  /** It was sent in an earlier connection of the same session: DUP. */
  isRepeat: bool = false;

  /** So many records behind this one go with it, in one message. */
  followers: i32 = 0;

  /** source: where the record lies. */
  constructor(public source: RecordStore) {}

  /** Removes the record from its source. */
  remove(disposition: Disposition): void {
    const status = this.source.remove(this.record, disposition);
    if (status < 0) logNumber(LogLevel.Error, "cannot remove: ", status);
  }
}

/**
 * Messages in flight: first those released, in the order of their PUBRECs, then the others in the order first sent. That is the
 * order in which PUBREL and PUBLISH are sent again [MQTT-4.6.0-1, -4].
 */
export class InFlight {
  private entries: StaticArray<InFlightEntry>;
  count: i32 = 0;

  /** source: any, to begin with. */
  constructor(capacity: i32, source: RecordStore) {
    this.entries = new StaticArray<InFlightEntry>(capacity);
    for (let i = 0; i < capacity; i++) unchecked((this.entries[i] = new InFlightEntry(source)));
  }

  at(index: i32): InFlightEntry {
    return unchecked(this.entries[index]);
  }

  /** The entry that `count++` would add. The caller has checked that there is room. */
  get spare(): InFlightEntry {
    return unchecked(this.entries[this.count]);
  }

  /** Records of all entries. */
  get records(): i32 {
    let sum = this.count;
    for (let i = 0; i < this.count; i++) sum += this.at(i).followers;
    return sum;
  }

  /** The oldest entry not sent in this connection, or -1. */
  get firstUnsent(): i32 {
    for (let i = 0; i < this.count; i++) {
      if (!this.at(i).isSent) return i;
    }
    return -1;
  }

  /** The entry of that packet id (not 0), or -1. */
  find(packetId: i32): i32 {
    for (let i = 0; i < this.count; i++) {
      if (this.at(i).packetId == packetId) return i;
    }
    return -1;
  }

  /** Marks an entry as released and puts it behind those released before. */
  release(index: i32): void {
    let to = 0;
    while (to < index && this.at(to).isReleased) to++;
    const entry = this.at(index);
    for (let i = index; i > to; i--) unchecked((this.entries[i] = this.entries[i - 1]));
    unchecked((this.entries[to] = entry));
    entry.isReleased = true;
  }

  /** Whether the session remembers all that were released before an entry. */
  areNotedBefore(entry: InFlightEntry): bool {
    let i = 0;
    while (this.at(i) != entry && this.at(i).isNoted) i++;
    return this.at(i) == entry;
  }

  /** Removes an entry and keeps the order of the others. */
  removeAt(index: i32): void {
    const entry = this.at(index);
    this.count--;
    for (let i = index; i < this.count; i++) unchecked((this.entries[i] = this.entries[i + 1]));
    unchecked((this.entries[this.count] = entry));
  }

  /** A connection ended: everything is to be sent again, what had been sent whole as a repetition. */
  disconnected(): void {
    for (let i = 0; i < this.count; i++) {
      const entry = this.at(i);
      if (entry.isSent && !entry.isSuspect) entry.isRepeat = true;
      entry.isSent = false;
    }
  }

  /** The server forgot the session: what is sent again is new to it. */
  forgetSession(): void {
    for (let i = 0; i < this.count; i++) {
      this.at(i).isRepeat = false;
      this.at(i).isSuspect = false;
    }
  }
}
