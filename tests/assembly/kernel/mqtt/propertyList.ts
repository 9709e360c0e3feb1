/** Properties as codecEntry.ts takes and logs them. */
import { createRequire } from "node:module";

interface Protocol {
  properties: Record<string, number>;
  propertiesTypes: Record<string, string>;
}

const protocol = createRequire(import.meta.url)("mqtt-packet/constants.js") as Protocol;

/** Identifiers by mqtt-packet's names. */
export const PROPERTY_ID = protocol.properties;

/** First bytes of packets. */
export const PACKET = {
  connack: 0x20,
  publish: 0x30,
  puback: 0x40,
  pubrec: 0x50,
  pubrel: 0x62,
  pubcomp: 0x70,
  suback: 0x90,
  unsuback: 0xb0,
  disconnect: 0xe0,
} as const;

export type Entry = { id: number; number: number } | { id: number; bytes: Buffer };

/** Properties one by one, in the order mqtt-packet writes them; of a pair first the name, then the value. */
export function entries(properties: Record<string, unknown>): Entry[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    const id = PROPERTY_ID[name]!;
    if (name !== "userProperties") return [value].flat().map((each) => entry(id, each));
    return Object.entries(value as Record<string, string | string[]>).flatMap(([key, values]) =>
      [values].flat().flatMap((each) => [entry(id, key), entry(id, each)]),
    );
  });
}

function entry(id: number, value: unknown): Entry {
  if (typeof value === "number" || typeof value === "boolean") return { id, number: Number(value) };
  return { id, bytes: Buffer.from(value as string) };
}

export function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** As `compose` of codecEntry.ts reads them: the identifier of a pair stands once. */
export function propertyList(properties: Record<string, unknown>): Buffer {
  let isValue = false;
  const parts = entries(properties).map((each) => {
    if ("number" in each) return Buffer.concat([Buffer.from([each.id]), u32(each.number)]);
    const isSecond: boolean = each.id === PROPERTY_ID["userProperties"] && isValue;
    isValue = each.id === PROPERTY_ID["userProperties"] && !isSecond;
    return Buffer.concat([isSecond ? Buffer.alloc(0) : Buffer.from([each.id]), u16(each.bytes.length), each.bytes]);
  });
  return Buffer.concat(parts);
}
