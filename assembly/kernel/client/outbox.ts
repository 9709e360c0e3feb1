import { Status } from "../../lib/status";
import { LogLevel } from "../host/constants";
import { logNumber } from "../host/log";
import { limits } from "../limits";
import { Packet } from "../mqtt/fixedHeader";
import { Disposition } from "../store/item";
import { RECORD_CLOCK_VALID, RECORD_RELEASED, RecordRef, RecordStore, REJECTED } from "../store/recordStore";
import { isExpired } from "../ttl/deadline";
import { clock } from "./clock";
import { face } from "./face";
import { InFlight, InFlightEntry } from "./inFlight";
import { OUTCOME_EXPIRED, outcomes } from "./outcomes";
import { packetIds } from "./packetIds";
import { PacketStream, qosOf } from "./packetStream";
import { queue } from "./ramQueue";
import { replies } from "./replies";
import { sessionState } from "./sessionState";
import { transport } from "./transport";
import { updates } from "./updateHooks";

/** No acknowledgement for so long: the connection is dead. Source: spec/mqtt.md, 10. */
const ACK_TIMEOUT_MS: i64 = 20000;
/** Packets written, and records expired, in one call of drain. */
const PACKETS_PER_DRAIN: i32 = 8;

/** Of messages that go out together: as many records as OutboxStore finds a place for when they leave at once. */
const RECORDS_MAX: i32 = 16;

/** Reasons from here on say that a message was not taken. In 3.1.1 there are none. */
const FAILURE: i32 = 0x80;

/** What drain and its parts answer beside a Status. */
export enum Drained {
  Idle = 0,
  More = 1,
  Blocked = 2,
  /** The session's state has to reach the flash first, or the store's index has to be made anew. */
  Later = 3,
}

/**
 * Delivers what waits in the store and in the queue: oldest first in each, a bounded number in flight, each removed once its
 * PUBACK or PUBREC came. A stored message is sent with QoS 1 at least, whatever it asked for. The one place that knows both store and TTL.
 */
export class Outbox {
  private inFlight: InFlight = new InFlight(limits.window, queue);
  private stream: PacketStream = new PacketStream();
  /** The entry that `stream` is writing. */
  private sending: InFlightEntry | null = null;
  /** Newest sequence taken from each source. */
  private storeCursor: i64 = 0;
  private queueCursor: i64 = 0;
  private isQueueNext: bool = false;
  private window: i32 = 1;
  /** Bit n: the server may hold a message of before the last reset under the nth identifier of QoS 2 in the queue. */
  private suspects: u32 = u32.MAX_VALUE;
  /** So many messages of the store may have been sent before the last reset, in this session: the oldest, for they are taken in order. */
  private maybeSent: i32 = limits.window;

  /** Null while there is none: a kernel without a store, or a board without its partition. */
  store: RecordStore | null = null;

  /** QoS 2 messages whose PUBCOMP did not come before the server forgot the session: it may have lost them. */
  uncertain: i32 = 0;
  /** Messages that the server refused, or whose kind or size it does not take. */
  rejected: i32 = 0;

  get inFlightCount(): i32 {
    return this.inFlight.count;
  }

  /** True while a PUBLISH is half in the transport: nothing else may be appended to it. */
  get isMidPacket(): bool {
    return this.sending != null;
  }

  /**
   * Writes PUBLISH packets while window and room last, and hands them over together. Idle: nothing more to send until something
   * happens; More: call again; Blocked: waits for room in the transport; Io: the connection must end.
   */
  drain(): i32 {
    const status = this.fill();
    const flushed = transport.flush(clock.nowMs);
    return flushed < 0 && status >= 0 ? flushed : status;
  }

  private fill(): i32 {
    for (let i = 0; i < PACKETS_PER_DRAIN; i++) {
      if (!this.sending) {
        const found = this.find();
        if (found != Drained.More) return found;
      }
      if (!this.sending) continue;
      const status = this.continueSending();
      if (status != Drained.More) return status;
    }
    return Drained.More;
  }

  /** PUBACK. Ok; NotFound: nothing of that id in flight; Protocol: that packet is not even sent. */
  onPuback(packetId: i32, reason: i32): i32 {
    const index = this.inFlight.find(packetId);
    if (index < 0) return Status.NotFound;
    const entry = this.inFlight.at(index);
    if (entry == this.sending || entry.qos != 1) return Status.Protocol;
    if (reason >= FAILURE) this.reject(index, reason);
    else this.finish(index, Disposition.Delivered);
    return Status.Ok;
  }

