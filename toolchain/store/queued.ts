/** Records of the queue: messages that wait to be delivered (SPEC.md, 9). */
import { spaceOf } from "./checkpoint.js";
import type { StoreRecord } from "./record.js";

export interface QueuedMessage {
  readonly sequence: number;
  /** Since 1970 when isWallClock, else since the board's start number `boot`. */
  readonly capturedAtMs: number;
  readonly isWallClock: boolean;
  /** Of publish. */
  readonly flags: number;
  /** From capture on; 0: keeps for ever. */
  readonly ttlSeconds: number;
  readonly boot: number;
  readonly topic: Buffer;
  readonly context: Buffer;
  readonly data: Buffer;
}

const KEY_BYTES = 5;
const HEAD_BYTES = 20;
const WALL_CLOCK = 0x100;

/** Returns the message of a record, or null where it is none. */
export function parseQueued({ key, value }: StoreRecord): QueuedMessage | null {
  if (spaceOf(key) !== 1 || key.length !== KEY_BYTES || value.length < HEAD_BYTES) return null;
  const contextAt = HEAD_BYTES + value.readUInt16LE(16);
  const dataAt = contextAt + value.readUInt16LE(18);
  if (dataAt > value.length) return null;
  const flags = value.readUInt16LE(6);
  return {
    sequence: key.readUInt32BE(1),
    capturedAtMs: value.readUIntLE(0, 6),
    isWallClock: (flags & WALL_CLOCK) !== 0,
    flags: flags & 0xff,
    ttlSeconds: value.readUInt32LE(8),
    boot: value.readUInt32LE(12),
    topic: value.subarray(HEAD_BYTES, contextAt),
    context: value.subarray(contextAt, dataAt),
    data: value.subarray(dataAt),
  };
}
