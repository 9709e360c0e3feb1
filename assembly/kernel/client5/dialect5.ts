import { Writer } from "../../lib/bytes";
import { Status } from "../../lib/status";
import { FLAG_ENVELOPE, FLAG_PROPERTIES, FOR_EVER } from "../../sdk/flags";
import { Retry } from "../mqtt/retry";
import { clock } from "../client/clock";
import { Dialect, speak } from "../client/dialect";
import { InFlightEntry } from "../client/inFlight";
import { scratch, scratchBytes } from "../client/scratch";
import { Session, session } from "../client/session";
import { sessionState } from "../client/sessionState";
import { LogLevel } from "../host/constants";
import { logText } from "../host/log";
import { limits } from "../limits";
import { writeAck } from "../mqtt/ack";
import { ConnectFields } from "../mqtt/connect";
import { writeEmpty } from "../mqtt/empty";
import { Packet } from "../mqtt/fixedHeader";
import { PublishHead } from "../mqtt/publish";
import { writeAckReason, writeDisconnect5 } from "../mqtt5/ack";
import { ConnectProperties, writeConnect5 } from "../mqtt5/connect";
import { PacketParser5 } from "../mqtt5/parser";
import { Property } from "../mqtt5/property";
import { U16_BYTES, U32_BYTES, writeU16, writeU32, writeVarint } from "../mqtt5/propertyWriter";
import { isPublishProperties } from "../mqtt5/publishProperties";
import { Reason, retryClass } from "../mqtt5/reason";
import { isSubscription5, sharePrefix, writeSubscribe5, writeUnsubscribe5 } from "../mqtt5/subscribe";
import { RECORD_CLOCK_VALID, RecordRef } from "../store/recordStore";
import { msUntilExpiry, NEVER_EXPIRES } from "../ttl/deadline";
import { Inbound5 } from "./inbound5";
import { Settings5, VERSION_3, VERSION_5 } from "./settings5";
import { TopicAliases } from "./topicAliases";

/** Flags of `publish` that this kernel knows. */
const KNOWN_FLAGS: i32 = 0x7f;

/** Of CONNACK in 3.1.1: unacceptable protocol version. */
const REFUSED_VERSION: i32 = 1;

/** Bytes of the length in front of an app's properties. */
const PROPERTIES_HEAD: i32 = 2;

const inbound = new Inbound5();
const parser = new PacketParser5<Session, Inbound5>(inbound);
parser.sink = session;
session.parser = parser;

/**
 * Version 5, and 3.1.1 for a server that knows no better: once one has refused version 5, this client speaks 3.1.1, until that is
 * refused; without a store until the device starts anew.
 */
export class Dialect5 extends Dialect {
  private own: Settings5 = new Settings5();
  private properties: ConnectProperties = new ConnectProperties();
  /** Aliases that this client has given. */
  private aliases: TopicAliases = new TopicAliases(limits.aliases, limits.aliasBytes);
  /** 0: the configuration was not read yet. */
  private version: i32 = 0;
  /** Alias of the PUBLISH that is being composed, 0 for none; whether its topic is left out. */
  private alias: i32 = 0;
  private isTopicKnown: bool = false;

  private get isActive(): bool {
    return this.version == VERSION_5;
  }

  // connect

  load(): void {
    if (this.version != 0) return;
    this.own.load();
    this.version = sessionState.isServerOld ? VERSION_3 : this.own.version;
  }

  writeConnect(out: Writer, fields: ConnectFields): void {
    inbound.connecting();
    parser.isVersion5 = this.isActive;
    if (!this.isActive) {
      if (fields.userLen == 0) fields.passwordLen = 0; // [MQTT-3.1.2-22] of 3.1.1
      super.writeConnect(out, fields);
      return;
    }
    if (fields.clientIdLen == 0) {
      fields.clientId = inbound.assignedId;
      fields.clientIdLen = inbound.assignedLen;
    }
    const properties = this.properties;
    properties.sessionExpirySeconds = fields.isCleanSession ? 0 : this.own.sessionExpirySeconds;
    properties.receiveMaximum = limits.received;
    properties.maximumPacketBytes = inbound.maximumPacketBytes;
    properties.topicAliasMaximum = limits.aliases;
    properties.willDelaySeconds = this.own.willDelaySeconds;
    writeConnect5(out, fields, properties);
  }

  refused(code: i32): Retry {
    if (!this.isActive) {
      if (code == REFUSED_VERSION) this.speakTo(false);
      return super.refused(code);
    }
    if (code == Reason.ProtocolVersion) {
      logText(LogLevel.Info, "broker does not know MQTT 5: goes on with 3.1.1");
      this.speakTo(true);
      return Retry.Normal;
    }
    return retryClass(code);
  }

  /** What the server speaks is remembered, over a reset where the session is. */
  private speakTo(isOld: bool): void {
    this.version = isOld ? VERSION_3 : this.own.version;
    sessionState.noteServer(isOld);
  }

  window(configured: i32): i32 {
    return this.isActive ? min(configured, inbound.server.receiveMaximum) : configured;
  }

  keepAliveSeconds(configured: i32): i32 {
    const asked = inbound.server.serverKeepAlive;
    return this.isActive && asked >= 0 ? asked : configured;
  }

  get isLenient(): bool {
    return true;
  }

  writeFarewell(out: Writer, cause: i32): bool {
    if (!this.isActive) return false;
    let reason = inbound.reason;
    if (cause == Status.Protocol) reason = reason ? reason : Reason.ProtocolError;
    else if (cause == Status.NoSpace) reason = Reason.ReceiveMaximumExceeded;
    else return false;
    writeDisconnect5(out, reason, -1);
    return true;
  }

