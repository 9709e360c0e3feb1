import { Writer } from "../../lib/bytes";
import { writeFixedHeader } from "./fixedHeader";

/** Bytes of a packet without a body. */
export const EMPTY_BYTES: i32 = 2;

/** Appends a PINGREQ or a DISCONNECT: packets without a body. Source: MQTT 3.1.1, 3.12 and 3.14. */
export function writeEmpty(out: Writer, packet: i32): void {
  writeFixedHeader(out, packet, 0);
}
