import { Packet } from "../mqtt/fixedHeader";
import { Retry } from "../mqtt/retry";

/** Reason codes that this client sends or acts on. Source: MQTT 5, 2.4; spec/mqtt.md, 8.1. */
export enum Reason {
  Success = 0x00,
  DisconnectWithWill = 0x04,
  NoMatchingSubscribers = 0x10,
  /** From here on a code is a failure. */
  Unspecified = 0x80,
  Malformed = 0x81,
  ProtocolError = 0x82,
  ProtocolVersion = 0x84,
  PacketIdNotFound = 0x92,
  ReceiveMaximumExceeded = 0x93,
  TopicAliasInvalid = 0x94,
  PacketTooLarge = 0x95,
  RetainNotSupported = 0x9a,
  QosNotSupported = 0x9b,
}

const LOW_BYTES: i32 = 4;
const ROW_BYTES: i32 = 12;

/**
 * Codes that a server may send, one row for each packet type from CONNACK to DISCONNECT; types without a code have an empty one.
 *
 *     | 0 u32 bit = code, for those below 0x20 | 4 u64 bit = code - 0x80 |
 */
const rows: usize = memory.data<u8>([
  1, 0, 0, 0, 255, 23, 161, 190, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 137, 0, 131, 2, 0, 0, 0, 0, 1, 0, 1, 0, 137, 0,
  131, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0,
  0, 137, 128, 130, 64, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 137, 128, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 143, 234, 249, 255, 7, 0, 0, 0,
]);

/** Tells whether a server may send that reason code (0..255) in a packet, by the packet's first byte. */
export function isReason(packet: i32, code: i32): bool {
  const row = rows + <usize>((packet >> 4) - (Packet.Connack >> 4)) * ROW_BYTES;
  if (code < 32) return ((load<u32>(row) >> code) & 1) != 0;
  return code >= 0x80 && code < 0xc0 && ((load<u64>(row + LOW_BYTES) >> (code - 0x80)) & 1) != 0;
}

/** Codes 0x80..0xa2 by Retry, two bits each. Source: spec/mqtt.md, 8.1. */
const retries: usize = memory.data<u8>([0, 170, 101, 50, 2, 72, 160, 73, 1]);

/** How soon to come back after a CONNACK or DISCONNECT with that code. */
export function retryClass(code: i32): Retry {
  const index = code - 0x80;
  return index < 0 || index > 0x22 ? Retry.Normal : <Retry>((load<u8>(retries + (index >> 2)) >> ((index & 3) << 1)) & 3);
}
