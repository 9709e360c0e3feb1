/** One record of the log (SPEC.md, 3). */
import { crc32 } from "../config/crc32.js";
import { UNIT } from "./region.js";

export const Kind = { System: 0, Put: 1, Moved: 2, Removal: 3 } as const;
export const System = { Page: 1, Checkpoint: 2, Cut: 3, Commit: 4, Purge: 5 } as const;
export const DISPOSITIONS = ["deleted", "delivered", "expired", "evicted", "lost"] as const;

const More = 1 << 22;
const Expiry = 1 << 23;
const Clock = 1 << 24;
const Previous = 1 << 25;
const Entries = 1 << 26;
const Overwrite = 1 << 27;
const SYSTEM_VALUE_MAX = 256;
const HEADER_BYTES = 4;
const CRC_BYTES = 4;

/** When a record's time is up. */
export interface Expiry {
  /** It counts since 1970; else on the store's own clock. */
  readonly isWallClock: boolean;
  readonly seconds: number;
}

/** An entry of an index, as its record has it. */
export interface Entry {
  readonly index: number;
  readonly value: Buffer;
}

/** What lies in front of a record's value. */
export interface RecordHeader {
  readonly kind: number;
  /** Kind 0: which of System. */
  readonly system: number;
  readonly disposition: number;
  readonly hasMore: boolean;
  readonly overwrites: boolean;
  readonly hasEntries: boolean;
  readonly expiry: Expiry | null;
  /** Unit of the partition of the record that this one replaces or removes. */
  readonly previous: number | null;
  /** Kind 2: address of the put that it is a copy of. */
  readonly version: number | null;
  readonly key: Buffer;
  readonly headBytes: number;
  readonly valueBytes: number;
}

export interface StoreRecord extends RecordHeader {
  readonly address: number;
  /** Unit of the partition. */
  readonly unit: number;
  /** Where it ends, in units behind `address` as if the sectors' heads were not there. */
  readonly units: number;
  readonly value: Buffer;
  readonly entries: readonly Entry[];
  /** All of it lies in the log, and its crc32 agrees. */
  readonly isWhole: boolean;
  /** Whether it tells where it ends: the lengths before and behind its entries are alike. */
  readonly tellsEnd: boolean;
}

/** Low 32 bits of an address. */
export function placeOf(address: number): number {
  return address % 2 ** 32;
}

/** Returns the header at a unit, or null where none is. room: bytes from there to the sector's end. */
export function parseHeader(room: Buffer, address: number): RecordHeader | null {
  if (room.length < UNIT) return null;
  const header = room.readUInt32LE(0);
  const kind = (header >>> 28) & 3;
  const isSystem = kind === Kind.System;
  const isRemoval = kind === Kind.Removal;
  const low = header & 0xffff;
  const system = isSystem ? (header >>> 16) & 0x3f : 0;
  const disposition = isRemoval ? low : 0;
  if (isSystem && (system < System.Page || system > System.Purge || low > SYSTEM_VALUE_MAX)) return null;
  if (isRemoval && (disposition >= DISPOSITIONS.length || (header & Previous) === 0)) return null;
  let at = HEADER_BYTES;
  const expiryAt = at;
  if (header & Expiry) at += 4;
  const previousAt = at;
  if (header & Previous) at += 3;
  const versionAt = at;
  if (kind === Kind.Moved) at += 5;
  const keyBytes = isSystem ? 0 : ((header >>> 16) & 0x3f) + 1;
  if (at + keyBytes > room.length) return null;
  if (!checks(header ^ placeOf(address), room.subarray(HEADER_BYTES, at + keyBytes))) return null;
  return {
    kind,
    system,
    disposition,
    hasMore: (header & More) !== 0,
    overwrites: (header & Overwrite) !== 0,
    hasEntries: (header & Entries) !== 0,
    expiry: header & Expiry ? { isWallClock: (header & Clock) !== 0, seconds: room.readUInt32LE(expiryAt) } : null,
    previous: header & Previous ? room.readUIntLE(previousAt, 3) : null,
    version: kind === Kind.Moved ? room.readUIntLE(versionAt, 5) : null,
    key: room.subarray(at, at + keyBytes),
    headBytes: at + keyBytes,
    valueBytes: isRemoval ? 0 : low,
  };
}

/** Bytes of a record whose list of entries takes entryBytes, the two bytes of their length included. */
export function recordBytes(header: RecordHeader, entryBytes: number): number {
  return header.headBytes + header.valueBytes + entryBytes + CRC_BYTES;
}

export function crcAgrees(bytes: Buffer, address: number): boolean {
  const end = bytes.length - CRC_BYTES;
  return crc32(bytes.subarray(0, end), placeOf(address)) === bytes.readUInt32LE(end);
}

/** Splits the list behind a record's value. Null where its lengths do not fit. */
export function parseEntries(list: Buffer): Entry[] | null {
  const entries: Entry[] = [];
  for (let at = 0; at < list.length;) {
    const head = list[at]!;
    const end = at + 1 + (head & 0x1f);
    if (end > list.length) return null;
    entries.push({ index: head >> 5, value: list.subarray(at + 1, end) });
    at = end;
  }
  return entries;
}

/** What a record counts for in its space, in units. withEntries: false: as if it had none. */
export function chargeOf(record: StoreRecord, withEntries = true): number {
  const entryBytes = record.hasEntries && withEntries ? 2 + record.entries.reduce((sum, { value }) => sum + 1 + value.length, 0) : 0;
  const left = (record.previous === null ? 0 : 3) + (record.version === null ? 0 : 5);
  return Math.ceil((recordBytes(record, entryBytes) - left + 5) / UNIT);
}

/** The odd bits of the word and all bits behind it are even in number, and so are all bits of the word. */
function checks(word: number, behind: Buffer): boolean {
  const together = behind.reduce((sum, byte) => sum ^ byte, word & 0xaaaaaaaa);
  return !isOdd(word) && !isOdd(together);
}

function isOdd(word: number): boolean {
  let folded = word ^ (word >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  return ((0x6996 >>> (folded & 15)) & 1) === 1;
}