  mayKeep(sessionSeconds: i32): bool {
    return !this.isActive || sessionSeconds <= 0 || this.properties.sessionExpirySeconds != 0;
  }

  writeGoodbye(out: Writer, keepsWill: bool, sessionSeconds: i32): void {
    if (!this.isActive) super.writeGoodbye(out, keepsWill, sessionSeconds);
    else if (!keepsWill && sessionSeconds < 0) writeEmpty(out, Packet.Disconnect);
    else
      writeDisconnect5(
        out,
        keepsWill ? Reason.DisconnectWithWill : Reason.Success,
        sessionSeconds == FOR_EVER ? <i64>u32.MAX_VALUE : sessionSeconds,
      );
  }

  disconnected(): void {
    this.aliases.clear();
  }

  // publish

  get knownFlags(): i32 {
    return KNOWN_FLAGS;
  }

  propertiesHead(flags: i32): i32 {
    return flags & FLAG_PROPERTIES ? PROPERTIES_HEAD : 0;
  }

  propertiesBytes(payload: usize, len: i32, flags: i32): i32 {
    if (len < PROPERTIES_HEAD || (flags & FLAG_ENVELOPE) != 0) return Status.Invalid;
    const bytes = <i32>load<u16>(payload);
    if (bytes > len - PROPERTIES_HEAD || !isPublishProperties(payload + PROPERTIES_HEAD, bytes)) return Status.Invalid;
    return bytes;
  }

  get hasProperties(): bool {
    return true;
  }

  topicBytes(entry: InFlightEntry): i32 {
    this.alias = 0;
    this.isTopicKnown = false;
    const record = entry.record;
    const len = record.topicBytes;
    if (!this.isActive || inbound.server.topicAliasMaximum == 0 || len > scratchBytes) return len;
    if (entry.source.read(record, 0, scratch, len) != len) return len;
    this.alias = this.aliases.find(scratch, len);
    this.isTopicKnown = this.alias != 0;
    if (!this.isTopicKnown) this.alias = this.aliases.add(scratch, len, inbound.server.topicAliasMaximum);
    return this.isTopicKnown ? 0 : len;
  }

  writeProperties(literal: Writer, entry: InFlightEntry): void {
    if (!this.isActive) return;
    const record = entry.record;
    const left = secondsLeft(entry);
    const own = (left ? U32_BYTES : 0) + (this.alias ? U16_BYTES : 0);
    writeVarint(literal, own + (record.flags & FLAG_PROPERTIES ? record.contextBytes : 0));
    if (left) writeU32(literal, Property.MessageExpiry, left);
    if (this.alias) writeU16(literal, Property.TopicAlias, this.alias);
  }

  contextBytes(record: RecordRef): i32 {
    return this.isActive || (record.flags & FLAG_PROPERTIES) == 0 ? record.contextBytes : 0;
  }

  refusal(head: PublishHead, bytes: i32): i32 {
    if (!this.isActive) return 0;
    const server = inbound.server;
    let reason = 0;
    if (server.maximumPacketBytes && <u32>bytes > server.maximumPacketBytes) reason = Reason.PacketTooLarge;
    else if (head.qos > server.maximumQos) reason = Reason.QosNotSupported;
    else if (head.isRetained && !server.isRetainAvailable) reason = Reason.RetainNotSupported;
    // The PUBLISH that would have given an alias is not sent.
    if (reason && this.alias && !this.isTopicKnown) this.aliases.removeNewest();
    return reason;
  }

  // acknowledge and receive

  writeReply(out: Writer, packet: i32, packetId: i32, reason: i32): void {
    if (this.isActive && reason) writeAckReason(out, packet, packetId, reason);
    else writeAck(out, packet, packetId);
  }

  onPublish(head: PublishHead): void {
    inbound.onTopic(head);
  }

  onPublishBytes(src: usize, len: i32): void {
    inbound.onTopicBytes(src, len);
  }

  // subscribe

  isSubscription(filter: usize, len: i32, options: i32): bool {
    return isSubscription5(filter, len, options);
  }

  sharePrefix(filter: usize, len: i32): i32 {
    return sharePrefix(filter, len);
  }

  filterPacketBytes(filterLen: i32): i32 {
    return super.filterPacketBytes(filterLen) + 1;
  }

  writeSubscribe(out: Writer, packetId: i32, filter: usize, filterLen: i32, options: i32): void {
    if (this.isActive) writeSubscribe5(out, packetId, filter, filterLen, options);
    else super.writeSubscribe(out, packetId, filter, filterLen, options & 3);
  }

  writeUnsubscribe(out: Writer, packetId: i32, filter: usize, filterLen: i32): void {
    if (this.isActive) writeUnsubscribe5(out, packetId, filter, filterLen);
    else super.writeUnsubscribe(out, packetId, filter, filterLen);
  }
}

/** Seconds of an entry's TTL that are left, at least 1; 0: it has none, or no clock can tell. */
function secondsLeft(entry: InFlightEntry): u32 {
  const record = entry.record;
  const isWall = (record.flags & RECORD_CLOCK_VALID) != 0;
  const left = msUntilExpiry(record.capturedAtMs, isWall, record.boot, record.ttlSeconds, clock.nowMs, clock.wallMs, entry.source.boot);
  return left == NEVER_EXPIRES ? 0 : <u32>max<i64>((left + 999) / 1000, 1);
}

speak(new Dialect5());
