import { Writer } from "../../lib/bytes";
import { Packet, writeField, writeFixedHeader } from "../mqtt/fixedHeader";
import { isTopicFilter } from "../mqtt/topicFilter";

/** Subscription options: QoS in bits 0 and 1. Source: MQTT 5, 3.8.3.1. */
export const NO_LOCAL: i32 = 0x04;
export const RETAIN_AS_PUBLISHED: i32 = 0x08;
/** 0 sends retained messages, 1 only for a new subscription, 2 never. */
export const RETAIN_HANDLING_SHIFT: i32 = 4;

const SHARE: usize = memory.data<u8>([0x24, 0x73, 0x68, 0x61, 0x72, 0x65, 0x2f]); // "$share/"
const SHARE_BYTES: i32 = 7;
const SLASH: i32 = 0x2f;

/** Tells whether options can be: no reserved bit, QoS and retain handling at most 2 [MQTT-3.8.3-5]. */
export function isSubscribeOptions(options: i32): bool {
  return <u32>options < 0x30 && (options & 3) != 3;
}

/** Bytes of the share name's prefix `$share/<name>/` in a filter: u8[len], 0 for a filter that is not shared. -1: a name that cannot be. */
export function sharePrefix(filter: usize, len: i32): i32 {
  if (len < SHARE_BYTES || memory.compare(filter, SHARE, SHARE_BYTES) != 0) return 0;
  for (let i = SHARE_BYTES; i < len; i++) {
    const byte = load<u8>(filter + i);
    if (byte == 0x2b || byte == 0x23) return -1;
    if (byte == SLASH) return i > SHARE_BYTES ? i + 1 : -1;
  }
  return -1;
}

/** Tells whether a filter with options may be subscribed to [MQTT-4.8.2-1, -2, MQTT-3.8.3-4]. */
export function isSubscription5(filter: usize, len: i32, options: i32): bool {
  const prefix = sharePrefix(filter, len);
  if (prefix < 0 || (prefix > 0 && (options & NO_LOCAL) != 0)) return false;
  return isSubscribeOptions(options) && isTopicFilter(filter + prefix, len - prefix);
}

/** Appends a SUBSCRIBE with one filter: u8[filterLen], and no properties. Source: MQTT 5, 3.8. */
export function writeSubscribe5(out: Writer, packetId: i32, filter: usize, filterLen: i32, options: i32): void {
  writeFixedHeader(out, Packet.Subscribe, 6 + filterLen);
  writeFilter(out, packetId, filter, filterLen);
  out.u8(options);
}

/** Appends an UNSUBSCRIBE with one filter: u8[filterLen], and no properties. Source: MQTT 5, 3.10. */
export function writeUnsubscribe5(out: Writer, packetId: i32, filter: usize, filterLen: i32): void {
  writeFixedHeader(out, Packet.Unsubscribe, 5 + filterLen);
  writeFilter(out, packetId, filter, filterLen);
}

function writeFilter(out: Writer, packetId: i32, filter: usize, filterLen: i32): void {
  out.u16Be(packetId);
  out.u8(0);
  writeField(out, filter, filterLen);
}
