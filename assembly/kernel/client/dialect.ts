import { Writer } from "../../lib/bytes";
import { writeAck } from "../mqtt/ack";
import { isPermanentRefusal } from "../mqtt/connack";
import { ConnectFields, writeConnect } from "../mqtt/connect";
import { writeEmpty } from "../mqtt/empty";
import { Packet } from "../mqtt/fixedHeader";
import { PublishHead } from "../mqtt/publish";
import { subscribeBytes, writeSubscribe, writeUnsubscribe } from "../mqtt/subscribe";
import { isTopicFilter } from "../mqtt/topicFilter";
import { RecordRef } from "../store/recordStore";
import { Retry } from "../mqtt/retry";
import { InFlightEntry } from "./inFlight";

/** Flags of `publish` that a kernel of 3.1.1 knows: all but FLAG_PROPERTIES. */
const KNOWN_FLAGS: i32 = 0x3f;

/**
 * What of the client depends on the protocol's version: 3.1.1 here, 5 in client5/dialect5.ts. A build without version 5 has no
 * other dialect, so the compiler puts these bodies where they are called.
 */
export class Dialect {
  // connect

  /** Reads what it needs to connect, once. It uses the scratch, where the fields of CONNECT lie next. */
  load(): void {}

  writeConnect(out: Writer, fields: ConnectFields): void {
    writeConnect(out, fields);
  }

  /** CONNACK refuses with a code other than 0: when to come back. */
  refused(code: i32): Retry {
    return isPermanentRefusal(code) ? Retry.Permanent : Retry.Normal;
  }

  /** Most messages in flight that configuration and server agree on. */
  window(configured: i32): i32 {
    return configured;
  }

  keepAliveSeconds(configured: i32): i32 {
    return configured;
  }

  /** Tells whether client id and user may be left out where 3.1.1 needs them. */
  get isLenient(): bool {
    return false;
  }

  /** Appends the packet that says why the connection ends, by its Status. False: this version has none. */
  writeFarewell(out: Writer, cause: i32): bool {
    return false;
  }

  /** Whether a DISCONNECT may ask for the session to be kept so long (Session.sayGoodbye) after a connection that asked for what it did. */
  mayKeep(sessionSeconds: i32): bool {
    return true;
  }

  /** Appends the last packet of a connection, if there is one: without it the server publishes the will. */
  writeGoodbye(out: Writer, keepsWill: bool, sessionSeconds: i32): void {
    if (!keepsWill) writeEmpty(out, Packet.Disconnect);
  }

  /** A connection is over: what held for it alone is forgotten. */
  disconnected(): void {}

  // publish

  get knownFlags(): i32 {
    return KNOWN_FLAGS;
  }

  /** Bytes of the length in front of properties, 0 when the flags announce none. */
  propertiesHead(flags: i32): i32 {
    return 0;
  }

  /** Bytes of the properties that a payload: u8[len] begins with, behind their length. Invalid: they cannot be, or not with these flags. */
  propertiesBytes(payload: usize, len: i32, flags: i32): i32 {
    return 0;
  }

  /** Tells whether inbound messages have properties. */
  get hasProperties(): bool {
    return false;
  }

  /** Bytes of the topic name that a PUBLISH carries. */
  topicBytes(entry: InFlightEntry): i32 {
    return entry.record.topicBytes;
  }

  /** Appends what stands between packet identifier and payload. */
  writeProperties(literal: Writer, entry: InFlightEntry): void {}

  /** Bytes of a record's context that are sent. */
  contextBytes(record: RecordRef): i32 {
    return record.contextBytes;
  }

  /** The reason of version 5 for which the server would not take a PUBLISH of `bytes` bytes, 0: it takes it. */
  refusal(head: PublishHead, bytes: i32): i32 {
    return 0;
  }

  // acknowledge and receive

  writeReply(out: Writer, packet: i32, packetId: i32, reason: i32): void {
    writeAck(out, packet, packetId);
  }

  /** A PUBLISH begins to come in; then its topic and payload, in parts. */
  onPublish(head: PublishHead): void {}

  onPublishBytes(src: usize, len: i32): void {}

  // subscribe

  isSubscription(filter: usize, len: i32, options: i32): bool {
    return <u32>options <= 2 && isTopicFilter(filter, len);
  }

  /** Bytes in front of a filter that do not match topics. */
  sharePrefix(filter: usize, len: i32): i32 {
    return 0;
  }

  /** Bytes that SUBSCRIBE or UNSUBSCRIBE take, at most. */
  filterPacketBytes(filterLen: i32): i32 {
    return subscribeBytes(filterLen);
  }

  writeSubscribe(out: Writer, packetId: i32, filter: usize, filterLen: i32, options: i32): void {
    writeSubscribe(out, packetId, filter, filterLen, options);
  }

  writeUnsubscribe(out: Writer, packetId: i32, filter: usize, filterLen: i32): void {
    writeUnsubscribe(out, packetId, filter, filterLen);
  }
}

/** The version spoken. A kernel with version 5 puts its own here while it is built. */
export let dialect: Dialect = new Dialect();

/** Speaks another version: for a file that the entry of a kernel imports first. */
export function speak(other: Dialect): void {
  dialect = other;
}
