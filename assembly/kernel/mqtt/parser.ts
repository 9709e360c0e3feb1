import { Status } from "../../lib/status";
import { plainPrefix, Utf8Check } from "../../lib/utf8";
import { isConnack } from "./connack";
import { Packet } from "./fixedHeader";
import { PublishHead } from "./publish";
import { isSubackCode } from "./subscribe";
import { isWildcard } from "./topicFilter";

/** Takes what the parser finds, packet by packet. A negative answer ends the parsing with it. */
export abstract class PacketSink {
  abstract onConnack(isSessionPresent: bool, code: i32): i32;
  /** PUBACK, PUBREC, PUBREL, PUBCOMP or UNSUBACK, by its first byte. reason: 0, or from 0x80 on a failure; always 0 in 3.1.1. */
  abstract onAck(packet: i32, packetId: i32, reason: i32): i32;
  /** codes: u8[count], count >= 1. */
  abstract onSuback(packetId: i32, codes: usize, count: i32): i32;
  abstract onPingresp(): i32;
  /** A PUBLISH begins: topic and payload follow in parts, in order; head.packetId is known at the end. */
  abstract onPublish(head: PublishHead): void;
  abstract onPublishBytes(src: usize, len: i32): void;
  /** The PUBLISH is whole, and its topic is one. */
  abstract onPublishEnd(head: PublishHead): i32;
}

/** Longest body of a packet other than PUBLISH: what a SUBACK for 14 filters takes. */
export const BODY_MAX: i32 = 16;

/** Length to Length4: the bytes of the remaining length. */
export enum Phase {
  First,
  Length,
  Length4 = 4,
  Body,
  TopicLength,
  PacketId,
  Topic,
  Payload,
}

/**
 * Reads the server's packets from a stream cut anywhere, in constant memory. After anything but Ok the stream has lost its
 * place: close the connection, and `reset` for the next.
 * Source: MQTT 3.1.1, 2.2 and 3; malformed forms as in its chapter 4.8.
 */
export class PacketParser<Sink extends PacketSink = PacketSink> {
  protected phase: i32 = Phase.First;
  protected first: i32 = 0;
  protected remaining: i32 = 0;
  /** Bytes still to come of the part that the phase names. */
  protected left: i32 = 0;
  protected have: i32 = 0;
  protected body: StaticArray<u8> = new StaticArray<u8>(BODY_MAX);
  protected head: PublishHead = new PublishHead();
  private topicCheck: Utf8Check = new Utf8Check();

  private sinkAddress: usize = 0;

  /** Who takes the packets: set once, before the first byte. */
  set sink(sink: Sink) {
    this.sinkAddress = changetype<usize>(sink);
  }

  protected get taker(): Sink {
    return changetype<Sink>(this.sinkAddress);
  }

  reset(): void {
    this.phase = Phase.First;
  }

  /** True between two packets. */
  get isAtBoundary(): bool {
    return this.phase == Phase.First;
  }

  /** Takes the next bytes of the stream, src: u8[len]. Ok, Protocol (malformed), or what the sink answered. */
  feed(src: usize, len: i32): i32 {
    const end = src + len;
    while (src < end) {
      let status: i32 = Status.Ok;
      const phase = this.phase;
      if (phase > Phase.Length4) {
        const used = min(<i32>(end - src), this.left);
        this.left -= used;
        status = this.part(src, used);
        if (status == Status.Ok && this.left == 0) status = this.endPart();
        src += used;
      } else {
        if (phase == Phase.First) {
          this.first = load<u8>(src++);
          this.remaining = 0;
          this.phase = Phase.Length;
          if (src == end) break;
        }
        status = this.lengthByte(load<u8>(src++));
        if (this.phase == Phase.TopicLength) status = this.wholeHead(src, <i32>(end - src));
        if (status > 0) src += status;
      }
      if (status < 0) return status;
    }
    return Status.Ok;
  }

  private lengthByte(byte: i32): i32 {
    const phase = this.phase;
    this.remaining |= (byte & 127) << (7 * (phase - Phase.Length));
    if (byte & 128) {
      this.phase = phase + 1;
      return phase < Phase.Length4 ? Status.Ok : Status.Protocol;
    }
    return (this.first & 0xf0) == Packet.Publish ? this.beginPublish() : this.beginBody();
  }

  protected beginBody(): i32 {
    const length = this.remaining;
    const first = this.first;
    if (first == Packet.Suback) {
      if (length < 3 || length > BODY_MAX) return Status.Protocol;
    } else if (first == Packet.Pingresp) {
      if (length != 0) return Status.Protocol;
    } else if (!hasTwoBytes(first) || length != 2) {
      return Status.Protocol;
    }
    this.expect(Phase.Body, length);
    return length == 0 ? this.endBody() : Status.Ok;
  }

  private beginPublish(): i32 {
    const head = this.head;
    if (!head.readFlags(this.first)) return Status.Protocol;
    // Topic and payload together, until the topic's length is known: at least one byte of topic.
    const rest = this.remaining - (head.qos ? 4 : 2);
    head.payloadLen = rest;
    if (rest < 1) return Status.Protocol;
    this.expect(Phase.TopicLength, 2);
    return Status.Ok;
  }

  protected expect(phase: Phase, bytes: i32): void {
    this.phase = phase;
    this.left = bytes;
    this.have = 0;
  }