  /**
   * PUBREC: the server has the message. The answers of onPuback, or Later: PUBREL follows by itself. One that is released already
   * stays so.
   */
  onPubrec(packetId: i32, reason: i32): i32 {
    const index = this.inFlight.find(packetId);
    if (index < 0) return Status.NotFound;
    const entry = this.inFlight.at(index);
    if (entry == this.sending || entry.qos != 2 || entry.isSuspect) return Status.Protocol;
    if (reason >= FAILURE && !entry.isReleased) {
      this.reject(index, reason);
      return Status.Ok;
    }
    if (!entry.isReleased) this.inFlight.release(index);
    // In the order of the PUBRECs: one that waits holds up those behind it.
    const isNoted = (!sessionState.isDurable || this.inFlight.areNotedBefore(entry)) && this.note(entry);
    entry.isSent = isNoted;
    entry.sentAtMs = clock.nowMs;
    return isNoted ? Status.Ok : Drained.Later;
  }

  private note(entry: InFlightEntry): bool {
    if (entry.isNoted) return true;
    entry.isNoted = sessionState.released(entry);
    if (updates.listens && entry.isNoted) updates.left(entry.source, entry.record.sequence, true);
    return entry.isNoted;
  }

  /** PUBCOMP: the handshake is over. The answers of onPuback. */
  onPubcomp(packetId: i32): i32 {
    const index = this.inFlight.find(packetId);
    if (index < 0) return Status.NotFound;
    const entry = this.inFlight.at(index);
    if (entry.isSuspect) {
      entry.isSuspect = false;
      entry.isSent = false;
      this.suspects &= ~((<u32>1) << (packetId - packetIds.top - 1));
      return Status.Ok;
    }
    if (!entry.isNoted) return Status.Protocol;
    sessionState.completed(entry);
    this.drop(index);
    return Status.Ok;
  }

  connected(isSessionPresent: bool, window: i32): void {
    this.window = min(window, limits.window);
    if (isSessionPresent) return;
    this.inFlight.forgetSession();
    this.suspects = 0;
    if (sessionState.isDurable) this.maybeSent = 0;
    while (this.inFlight.count > 0 && this.inFlight.at(0).isReleased) {
      const entry = this.inFlight.at(0);
      if (this.note(entry)) sessionState.completed(entry);
      this.drop(0);
      this.uncertain++;
    }
  }

  disconnected(): void {
    this.sending = null;
    if (face.bundles) this.takeBack();
    else this.inFlight.disconnected();
  }

  /** Nothing is in flight any more: all of it is taken anew, from the oldest. */
  private takeBack(): void {
    while (this.inFlight.count > 0) {
      const entry = this.inFlight.at(0);
      const before = entry.record.sequence - 1;
      if (entry.source == queue) this.queueCursor = min(this.queueCursor, before);
      else this.storeCursor = min(this.storeCursor, before);
      this.drop(0);
    }
  }

  /** Milliseconds until the oldest acknowledgement is overdue: 0 or less when it is, i32.MAX_VALUE when none is awaited. */
  msUntilOverdue(): i64 {
    let oldest: i64 = i64.MAX_VALUE;
    for (let i = 0; i < this.inFlight.count; i++) {
      const entry = this.inFlight.at(i);
      if (entry.isSent) oldest = min(oldest, entry.sentAtMs);
    }
    return oldest == i64.MAX_VALUE ? i32.MAX_VALUE : oldest + ACK_TIMEOUT_MS - clock.nowMs;
  }

  /** Gives up the oldest message of a source that is not in flight, counted as evicted; `record` holds it meanwhile. False: there is none. */
  dropOldest(source: RecordStore, record: RecordRef): bool {
    const isQueue = source == queue;
    if (source.next(isQueue ? this.queueCursor : this.storeCursor, record) < 0) return false;
    if (source.remove(record, Disposition.Evicted) != Status.Ok) return false;
    if (isQueue) this.queueCursor = record.sequence;
    else this.storeCursor = record.sequence;
    if (!isQueue && this.maybeSent > 0) this.maybeSent--;
    return true;
  }

