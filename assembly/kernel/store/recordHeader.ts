import { BlockDevice } from "./blockDevice";
import { Disposition } from "./item";
import { RecordRef } from "./recordStore";
import { UNIT, clearedBits, toUnits } from "./units";

/*
 * A record: a unit that stays blank until the record leaves, two units of header, the body.
 *
 *   offset  0 +---------+---------+---------+---------+--------------------------+
 *   mark      | blank: live; else how it left, one pattern byte x 16             |  programmed when it leaves
 *          16 +---------+---------+---------+---------+---------+----------------+
 *   header    | magic   | flags   | topic   | context | data    | captured (u48) |  u16 each; lengths in bytes
 *          32 | sequence, low u32 | ttl seconds u32   | boot u32          | crc32 |
 *          48 +-------------------+-------------------+-------------------+-------+
 *   body      | topic, context, data, crc32, 0xFF up to the next unit             |
 *             +------------------------------------------------------------------+
 *
 * The header's CRC is that of its first 28 bytes, xor the place (sector sequence << 16 | offset in the sector / 16), so that
 * no copy elsewhere is taken for a record. The body's CRC continues that of the header, without the place.
 */
export const RECORD_MAGIC: u32 = 0x4352;
/** Bytes of mark and header, which lie in one sector. */
export const RECORD_PREFIX: i32 = 48;
export const BODY_CRC_BYTES: i32 = 4;
/** Most bytes of topic, of context and of data. */
export const MAX_PART_BYTES: i32 = 0xffff;

/** Left without being counted: found corrupt, or never finished. */
export const DISPOSITION_VOID: i32 = 4;

/** Up to this many bits cleared in a mark count as damage to a blank one: a record is rather sent twice than lost. */
const MARK_DAMAGE_BITS: i32 = 2;
/** Bits that the pattern of disposition d clears in each byte: two of its own, so that any part of a torn mark tells it. */
const PATTERN_BITS: u64 = 0x0303030303030303;

const MARK = memory.data(UNIT, 8);

/** The pattern of a disposition, eight bytes of it. */
export function markPattern(disposition: i32): u64 {
  return ~(PATTERN_BITS << ((disposition - 1) << 1));
}

/** How a record left according to its mark: 0 still live, a Disposition, or DISPOSITION_VOID. */
export function readMark(mark: usize): i32 {
  if (clearedBits(mark) <= MARK_DAMAGE_BITS) return 0;
  let best: i32 = Disposition.Delivered;
  let most: i32 = 0;
  for (let disposition: i32 = Disposition.Delivered; disposition <= DISPOSITION_VOID; disposition++) {
    const own = ~markPattern(disposition);
    const bits = <i32>(popcnt<u64>(~load<u64>(mark) & own) + popcnt<u64>(~load<u64>(mark, 8) & own));
    if (bits > most) {
      most = bits;
      best = disposition;
    }
  }
  return best;
}

/** Programs the mark of the record at `position`. Ok, Io. */
export function writeMark(device: BlockDevice, position: i32, disposition: i32): i32 {
  const pattern = markPattern(disposition);
  store<u64>(MARK, pattern);
  store<u64>(MARK, pattern, 8);
  return device.program(position, MARK, UNIT);
}

/** Bytes of topic, context and data together. */
export function bodyBytes(record: RecordRef): i32 {
  return record.topicBytes + record.contextBytes + record.dataBytes;
}

/** Bytes that a record takes, its prefix included, sector headers not. */
export function recordBytes(record: RecordRef): i32 {
  return RECORD_PREFIX + toUnits(bodyBytes(record) + BODY_CRC_BYTES);
}

/** Packs the header of a record into `dst`: u8[32]. place: see above. Returns the CRC with which its body's begins. */
export function packHeader(device: BlockDevice, dst: usize, record: RecordRef, place: u32): u32 {
  store<u16>(dst, RECORD_MAGIC);
  store<u16>(dst, record.flags, 2);
  store<u16>(dst, record.topicBytes, 4);
  store<u16>(dst, record.contextBytes, 6);
  store<u16>(dst, record.dataBytes, 8);
  const captured = max<i64>(record.capturedAtMs, 0);
  store<u16>(dst, <u16>captured, 10);
  store<u32>(dst, <u32>(captured >> 16), 12);
  store<u32>(dst, <u32>record.sequence, 16);
  store<i32>(dst, record.ttlSeconds, 20);
  store<i32>(dst, record.boot, 24);
  const crc = device.crc32(0, dst, 28);
  store<u32>(dst, crc ^ place, 28);
  return crc;
}

/**
 * Unpacks a header from `src`: u8[32] into `out`, its position apart. nearby: the sequence of any record less than 2^31 away.
 * Returns whether it checks; `out` is unchanged when not.
 */
export function unpackHeader(device: BlockDevice, src: usize, place: u32, nearby: i64, out: RecordRef): bool {
  if (load<u16>(src) != RECORD_MAGIC || (load<u32>(src, 28) ^ place) != device.crc32(0, src, 28)) return false;
  out.flags = load<u16>(src, 2);
  out.topicBytes = load<u16>(src, 4);
  out.contextBytes = load<u16>(src, 6);
  out.dataBytes = load<u16>(src, 8);
  out.capturedAtMs = (<i64>load<u16>(src, 10)) | ((<i64>load<u32>(src, 12)) << 16);
  out.sequence = nearby + <i64>(<i32>(load<u32>(src, 16) - <u32>nearby));
  out.ttlSeconds = load<i32>(src, 20);
  out.boot = load<i32>(src, 24);
  return true;
}

/** The CRC with which the body's begins, from the header last unpacked. */
export function bodyCrcSeed(src: usize, place: u32): u32 {
  return load<u32>(src, 28) ^ place;
}

/** Offset of the header behind the mark. */
export const HEADER_OFFSET: i32 = UNIT;
