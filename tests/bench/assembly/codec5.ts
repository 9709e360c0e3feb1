/** The codec of version 5 by itself, with one property, Message Expiry; otherwise as codec.ts. */
import { PublishHead } from "../../../assembly/kernel/mqtt/publish";
import { PacketParser5, PacketSink5 } from "../../../assembly/kernel/mqtt5/parser";
import { Property } from "../../../assembly/kernel/mqtt5/property";
import { U32_BYTES, writeU32, writeVarint } from "../../../assembly/kernel/mqtt5/propertyWriter";
import { begin, end, packet, PAYLOAD_BYTES, Sink, sink, WHOLE_BYTES, writer } from "./codecParts";

export { abi_version, app_started, exchange, setup, step } from "./codecParts";

/** A byte of length, 5 of Message Expiry, and one more of remaining length. */
const WHOLE_BYTES_5: i32 = WHOLE_BYTES + 7;

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

const parser = new PacketParser5<Sink, Sink5>(new Sink5());
parser.sink = sink;

function encodeOne(): i32 {
  begin(1 + U32_BYTES + PAYLOAD_BYTES);
  writeVarint(writer, U32_BYTES);
  writeU32(writer, Property.MessageExpiry, 3600);
  return end();
}

/** Encodes the packet `count` times. Returns how often it was whole. */
function encode(count: i32): i32 {
  let done = 0;
  for (let i = 0; i < count; i++) if (encodeOne() == WHOLE_BYTES_5) done++;
  return done;
}

/** Parses it `count` times. Returns how many PUBLISH came out. */
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
