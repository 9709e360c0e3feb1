/**
 * The codec of version 5 by itself, with one property, Message Expiry; otherwise as codec.ts: so that one packet each way can be counted. It is a kernel to the host, on either engine, whose
 * `syscall` does one of two works `count` times: two calls with counts that differ by one tell what one costs.
 */
import "../../../assembly/kernel/host/abort";
import { Writer } from "../../../assembly/lib/bytes";
import { PacketSink } from "../../../assembly/kernel/mqtt/parser";
import { PublishHead, publishFlags } from "../../../assembly/kernel/mqtt/publish";
import { PacketParser5, PacketSink5 } from "../../../assembly/kernel/mqtt5/parser";
import { Property } from "../../../assembly/kernel/mqtt5/property";
import { U32_BYTES, writeU32, writeVarint } from "../../../assembly/kernel/mqtt5/propertyWriter";

const TOPIC_BYTES: i32 = 21; // devices/bench/readings
const PAYLOAD_BYTES: i32 = 100;
/** 2 of fixed header, 2 + 21 of topic, 2 of packet identifier, 100 of payload. */
const WHOLE_BYTES: i32 = 134; // version 5: with a byte of length and 5 of Message Expiry, and one more of remaining length
const PACKET_BYTES: i32 = 256;

const topic = memory.data(TOPIC_BYTES);
const payload = memory.data(PAYLOAD_BYTES);
const packet = memory.data(PACKET_BYTES);
const received = memory.data(PACKET_BYTES);

/** Takes what comes in as the inbox does: bytes into a buffer. */
class Sink extends PacketSink {
  length: i32 = 0;
  packets: i32 = 0;

  onConnack(isSessionPresent: bool, code: i32): i32 {
    return 0;
  }
  onAck(packet: i32, packetId: i32, reason: i32): i32 {
    return 0;
  }
  onSuback(packetId: i32, codes: usize, count: i32): i32 {
    return 0;
  }
  onPingresp(): i32 {
    return 0;
  }

  onPublish(head: PublishHead): void {
    this.length = 0;
  }

  onPublishBytes(src: usize, len: i32): void {
    memory.copy(received + this.length, src, len);
    this.length += len;
  }

  onPublishEnd(head: PublishHead): i32 {
    this.packets++;
    return 0;
  }
}

class Sink5 extends PacketSink5 {
  onProperties(packet: i32, len: i32): void {}
  onPublishProperties(src: usize, len: i32): void {}
  onPublishHead(head: PublishHead): i32 {
    return 0;
  }
  onDisconnect(reason: i32): i32 {
    return 0;
  }
  onNumber(packet: i32, id: i32, value: u32): i32 {
    return 0;
  }
  onText(packet: i32, id: i32, len: i32): void {}
  onTextBytes(packet: i32, id: i32, src: usize, len: i32): void {}
}

const head = new PublishHead();
const writer = new Writer();
const sink = new Sink();
const parser = new PacketParser5<Sink, Sink5>(new Sink5());
parser.sink = sink;
memory.fill(topic, 0x61, TOPIC_BYTES);
memory.fill(payload, 0x62, PAYLOAD_BYTES);

function encodeOne(): i32 {
  writer.reset(packet, PACKET_BYTES);
  head.topicLen = TOPIC_BYTES;
  head.payloadLen = 1 + U32_BYTES + PAYLOAD_BYTES;
  head.packetId = 7;
  head.flags = publishFlags(1, false, false);
  head.write(writer);
  writer.bytes(topic, TOPIC_BYTES);
  writer.u16Be(head.packetId);
  writeVarint(writer, U32_BYTES);
  writeU32(writer, Property.MessageExpiry, 3600);
  writer.bytes(payload, PAYLOAD_BYTES);
  return writer.length;
}

/** Encodes a QoS 1 PUBLISH of 100 bytes `count` times. Returns how often it was whole. */
function encode(count: i32): i32 {
  let done = 0;
  for (let i = 0; i < count; i++) if (encodeOne() == WHOLE_BYTES) done++;
  return done;
}

/** Parses that packet `count` times. Returns how many PUBLISH came out. */
function decode(count: i32): i32 {
  encodeOne();
  sink.packets = 0;
  for (let i = 0; i < count; i++) parser.feed(packet, writer.length);
  return sink.packets;
}

/** row: 0 encode, 1 decode (tests/bench/target/scenario.c); a0: count. */
export function syscall(row: i32, nowMs: i64, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32, a7: i32): i32 {
  return row == 0 ? encode(a0) : decode(a0);
}

export function abi_version(): i32 {
  return 1;
}
export function setup(): i32 {
  return 0;
}
export function step(nowMs: i64): i32 {
  return 0;
}
export function exchange(): usize {
  return packet;
}
export function app_started(restarts: i32): i32 {
  return 0;
}
