import { FLAG_ENVELOPE, FLAG_OFFLINE, FLAG_TEXT, QUEUED, STORED } from "../../sdk/flags";
import { Status } from "../../lib/status";
import { isUtf8 } from "../../lib/utf8";
import { LogLevel } from "../host/constants";
import { logText } from "../host/log";
import { isTopicName } from "../mqtt/topicFilter";
import { RECORD_CLOCK_VALID, RecordRef, RecordStore } from "../store/recordStore";
import { clock } from "./clock";
import { dialect } from "./dialect";
import { face, WhenFull } from "./face";
import { outbox } from "./outbox";
import { OUTCOME_EXPIRED, outcomes } from "./outcomes";
import { qosOf } from "./packetStream";
import { queue } from "./ramQueue";
import { scratch, scratchBytes } from "./scratch";
import { settings } from "./settings";
import { json, streams } from "./streams";

/** Longest topic of a publication. */
const TOPIC_MAX: i32 = 255;
/** What a full queue hands to the store is worth a day, as all that is stored without saying. */
const SPILLED_TTL_SECONDS: i32 = 86400;
/** Most messages that make room for one: each is removed from flash before the call returns. */
const DROPS_MAX: i32 = 8;
/** Handles of publications in parts: one into the store and one into the queue may be open. */
const HANDLE_STORED: i32 = 1;
const HANDLE_QUEUED: i32 = 2;

/**
 * Takes messages from the app: into the store when they are to survive everything, else into the queue. Each is composed by
 * begin, put and end; the first failure stands and ends it.
 */
export class Publications {
  private record: RecordRef = new RecordRef();
  /** Other records than the one that is half composed meanwhile. */
  private asked: RecordRef = new RecordRef();
  private source: RecordStore = queue;
  private status: i32 = Status.Ok;
  private isStoreOpen: bool = false;
  private isQueueOpen: bool = false;
  /** The log tells once that there is no store; the answers tell it each time. */
  private wasLackSaid: bool = false;
  /** Without a started client nothing is queued: it might wait for ever. */
  isClientStarted: bool = false;
  queuedTotal: i32 = 0;
  refusedTotal: i32 = 0;

  /** Publishes payload: u8[len]. STORED or QUEUED with *receipt set, or the Status that `publish` documents. */
  publish(topic: usize, topicLen: i32, payload: usize, len: i32, flags: i32, ttl: i32, receipt: usize): i32 {
    if (isQuoted(flags)) {
      if (!this.quote(payload, len)) return this.refuse(this.jsonStatus());
      payload = json.address;
      len = json.length;
    }
    const headLen = dialect.propertiesHead(flags);
    const propertiesLen = headLen ? dialect.propertiesBytes(payload, len, flags) : 0;
    if (propertiesLen < 0) return this.refuse(propertiesLen);
    this.beginTopic(topic, topicLen, propertiesLen, len - headLen - propertiesLen, flags, ttl);
    this.put(payload + headLen, len - headLen);
    return this.end(receipt);
  }

  /** Publishes one reading of a stream: values: u8[len]. The answers of publish; Invalid: no such stream, or values that do not fit. */
  publishReading(stream: i32, values: usize, len: i32, receipt: usize): i32 {
    if (!streams.select(stream)) return this.refuse(Status.Invalid);
    if (settings.topicLen == 0) return this.refuse(Status.Closed);
    const flags = streams.flags;
    json.reset(scratch, scratchBytes);
    const isWritten = flags & FLAG_TEXT ? this.quote(values, len) : streams.write(stream, values, len);
    if (!isWritten) return this.refuse(this.jsonStatus());
    const marks = face.markReading(json.address, json.length);
    if (marks < 0) return this.refuse(marks);
    if (!face.fitsMessage(marks)) return face.publishInParts(json.address, json.length, flags, streams.ttl, receipt);
    const contextLen = face.namesStreams ? streams.contextLen : 0;
    const nameBytes = face.storesTopics && face.namesStreams ? 1 + streams.nameLen : 0;
    this.begin(face.storesTopics ? settings.topicLen + nameBytes : 0, contextLen, json.length, flags | marks, streams.ttl);
    if (face.storesTopics) this.put(settings.topic, settings.topicLen);
    this.put(streams.context - nameBytes, nameBytes + contextLen);
    this.put(json.address, json.length);
    return this.end(receipt);
  }

