/**
 * The configuration as the board reads it: images, halves and the order in which they are written. The bytes, and the rule
 * by which a half is in force, are specified in host/src/config_image.h.
 */
import { crc32 } from "./crc32.js";
import type { AppSection, Config } from "./schema.js";

export const CONFIG_IMAGE_VERSION = 2;
export const CONFIG_HEADER_BYTES = 24;
const MAGIC = "WMCF";
const HEADER_CRC_AT = 20;
const ERASED = 0xff;

/** Thrown where a configuration does not fit the image, or an image is none. */
export class ConfigImageError extends Error {}

/** What one half of the partition holds. `problem` completes the sentence "the image is ...". */
export type ConfigHalf =
  | { readonly state: "erased" }
  | { readonly state: "whole"; readonly sequence: number; readonly entries: ReadonlyMap<string, string> }
  | { readonly state: "other version"; readonly sequence: number; readonly problem: string }
  | { readonly state: "damaged"; readonly problem: string };

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

/** Returns the image, which fills a half of halfBytes; throws ConfigImageError naming what is too large. */
export function writeConfigImage(config: Config, halfBytes: number, sequence: number): Buffer {
  const entries = configEntries(config);
  const body = Buffer.concat(entries.map(([key, value]) => entryBytes(key, value)));
  if (CONFIG_HEADER_BYTES + body.length > halfBytes) {
    const [longest] = [...entries].sort(([, a], [, b]) => Buffer.byteLength(b) - Buffer.byteLength(a));
    const hint = `; the longest value is ${longest?.[0]} with ${Buffer.byteLength(longest?.[1] ?? "")}`;
    const found = `found ${CONFIG_HEADER_BYTES + body.length} bytes, expected at most ${halfBytes}`;
    throw new ConfigImageError(`configuration: ${found}${hint}`);
  }
  const image = Buffer.alloc(halfBytes, ERASED);
  body.copy(image, CONFIG_HEADER_BYTES);
  image.write(MAGIC, 0, "latin1");
  image.writeUInt16LE(CONFIG_IMAGE_VERSION, 4);
  image.writeUInt16LE(entries.length, 6);
  image.writeUInt32LE(body.length, 12);
  image.writeUInt32LE(crc32(body), 16);
  return withSequence(image, sequence);
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

/** Returns a copy of an image with another sequence. */
export function withSequence(image: Buffer, sequence: number): Buffer {
  const copy = Buffer.from(image);
  copy.writeUInt32LE(sequence, 8);
  copy.writeUInt32LE(crc32(copy.subarray(0, HEADER_CRC_AT)), HEADER_CRC_AT);
  return copy;
}

/** Checks what a half holds, as the board does. */
export function readConfigHalf(half: Buffer): ConfigHalf {
  const header = half.subarray(0, CONFIG_HEADER_BYTES);
  if (header.every((byte) => byte === ERASED)) return { state: "erased" };
  if (half.length < CONFIG_HEADER_BYTES || header.toString("latin1", 0, 4) !== MAGIC) {
    return { state: "damaged", problem: "no configuration: its first bytes are not those of one" };
  }
  if (crc32(header.subarray(0, HEADER_CRC_AT)) !== header.readUInt32LE(HEADER_CRC_AT)) {
    return { state: "damaged", problem: "damaged: the checksum of its header does not fit" };
  }
  const version = header.readUInt16LE(4);
  const sequence = header.readUInt32LE(8);
  if (version !== CONFIG_IMAGE_VERSION) {
    return { state: "other version", sequence, problem: `of version ${version}, expected ${CONFIG_IMAGE_VERSION}` };
  }
  const bodyEnd = CONFIG_HEADER_BYTES + header.readUInt32LE(12);
  const body = half.subarray(CONFIG_HEADER_BYTES, bodyEnd);
  const isWhole = bodyEnd <= half.length && crc32(body) === header.readUInt32LE(16);
  if (!isWhole || !half.subarray(bodyEnd).every((byte) => byte === ERASED)) {
    return { state: "damaged", problem: "damaged or cut off: the checksum of its content does not fit" };
  }
  const entries = readEntries(body, header.readUInt16LE(6));
  if (entries === null) return { state: "damaged", problem: "damaged: its entries do not fill it" };
  return { state: "whole", sequence, entries };
}

function readEntries(body: Buffer, count: number): Map<string, string> | null {
  const entries = new Map<string, string>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (body.length - at < 3) return null;
    const valueAt = at + 3 + body.readUInt8(at);
    const end = valueAt + body.readUInt16LE(at + 1);
    if (end > body.length) return null;
    const key = body.toString("utf8", at + 3, valueAt);
    if (!entries.has(key)) entries.set(key, body.toString("utf8", valueAt, end)); // the board finds the first one
    at = end;
  }
  return at === body.length ? entries : null;
}

/** Returns the half in force by the board's rule, or null. */
export function halfInForce([a, b]: readonly [ConfigHalf, ConfigHalf]): 0 | 1 | null {
  if (a.state !== "whole" || b.state !== "whole") return a.state === "whole" ? 0 : b.state === "whole" ? 1 : null;
  return isLater(b.sequence, a.sequence) ? 1 : 0;
}

function isLater(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

export interface WritePlan {
  /** Halves in the order in which they are written. */
  readonly order: readonly [0 | 1, 0 | 1];
  readonly sequence: number;
}

/**
 * How to write a new image over what the partition holds, so that one half is whole at every moment: the half that is not in
 * force first. nowSeconds: since 1970.
 */
export function planWrites(halves: readonly [ConfigHalf, ConfigHalf], nowSeconds: number): WritePlan {
  let sequence = nowSeconds >>> 0;
  for (const half of halves) {
    if ("sequence" in half && !isLater(sequence, half.sequence)) sequence = (half.sequence + 1) >>> 0;
  }
  // A half of another version may be in force for the firmware that is on the board: it counts as the one to keep.
  const kept = halfInForce(halves) ?? halves.findIndex(({ state }) => state === "other version");
  return { order: kept === 1 ? [0, 1] : [1, 0], sequence };
}

/** Reads the halves of a whole partition. */
export function readConfigPartition(partition: Buffer): [ConfigHalf, ConfigHalf] {
  const halfBytes = partition.length / 2;
  return [readConfigHalf(partition.subarray(0, halfBytes)), readConfigHalf(partition.subarray(halfBytes))];
}

/** Says what is wrong with the halves and which one is in force; "" when nothing is wrong. */
export function describeHalves(halves: readonly [ConfigHalf, ConfigHalf]): string {
  const wrong = halves.flatMap((half, i) => ("problem" in half ? [`half ${"AB"[i]} is ${half.problem}`] : []));
  if (wrong.length === 0) return "";
  const chosen = halfInForce(halves);
  return `${wrong.join("; ")}; ${chosen === null ? "none" : `half ${"AB"[chosen]}`} is in force`;
}
