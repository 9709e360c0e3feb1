import { RecordStore } from "../store/recordStore";
import { Client } from "./client";
import { Inbox } from "./inbox";
import { Outbox } from "./outbox";
import { Publications } from "./publications";
import { Session } from "./session";
import { Transport } from "./transport";

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
}

/** Bytes that `stats` writes. */
export const STATS_BYTES: i32 = (Field.strayAcks + 1) << 2;

/** Collects the kernel's counters. */
export class Stats {
  /** Bytes of linear memory in use once everything is set up. */
  heapUsed: i32 = 0;
  private dst: usize = 0;

  constructor(
    private client: Client,
    private session: Session,
    private transport: Transport,
    private outbox: Outbox,
    private inbox: Inbox,
    private publications: Publications,
  ) {}

  /** Writes all fields to dst: u32[STATS_BYTES / 4]. */
  write(dst: usize): void {
    this.dst = dst;
    memory.fill(dst, 0, STATS_BYTES);
    const store = this.outbox.store;
    if (store) this.writeStore(store);
    const queue = this.outbox.queue;
    this.set(Field.clientState, this.client.state);
    this.set(Field.lastCause, this.client.lastCause);
    this.set(Field.inFlight, this.outbox.inFlightCount);
    this.set(Field.queuedTotal, this.publications.queuedTotal);
    this.set(Field.queuedLost, queue.expiredTotal + queue.evictedTotal);
    this.set(Field.refusedTotal, this.publications.refusedTotal);
    this.set(Field.connects, this.session.connects);
    this.set(Field.inboxWaiting, this.inbox.waiting);
    this.set(Field.inboxDropped, this.inbox.dropped);
    this.set(Field.poisoned, this.inbox.poisoned);
    this.set(Field.writes, this.transport.writes);
    this.set(Field.heapUsed, this.heapUsed);
    this.set(Field.strayAcks, this.session.strayAcks);
  }

  /** Without a store its counters stay 0. */
  private writeStore(store: RecordStore): void {
    this.set(Field.storedTotal, store.storedTotal);
    this.set(Field.deliveredTotal, store.deliveredTotal);
    this.set(Field.expiredTotal, store.expiredTotal);
    this.set(Field.evictedTotal, store.evictedTotal);
    this.set(Field.waiting, store.waiting);
    this.set(Field.corrupt, store.corrupt);
    this.set(Field.sequenceLow, <i32>store.lastSequence);
    this.set(Field.sequenceHigh, <i32>(store.lastSequence >> 32));
  }

  private set(field: Field, value: i32): void {
    store<i32>(this.dst + ((<usize>field) << 2), value);
  }
}