  /** Begins a message in parts. A handle, or the Status that `publish_begin` documents. */
  open(topic: usize, topicLen: i32, totalBytes: i32, flags: i32, ttl: i32): i32 {
    if (totalBytes < 0 || isQuoted(flags) || dialect.propertiesHead(flags) > 0) return this.refuse(Status.Invalid);
    this.beginTopic(topic, topicLen, 0, totalBytes, flags, ttl);
    return this.opened(flags);
  }

  /** As open, on the face's own topic, with context: u8[contextLen] as it is sent. */
  openData(context: usize, contextLen: i32, totalBytes: i32, flags: i32, ttl: i32): i32 {
    this.begin(0, contextLen, totalBytes, flags, ttl);
    this.put(context, contextLen);
    return this.opened(flags);
  }

  /** Publishes data: u8[len] at once, otherwise as openData. The answers of publish. */
  publishData(context: usize, contextLen: i32, data: usize, len: i32, flags: i32, receipt: usize): i32 {
    this.begin(0, contextLen, len, flags, 0);
    this.put(context, contextLen);
    this.put(data, len);
    return this.end(receipt);
  }

  private opened(flags: i32): i32 {
    if (this.status < 0) return this.refuse(this.status);
    const isStored = this.source != queue;
    if (isStored) this.isStoreOpen = true;
    else this.isQueueOpen = true;
    return isStored ? HANDLE_STORED : HANDLE_QUEUED;
  }

  /** Appends a part: u8[len]. Ok, Invalid (handle, more than announced), Io. */
  write(handle: i32, part: usize, len: i32): i32 {
    return this.select(handle) ? this.source.write(part, len) : Status.Invalid;
  }

  /** Ends a message in parts: the answers of publish. */
  commit(handle: i32, receipt: usize): i32 {
    if (!this.select(handle)) return Status.Invalid;
    this.shut(handle);
    this.status = Status.Ok;
    return this.end(receipt);
  }

  /** Forgets a message in parts. Ok, Invalid. */
  abort(handle: i32): i32 {
    if (!this.select(handle)) return Status.Invalid;
    this.shut(handle);
    this.source.abort();
    return Status.Ok;
  }

  /** The app starts anew: what it had begun is forgotten. */
  forget(): void {
    this.abort(HANDLE_STORED);
    this.abort(HANDLE_QUEUED);
  }

  /** Asks after a message. The answers of `publish_state`. */
  state(answer: i32, sequence: i64): i32 {
    const source = answer == STORED ? outbox.store : queue;
    if (!source || (answer != STORED && answer != QUEUED)) return Status.Invalid;
    if (source.next(sequence - 1, this.asked) == Status.Ok && this.asked.sequence == sequence) return 1;
    const outcome = outcomes.find(source, sequence);
    return outcome == OUTCOME_EXPIRED ? Status.Expired : outcome;
  }

  private beginTopic(topic: usize, topicLen: i32, contextBytes: i32, dataBytes: i32, flags: i32, ttl: i32): void {
    this.status = Status.Invalid;
    if (topicLen > TOPIC_MAX || !isTopicName(topic, topicLen) || !face.takesTopic(topic, topicLen)) return;
    this.begin(topicLen, contextBytes, dataBytes, flags, ttl);
    this.put(topic, topicLen);
  }

