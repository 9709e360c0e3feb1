import { Status } from "../../lib/status";
import { BY_KEY, Cursor } from "../store/tree/cursor";
import { ANY_VERSION, Disposition, Item, SURELY_NEW } from "../store/item";
import { RECORD_RELEASED, RecordRef, RecordStore } from "../store/recordStore";
import { QUEUE, SpaceCounts, Store } from "../store/store";
import { workspace } from "../store/workspace";

/** Key: u8 0 (the queue's space), u32 big-endian sequence. */
const KEY_BYTES: i32 = 5;
/*
 *   offset 0 | captured u48 | flags u16 | ttl seconds u32 | boot u32 | topic u16 | context u16 | 20: topic, context, data
 */
const HEAD_BYTES: i32 = 20;
/** Flags of a released record: only QoS 2 comes to that. */
const RELEASED_FLAGS: i32 = RECORD_RELEASED | 4;
/** The record under this sequence is no message but a note of the session (DurableSession). Sequences do not get that far. */
const NOTE: i64 = 0xffffffff;
const PART_MAX: i32 = 0xffff;
/** Removals that wait for a record begun by the app, or for room. Those of all messages in flight find a place beside them. */
const PENDING_MAX: i32 = 32;
const IN_FLIGHT_MAX: i32 = 16;

/**
 * The outbox's queue in a store: its records are those of the space QUEUE, ordered by their sequence, which is the number of
 * records ever stored there. What a record needs to be delivered lies in front of its value.
 */
export class OutboxStore extends RecordStore {
  private readonly key: StaticArray<u8> = new StaticArray<u8>(KEY_BYTES + 3);
  private readonly head: StaticArray<u8> = new StaticArray<u8>(HEAD_BYTES);
  private readonly cursor: Cursor = workspace.cursor;
  /** The record read last, and its sequence. */
  private readonly item: Item = new Item();
  private itemSequence: i64 = 0;
  private last: i64 = 0;
  /** Records of the space that are no messages: the note, or none. */
  private notes: i32 = 0;
  private isMounted: bool = false;
  private pending: i32 = 0;
  private readonly pendingSequences: StaticArray<u32> = new StaticArray<u32>(PENDING_MAX);
  private readonly pendingDispositions: StaticArray<u8> = new StaticArray<u8>(PENDING_MAX);

  constructor(readonly store: Store) {
    super();
  }

  private get counts(): SpaceCounts {
    return this.store.counts(QUEUE);
  }

  /** Packs the key of a sequence. Returns its address. */
  private keyOf(sequence: i64): usize {
    const key = changetype<usize>(this.key);
    store<u32>(key, bswap(<u32>sequence), 1);
    return key;
  }

  mount(): i32 {
    const store = this.store;
    const status = this.isMounted ? Status.Ok : store.mount();
    if (status < 0) return status;
    this.isMounted = true;
    const note = store.find(this.keyOf(NOTE), KEY_BYTES, this.item);
    if (note == Status.Busy) {
      store.step();
      return note;
    }
    // The count tells the last sequence; a record that is there tells it too, should the count have been lost.
    this.notes = note != Status.NotFound ? 1 : 0;
    this.last = this.storedTotal;
    this.cursor.prefix(BY_KEY, changetype<usize>(this.key), 1, true);
    for (let i = this.notes; i >= 0; i--) {
      if (this.store.nextKey(this.cursor, this.item) != Status.Ok) break;
      const sequence = sequenceOf(this.item);
      if (sequence != NOTE) this.last = max(this.last, sequence);
    }
    this.itemSequence = 0;
    return Status.Ok;
  }

  step(): bool {
    // The newest first: none has to move up.
    while (this.pending > 0) {
      const index = this.pending - 1;
      if (isLater(this.drop(unchecked(this.pendingSequences[index]), unchecked(this.pendingDispositions[index])))) break;
      this.pending = index;
    }
    return this.store.step();
  }

  get boot(): i32 {
    return this.store.boot;
  }

  begin(record: RecordRef): i32 {
    if ((record.topicBytes | record.contextBytes | record.dataBytes | record.ttlSeconds) < 0) return Status.Invalid;
    if (max(record.topicBytes, record.contextBytes) > PART_MAX) return Status.TooLarge;
    const bytes = HEAD_BYTES + record.topicBytes + record.contextBytes + record.dataBytes;
    if (bytes > PART_MAX) return Status.TooLarge;
    const sequence = this.last + 1;
    const status = this.store.begin(this.keyOf(sequence), KEY_BYTES, bytes, 0, SURELY_NEW);
    // All it was given has been looked at: something else is begun.
    if (status == Status.Invalid) return Status.Busy;
    if (status < 0) return status;
    record.sequence = sequence;
    record.boot = this.store.boot;
    const head = changetype<usize>(this.head);
    const captured = max<i64>(record.capturedAtMs, 0);
    store<u32>(head, <u32>captured);
    store<u16>(head, <u16>(captured >> 32), 4);
    store<u16>(head, record.flags, 6);
    store<i32>(head, record.ttlSeconds, 8);
    store<i32>(head, record.boot, 12);
    store<u16>(head, record.topicBytes, 16);
    store<u16>(head, record.contextBytes, 18);
    return this.store.write(head, HEAD_BYTES);
  }

  write(src: usize, len: i32): i32 {
    return this.store.write(src, len);
  }

  commit(): i32 {
    const status = this.store.commit();
    if (status >= 0) this.last++;
    return status;
  }

  abort(): void {
    this.store.abort();
  }

