/**
 * The codec of both versions as a module of its own, for codec.test.ts and its like. What is to be written lies at `input`; what
 * was written, or a log of what was read, at `output`:
 *
 *     1 CONNACK u8 session present, u8 code      2 acknowledgement u8 packet, u16 id, u8 reason
 *     3 SUBACK u16 id, u8 count, u8[count]       4 PINGRESP
 *     5 PUBLISH begins u8 flags, u16 topicLen    6 u8[..] of its topic and payload
 *     7 PUBLISH ends u16 id, u32 payloadLen      8 number u8 packet, u8 property, u32 value
 *     9 text u8 packet, u8 property, u16 length  10 DISCONNECT u8 reason
 *
 * Parts of topic, payload and text follow their head without a mark, so that a log does not tell where the stream was cut.
 */
import { writeAck } from "../../../../assembly/kernel/mqtt/ack";
import { ConnectFields, writeConnect } from "../../../../assembly/kernel/mqtt/connect";
import { writeEmpty } from "../../../../assembly/kernel/mqtt/empty";
import { PacketParser, PacketSink } from "../../../../assembly/kernel/mqtt/parser";
import { PublishHead } from "../../../../assembly/kernel/mqtt/publish";
import { writeSubscribe, writeUnsubscribe } from "../../../../assembly/kernel/mqtt/subscribe";
import { writeAckReason, writeDisconnect5 } from "../../../../assembly/kernel/mqtt5/ack";
import { ConnectProperties, writeConnect5 } from "../../../../assembly/kernel/mqtt5/connect";
import { PacketParser5, PacketSink5 } from "../../../../assembly/kernel/mqtt5/parser";
import { ValueType, valueType } from "../../../../assembly/kernel/mqtt5/property";
import { writeFlag, writeTextProperty, writeU16, writeU32, writeVarint } from "../../../../assembly/kernel/mqtt5/propertyWriter";
import { writeSubscribe5, writeUnsubscribe5 } from "../../../../assembly/kernel/mqtt5/subscribe";
import { Writer } from "../../../../assembly/lib/bytes";
import { Status } from "../../../../assembly/lib/status";

const CAP: i32 = 200000;
const inputAt: usize = heap.alloc(CAP);
const outputAt: usize = heap.alloc(CAP);
const blockAt: usize = heap.alloc(CAP);
const out = new Writer();
const block = new Writer();

function note(kind: i32, a: i32, b: i32): void {
  out.u8(kind);
  out.u8(a);
  out.u8(b);
}

class Log extends PacketSink {
  onConnack(isSessionPresent: bool, code: i32): i32 {
    note(1, isSessionPresent ? 1 : 0, code);
    return Status.Ok;
  }

  onAck(packet: i32, packetId: i32, reason: i32): i32 {
    note(2, packet, packetId >> 8);
    out.u8(packetId);
    out.u8(reason);
    return Status.Ok;
  }

  onSuback(packetId: i32, codes: usize, count: i32): i32 {
    note(3, packetId >> 8, packetId);
    out.u8(count);
    out.bytes(codes, count);
    return Status.Ok;
  }

  onPingresp(): i32 {
    out.u8(4);
    return Status.Ok;
  }

  onPublish(head: PublishHead): void {
    note(5, head.flags, head.topicLen >> 8);
    out.u8(head.topicLen);
    out.u8(6);
  }

  onPublishBytes(src: usize, len: i32): void {
    out.bytes(src, len);
  }

  onPublishEnd(head: PublishHead): i32 {
    note(7, head.packetId >> 8, head.packetId);
    out.u16Be(head.payloadLen >> 16);
    out.u16Be(head.payloadLen);
    return Status.Ok;
  }
}

class Log5 extends PacketSink5 {
  onProperties(packet: i32, len: i32): void {}
  onPublishProperties(src: usize, len: i32): void {}

  onPublishHead(head: PublishHead): i32 {
    out.u8(6);
    return Status.Ok;
  }

  onDisconnect(reason: i32): i32 {
    out.u8(10);
    out.u8(reason);
    return Status.Ok;
  }

  onNumber(packet: i32, id: i32, value: u32): i32 {
    note(8, packet, id);
    out.u16Be(value >> 16);
    out.u16Be(value);
    return Status.Ok;
  }

  onText(packet: i32, id: i32, len: i32): void {
    note(9, packet, id);
    out.u16Be(len);
  }

  onTextBytes(packet: i32, id: i32, src: usize, len: i32): void {
    out.bytes(src, len);
  }
}

const log = new Log();
const parser = new PacketParser();
const parser5 = new PacketParser5(new Log5());
parser.sink = log;
parser5.sink = log;

export function input(): usize {
  return inputAt;
}

export function output(): usize {
  return outputAt;
}

function fresh(): Writer {
  out.reset(outputAt, CAP);
  return out;
}

function written(): i32 {
  return out.isBroken ? -1 : out.length;
}

let lastStatus: i32 = 0;

/** What `decode` ended with; isAtBoundary in bit 16 when Ok. */
export function status(): i32 {
  return lastStatus;
}

