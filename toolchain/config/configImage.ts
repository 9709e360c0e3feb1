/**
 * The configuration as the board reads it (layout: host/src/config_image.h).
 *
 *      0        4         6            8           12            16
 *     +--------+---------+------------+-----------+-------------+------
 *     | "WMCF" | u16 = 1 | u16 count  | u32 bytes | u32 CRC-32  | body      little-endian; CRC over the body
 *     +--------+---------+------------+-----------+-------------+------
 *     entry: u8 keyLen, u16 valueLen, u8[keyLen] key, u8[valueLen] value      UTF-8
 */
import { crc32 } from "./crc32.js";
import type { AppSection, Config } from "./schema.js";

const MAGIC = "WMCF";
const VERSION = 1;
const HEADER_BYTES = 16;

/** Thrown where a configuration does not fit the image. */
export class ConfigImageError extends Error {}

/** Returns the dotted keys and their values as text. Keys left out of config.json stay out: defaults are the device's. */
export function configEntries(config: Config): Array<[string, string]> {
  const entries: Array<[string, string]> = [];
  const add = (prefix: string, section: AppSection): void => {
    for (const [name, value] of Object.entries(section)) {
      const key = `${prefix}.${name}`;
      if (typeof value === "object") add(key, value);
      else if (value !== undefined) entries.push([key, String(value)]);
    }
  };
  for (const [name, section] of Object.entries(config)) if (section !== undefined) add(name, section as AppSection);
  return entries;
}

/** Returns the image: at most capBytes, or throws ConfigImageError naming what is too large. */
export function writeConfigImage(config: Config, capBytes: number): Buffer {
  const entries = configEntries(config);
  const body = Buffer.concat(entries.map(([key, value]) => entryBytes(key, value)));
  if (HEADER_BYTES + body.length > capBytes) {
    throw new ConfigImageError(`configuration: found ${HEADER_BYTES + body.length} bytes, expected at most ${capBytes}`);
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, "latin1");
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(entries.length, 6);
  header.writeUInt32LE(body.length, 8);
  header.writeUInt32LE(crc32(body), 12);
  return Buffer.concat([header, body]);
}

function entryBytes(key: string, value: string): Buffer {
  const keyBytes = Buffer.from(key, "utf8");
  const valueBytes = Buffer.from(value, "utf8");
  if (keyBytes.length > 0xff)
    throw new ConfigImageError(`${key.slice(0, 40)}...: found a key of ${keyBytes.length} bytes, expected at most 255`);
  if (valueBytes.length > 0xffff) throw new ConfigImageError(`${key}: found ${valueBytes.length} bytes, expected at most 65535`);
  const head = Buffer.alloc(3);
  head.writeUInt8(keyBytes.length, 0);
  head.writeUInt16LE(valueBytes.length, 1);
  return Buffer.concat([head, keyBytes, valueBytes]);
}
