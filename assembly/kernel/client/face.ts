import { ClientState } from "../../lib/clientState";
import { Writer } from "../../lib/bytes";
import { writeI64 } from "../../lib/number";
import { ConnectFields } from "../mqtt/connect";
import { PublishHead } from "../mqtt/publish";
import { Retry } from "../mqtt/retry";
import { RecordRef } from "../store/recordStore";
import { dialect } from "./dialect";
import { InFlightEntry } from "./inFlight";
import { subscriptions } from "./subscriptions";

/** Longest wait that a step asks for. */
export const IDLE_MS: i32 = 60000;
/** Longest that the host may take to open a socket: name look-up and TCP 15 s, TLS 20 s, and some. */
const OPEN_TIMEOUT_MS: i64 = 40000;
const BACKOFF_LIMIT_MS: i32 = 120000;

export enum WhenFull {
  Refuse,
  /** The oldest that nobody sends yet make room, and are counted. */
  DropOldest,
  /** It goes to the store. */
  Spill,
}

/**
 * What of the client depends on the cloud: MQTT alone here. A cloud's kernel puts its own in place while it is built (`wear`); a kernel
 * without one has no other face, so the compiler puts these bodies where they are called.
 */
export class Face {
  // connect

  /** Work before the socket may open. 0: open it; above: look again in so many ms, as `preparing` tells; a Status: it failed. */
  prepare(): i32 {
    return 0;
  }

  /** What `prepare` waits for. */
  get preparing(): ClientState {
    return ClientState.Opening;
  }

  /** Whether `prepare` has begun and not finished. */
  get isPreparing(): bool {
    return false;
  }

  get openTimeoutMs(): i64 {
    return OPEN_TIMEOUT_MS;
  }

  /** The server accepted the CONNECT. 1: the session is usable; 0: not yet; a Status: it never will be. */
  ready(): i32 {
    return 1;
  }

  /** Work of a step while the session is usable. Milliseconds to the next. */
  work(): i32 {
    return IDLE_MS;
  }

  /** CONNACK refuses with a code: when to come back; retry: as the protocol says. */
  refused(code: i32, retry: Retry): Retry {
    return retry;
  }

  /** An attempt or a connection ended, by its Status: when to come back; retry: as client and server said. */
  retryAfter(cause: i32, retry: Retry): Retry {
    return retry;
  }

  connected(): void {}

  disconnected(): void {}

  get backoffLimitMs(): i32 {
    return BACKOFF_LIMIT_MS;
  }

  /** How far a back-off of so many ms goes to either side. */
  spread(baseMs: i32): i32 {
    return baseMs >> 2;
  }

  /** Most messages in flight, unless the configuration says. */
  get window(): i32 {
    return 4;
  }

  /** How many of them may be in flight just now. */
  bound(window: i32): i32 {
    return window;
  }

  // configuration

  /** Whether there is a host that holds where the configuration names none. */
  get hasPresetHost(): bool {
    return false;
  }

  /** Writes it to dst. Its bytes. */
  presetHost(dst: usize): i32 {
    return 0;
  }

  get presetTls(): bool {
    return false;
  }

  presetPort(isTls: bool): i32 {
    return isTls ? 8883 : 1883;
  }

  get keepAliveSeconds(): i32 {
    return 60;
  }

  get keepAliveLimit(): i32 {
    return 65535;
  }

  /** True: each connection begins a new session, whatever is configured. */
  get keepsNoSession(): bool {
    return false;
  }

  /** Whether client id, user and password come from the configuration. */
  get isConfigured(): bool {
    return true;
  }

  /** Writes what the topics of readings begin with to dst: u8[cap]. Its length, 0: as configured. */
  loadTopic(dst: usize, cap: i32): i32 {
    return 0;
  }

  /** The configuration was read: reads the cloud's part of it. False: it cannot be used, and the log tells why. */
  load(): bool {
    return true;
  }

  /** Puts the cloud's credentials in place of those configured. The addresses are to be good until the scratch is used again. */
  fillConnect(fields: ConnectFields): void {}

  // publish

  /** Whether the topic of a reading ends with its stream's name, and its context goes along. */
  get namesStreams(): bool {
    return true;
  }

  /** Whether a record of the envelope holds its topic; else `topicOf` tells it when it is sent. */
  get storesTopics(): bool {
    return true;
  }

  /** Bits above the app's flags that the cloud keeps with a record. */
  get marks(): i32 {
    return 0;
  }