/** Reads input: u8[len] in parts of `part` bytes. version: 4 or 5. Bytes of log. */
export function decode(version: i32, len: i32, part: i32): i32 {
  fresh();
  const reader: PacketParser = version == 5 ? parser5 : parser;
  reader.reset();
  lastStatus = Status.Ok;
  for (let done = 0; done < len && lastStatus == Status.Ok; done += part) lastStatus = reader.feed(inputAt + done, min(part, len - done));
  if (lastStatus == Status.Ok && reader.isAtBoundary) lastStatus = 1 << 16;
  return written();
}

const fields = new ConnectFields();
const properties = new ConnectProperties();

/** Says what the next `connect` of version 5 announces. */
export function announce(expiry: u32, receiveMaximum: i32, maximumPacket: u32, aliasMaximum: i32, willDelay: u32): void {
  properties.sessionExpirySeconds = expiry;
  properties.receiveMaximum = receiveMaximum;
  properties.maximumPacketBytes = maximumPacket;
  properties.topicAliasMaximum = aliasMaximum;
  properties.willDelaySeconds = willDelay;
}

/** input: client id, will topic, will payload, user, password. flags: 1 clean, will flags from bit 1 on. */
export function connect(
  version: i32,
  keepAlive: i32,
  flags: i32,
  clientId: i32,
  willTopic: i32,
  willPayload: i32,
  user: i32,
  password: i32,
): i32 {
  fields.clientId = inputAt;
  fields.clientIdLen = clientId;
  fields.willTopic = fields.clientId + clientId;
  fields.willTopicLen = willTopic;
  fields.willPayload = fields.willTopic + willTopic;
  fields.willPayloadLen = willPayload;
  fields.user = fields.willPayload + willPayload;
  fields.userLen = user;
  fields.password = fields.user + user;
  fields.passwordLen = password;
  fields.willFlags = flags >> 1;
  fields.isCleanSession = (flags & 1) != 0;
  fields.keepAliveSeconds = keepAlive;
  if (version == 5) writeConnect5(fresh(), fields, properties);
  else writeConnect(fresh(), fields);
  return written();
}

/** Writes properties: (u8 id, u8[4] big-endian number | u16 length, u8[length])*, a pair as two entries. Bytes of the block. */
function compose(at: usize, len: i32): i32 {
  block.reset(blockAt, CAP);
  const end = at + len;
  while (at < end) {
    const id = <i32>load<u8>(at++);
    const type = valueType(id);
    if (type >= ValueType.Text) {
      const length = <i32>bswap<u16>(load<u16>(at));
      writeTextProperty(block, id, at + 2, length);
      at += 2 + length;
      if (type != ValueType.Pair) continue;
      const second = <i32>bswap<u16>(load<u16>(at));
      block.u16Be(second);
      block.bytes(at + 2, second);
      at += 2 + second;
      continue;
    }
    const value = bswap<u32>(load<u32>(at));
    at += 4;
    if (type == ValueType.Flag) writeFlag(block, id, value);
    else if (type == ValueType.U16) writeU16(block, id, value);
    else writeU32(block, id, value);
  }
  return block.length;
}

const head = new PublishHead();

/** input: topic, payload, properties as for `compose`. */
export function publish(version: i32, flags: i32, packetId: i32, topicLen: i32, payloadLen: i32, propertiesLen: i32): i32 {
  fresh();
  const blockLen = version == 5 ? compose(inputAt + topicLen + payloadLen, propertiesLen) : 0;
  const lengthBytes = version == 5 ? (blockLen < 128 ? 1 : blockLen < 16384 ? 2 : 3) : 0;
  head.flags = flags;
  head.topicLen = topicLen;
  head.packetId = packetId;
  head.payloadLen = lengthBytes + blockLen + payloadLen;
  head.write(out);
  out.bytes(inputAt, topicLen);
  if (head.qos) out.u16Be(packetId);
  if (version == 5) {
    writeVarint(out, blockLen);
    out.bytes(blockAt, blockLen);
  }
  out.bytes(inputAt + topicLen, payloadLen);
  return written();
}

/** input: filter. options: QoS, in version 5 all of them; -1 writes an UNSUBSCRIBE. */
export function subscribe(version: i32, packetId: i32, len: i32, options: i32): i32 {
  fresh();
  if (options < 0) {
    if (version == 5) writeUnsubscribe5(out, packetId, inputAt, len);
    else writeUnsubscribe(out, packetId, inputAt, len);
  } else if (version == 5) writeSubscribe5(out, packetId, inputAt, len, options);
  else writeSubscribe(out, packetId, inputAt, len, options);
  return written();
}

export function ack(version: i32, packet: i32, packetId: i32, reason: i32): i32 {
  if (version == 5 && reason) writeAckReason(fresh(), packet, packetId, reason);
  else writeAck(fresh(), packet, packetId);
  return written();
}

/** packet: PINGREQ or, in 3.1.1, DISCONNECT. */
export function empty(packet: i32): i32 {
  writeEmpty(fresh(), packet);
  return written();
}

/** expiry: -1 for none. */
export function disconnect5(reason: i32, expiry: i64): i32 {
  writeDisconnect5(fresh(), reason, expiry);
  return written();
}
