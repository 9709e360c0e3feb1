import { Status } from "../../lib/status";
import { ConnectCode } from "../mqtt/connack";
import { Packet } from "../mqtt/fixedHeader";
import { BODY_MAX, PacketParser, PacketSink, Phase } from "../mqtt/parser";
import { PublishHead } from "../mqtt/publish";
import { Property } from "./property";
import { PropertyReader, PropertySink } from "./propertyReader";
import { isReason, Reason } from "./reason";

/** Takes what only version 5 has. A negative answer ends the parsing with it. */
export abstract class PacketSink5 extends PropertySink {
  /** The properties of a packet follow, by its first byte. Of a PUBLISH they come as they are, too: u8[len] in all. */
  abstract onProperties(packet: i32, len: i32): void;
  abstract onPublishProperties(src: usize, len: i32): void;
  /** The properties of a PUBLISH are whole; head.payloadLen is the payload's alone from here on. */
  abstract onPublishHead(head: PublishHead): i32;
  /** The server ends the connection and says why. */
  abstract onDisconnect(reason: i32): i32;
}

/** Parts of a packet beside those of version 3.1.1 (Phase). */
const PROPERTY_LENGTH: i32 = Phase.Payload + 1;
const PROPERTIES: i32 = Phase.Payload + 2;
const CODES: i32 = Phase.Payload + 3;

/** Most reason codes of a SUBACK or UNSUBACK: what fits behind a packet identifier. */
const CODES_MAX: i32 = BODY_MAX - 2;

/** Where a byte of the property length waits: behind what a body keeps. */
const LENGTH_BYTE: usize = 3;

/**
 * The parser of version 5: what 3.1.1 has not, and all that it has while `isVersion5` is false. AUTH is refused: this client
 * announces no authentication method [MQTT-3.1.2-30].
 * Source: MQTT 5, 2 and 3.
 */
export class PacketParser5<Sink extends PacketSink = PacketSink, Extra extends PacketSink5 = PacketSink5> extends PacketParser<Sink> {
  isVersion5: bool = true;
  private reader: PropertyReader<Extra>;
  /** Bytes of the packet behind the current part. */
  private rest: i32 = 0;
  /** Bytes of the property length so far, and its value. */
  private lengthBytes: i32 = 0;
  private propertiesLen: i32 = 0;

  constructor(private extra: Extra) {
    super();
    this.reader = new PropertyReader<Extra>(extra);
  }

  protected get hasProperties(): bool {
    return this.isVersion5;
  }

  protected allowsEmptyTopic(): bool {
    return this.isVersion5;
  }

  protected beginBody(): i32 {
    if (!this.isVersion5 || this.first == Packet.Pingresp) return super.beginBody();
    const fixed = fixedBytes(this.first, this.remaining);
    if (fixed < 0) return Status.Protocol;
    this.rest = this.remaining - fixed;
    this.expect(Phase.Body, fixed);
    return fixed == 0 ? this.finish() : Status.Ok;
  }

  protected beginPayload(): i32 {
    if (!this.isVersion5) return super.beginPayload();
    this.rest = this.head.payloadLen;
    return this.beginProperties();
  }

  protected part(src: usize, len: i32): i32 {
    if (this.phase <= Phase.Payload) return super.part(src, len);
    if (this.phase == PROPERTIES) {
      if (this.first >> 4 == Packet.Publish >> 4) this.extra.onPublishProperties(src, len);
      return this.reader.feed(src, len);
    }
    if (this.phase == PROPERTY_LENGTH) {
      store<u8>(changetype<usize>(this.body), load<u8>(src), LENGTH_BYTE);
      return Status.Ok;
    }
    return this.keep(src, len);
  }

  protected endPart(): i32 {
    if (this.phase <= Phase.Payload) {
      if (this.phase != Phase.Body || !this.isVersion5 || this.first == Packet.Pingresp) return super.endPart();
      return this.rest == 0 ? this.finish() : this.beginProperties();
    }
    if (this.phase == PROPERTY_LENGTH) return this.endPropertyLength();
    return this.phase == PROPERTIES ? this.endProperties() : this.finish();
  }

  private beginProperties(): i32 {
    this.lengthBytes = 0;
    this.propertiesLen = 0;
    return this.expectLengthByte();
  }