  /** Whether the cloud has a place for messages on a topic: u8[len]. */
  takesTopic(topic: usize, len: i32): bool {
    return true;
  }

  /** Whether it takes messages with such flags. */
  takesFlags(flags: i32): bool {
    return true;
  }

  /** Looks at a reading, JSON: u8[len], when it is taken. Bits of `marks` for its record, or the Status that refuses it. */
  markReading(data: usize, len: i32): i32 {
    return 0;
  }

  /** Whether a reading with such marks fits one message. */
  fitsMessage(marks: i32): bool {
    return true;
  }

  /** Publishes one that does not, JSON: u8[len], in several. The answers of publish. */
  publishInParts(data: usize, len: i32, flags: i32, ttl: i32, receipt: usize): i32 {
    return 0;
  }

  /** Whether the server takes a message of a payload so long, now or ever. */
  accepts(record: RecordRef, payloadBytes: i32): bool {
    return true;
  }

  /** Whether the context of a stream is sent in another form than the app gives it. */
  get convertsContext(): bool {
    return false;
  }

  /** Writes a context, u8[len], in that form to the scratch. Its bytes, or Invalid. */
  convertContext(src: usize, len: i32): i32 {
    return len;
  }

  /** Whether so many messages in the store are as many as it may hold. */
  isStoreFull(waiting: i32): bool {
    return false;
  }

  /** What becomes of a message with these flags when its place, the queue in RAM or the store, is full. */
  whenFull(flags: i32): WhenFull {
    return WhenFull.Refuse;
  }

  /** Whether the store waits while the queue has this much of its room taken, in percent. */
  holdsStore(load: i32): bool {
    return false;
  }

  /** Whether a message may be sent now. When it is sent, it is asked for once. */
  maySend(record: RecordRef): bool {
    return true;
  }

  /** Bytes of the topic of an entry. */
  topicBytes(entry: InFlightEntry): i32 {
    return dialect.topicBytes(entry);
  }

  /** Where a topic lies that its record does not hold, 0: it does. */
  topicOf(record: RecordRef): usize {
    return 0;
  }

  /** Whether data stands in front of the context. */
  get isDataFirst(): bool {
    return false;
  }

  /** Bytes of the data that are sent in an envelope: some say nothing. */
  dataBytes(entry: InFlightEntry): i32 {
    return entry.record.dataBytes;
  }

  /** Whether messages that wait may go out as one, and each connection begins with none in flight. */
  get bundles(): bool {
    return false;
  }

  /** Finds messages that go out with one whose turn it is, `room` at most. How many of those that follow it, without a gap. */
  gather(entry: InFlightEntry, room: i32): i32 {
    return 0;
  }

  /** Reads data of an entry, at an offset in its record. False: it cannot be read. */
  readData(entry: InFlightEntry, offset: i32, dst: usize, len: i32): bool {
    return entry.source.read(entry.record, offset, dst, len) == len;
  }

  /** Writes what stands in front of a record's context. wallMs: when it was captured, -1 unknown. */
  openEnvelope(out: Writer, record: RecordRef, wallMs: i64): void {
    out.text('{"seq":');
    writeI64(out, record.sequence);
    if (wallMs >= 0) {
      out.text(',"ts":');
      writeI64(out, wallMs);
    }
    out.u8(0x2c);
  }

  /** Writes what stands between context and data. */
  openData(out: Writer, record: RecordRef): void {
    out.text(record.contextBytes ? ',"data":' : '"data":');
  }

  /** Writes what stands behind the data. */
  closeEnvelope(out: Writer, record: RecordRef): void {
    out.u8(0x7d);
  }

  // receive

  /** A PUBLISH begins to come in; then its topic and payload, in parts, whether or not the inbox has room. */
  onPublish(head: PublishHead): void {}

  onPublishBytes(src: usize, len: i32): void {}

  /** A message is whole in the inbox, its topic: u8[topicLen], its payload behind it. The subscription it is for, or negative: not the app's. */
  route(topic: usize, topicLen: i32): i32 {
    return subscriptions.match(topic, topicLen);
  }

  /** A message is not for the app, or had no room: whether that counts as dropped. */
  isLost(): bool {
    return true;
  }

  /** The app is done with a message. */
  handled(result: i32): void {}
}

/** The face this kernel has. */
export let face: Face = new Face();

/** Puts another face on: for a file that the entry of a kernel imports first. */
export function wear(other: Face): void {
  face = other;
}
