import { RecordStore } from "../store/recordStore";
import { client } from "./client";
import { inbox } from "./inbox";
import { outbox } from "./outbox";
import { publications } from "./publications";
import { queue } from "./ramQueue";
import { session } from "./session";
import { transport } from "./transport";

/** Fields of the `stats` syscall, in order. Same list in host/include/stats.def (compared by tests/contract). */
enum Field {
  clientState,
  lastCause,
  storedTotal,
  deliveredTotal,
  expiredTotal,
  evictedTotal,
  waiting,
  inFlight,
  queuedTotal,
  queuedLost,
  refusedTotal,
  connects,
  inboxWaiting,
  inboxDropped,
  poisoned,
  corrupt,
  sequenceLow,
  sequenceHigh,
  writes,
  heapUsed,
  strayAcks,
  uncertain,
  rejected,
  sessionPresent,
  rejectedTotal,
}

/** Bytes that `stats` writes. */
export const STATS_BYTES: i32 = (Field.rejectedTotal + 1) << 2;

/** Collects the kernel's counters. */
export class Stats {
  /** Bytes of linear memory in use once everything is set up. */
  heapUsed: i32 = 0;
  private dst: usize = 0;

  /** Writes all fields to dst: u32[STATS_BYTES / 4]. */
  write(dst: usize): void {
    this.dst = dst;
    memory.fill(dst, 0, STATS_BYTES);
    const store = outbox.store;
    if (store) this.writeStore(store);
    this.set(Field.clientState, client.state);
    this.set(Field.lastCause, client.lastCause);
    this.set(Field.inFlight, outbox.inFlightCount);
    this.set(Field.queuedTotal, publications.queuedTotal);
    this.set(Field.queuedLost, queue.expiredTotal + queue.rejectedTotal);
    this.set(Field.refusedTotal, publications.refusedTotal);
    this.set(Field.connects, session.connects);
    this.set(Field.inboxWaiting, inbox.waiting);
    this.set(Field.inboxDropped, inbox.dropped);
    this.set(Field.poisoned, inbox.poisoned);
    this.set(Field.writes, transport.writes);
    this.set(Field.heapUsed, this.heapUsed);
    this.set(Field.strayAcks, session.strayAcks);
    this.set(Field.uncertain, outbox.uncertain);
    this.set(Field.rejected, outbox.rejected);
    this.set(Field.sessionPresent, session.isResumed ? 1 : 0);
  }

  /** Without a store its counters stay 0. */
  private writeStore(store: RecordStore): void {
    this.set(Field.storedTotal, store.storedTotal);
    this.set(Field.deliveredTotal, store.deliveredTotal);
    this.set(Field.expiredTotal, store.expiredTotal);
    this.set(Field.evictedTotal, store.evictedTotal);
    this.set(Field.rejectedTotal, store.rejectedTotal);
    this.set(Field.waiting, store.waiting);
    this.set(Field.corrupt, store.corrupt);
    this.set(Field.sequenceLow, <i32>store.lastSequence);
    this.set(Field.sequenceHigh, <i32>(store.lastSequence >> 32));
  }

  private set(field: Field, value: i32): void {
    store<i32>(this.dst + ((<usize>field) << 2), value);
  }
}

export const stats = new Stats();
