/** The bytes of one store, found in the file they were asked for in. Never writes. */
import { readFileSync } from "node:fs";

import { FLASH_BYTES } from "../board/flashImage.js";
import { findPartition } from "../board/partitions.js";
import { crc32 } from "../config/crc32.js";

/** The file is missing, or holds no store that this reader knows: exit code 2. */
export class StoreImageError extends Error {}

/** Of the format that SPEC.md describes. */
export const FORMAT_VERSION = 7;
export const UNIT = 16;
export const SECTOR_BYTES_MIN = 512;
export const SECTOR_BYTES_MAX = 65_536;
const SECTORS_MIN = 4;
const REGION_BYTES_MAX = 8 << 20;
const MAGIC = Buffer.from("WMST", "latin1");
/** Begins what the simulated board keeps behind its flash once it ran: counts, and which units are programmed (host/sim/flash_file.c). */
const SIDE_TABLE = Buffer.from("WMNF", "latin1");

/** A store's sectors, as they lie on the flash. */
export interface Region {
  readonly bytes: Buffer;
  readonly sectorBytes: number;
  readonly sectorCount: number;
  /** Units in a sector. */
  readonly units: number;
}

export interface RegionOptions {
  /** The flash file's partition. */
  readonly partition?: "store" | "state";
  /** The file is the region alone, whatever its size. */
  readonly isBare?: boolean;
  /** Left out: what the sectors say. */
  readonly sectorBytes?: number;
}

/**
 * Reads a flash file's partition, or a file that is a store's region alone. Throws StoreImageError for a file that cannot be
 * read, is empty, has a size that is no store's, or holds something else than a store of this format.
 */
export function loadRegion(file: string, options: RegionOptions = {}): Region {
  const bytes = read(file);
  if (bytes.length === 0) throw new StoreImageError(`${file}: found an empty file, expected a flash file or the image of a store`);
  if (options.isBare !== true && isFlashFile(bytes)) {
    const name = options.partition ?? "store";
    const { offset, bytes: length } = findPartition(name);
    if (bytes.length < offset + length) {
      throw new StoreImageError(`${file}: found ${bytes.length} bytes, expected a flash file of ${FLASH_BYTES}; is it cut off?`);
    }
    return regionOf(bytes.subarray(offset, offset + length), `${file}, partition ${name}`, options.sectorBytes);
  }
  if (options.partition !== undefined) {
    throw new StoreImageError(`${file}: found ${bytes.length} bytes, expected a flash file of ${FLASH_BYTES} to hold partitions`);
  }
  return regionOf(bytes, file, options.sectorBytes);
}

/** By its size, by what stands behind it, or, cut off or of a larger flash, by the place of its first sector of a store. */
function isFlashFile(bytes: Buffer): boolean {
  if (bytes.length === FLASH_BYTES || bytes.subarray(FLASH_BYTES, FLASH_BYTES + SIDE_TABLE.length).equals(SIDE_TABLE)) return true;
  const begin = Math.min(findPartition("state").offset, findPartition("store").offset);
  for (let offset = 0; offset < bytes.length; offset += SECTOR_BYTES_MIN) if (formatAt(bytes, offset) !== null) return offset >= begin;
  return false;
}

/** Looks at bytes as a store's region. name: for the messages. Throws StoreImageError. */
export function regionOf(bytes: Buffer, name: string, asked?: number): Region {
  const found = askedOrFound(bytes, name, asked);
  const sectorCount = bytes.length / found;
  if (!Number.isInteger(sectorCount) || sectorCount < SECTORS_MIN || bytes.length > REGION_BYTES_MAX) {
    const expected = `${SECTORS_MIN} or more whole sectors of ${found} bytes, at most ${REGION_BYTES_MAX}; is it cut off?`;
    throw new StoreImageError(`${name}: found ${bytes.length} bytes, expected ${expected}`);
  }
  refuseForeign(bytes, name, found);
  return { bytes, sectorBytes: found, sectorCount, units: found / UNIT };
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const found = code === "ENOENT" ? "found no file" : code === "EISDIR" ? "found a folder" : `cannot be read (${code})`;
    throw new StoreImageError(`${file}: ${found}, expected a flash file or the image of a store`);
  }
}

/** Returns version and sector size of a format part that checks. SPEC.md, 2. */
function formatAt(bytes: Buffer, offset: number): { version: number; sectorBytes: number } | null {
  if (offset + UNIT > bytes.length || !bytes.subarray(offset, offset + 4).equals(MAGIC)) return null;
  if (crc32(bytes.subarray(offset, offset + 12)) !== bytes.readUInt32LE(offset + 12)) return null;
  return { version: bytes[offset + 4]!, sectorBytes: 2 ** bytes[offset + 5]! };
}

function askedOrFound(bytes: Buffer, name: string, asked: number | undefined): number {
  for (let offset = 0; offset < bytes.length; offset += SECTOR_BYTES_MIN) {
    const format = formatAt(bytes, offset);
    if (format === null) continue;
    if (format.version !== FORMAT_VERSION) {
      throw new StoreImageError(`${name}: found a store of format version ${format.version}, expected version ${FORMAT_VERSION}`);
    }
    if (format.sectorBytes < SECTOR_BYTES_MIN || format.sectorBytes > SECTOR_BYTES_MAX || offset % format.sectorBytes !== 0) continue;
    if (asked !== undefined && asked !== format.sectorBytes) {
      throw new StoreImageError(`${name}: found sectors of ${format.sectorBytes} bytes, expected the ${asked} that were asked for`);
    }
    return format.sectorBytes;
  }
  if (asked !== undefined) return asked;
  if (bytes.every((byte) => byte === 0xff)) throw new StoreImageError(`${name}: found erased flash, expected a store`);
  throw new StoreImageError(`${name}: found no sector of a store; if its sectors' heads are damaged, give --sector-bytes`);
}

/** SPEC.md, 7, step 1: a head may be torn, which clears or keeps bits of the magic; it is never another word. */
function refuseForeign(bytes: Buffer, name: string, sectorBytes: number): void {
  const magic = MAGIC.readUInt32LE();
  const starts = Array.from({ length: bytes.length / sectorBytes }, (_, sector) => sector * sectorBytes);
  if (starts.some((start) => formatAt(bytes, start) !== null)) return;
  const foreign = starts.find((start) => (bytes.readUInt32LE(start) & magic) >>> 0 !== magic);
  if (foreign === undefined) return;
  throw new StoreImageError(`${name}: found something else than a store in sector ${foreign / sectorBytes}`);
}
