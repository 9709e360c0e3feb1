import { Writer } from "../../lib/bytes";
import { writeFixedHeader } from "./fixedHeader";

/** Bytes of a PUBACK, PUBREC, PUBREL or PUBCOMP. */
export const ACK_BYTES: i32 = 4;

/** Appends a PUBACK, PUBREC, PUBREL or PUBCOMP. packetId: 1..65535, echoed from the packet it answers [MQTT-2.3.1-6]. */
export function writeAck(out: Writer, packet: i32, packetId: i32): void {
  writeFixedHeader(out, packet, 2);
  out.u16Be(packetId);
}