  next(after: i64, out: RecordRef): i32 {
    // What is taken into flight now has to leave while others wait to: there is an end to it.
    if (after >= this.last || this.pending > PENDING_MAX - IN_FLIGHT_MAX) return Status.NotFound;
    const cursor = this.cursor;
    cursor.prefix(BY_KEY, changetype<usize>(this.key), 1, false);
    if (after > 0) cursor.behind(this.keyOf(after), KEY_BYTES);
    do {
      const status = this.store.next(cursor, this.item);
      if (status < 0) return status;
      this.itemSequence = sequenceOf(this.item);
    } while (this.isPending(this.itemSequence));
    return this.itemSequence == NOTE ? Status.NotFound : this.unpack(out);
  }

  private isPending(sequence: i64): bool {
    for (let i = 0; i < this.pending; i++) if (<i64>unchecked(this.pendingSequences[i]) == sequence) return true;
    return false;
  }

  private unpack(out: RecordRef): i32 {
    if (this.item.valueBytes == 0) {
      out.sequence = this.itemSequence;
      out.flags = RELEASED_FLAGS;
      out.ttlSeconds = 0;
      return Status.Ok;
    }
    const head = changetype<usize>(this.head);
    const read = this.store.read(this.item, 0, head, HEAD_BYTES);
    if (read != HEAD_BYTES) return read < 0 ? read : Status.Corrupt;
    out.sequence = this.itemSequence;
    out.capturedAtMs = (<i64>load<u32>(head)) | ((<i64>load<u16>(head, 4)) << 32);
    out.flags = load<u16>(head, 6);
    out.ttlSeconds = load<i32>(head, 8);
    out.boot = load<i32>(head, 12);
    out.topicBytes = load<u16>(head, 16);
    out.contextBytes = load<u16>(head, 18);
    out.dataBytes = this.item.valueBytes - HEAD_BYTES - out.topicBytes - out.contextBytes;
    return Status.Ok;
  }

  check(record: RecordRef): i32 {
    this.itemSequence = 0;
    const status = this.store.find(this.keyOf(record.sequence), KEY_BYTES, this.item);
    if (status >= 0) this.itemSequence = record.sequence;
    return status;
  }

  read(record: RecordRef, offset: i32, dst: usize, len: i32): i32 {
    if (offset < 0 || len < 0) return Status.Invalid;
    if (this.itemSequence != record.sequence) {
      const status = this.check(record);
      if (status < 0) return status;
    }
    return this.store.read(this.item, HEAD_BYTES + offset, dst, len);
  }

  remove(record: RecordRef, disposition: Disposition): i32 {
    if (this.isPending(record.sequence)) return Status.NotFound;
    const status = this.drop(record.sequence, disposition);
    // What is to make room now makes none later.
    if (!isLater(status) || this.pending == PENDING_MAX || disposition == Disposition.Evicted) return status;
    unchecked((this.pendingSequences[this.pending] = <u32>record.sequence));
    unchecked((this.pendingDispositions[this.pending++] = <u8>disposition));
    return Status.Ok;
  }

  /**
   * The server has the message: nothing is left of its record but the key, in one commit, until `remove` counts it. Ok; NotFound;
   * Io; Invalid, NoSpace, Busy: not now, see isLater.
   */
  release(record: RecordRef): i32 {
    const key = this.keyOf(record.sequence);
    let status = this.store.find(key, KEY_BYTES, this.item);
    if (status < 0) return status;
    this.itemSequence = record.sequence;
    status = this.store.begin(key, KEY_BYTES, 0, 0, this.item.version);
    return status < 0 ? status : this.store.commit();
  }

  /** Reads the note into dst: u8[cap]. Its bytes, NotFound, Corrupt, Io. */
  loadNote(dst: usize, cap: i32): i32 {
    this.itemSequence = 0;
    const status = this.store.find(this.keyOf(NOTE), KEY_BYTES, this.item);
    return status < 0 ? status : this.store.read(this.item, 0, dst, cap);
  }

  /** Replaces the note: u8[len], in one commit. Ok; Io; Invalid, NoSpace, Busy: not now, see isLater. */
  saveNote(src: usize, len: i32): i32 {
    let status = this.store.begin(this.keyOf(NOTE), KEY_BYTES, len, 0, ANY_VERSION);
    if (status < 0) return status;
    this.store.write(src, len);
    status = this.store.commit();
    if (status >= 0) this.notes = 1;
    return status;
  }

  private drop(sequence: i64, disposition: i32): i32 {
    return this.store.remove(this.keyOf(sequence), KEY_BYTES, disposition, ANY_VERSION);
  }

  get storedTotal(): i32 {
    return this.counts.stored - this.notes;
  }

  get deliveredTotal(): i32 {
    return this.counts.delivered;
  }

  get expiredTotal(): i32 {
    return this.counts.expired;
  }

  get evictedTotal(): i32 {
    return this.counts.evicted;
  }

  get rejectedTotal(): i32 {
    return this.counts.deleted;
  }

  get waiting(): i32 {
    return this.counts.records - this.pending - this.notes;
  }

  get corrupt(): i32 {
    return this.store.corrupt;
  }

  get lastSequence(): i64 {
    return this.last;
  }
}

function sequenceOf(item: Item): i64 {
  return <i64>bswap(load<u32>(item.key, 1));
}

/** Whether a change was refused only for now: the app has a record begun, or a step has to make room, or the index anew. */
export function isLater(status: i32): bool {
  return status == Status.Invalid || status == Status.NoSpace || status == Status.Busy;
}
