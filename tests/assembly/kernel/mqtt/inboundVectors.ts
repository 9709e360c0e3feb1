/** Packets from a server, byte by byte, with the log that codecEntry.ts must write; and forms that must end the connection. */
import type { Version } from "./codec.js";

export interface Vector {
  what: string;
  bytes: string;
  log: string;
}

/** Every type that a server of 3.1.1 sends. */
const VECTORS_4: readonly Vector[] = [
  { what: "CONNACK, session present", bytes: "20 02 01 00", log: "01 01 00" },
  { what: "CONNACK, refused", bytes: "20 02 00 05", log: "01 00 05" },
  { what: "PUBLISH QoS 0", bytes: "31 07 0003 612f62 6869", log: "05 01 0003 06 612f62 6869 07 0000 00000002" },
  { what: "PUBLISH QoS 2, no payload", bytes: "3c 07 0003 612f62 ffff", log: "05 0c 0003 06 612f62 07 ffff 00000000" },
  { what: "PUBACK", bytes: "40 02 1234", log: "02 40 1234 00" },
  { what: "PUBREC", bytes: "50 02 1234", log: "02 50 1234 00" },
  { what: "PUBREL", bytes: "62 02 1234", log: "02 62 1234 00" },
  { what: "PUBCOMP", bytes: "70 02 1234", log: "02 70 1234 00" },
  { what: "SUBACK", bytes: "90 06 000a 00 01 02 80", log: "03 000a 04 00010280" },
  { what: "UNSUBACK", bytes: "b0 02 000a", log: "02 b0 000a 00" },
  { what: "PINGRESP", bytes: "d0 00", log: "04" },
];

/** Every type that a server of version 5 sends, with and without what may be left out. */
const VECTORS_5: readonly Vector[] = [
  { what: "CONNACK without properties", bytes: "20 03 01 00 00", log: "01 01 00" },
  {
    what: "CONNACK with all numbers",
    bytes: "20 27 00 00 24 11 0000003c 13 001e 21 0005 22 0003 24 01 25 00 27 00000400 28 01 29 00 2a 01 12 0004 6e616d65",
    log: "08 20 11 0000003c 08 20 13 0000001e 08 20 21 00000005 08 20 22 00000003 08 20 24 00000001 08 20 25 00000000 08 20 27 00000400 08 20 28 00000001 08 20 29 00000000 08 20 2a 00000001 09 20 12 0004 6e616d65 01 00 00",
  },
  {
    what: "CONNACK refused, explained",
    bytes: "20 15 00 9c 12 1c 0003 612e62 1f 0002 6e6f 26 0001 6b 0001 76",
    log: "09 20 1c 0003 612e62 09 20 1f 0002 6e6f 09 20 26 0001 6b 09 20 26 0001 76 01 00 9c",
  },
  { what: "CONNACK of a server that knows 3.1.1 alone", bytes: "20 02 00 01", log: "01 00 84" },
  { what: "PUBLISH without properties", bytes: "32 08 0001 61 0007 00 6869", log: "05 02 0001 06 61 06 6869 07 0007 00000002" },
  {
    what: "PUBLISH by alias",
    bytes: "30 08 0000 03 23 0002 6869",
    log: "05 00 0000 06 08 30 23 00000002 06 6869 07 0000 00000002",
  },
  {
    what: "PUBLISH with every property",
    bytes: "34 2a 0001 61 0007 23 01 01 02 0000000a 03 0001 74 08 0001 72 09 0002 00ff 0b 05 0b 8001 23 0001 26 0001 6b 0001 76 68",
    log: "05 04 0001 06 61 08 34 01 00000001 08 34 02 0000000a 09 34 03 0001 74 09 34 08 0001 72 09 34 09 0002 00ff 08 34 0b 00000005 08 34 0b 00000080 08 34 23 00000001 09 34 26 0001 6b 09 34 26 0001 76 06 68 07 0007 00000001",
  },
  { what: "PUBACK, short", bytes: "40 02 1234", log: "02 40 1234 00" },
  { what: "PUBACK with a reason", bytes: "40 03 1234 10", log: "02 40 1234 10" },
  { what: "PUBREC refused, explained", bytes: "50 09 1234 97 05 1f 0002 6e6f", log: "09 50 1f 0002 6e6f 02 50 1234 97" },
  { what: "PUBREL of an unknown identifier", bytes: "62 04 1234 92 00", log: "02 62 1234 92" },
  { what: "PUBCOMP", bytes: "70 02 1234", log: "02 70 1234 00" },
  { what: "SUBACK", bytes: "90 06 000a 00 00 02 87", log: "03 000a 03 000287" },
  { what: "UNSUBACK", bytes: "b0 04 000a 00 11", log: "02 b0 000a 11" },
  { what: "PINGRESP", bytes: "d0 00", log: "04" },
  { what: "DISCONNECT, short", bytes: "e0 00", log: "0a 00" },
  { what: "DISCONNECT with a reason", bytes: "e0 01 8e", log: "0a 8e" },
  { what: "DISCONNECT, explained", bytes: "e0 0a 9d 08 1c 0001 61 1f 0001 62", log: "09 e0 1c 0001 61 09 e0 1f 0001 62 0a 9d" },
];

