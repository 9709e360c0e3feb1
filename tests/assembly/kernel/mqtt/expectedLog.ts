/** The log that codecEntry.ts must write for a packet of mqtt-packet. */
import type { Packet } from "mqtt-packet";
import type { Version } from "./codec.js";
import { entries, PACKET, u16, u32 } from "./propertyList.js";

type Fields = Record<string, unknown>;

export function expectedLog(packet: Packet, version: Version): Buffer {
  const fields = packet as unknown as Fields;
  const first = packet.cmd === "publish" ? 0x30 | flagsOf(fields) : PACKET[packet.cmd as keyof typeof PACKET];
  const properties = version === 5 ? propertiesLog(first, (fields["properties"] ?? {}) as Fields) : Buffer.alloc(0);
  if (packet.cmd === "publish") return publishLog(fields, properties, version);
  return Buffer.concat([properties, bodyLog(fields, first)]);
}

function bodyLog(fields: Fields, first: number): Buffer {
  const id = u16((fields["messageId"] as number | undefined) ?? 0);
  const reason = Number(fields["reasonCode"] ?? fields["returnCode"] ?? 0);
  const granted = (fields["granted"] ?? []) as number[];
  switch (fields["cmd"]) {
    case "connack":
      return Buffer.from([1, fields["sessionPresent"] ? 1 : 0, reason]);
    case "suback":
      return Buffer.from([3, ...id, granted.length, ...granted]);
    case "unsuback":
      return Buffer.from([2, first, ...id, granted[0] ?? 0]);
    case "pingresp":
      return Buffer.from([4]);
    case "disconnect":
      return Buffer.from([10, reason]);
    default:
      return Buffer.from([2, first, ...id, reason]);
  }
}

function flagsOf(fields: Fields): number {
  return (fields["dup"] ? 8 : 0) | (Number(fields["qos"]) << 1) | (fields["retain"] ? 1 : 0);
}

function publishLog(fields: Fields, properties: Buffer, version: Version): Buffer {
  const topic = Buffer.from(fields["topic"] as string);
  const payload = fields["payload"] as Buffer;
  const begin = Buffer.concat([Buffer.from([5, flagsOf(fields)]), u16(topic.length), Buffer.from([6]), topic]);
  const middle = version === 5 ? Buffer.concat([properties, Buffer.from([6])]) : Buffer.alloc(0);
  const id = fields["qos"] ? (fields["messageId"] as number) : 0;
  return Buffer.concat([begin, middle, payload, Buffer.from([7]), u16(id), u32(payload.length)]);
}

function propertiesLog(first: number, properties: Fields): Buffer {
  const parts = entries(properties).map((entry) =>
    "number" in entry
      ? Buffer.concat([Buffer.from([8, first, entry.id]), u32(entry.number)])
      : Buffer.concat([Buffer.from([9, first, entry.id]), u16(entry.bytes.length), entry.bytes]),
  );
  return Buffer.concat(parts);
}
