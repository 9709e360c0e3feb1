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
  /** PUBACK, PUBREC, PUBREL, PUBCOMP or UNSUBACK. */
  abstract onAck(packet: i32, packetId: i32): i32;
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
const BODY_MAX: i32 = 16;

enum Phase {
  First,
  Length,
  Body,
  TopicLength,
  Topic,
  PacketId,
  Payload,
}

/**
 * Reads the server's packets from a stream cut anywhere, in constant memory. After anything but Ok the stream has lost its
 * place: close the connection, and `reset` for the next.
 * Source: MQTT 3.1.1, 2.2 and 3; malformed forms as in its chapter 4.8.
 */
export class PacketParser<Sink extends PacketSink = PacketSink> {
  private phase: Phase = Phase.First;
  private first: i32 = 0;
  private remaining: i32 = 0;
  private shift: i32 = 0;
  /** Bytes still to come of the part that the phase names. */
  private left: i32 = 0;
  private have: i32 = 0;
  private body: StaticArray<u8> = new StaticArray<u8>(BODY_MAX);
  private head: PublishHead = new PublishHead();
  private topicCheck: Utf8Check = new Utf8Check();

  private sinkAddress: usize = 0;

  /** Who takes the packets: set once, before the first byte. */
  set sink(sink: Sink) {
    this.sinkAddress = changetype<usize>(sink);
  }

  private get taker(): Sink {
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
    while (len > 0) {
      let used = 1;
      let status: i32 = Status.Ok;
      if (this.phase == Phase.First) this.start(load<u8>(src));
      else if (this.phase == Phase.Length) status = this.lengthByte(load<u8>(src));
      else {
        used = min(len, this.left);
        status = this.part(src, used);
      }
      if (status < 0) return status;
      src += used;
      len -= used;
    }
    return Status.Ok;
  }

  private start(byte: i32): void {
    this.first = byte;
    this.remaining = 0;
    this.shift = 0;
    this.phase = Phase.Length;
  }

  private lengthByte(byte: i32): i32 {
    this.remaining |= (byte & 127) << this.shift;
    this.shift += 7;
    if (byte & 128) return this.shift < 28 ? Status.Ok : Status.Protocol;
    if ((this.first & 0xf0) == Packet.Publish) return this.beginPublish();
    return this.beginBody();
  }

  private beginBody(): i32 {
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
    if (!this.head.readFlags(this.first)) return Status.Protocol;
    this.expect(Phase.TopicLength, 2);
    return this.remaining < (this.head.qos ? 5 : 3) ? Status.Protocol : Status.Ok;
  }

  private expect(phase: Phase, bytes: i32): void {
    this.phase = phase;
    this.left = bytes;
    this.have = 0;
  }

  /** Takes `len` bytes of the current part, at most as many as are left of it. */
  private part(src: usize, len: i32): i32 {
    this.left -= len;
    if (this.phase == Phase.Payload) {
      this.taker.onPublishBytes(src, len);
    } else if (this.phase == Phase.Topic) {
      if (!this.isTopicPart(src, len)) return Status.Protocol;
      this.taker.onPublishBytes(src, len);
    } else {
      memory.copy(changetype<usize>(this.body) + this.have, src, len);
      this.have += len;
    }
    return this.left == 0 ? this.endPart() : Status.Ok;
  }

  private isTopicPart(src: usize, len: i32): bool {
    for (let i = this.topicCheck.isComplete ? plainPrefix(src, len) : 0; i < len; i++) {
      const byte = <i32>load<u8>(src + i);
      if (isWildcard(byte) || !this.topicCheck.feed(byte)) return false;
    }
    return true;
  }

  private endPart(): i32 {
    switch (this.phase) {
      case Phase.Body:
        return this.endBody();
      case Phase.TopicLength:
        return this.endTopicLength();
      case Phase.Topic: {
        if (!this.topicCheck.isComplete) return Status.Protocol;
        if (this.head.qos == 0) return this.beginPayload();
        this.expect(Phase.PacketId, 2);
        return Status.Ok;
      }
      case Phase.PacketId: {
        this.head.packetId = this.bodyU16();
        return this.head.packetId == 0 ? Status.Protocol : this.beginPayload();
      }
      default:
        return this.endPublish();
    }
  }

  private endTopicLength(): i32 {
    const head = this.head;
    const topicLen = this.bodyU16();
    head.topicLen = topicLen;
    head.payloadLen = this.remaining - 2 - topicLen - (head.qos ? 2 : 0);
    if (topicLen == 0 || head.payloadLen < 0) return Status.Protocol;
    this.topicCheck.reset();
    this.taker.onPublish(head);
    this.expect(Phase.Topic, topicLen);
    return Status.Ok;
  }

  private beginPayload(): i32 {
    this.expect(Phase.Payload, this.head.payloadLen);
    return this.left == 0 ? this.endPublish() : Status.Ok;
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
    const packetId = this.bodyU16();
    if (packetId == 0) return Status.Protocol;
    if (this.first != Packet.Suback) return this.taker.onAck(this.first, packetId);
    for (let i = 2; i < this.have; i++) {
      if (!isSubackCode(load<u8>(body + i))) return Status.Protocol;
    }
    return this.taker.onSuback(packetId, body + 2, this.have - 2);
  }

  private bodyU16(): i32 {
    return <i32>bswap<u16>(load<u16>(changetype<usize>(this.body)));
  }
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
