import { Status } from "../../lib/status";
import { acks } from "../client/ackQueue";
import { inbox } from "../client/inbox";
import { session } from "../client/session";
import { LogLevel } from "../host/constants";
import { logBytes, logNumber } from "../host/log";
import { limits } from "../limits";
import { Packet } from "../mqtt/fixedHeader";
import { PublishHead } from "../mqtt/publish";
import { PacketSink5 } from "../mqtt5/parser";
import { Property } from "../mqtt5/property";
import { Reason, retryClass } from "../mqtt5/reason";
import { ASSIGNED_MAX, ServerLimits } from "./serverLimits";
import { TopicAliases } from "./topicAliases";

/** Longest topic name that an inbound alias may stand for. */
const TOPIC_MAX: i32 = 255;
/** Longest text that is kept of a packet: a server's reason, or the server to turn to. */
const TEXT_MAX: i32 = 64;

/** What only version 5 receives: properties of CONNACK, PUBLISH and DISCONNECT. */
export class Inbound5 extends PacketSink5 {
  server: ServerLimits = new ServerLimits();
  /** Aliases that this client announces. */
  aliases: TopicAliases = new TopicAliases(limits.aliases, limits.aliasBytes);
  /** Why this side ends the connection, when Protocol is not all there is to say; 0 otherwise. */
  reason: i32 = 0;
  assignedLen: i32 = 0;
  private assigned: StaticArray<u8> = new StaticArray<u8>(ASSIGNED_MAX);
  private topic: StaticArray<u8> = new StaticArray<u8>(TOPIC_MAX);
  private topicHave: i32 = 0;
  private topicLen: i32 = 0;
  private alias: i32 = 0;
  private propertiesLen: i32 = 0;
  private isTooLarge: bool = false;
  private text: StaticArray<u8> = new StaticArray<u8>(TEXT_MAX);
  private textHave: i32 = 0;

  /** Largest packet that is announced: what the inbox can hold. */
  get maximumPacketBytes(): i32 {
    return inbox.capacity;
  }

  get assignedId(): usize {
    return changetype<usize>(this.assigned);
  }

  connecting(): void {
    this.server.reset();
    this.aliases.clear();
    this.reason = 0;
  }

  /** A PUBLISH begins: its topic is kept until it is known whether an alias names it. */
  onTopic(head: PublishHead): void {
    this.topicHave = 0;
    this.topicLen = head.topicLen;
    this.isTooLarge = head.remaining > this.maximumPacketBytes;
  }

  onTopicBytes(src: usize, len: i32): void {
    const count = min(len, min(this.topicLen, TOPIC_MAX) - this.topicHave);
    if (count <= 0) return;
    memory.copy(changetype<usize>(this.topic) + this.topicHave, src, count);
    this.topicHave += count;
  }

  onProperties(packet: i32, len: i32): void {
    this.alias = 0;
    this.propertiesLen = len;
    this.textHave = 0;
    if (packet == Packet.Connack) this.assignedLen = 0;
  }

  onPublishProperties(src: usize, len: i32): void {
    inbox.append(src, len);
  }

  onNumber(packet: i32, id: i32, value: u32): i32 {
    if (packet == Packet.Connack) this.server.set(id, value);
    else if (id == Property.TopicAlias) this.alias = value;
    return Status.Ok;
  }

  onText(packet: i32, id: i32, len: i32): void {
    this.textHave = 0;
  }

  onTextBytes(packet: i32, id: i32, src: usize, len: i32): void {
    const isAssigned = id == Property.AssignedClientId;
    if (!isAssigned && id != Property.ReasonString && id != Property.ServerReference) return;
    const dst = isAssigned ? this.assignedId : changetype<usize>(this.text);
    const count = min(len, (isAssigned ? ASSIGNED_MAX : TEXT_MAX) - this.textHave);
    memory.copy(dst + this.textHave, src, count);
    this.textHave += count;
    if (isAssigned) this.assignedLen = this.textHave;
    else logBytes(LogLevel.Info, id == Property.ReasonString ? "broker says " : "broker refers to ", dst, this.textHave);
  }

  onPublishHead(head: PublishHead): i32 {
    if (this.isTooLarge) return this.refuse(Reason.PacketTooLarge);
    // Twice what was announced: mosquitto 2.0 resends on reconnect what it does not count against Receive Maximum.
    if (head.qos && acks.owed >= limits.acks) return this.refuse(Reason.ReceiveMaximumExceeded);
    if (this.alias) {
      if (this.alias > this.aliases.count) return this.refuse(Reason.TopicAliasInvalid);
      const status = head.topicLen ? this.learn(head.topicLen) : this.recall(head);
      if (status < 0) return status;
    }
    inbox.endProperties(this.propertiesLen, head.payloadLen);
    return Status.Ok;
  }

  onDisconnect(reason: i32): i32 {
    logNumber(LogLevel.Warning, "broker ends the connection, reason ", reason);
    session.retry = retryClass(reason);
    return Status.Refused;
  }

  private learn(topicLen: i32): i32 {
    if (topicLen > TOPIC_MAX) return this.refuse(Reason.PacketTooLarge);
    const status = this.aliases.set(this.alias, changetype<usize>(this.topic), topicLen);
    return status < 0 ? this.refuse(Reason.TopicAliasInvalid) : Status.Ok;
  }

  private recall(head: PublishHead): i32 {
    const len = this.aliases.length(this.alias);
    if (len < 0) return this.refuse(Reason.TopicAliasInvalid);
    head.topicLen = len;
    inbox.insertTopic(this.aliases.address(this.alias), len, this.propertiesLen);
    return Status.Ok;
  }

  private refuse(reason: i32): i32 {
    this.reason = reason;
    return Status.Protocol;
  }
}
