/**
 * What codec.ts and codec5.ts share: a packet of QoS 1 with 100 bytes of payload, what takes it in, and what a kernel must export for
 * the host beside `syscall`.
 */
import "../../../assembly/kernel/host/abort";
import { Writer } from "../../../assembly/lib/bytes";
import { PacketSink } from "../../../assembly/kernel/mqtt/parser";
import { PublishHead, publishFlags } from "../../../assembly/kernel/mqtt/publish";

const TOPIC_BYTES: i32 = 21; // devices/bench/readings
export const PAYLOAD_BYTES: i32 = 100;
/** 2 of fixed header, 2 + 21 of topic, 2 of packet identifier, 100 of payload. */
export const WHOLE_BYTES: i32 = 127;
const PACKET_BYTES: i32 = 256;

const topic = memory.data(TOPIC_BYTES);
const payload = memory.data(PAYLOAD_BYTES);
export const packet = memory.data(PACKET_BYTES);
const received = memory.data(PACKET_BYTES);

/** Takes what comes in as the inbox does: bytes into a buffer. */
export class Sink extends PacketSink {
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

const head = new PublishHead();
export const writer = new Writer();
export const sink = new Sink();
memory.fill(topic, 0x61, TOPIC_BYTES);
memory.fill(payload, 0x62, PAYLOAD_BYTES);

/** Writes what stands in front of properties and payload. payloadLen: bytes of both. */
export function begin(payloadLen: i32): void {
  writer.reset(packet, PACKET_BYTES);
  head.topicLen = TOPIC_BYTES;
  head.payloadLen = payloadLen;
  head.packetId = 7;
  head.flags = publishFlags(1, false, false);
  head.write(writer);
  writer.bytes(topic, TOPIC_BYTES);
  writer.u16Be(head.packetId);
}

/** Writes the payload. Bytes of the packet. */
export function end(): i32 {
  writer.bytes(payload, PAYLOAD_BYTES);
  return writer.length;
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