  /** Starts the next packet: first what an earlier connection left, then the oldest of store or queue, in turn. */
  private find(): i32 {
    const unsent = this.inFlight.firstUnsent;
    if (unsent >= 0) {
      const entry = this.inFlight.at(unsent);
      if (entry.isReleased || entry.isSuspect) return this.release(entry);
      if (!face.maySend(entry.record)) return Drained.Idle;
      if (!entry.isRepeat && this.isOver(entry.record, entry.source)) this.expire(unsent);
      else {
        const status = entry.source.check(entry.record);
        // It cannot be told now: after a step of the store it can.
        if (status == Status.Io || status == Status.Busy) return Drained.Later;
        if (status == Status.Corrupt) this.finish(unsent, Disposition.Lost);
        else this.begin(entry);
      }
      return Drained.More;
    }
    if (this.inFlight.count >= face.bound(this.window)) return Drained.Idle;
    if (face.bundles && this.inFlight.records >= RECORDS_MAX) return Drained.Idle;
    const isQueueAlone = face.holdsStore(queue.load);
    this.isQueueNext = isQueueAlone || !this.isQueueNext;
    let status = this.take(this.isQueueNext);
    if (status == Status.NotFound && !isQueueAlone) status = this.take(!this.isQueueNext);
    return status == Status.NotFound ? Drained.Idle : status;
  }

  /** Takes the next message of a source. More: started, or found expired; Later; NotFound; Io. */
  private take(isQueue: bool): i32 {
    const source = isQueue ? queue : this.store;
    if (!source) return Status.NotFound;
    const cursor = isQueue ? this.queueCursor : this.storeCursor;
    if (cursor >= source.lastSequence) return Status.NotFound;
    const entry = this.inFlight.spare;
    const record = entry.record;
    const status = source.next(cursor, record);
    if (status < 0) return status == Status.Busy ? Drained.Later : status;
    entry.source = source;
    entry.isSent = false;
    entry.isReleased = false;
    entry.isNoted = false;
    entry.isRepeat = sessionState.isDurable && !isQueue && this.maybeSent > 0;
    const isReleased = sessionState.isDurable && (record.flags & RECORD_RELEASED) != 0;
    const isDone = isReleased ? !entry.isRepeat : !this.isHeld(entry) && this.isOver(record, source);
    if (face.bundles) entry.followers = isDone || isReleased ? 0 : face.gather(entry, RECORDS_MAX - 1 - this.inFlight.records);
    // What may not be sent yet stands back: the other source gets its turn.
    if (!isDone && !isReleased && !face.maySend(record)) return Status.NotFound;
    if (!isDone && !this.identify(entry)) return Status.NotFound;
    const last = face.bundles ? record.sequence + entry.followers : record.sequence;
    if (isQueue) this.queueCursor = last;
    else this.storeCursor = last;
    if (sessionState.isDurable && entry.isRepeat) this.maybeSent--;
    if (isDone) {
      // Released in a session that the server has forgotten since.
      if (updates.listens) updates.left(entry.source, record.sequence, false);
      if (isReleased) this.uncertain++;
      else outcomes.note(entry.source, record.sequence, OUTCOME_EXPIRED);
      entry.remove(isReleased ? Disposition.Delivered : Disposition.Expired);
      return Drained.More;
    }
    this.inFlight.count++;
    if (isReleased) {
      entry.isNoted = true;
      this.inFlight.release(this.inFlight.count - 1);
    } else if (!entry.isSuspect) this.begin(entry);
    return Drained.More;
  }

  /** Whether the server may hold a message that no PUBREC came for: its handshake goes on whatever the time [MQTT-4.3.3-7]. */
  private isHeld(entry: InFlightEntry): bool {
    return entry.isRepeat && qosOf(entry.record.flags) == 2;
  }

  /** Gives a message its QoS and packet identifier. False: not now. */
  private identify(entry: InFlightEntry): bool {
    const isStored = entry.source != queue;
    let qos = qosOf(entry.record.flags);
    if (isStored && (qos == 0 || !sessionState.isDurable)) qos = 1;
    entry.qos = qos;
    entry.packetId = 0;
    entry.isSuspect = false;
    if (qos == 0) return true;
    if (isStored && qos == 2 && !sessionState.settle()) return false;
    if (isStored) entry.packetId = sessionState.claim(entry.record.sequence);
    else if (qos == 2) this.claimSlot(entry);
    else entry.packetId = packetIds.take();
    return entry.packetId != 0;
  }