export const VECTORS: Readonly<Record<Version, readonly Vector[]>> = { 4: VECTORS_4, 5: VECTORS_5 };

/** Malformed in version 5, beside what is malformed in both (parser.spec.ts). */
export const MALFORMED_5: readonly (readonly [what: string, bytes: string])[] = [
  ["AUTH, for no method was announced [MQTT-3.1.2-30]", "f0 00"],
  ["AUTH with a reason", "f0 02 18 00"],
  ["CONNACK without a property length", "20 02 00 00"],
  ["CONNACK with bytes behind its properties", "20 04 00 00 00 00"],
  ["CONNACK whose properties are longer than it", "20 03 00 00 01"],
  ["CONNACK with a reason of 3.1.1", "20 03 00 05 00"],
  ["CONNACK refused with a session [MQTT-3.2.2-6]", "20 03 01 87 00"],
  ["CONNACK with a flag of two", "20 05 00 00 02 25 02"],
  ["Receive Maximum 0", "20 06 00 00 03 21 0000"],
  ["Maximum Packet Size 0", "20 08 00 00 05 27 00000000"],
  ["Maximum QoS 2", "20 05 00 00 02 24 02"],
  ["a property twice", "20 07 00 00 04 25 01 25 01"],
  ["an unknown property", "20 05 00 00 02 04 00"],
  ["property 0", "20 05 00 00 02 00 00"],
  ["a property that was never given a number", "20 05 00 00 02 ff 00"],
  ["a property in the wrong packet", "20 08 00 00 05 02 00000001"],
  ["a property of a will", "20 08 00 00 05 18 00000001"],
  ["a property cut off by the end of the block", "20 06 00 00 03 11 0000"],
  ["a text cut off by the end of the block", "20 07 00 00 04 1f 0002 61"],
  ["text that is not UTF-8 [MQTT-1.5.4-1]", "20 08 00 00 05 1f 0002 c328"],
  ["text that ends in a character [MQTT-1.5.4-1]", "20 07 00 00 04 1f 0001 c3"],
  ["U+0000 in text [MQTT-1.5.4-2]", "20 07 00 00 04 1f 0001 00"],
  ["a surrogate in a pair [MQTT-1.5.7-1]", "20 0b 00 00 08 26 0000 0003 eda080"],
  ["a property length longer than its shortest form [MQTT-1.5.5-1]", "20 04 00 00 80 00"],
  ["a property length of five bytes", "20 08 00 00 80 80 80 80 00"],
  ["Subscription Identifier 0", "30 06 0001 61 02 0b 00"],
  ["Subscription Identifier longer than its shortest form", "30 07 0001 61 03 0b 8100"],
  ["Subscription Identifier of five bytes", "30 0a 0001 61 06 0b 8080808001"],
  ["Topic Alias 0 [MQTT-3.3.2-8]", "30 07 0001 61 03 23 0000"],
  ["neither topic nor alias", "30 04 0000 00 61"],
  ["PUBLISH without a property length", "30 03 0001 61"],
  ["Payload Format 2", "30 06 0001 61 02 01 02"],
  ["PUBACK with a reason of PUBREL", "40 03 0001 92"],
  ["PUBACK with an unknown reason", "40 03 0001 7f"],
  ["PUBREL with a reason of PUBACK", "62 03 0001 87"],
  ["PUBCOMP with bytes behind its properties", "70 05 0001 00 00 00"],
  ["PUBACK of identifier 0", "40 03 0000 00"],
  ["SUBACK without a code", "90 03 0001 00"],
  ["SUBACK with a code of UNSUBACK", "90 04 0001 00 11"],
  ["SUBACK with QoS 3", "90 04 0001 00 03"],
  ["SUBACK with more codes than anybody asked for", "90 12 0001 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"],
  ["UNSUBACK without a code", "b0 02 0001"],
  ["UNSUBACK with a code of SUBACK", "b0 04 0001 00 02"],
  ["DISCONNECT with a reason that only a client sends", "e0 01 04"],
  ["DISCONNECT with a session expiry [MQTT-3.14.2-2]", "e0 07 00 05 11 00000001"],
  ["DISCONNECT with flags", "e1 00"],
  ["PINGRESP with a body", "d0 01 00"],
];