  private expectLengthByte(): i32 {
    if (this.rest == 0) return Status.Protocol;
    this.rest--;
    this.phase = PROPERTY_LENGTH;
    this.left = 1;
    return Status.Ok;
  }

  private endPropertyLength(): i32 {
    const byte = <i32>load<u8>(changetype<usize>(this.body), LENGTH_BYTE);
    this.propertiesLen |= (byte & 127) << (7 * this.lengthBytes);
    this.lengthBytes++;
    if (byte & 128) return this.lengthBytes < 4 ? this.expectLengthByte() : Status.Protocol;
    if (byte == 0 && this.lengthBytes > 1) return Status.Protocol;
    if (this.propertiesLen > this.rest) return Status.Protocol;
    this.rest -= this.propertiesLen;
    this.reader.reset(this.first);
    this.extra.onProperties(this.first, this.propertiesLen);
    this.phase = PROPERTIES;
    this.left = this.propertiesLen;
    return this.left == 0 ? this.endProperties() : Status.Ok;
  }

  private endProperties(): i32 {
    if (!this.reader.isComplete) return Status.Protocol;
    if (this.first >> 4 == Packet.Publish >> 4) {
      if (this.head.topicLen == 0 && !this.reader.has(Property.TopicAlias)) return Status.Protocol;
      this.head.payloadLen = this.rest;
      const status = this.extra.onPublishHead(this.head);
      return status < 0 ? status : super.beginPayload();
    }
    if (this.first != Packet.Suback && this.first != Packet.Unsuback) return this.rest == 0 ? this.finish() : Status.Protocol;
    if (this.rest == 0 || this.rest > CODES_MAX) return Status.Protocol;
    this.phase = CODES;
    this.left = this.rest;
    this.have = 2;
    return Status.Ok;
  }

  /** The packet is whole. */
  private finish(): i32 {
    this.phase = Phase.First;
    const packet = this.first;
    const body = changetype<usize>(this.body);
    if (packet == Packet.Disconnect) {
      const reason = this.remaining == 0 ? 0 : <i32>load<u8>(body);
      return isReason(packet, reason) ? this.extra.onDisconnect(reason) : Status.Protocol;
    }
    if (packet == Packet.Connack) {
      const flags = <i32>load<u8>(body);
      const code = <i32>load<u8>(body, 1);
      // A server that knows 3.1.1 alone says so in its own words, without properties.
      if (this.remaining == 2)
        return flags == 0 && code == ConnectCode.ProtocolVersion ? this.taker.onConnack(false, Reason.ProtocolVersion) : Status.Protocol;
      if (flags > 1 || (flags == 1 && code != 0) || !isReason(packet, code)) return Status.Protocol;
      return this.taker.onConnack(flags == 1, code);
    }
    const packetId = ((<i32>load<u8>(body)) << 8) | (<i32>load<u8>(body, 1));
    if (packetId == 0) return Status.Protocol;
    if (packet != Packet.Suback && packet != Packet.Unsuback) {
      const reason = this.remaining > 2 ? <i32>load<u8>(body, 2) : 0;
      return isReason(packet, reason) ? this.taker.onAck(packet, packetId, reason) : Status.Protocol;
    }
    for (let i = 2; i < this.have; i++) {
      if (!isReason(packet, load<u8>(body + i))) return Status.Protocol;
    }
    const codes = body + 2;
    return packet == Packet.Suback
      ? this.taker.onSuback(packetId, codes, this.have - 2)
      : this.taker.onAck(packet, packetId, load<u8>(codes));
  }
}

/** Bytes of a packet in front of its properties, by its first byte and remaining length; -1: no such packet, or no such length. */
function fixedBytes(packet: i32, remaining: i32): i32 {
  switch (packet) {
    case Packet.Connack:
      return remaining >= 2 ? 2 : -1;
    case Packet.Puback:
    case Packet.Pubrec:
    case Packet.Pubrel:
    case Packet.Pubcomp:
      return remaining >= 2 ? min(remaining, 3) : -1;
    case Packet.Suback:
    case Packet.Unsuback:
      return remaining >= 4 ? 2 : -1;
    case Packet.Disconnect:
      return min(remaining, 1);
    default:
      return -1;
  }
}
