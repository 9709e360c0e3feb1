/** The image of a firmware, as ESP-IDF builds it: header, segments, check sum, digest. Source: esp_app_format.h, esp_app_desc.h. */
import { createHash } from "node:crypto";

import { BuildError } from "../build/errors.js";

const MAGIC = 0xe9;
const HEADER_BYTES = 24;
const SEGMENTS_AT = 1;
const CHIP_AT = 12;
const HASHED_AT = 23;
const SEGMENT_HEAD_BYTES = 8;
const SEGMENTS_MAX = 16;
const DESCRIPTION_AT = HEADER_BYTES + SEGMENT_HEAD_BYTES;
const DESCRIPTION_MAGIC = 0xabcd5432;
const VERSION = { at: DESCRIPTION_AT + 16, bytes: 32 };
const CHECKSUM_SEED = 0xef;
const UNIT = 16;
const DIGEST_BYTES = 32;

export interface FirmwareFacts {
  /** By ESP-IDF's numbers. */
  readonly chip: number;
  readonly version: string;
}

export function isFirmware(image: Uint8Array): boolean {
  return image[0] === MAGIC;
}

/** Checks an image as a boot loader does. where: for the reader. Throws BuildError with the first thing that is wrong. */
export function readFirmware(image: Uint8Array, where: string): FirmwareFacts {
  const bytes = Buffer.from(image);
  const wrong = (what: string): BuildError => new BuildError(`${where}: ${what}\n  expected a firmware as idf.py build makes it`);
  if (bytes.length < DESCRIPTION_AT + VERSION.at + VERSION.bytes || !isFirmware(bytes)) throw wrong("no header of an image");
  const end = endOfSegments(bytes, wrong);
  if (bytes.readUInt32LE(DESCRIPTION_AT) !== DESCRIPTION_MAGIC) throw wrong("no description behind its header");
  if (bytes[HASHED_AT] !== 1) throw wrong("no digest at its end");
  if (bytes.length < end + DIGEST_BYTES) throw wrong(`it ends after ${bytes.length} bytes, not after ${end + DIGEST_BYTES}`);
  if (
    !createHash("sha256")
      .update(bytes.subarray(0, end))
      .digest()
      .equals(bytes.subarray(end, end + DIGEST_BYTES))
  ) {
    throw wrong("its digest differs");
  }
  return {
    chip: bytes.readUInt16LE(CHIP_AT),
    version: bytes.toString("latin1", VERSION.at, VERSION.at + VERSION.bytes).replace(/\0.*$/s, ""),
  };
}

/** Where the digest begins: behind the check sum, which ends a unit. */
function endOfSegments(bytes: Buffer, wrong: (what: string) => BuildError): number {
  const count = bytes[SEGMENTS_AT]!;
  if (count < 1 || count > SEGMENTS_MAX) throw wrong(`${count} segments`);
  let at = HEADER_BYTES;
  let checksum = CHECKSUM_SEED;
  for (let i = 0; i < count; i++) {
    const start = at + SEGMENT_HEAD_BYTES;
    if (start > bytes.length) throw wrong(`it ends in the head of segment ${i}`);
    at = start + bytes.readUInt32LE(at + 4);
    if (at > bytes.length) throw wrong(`it ends in segment ${i}`);
    for (const byte of bytes.subarray(start, at)) checksum ^= byte;
  }
  const end = Math.floor(at / UNIT) * UNIT + UNIT;
  if (bytes[end - 1] !== checksum) throw wrong("its check sum differs");
  return end;
}
