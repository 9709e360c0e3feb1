import { Writer } from "../../lib/bytes";
import { Packet, writeFixedHeader } from "../mqtt/fixedHeader";
import { Property } from "./property";
import { U32_BYTES, writeU32 } from "./propertyWriter";

/** Appends a PUBACK, PUBREC, PUBREL or PUBCOMP with a reason other than success; success is written as in 3.1.1. Source: MQTT 5, 3.4. */
export function writeAckReason(out: Writer, packet: i32, packetId: i32, reason: i32): void {
  writeFixedHeader(out, packet, 3);
  out.u16Be(packetId);
  out.u8(reason);
}

/** Appends a DISCONNECT. sessionExpirySeconds: a new one, or -1 to leave it as it was announced. Source: MQTT 5, 3.14. */
export function writeDisconnect5(out: Writer, reason: i32, sessionExpirySeconds: i64): void {
  const hasExpiry = sessionExpirySeconds >= 0;
  writeFixedHeader(out, Packet.Disconnect, hasExpiry ? 2 + U32_BYTES : 1);
  out.u8(reason);
  if (!hasExpiry) return;
  out.u8(U32_BYTES);
  writeU32(out, Property.SessionExpiry, <u32>sessionExpirySeconds);
}
