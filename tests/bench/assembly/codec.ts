/** The MQTT codec by itself, so that one packet each way can be counted: work done `count` times per call. */
import "../../../assembly/kernel/host/abort";
import { Writer } from "../../../assembly/lib/bytes";
import { PacketParser, PacketSink } from "../../../assembly/kernel/mqtt/parser";
import { PublishHead } from "../../../assembly/kernel/mqtt/publish";

const TOPIC_BYTES: i32 = 21; // devices/bench/readings
const PAYLOAD_BYTES: i32 = 100;
const PACKET_BYTES: i32 = 256;

const topic = memory.data(TOPIC_BYTES);
const payload = memory.data(PAYLOAD_BYTES);
const packet = memory.data(PACKET_BYTES);
const received = memory.data(PACKET_BYTES);

/** Takes what comes in as the inbox does: bytes into a buffer. */
class Sink extends PacketSink {
  length: i32 = 0;
  packets: i32 = 0;

  onConnack(isSessionPresent: bool, code: i32): i32 { return 0; }
  onAck(packet: i32, packetId: i32): i32 { return 0; }
  onSuback(packetId: i32, codes: usize, count: i32): i32 { return 0; }
  onPingresp(): i32 { return 0; }

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

const head = new PublishHead();
const writer = new Writer();
const sink = new Sink();
const parser = new PacketParser();
parser.sink = sink;
memory.fill(topic, 0x61, TOPIC_BYTES);
memory.fill(payload, 0x62, PAYLOAD_BYTES);

function encodeOne(): i32 {
  writer.reset(packet, PACKET_BYTES);
  head.topicLen = TOPIC_BYTES;
  head.payloadLen = PAYLOAD_BYTES;
  head.packetId = 7;
  head.qos = 1;
  head.write(writer);
  writer.bytes(topic, TOPIC_BYTES);
  writer.u16Be(head.packetId);
  writer.bytes(payload, PAYLOAD_BYTES);
  return writer.length;
}

/** Encodes a QoS 1 PUBLISH of 100 bytes `count` times. Returns how often it was whole. */
export function encode(count: i32): i32 {
  let done = 0;
  for (let i = 0; i < count; i++) if (encodeOne() == head.packetBytes) done++;
  return done;
}

/** Parses that packet `count` times. Returns how many PUBLISH came out. */
export function decode(count: i32): i32 {
  encodeOne();
  sink.packets = 0;
  for (let i = 0; i < count; i++) parser.feed(packet, writer.length);
  return sink.packets;
}
