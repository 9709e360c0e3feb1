import { Writer } from "../../lib/bytes";
import { Packet, remainingLengthBytes, writeField, writeFixedHeader } from "./fixedHeader";

/** The code of SUBACK that refuses a filter; 0..2 grant a QoS. */
export const SUBACK_FAILURE: i32 = 0x80;

/** Tells whether a SUBACK may carry this code [MQTT-3.9.3-2]. */
export function isSubackCode(code: i32): bool {
  return code <= 2 || code == SUBACK_FAILURE;
}

/** Bytes of a SUBSCRIBE or UNSUBSCRIBE with one filter. */
export function subscribeBytes(filterLen: i32): i32 {
  const remaining = 5 + filterLen;
  return 1 + remainingLengthBytes(remaining) + remaining;
}

/** Appends a SUBSCRIBE with one filter: u8[filterLen]. Source: MQTT 3.1.1, 3.8. */
export function writeSubscribe(out: Writer, packetId: i32, filter: usize, filterLen: i32, qos: i32): void {
  writeFixedHeader(out, Packet.Subscribe, 5 + filterLen);
  out.u16Be(packetId);
  writeField(out, filter, filterLen);
  out.u8(qos);
}

/** Appends an UNSUBSCRIBE with one filter: u8[filterLen]. Source: MQTT 3.1.1, 3.10. */
export function writeUnsubscribe(out: Writer, packetId: i32, filter: usize, filterLen: i32): void {
  writeFixedHeader(out, Packet.Unsubscribe, 4 + filterLen);
  out.u16Be(packetId);
  writeField(out, filter, filterLen);
}