  /**
   * What is in the queue is lost with the power, but not at the server: of QoS 2 that holds the identifier until PUBREL, and would take
   * the next message under it for a repetition. So these identifiers are few, and each is released before its first use in a
   * session that is older than this start of the device.
   */
  private claimSlot(entry: InFlightEntry): void {
    let slot = 0;
    while (!packetIds.claim(packetIds.top + 1 + slot)) if (++slot == limits.window) return;
    entry.packetId = packetIds.top + 1 + slot;
    entry.isSuspect = ((this.suspects >> slot) & 1) != 0;
  }

  /** Begins to write the newest or an earlier entry; one that the server would not take is given up. */
  private begin(entry: InFlightEntry): void {
    const refusal = this.stream.start(entry);
    if (refusal) this.reject(this.inFlight.find(entry.packetId), refusal);
    else this.sending = entry;
  }

  /** The server does not take a message, and will not, by a reason of version 5: it goes, counted. */
  private reject(index: i32, reason: i32): void {
    const entry = this.inFlight.at(index);
    logNumber(LogLevel.Warning, "message refused, reason ", reason);
    this.rejected++;
    outcomes.note(entry.source, entry.record.sequence, reason);
    this.finish(index, REJECTED);
  }

  private expire(index: i32): void {
    const entry = this.inFlight.at(index);
    outcomes.note(entry.source, entry.record.sequence, OUTCOME_EXPIRED);
    this.finish(index, Disposition.Expired);
  }

  /** Moves the packet under way on. More: whole in the transport; Blocked; Closed, Io. */
  private continueSending(): i32 {
    const entry = changetype<InFlightEntry>(this.sending);
    const stream = this.stream;
    // Packets share a write whole: one that has no room behind others waits until these are gone.
    if (stream.isUnbegun && stream.length > transport.room && transport.isPending) {
      const flushed = transport.flush(clock.nowMs);
      if (flushed < 0) return flushed;
      if (transport.isPending && stream.length > transport.room) return Drained.Blocked;
    }
    for (;;) {
      const status = stream.pump(entry);
      if (status < 0) return status;
      if (status == 1) break;
      const flushed = transport.flush(clock.nowMs);
      if (flushed < 0) return flushed;
      if (transport.room == 0) return Drained.Blocked;
    }
    this.sending = null;
    entry.isSent = true;
    entry.sentAtMs = clock.nowMs;
    if (entry.packetId == 0) this.finish(this.inFlight.find(0), Disposition.Delivered);
    return Drained.More;
  }

  /** A PUBREL goes out: of an earlier connection once more, or of an earlier start. More; Later; NoSpace: the connection must end. */
  private release(entry: InFlightEntry): i32 {
    if (!entry.isSuspect && !this.note(entry)) return Drained.Later;
    entry.isSent = true;
    entry.sentAtMs = clock.nowMs;
    return replies.add(Packet.Pubrel, entry.packetId, 0) ? Drained.More : Status.NoSpace;
  }

  private finish(index: i32, disposition: Disposition): void {
    const entry = this.inFlight.at(index);
    this.leave(entry, disposition);
    while (face.bundles && entry.followers > 0) {
      entry.followers--;
      entry.record.sequence++;
      this.leave(entry, disposition);
    }
    this.drop(index);
  }

  private leave(entry: InFlightEntry, disposition: Disposition): void {
    if (updates.listens) updates.left(entry.source, entry.record.sequence, disposition == Disposition.Delivered && entry.qos > 0);
    entry.remove(disposition);
  }

  /** Forgets a message whose record is gone. */
  private drop(index: i32): void {
    const packetId = this.inFlight.at(index).packetId;
    if (packetId) packetIds.release(packetId);
    this.inFlight.removeAt(index);
  }

  /** Whether the time of a record of `source` is up. */
  isOver(record: RecordRef, source: RecordStore): bool {
    return isExpired(
      record.capturedAtMs,
      (record.flags & RECORD_CLOCK_VALID) != 0,
      record.boot,
      record.ttlSeconds,
      clock.nowMs,
      clock.wallMs,
      source.boot,
    );
  }
}

export const outbox = new Outbox();