  private begin(topicBytes: i32, contextBytes: i32, dataBytes: i32, flags: i32, ttl: i32): void {
    const isStored = (flags & FLAG_OFFLINE) != 0;
    this.status = Status.Invalid;
    if (flags & ~(dialect.knownFlags | face.marks) || qosOf(flags) > 2 || !face.takesFlags(flags) || ttl < 0) return;
    this.status = Status.Closed;
    if (!isStored && !this.isClientStarted) return;
    this.status = Status.NoSpace;
    if (isStored ? this.isStoreOpen : this.isQueueOpen) return;
    this.status = Status.Unsupported;
    const source = isStored ? outbox.store : queue;
    if (!source) return;
    this.source = source;
    const record = this.record;
    record.flags = clock.wallMs >= 0 ? flags | RECORD_CLOCK_VALID : flags;
    record.capturedAtMs = clock.wallMs >= 0 ? clock.wallMs : clock.nowMs;
    record.ttlSeconds = ttl;
    record.boot = source.boot;
    record.topicBytes = topicBytes;
    record.contextBytes = contextBytes;
    record.dataBytes = dataBytes;
    this.status = this.started(source);
    if (this.status == Status.NoSpace) this.makeRoom(flags);
  }

  private started(source: RecordStore): i32 {
    return source != queue && face.isStoreFull(source.waiting) ? Status.NoSpace : source.begin(this.record);
  }

  /** Queue or store is full: begins the message all the same, if its cloud has a way. */
  private makeRoom(flags: i32): void {
    const way = face.whenFull(flags);
    const record = this.record;
    if (way == WhenFull.DropOldest) {
      for (let i = 0; i < DROPS_MAX && this.status == Status.NoSpace && outbox.dropOldest(this.source, this.asked); i++) {
        this.status = this.started(this.source);
      }
    } else if (way == WhenFull.Spill) {
      const store = outbox.store;
      if (!store || this.isStoreOpen) return;
      this.source = store;
      record.flags |= FLAG_OFFLINE;
      record.ttlSeconds = record.ttlSeconds || SPILLED_TTL_SECONDS;
      record.boot = store.boot;
      this.status = this.started(store);
      if (this.status == Status.NoSpace) this.makeRoom(record.flags);
    }
  }

  private put(src: usize, len: i32): void {
    if (this.status < 0 || len == 0) return;
    this.status = this.source.write(src, len);
    if (this.status < 0) this.source.abort();
  }

  private end(receipt: usize): i32 {
    if (this.status == Status.Ok) {
      this.status = this.source.commit();
      if (this.status < 0) this.source.abort();
    }
    if (this.status < 0) return this.refuse(this.status);
    store<i64>(receipt, this.source.lastSequence);
    if (this.source != queue) return STORED;
    this.queuedTotal++;
    return QUEUED;
  }

  private refuse(status: i32): i32 {
    this.refusedTotal++;
    if (status == Status.Unsupported && !this.wasLackSaid) {
      this.wasLackSaid = true;
      logText(LogLevel.Error, "publish refused: no store");
    }
    return status;
  }

  private select(handle: i32): bool {
    const store = outbox.store;
    if (handle == HANDLE_STORED && store) {
      this.source = store;
      return this.isStoreOpen;
    }
    this.source = queue;
    return handle == HANDLE_QUEUED && this.isQueueOpen;
  }

  private shut(handle: i32): void {
    if (handle == HANDLE_STORED) this.isStoreOpen = false;
    else this.isQueueOpen = false;
  }

  /** Writes text: u8[len] as a JSON string into the scratch. */
  private quote(text: usize, len: i32): bool {
    json.reset(scratch, scratchBytes);
    if (!isUtf8(text, len)) return false;
    json.string(text, len);
    return !json.isBroken;
  }

  private jsonStatus(): i32 {
    return json.isBroken ? Status.TooLarge : Status.Invalid;
  }
}

/** Tells whether data is text that goes into the envelope as a JSON string. */
function isQuoted(flags: i32): bool {
  return (flags & (FLAG_ENVELOPE | FLAG_TEXT)) == (FLAG_ENVELOPE | FLAG_TEXT);
}

export const publications = new Publications();
