import { Status } from "../../lib/status";
import { limits } from "../limits";
import { Disposition } from "../store/item";
import { RecordRef, RecordStore } from "../store/recordStore";

/** A row of the table: packet identifier, and this bit once the message has been handed over. */
const HANDED_OVER: i32 = 0x10000;

/**
 * What a session with QoS 2 must not forget: which of its messages the server has taken over (PUBREC came, PUBCOMP did not), and
 * which of the server's messages the app has been given (until PUBREL comes).
 *
 * This one keeps it in RAM: exactly once over every break of the link, not over a power cut. One that is durable extends it, and
 * then owes that each call below is on flash when it returns, in one commit with the record it names: `released` with the
 * removal of that record, so that a cut between the two cannot send a message again that the server has released; `handedOver`
 * before the PUBREC that follows it. It puts back what it finds at mount through the table's own calls.
 */
export class SessionState {
  private received: StaticArray<i32> = new StaticArray<i32>(limits.received);
  /** Grows with each new session: a message of an earlier one settles nothing in this. */
  epoch: i32 = 1;

  /** What is noted survives a power cut. Until it does, what is STORED is sent with QoS 1: see DESIGN.md. */
  get isDurable(): bool {
    return false;
  }

  /** The server has forgotten the session, or never had it. */
  clear(): void {
    memory.fill(changetype<usize>(this.received), 0, this.received.length << 2);
    this.epoch++;
  }

  /** PUBREC: the server has the message. Its record goes, counted as delivered. Ok, NotFound, Io. */
  released(source: RecordStore, record: RecordRef): i32 {
    return source.remove(record, Disposition.Delivered);
  }

  /** Tells whether a message of the server with that identifier (1..65535) came before and has not been released. */
  isKnown(packetId: i32): bool {
    return this.find(packetId) >= 0;
  }

  /** Tells whether a known message has been handed over. */
  isHandedOver(packetId: i32): bool {
    const row = this.find(packetId);
    return row >= 0 && (unchecked(this.received[row]) & HANDED_OVER) != 0;
  }

  /** Notes a message that has just come. Ok, or NoSpace: the server has more under way than was granted. */
  note(packetId: i32): i32 {
    const row = this.find(0);
    if (row < 0) return Status.NoSpace;
    unchecked((this.received[row] = packetId));
    return Status.Ok;
  }

  /** The app is done with it: PUBREC may go out. */
  handedOver(packetId: i32): void {
    const row = this.find(packetId);
    if (row >= 0) unchecked((this.received[row] |= HANDED_OVER));
  }

  /** PUBREL: forgets a message. False: there was none of that identifier. */
  forget(packetId: i32): bool {
    const row = this.find(packetId);
    if (row < 0) return false;
    unchecked((this.received[row] = 0));
    return true;
  }

  private find(packetId: i32): i32 {
    for (let row = 0; row < this.received.length; row++) {
      if ((unchecked(this.received[row]) & 0xffff) == packetId) return row;
    }
    return Status.NotFound;
  }
}

export const sessionState = new SessionState();