  /** Takes `len` bytes of the current part, at most as many as are left of it. */
  protected part(src: usize, len: i32): i32 {
    if (this.phase < Phase.Topic) return this.keep(src, len);
    if (this.phase == Phase.Topic && !this.isTopicPart(src, len)) return Status.Protocol;
    this.taker.onPublishBytes(src, len);
    return Status.Ok;
  }

  /** Puts bytes behind those kept of the body. */
  protected keep(src: usize, len: i32): i32 {
    memory.copy(changetype<usize>(this.body) + this.have, src, len);
    this.have += len;
    return Status.Ok;
  }

  private isTopicPart(src: usize, len: i32): bool {
    for (let i = this.topicCheck.isComplete ? plainPrefix(src, len) : 0; i < len; i++) {
      const byte = <i32>load<u8>(src + i);
      if (isWildcard(byte) || !this.topicCheck.feed(byte)) return false;
    }
    return true;
  }

  protected endPart(): i32 {
    switch (this.phase) {
      case Phase.Body:
        return this.endBody();
      case Phase.TopicLength:
        return this.endTopicLength(u16Be(changetype<usize>(this.body)));
      case Phase.Topic:
        return this.endTopic();
      case Phase.PacketId:
        return this.endPacketId(u16Be(changetype<usize>(this.body)));
      default:
        return this.endPublish();
    }
  }

  /**
   * Takes the head of a PUBLISH at once when it lies whole in src: u8[len], as most do, and with it the payload when that does.
   * Bytes taken; 0: not even the head lies there, and all comes part by part; or a Status.
   */
  private wholeHead(src: usize, len: i32): i32 {
    if (len < 2) return 0;
    const topicLen = u16Be(src);
    const used = this.remaining - this.head.payloadLen + topicLen;
    if (len < used) return 0;
    let status = this.beginTopic(topicLen);
    if (status < 0) return status;
    if (!this.isTopicPart(src + 2, topicLen) || !this.topicCheck.isComplete) return Status.Protocol;
    this.taker.onPublishBytes(src + 2, topicLen);
    const head = this.head;
    if (head.qos) {
      head.packetId = u16Be(src + used - 2);
      if (head.packetId == 0) return Status.Protocol;
    }
    const left = head.payloadLen;
    if (this.hasProperties || len - used < left) {
      status = this.beginPayload();
      return status < 0 ? status : used;
    }
    if (left > 0) this.taker.onPublishBytes(src + used, left);
    status = this.endPublish();
    return status < 0 ? status : used + left;
  }

  /** Properties stand in front of a payload, in version 5 only. */
  protected get hasProperties(): bool {
    return false;
  }

  /** An empty topic name stands for an alias, in version 5 only. */
  protected allowsEmptyTopic(): bool {
    return false;
  }

  private endTopicLength(topicLen: i32): i32 {
    this.expect(Phase.Topic, topicLen);
    return this.beginTopic(topicLen);
  }

  private beginTopic(topicLen: i32): i32 {
    const head = this.head;
    head.topicLen = topicLen;
    head.payloadLen -= topicLen;
    if ((topicLen == 0 && !this.allowsEmptyTopic()) || head.payloadLen < 0) return Status.Protocol;
    this.topicCheck.reset();
    this.taker.onPublish(head);
    return Status.Ok;
  }

  private endTopic(): i32 {
    if (!this.topicCheck.isComplete) return Status.Protocol;
    if (this.head.qos == 0) return this.beginPayload();
    this.expect(Phase.PacketId, 2);
    return Status.Ok;
  }

  private endPacketId(packetId: i32): i32 {
    this.head.packetId = packetId;
    return packetId == 0 ? Status.Protocol : this.beginPayload();
  }

  protected beginPayload(): i32 {
    const left = this.head.payloadLen;
    this.phase = Phase.Payload;
    this.left = left;
    return left == 0 ? this.endPublish() : Status.Ok;
  }

  private endPublish(): i32 {
    this.phase = Phase.First;
    return this.taker.onPublishEnd(this.head);
  }

  private endBody(): i32 {
    this.phase = Phase.First;
    if (this.first == Packet.Pingresp) return this.taker.onPingresp();
    const body = changetype<usize>(this.body);
    if (this.first == Packet.Connack) {
      const flags = <i32>load<u8>(body);
      const code = <i32>load<u8>(body, 1);
      return isConnack(flags, code) ? this.taker.onConnack(flags == 1, code) : Status.Protocol;
    }
    const packetId = u16Be(body);
    if (packetId == 0) return Status.Protocol;
    if (this.first != Packet.Suback) return this.taker.onAck(this.first, packetId, 0);
    for (let i = 2; i < this.have; i++) {
      if (!isSubackCode(load<u8>(body + i))) return Status.Protocol;
    }
    return this.taker.onSuback(packetId, body + 2, this.have - 2);
  }
}

// @ts-ignore: decorator
@inline
function u16Be(src: usize): i32 {
  return ((<i32>load<u8>(src)) << 8) | (<i32>load<u8>(src, 1));
}

/** The packets whose body is a code or an identifier. */
function hasTwoBytes(first: i32): bool {
  return (
    first == Packet.Connack ||
    first == Packet.Unsuback ||
    first == Packet.Puback ||
    first == Packet.Pubrec ||
    first == Packet.Pubrel ||
    first == Packet.Pubcomp
  );
}
