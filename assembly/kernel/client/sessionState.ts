import { Status } from "../../lib/status";
import { limits } from "../limits";
import { Disposition } from "../store/item";
import { InFlightEntry } from "./inFlight";
import { packetIds } from "./packetIds";

/** A row of the table: packet identifier, and this bit once the message has been handed over. */
const HANDED_OVER: i32 = 0x10000;

/**
 * What a session must not forget: identifiers of messages in flight, which of them the server has taken over (PUBREC came, PUBCOMP
 * did not), and which of the server's QoS 2 messages the app has been given (until PUBREL comes).
 *
 * This one keeps it in RAM: exactly once over every break of the link, not over a power cut. DurableSession keeps it in the store.
 */
export class SessionState {
  protected received: StaticArray<i32> = new StaticArray<i32>(limits.received);
  /** Grows with each new session: a message of an earlier one settles nothing in this. */
  epoch: i32 = 1;

  /** What is noted survives a power cut. Until it does, what is STORED is sent with QoS 1: see DESIGN.md. */
  get isDurable(): bool {
    return false;
  }

  /** The next connection, or this one, has a clean session, only so that the server forgets the one it has. */
  get isDiscarding(): bool {
    return false;
  }

  /**
   * CONNACK came. True: the connection has to end, for the server resumed a session of which this client knows nothing
   * [MQTT-3.2.2-2], or has just forgotten that.
   */
  isToDiscard(isSessionPresent: bool): bool {
    return false;
  }

  /** The server knows no MQTT 5, as a kernel that does found out in this start of the device or in an earlier one. */
  get isServerOld(): bool {
    return false;
  }

  noteServer(isOld: bool): void {}

  /** The server has forgotten the session, or never had it. */
  clear(): void {
    memory.fill(changetype<usize>(this.received), 0, this.received.length << 2);
    this.epoch++;
  }

  /** Whether all that was noted is where it must be before a packet that depends on it goes out. */
  get isSettled(): bool {
    return true;
  }

  /** Sees to it that it is. False: not now. */
  settle(): bool {
    return true;
  }

  /** Takes the packet identifier of a message from the store. 0: not now. */
  claim(sequence: i64): i32 {
    return packetIds.take();
  }

  /** PUBREC: the server has the message. Its record goes, counted as delivered, or is marked. True: PUBREL may go out; false: not now. */
  released(entry: InFlightEntry): bool {
    entry.remove(Disposition.Delivered);
    return true;
  }

  /** PUBCOMP, or the session is gone: what `released` left goes, too. */
  completed(entry: InFlightEntry): void {}

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

  protected find(packetId: i32): i32 {
    for (let row = 0; row < this.received.length; row++) {
      if ((unchecked(this.received[row]) & 0xffff) == packetId) return row;
    }
    return Status.NotFound;
  }
}

export let sessionState: SessionState = new SessionState();

/** Keeps the session elsewhere: for a kernel that has where. */
export function keepSession(other: SessionState): void {
  sessionState = other;
}
