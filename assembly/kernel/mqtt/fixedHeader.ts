import { Writer } from "../../lib/bytes";

/** First byte of each packet, with the flags the standard fixes. Auth: version 5 only. Source: MQTT 3.1.1, 2.2. */
export enum Packet {
  Connect = 0x10,
  Connack = 0x20,
  Publish = 0x30,
  Puback = 0x40,
  Pubrec = 0x50,
  Pubrel = 0x62,
  Pubcomp = 0x70,
  Subscribe = 0x82,
  Suback = 0x90,
  Unsubscribe = 0xa2,
  Unsuback = 0xb0,
  Pingreq = 0xc0,
  Pingresp = 0xd0,
  Disconnect = 0xe0,
  Auth = 0xf0,
}

export const REMAINING_LENGTH_MAX: i32 = 268435455;

/** Bytes that a remaining length takes: 1 to 4. Source: MQTT 3.1.1, 2.2.3. */
export function remainingLengthBytes(remaining: i32): i32 {
  return remaining < 128 ? 1 : remaining < 16384 ? 2 : remaining < 2097152 ? 3 : 4;
}

/** Appends a fixed header, its remaining length in the shortest form. remaining: 0..REMAINING_LENGTH_MAX. */
export function writeFixedHeader(out: Writer, first: i32, remaining: i32): void {
  let at = out.reserve(1 + remainingLengthBytes(remaining));
  if (!at) return;
  store<u8>(at++, <u8>first);
  while (remaining > 127) {
    store<u8>(at++, <u8>(remaining | 128));
    remaining >>= 7;
  }
  store<u8>(at, <u8>remaining);
}

/** Appends a string or binary field: u16 length, big-endian, then `src`: u8[len]. */
export function writeField(out: Writer, src: usize, len: i32): void {
  out.u16Be(len);
  out.bytes(src, len);
}
