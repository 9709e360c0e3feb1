/**
 * The MQTT codec by itself, so that one packet each way can be counted. It is a kernel to the host, on either engine, whose
 * `syscall` does one of two works `count` times: two calls with counts that differ by one tell what one costs.
 */
import { PacketParser } from "../../../assembly/kernel/mqtt/parser";
import { begin, end, packet, PAYLOAD_BYTES, Sink, sink, WHOLE_BYTES, writer } from "./codecParts";

export { abi_version, app_started, exchange, setup, step } from "./codecParts";

const parser = new PacketParser<Sink>();
parser.sink = sink;

function encodeOne(): i32 {
  begin(PAYLOAD_BYTES);
  return end();
}

/** Encodes the packet `count` times. Returns how often it was whole. */
function encode(count: i32): i32 {
  let done = 0;
  for (let i = 0; i < count; i++) if (encodeOne() == WHOLE_BYTES) done++;
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
