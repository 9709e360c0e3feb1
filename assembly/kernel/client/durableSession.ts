import { LogLevel } from "../host/constants";
import { logNumber } from "../host/log";
import { limits } from "../limits";
import { Disposition } from "../store/item";
import { InFlightEntry } from "./inFlight";
import { isLater, OutboxStore } from "./outboxStore";
import { packetIds } from "./packetIds";
import { SessionState } from "./sessionState";

/*
 *   offset 0 | u8 format = 1 | u8 flags | 2: u16 packet identifiers of the messages handed over and not released
 */
const FORMAT: u8 = 1;
const HEAD_BYTES: i32 = 2;
/** Flags: a session that the server resumes is one that this store has seen begin; the server knows no MQTT 5. */
const OURS: i32 = 1;
const OLD_SERVER: i32 = 2;

/** Identifiers from here on belong to what is stored: they follow from its sequence. */
const STORED_IDS: i32 = 0x8000;

/**
 * The session over power cuts, in the store of the messages: each fact is on flash before the packet that depends on it goes out.
 *
 * - A stored message's identifier follows from its sequence, so that it is the same after a reset: nothing is written for it.
 * - PUBREC: nothing is left of the message's record but its key; with PUBCOMP it goes.
 * - Messages of the server that the app is done with stand in one note, written anew with event_done, and before PUBCOMP, once for
 *   all that are due in a step. With QoS 0 and 1 it is written once in the life of a store: it tells that a session is its own.
 */
export class DurableSession extends SessionState {
  private readonly noteBytes: StaticArray<u8> = new StaticArray<u8>(HEAD_BYTES + 2 * limits.received);
  private flags: i32 = 0;
  private isSaved: bool = true;
  /** The server has one that it has not: a connection with a clean session, which leaves none behind, makes an end of it. */
  private isForeign: bool = false;

  /** store: mounted. */
  constructor(private readonly store: OutboxStore) {
    super();
    packetIds.top = STORED_IDS - 1 - limits.window;
    this.load();
  }

  /** Takes over what an earlier start of the device has noted. */
  private load(): void {
    const bytes = changetype<usize>(this.noteBytes);
    const length = this.store.loadNote(bytes, this.noteBytes.length);
    if (length < HEAD_BYTES || load<u8>(bytes) != FORMAT) return;
    this.flags = load<u8>(bytes, 1);
    for (let at = HEAD_BYTES; at + 2 <= length; at += 2) {
      const packetId = <i32>load<u16>(bytes + at);
      this.note(packetId);
      super.handedOver(packetId);
    }
  }

  get isDurable(): bool {
    return true;
  }

  get isDiscarding(): bool {
    return this.isForeign;
  }

  isToDiscard(isSessionPresent: bool): bool {
    const was = this.isForeign;
    this.isForeign = isSessionPresent && (this.flags & OURS) == 0;
    return this.isForeign || was;
  }

  clear(): void {
    if ((this.flags & OURS) == 0 || this.pack() > HEAD_BYTES) this.isSaved = false;
    this.flags |= OURS;
    super.clear();
  }

  get isServerOld(): bool {
    return (this.flags & OLD_SERVER) != 0;
  }

  noteServer(isOld: bool): void {
    if (isOld == this.isServerOld) return;
    this.flags ^= OLD_SERVER;
    this.isSaved = false;
    this.settle();
  }

  get isSettled(): bool {
    return this.isSaved;
  }

  settle(): bool {
    if (this.isSaved) return true;
    const status = this.store.saveNote(changetype<usize>(this.noteBytes), this.pack());
    this.isSaved = status >= 0;
    if (!this.isSaved && !isLater(status)) logNumber(LogLevel.Error, "session: cannot be kept: ", status);
    return this.isSaved;
  }

  claim(sequence: i64): i32 {
    const packetId = STORED_IDS | ((<i32>sequence) & (STORED_IDS - 1));
    return packetIds.claim(packetId) ? packetId : 0;
  }

  released(entry: InFlightEntry): bool {
    if (entry.source != this.store) return super.released(entry);
    const status = this.store.release(entry.record);
    if (isLater(status)) return false;
    if (status < 0) logNumber(LogLevel.Error, "session: cannot release: ", status);
    return true;
  }

  completed(entry: InFlightEntry): void {
    if (entry.source == this.store) entry.remove(Disposition.Delivered);
  }

  handedOver(packetId: i32): void {
    super.handedOver(packetId);
    this.isSaved = false;
    // Now if possible: when event_done returns to the app, the message is not given again.
    this.settle();
  }

  forget(packetId: i32): bool {
    if (this.isHandedOver(packetId)) this.isSaved = false;
    return super.forget(packetId);
  }

  /** Composes the note. Returns its bytes. */
  private pack(): i32 {
    const bytes = changetype<usize>(this.noteBytes);
    store<u8>(bytes, FORMAT);
    store<u8>(bytes, <u8>this.flags, 1);
    let length = HEAD_BYTES;
    for (let row = 0; row < this.received.length; row++) {
      const packetId = unchecked(this.received[row]) & 0xffff;
      if (packetId == 0 || !this.isHandedOver(packetId)) continue;
      store<u16>(bytes + length, <u16>packetId);
      length += 2;
    }
    return length;
  }
}
