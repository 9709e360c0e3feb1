/** The checkpoint and its counters (SPEC.md, 6). */
import type { Log } from "./log.js";
import { Kind, type StoreRecord, System } from "./record.js";

export const COUNTERS = ["records", "liveUnits", "stored", "overwritten", "deleted", "delivered", "expired", "evicted", "lost"] as const;
export type SpaceCounts = Record<(typeof COUNTERS)[number], number>;
export const SPACES = ["documents", "queue"] as const;

export interface Checkpoint {
  /** Of its record. */
  readonly address: number;
  /** Pointer of the root, 0: the tree is empty. */
  readonly root: number;
  /** Sequence of the oldest sector that holds a page, null: none. */
  readonly oldest: number | null;
  readonly pageUnits: number;
  readonly boot: number;
  readonly ownSeconds: number;
  readonly replayFrom: number;
  /** In sectors with a lesser sequence no record is live. */
  readonly liveFrom: number;
  /** Units that the largest live record is charged with, at most. */
  readonly largest: number;
  /** As of replayFrom, in the order of SPACES. */
  readonly counts: readonly SpaceCounts[];
}

const BYTES = 108;
const NONE = 0xffffffff;
const COUNTS_AT = 32;
const LARGEST_AT = 104;

export function noCounts(): SpaceCounts {
  return Object.fromEntries(COUNTERS.map((name) => [name, 0])) as SpaceCounts;
}

/** Which of SPACES a key is of. */
export function spaceOf(key: Buffer): number {
  return key[0] === 0 ? 1 : 0;
}

/** Returns the last durable checkpoint, or null: there is none, or it does not check (`named`: its unit of the partition). */
export function findCheckpoint(log: Log): { readonly checkpoint: Checkpoint | null; readonly named: number } {
  for (const sector of [...log.sectors].reverse()) {
    const inSector = [...log.recordsOf(sector)].map(parseCheckpoint).filter((found) => found !== null);
    if (inSector.length > 0) return { checkpoint: inSector.at(-1)!, named: 0 };
    // A sector whose opening is lost names none: then the one before it tells.
    if (sector.isConcluded) continue;
    const record = sector.checkpoint === 0 ? null : log.recordAtUnit(sector.checkpoint);
    return { checkpoint: record === null ? null : parseCheckpoint(record), named: sector.checkpoint };
  }
  return { checkpoint: null, named: 0 };
}

function parseCheckpoint(record: StoreRecord): Checkpoint | null {
  const { kind, system, value, isWhole, address } = record;
  if (kind !== Kind.System || system !== System.Checkpoint || !isWhole || value.length !== BYTES) return null;
  const oldest = value.readUInt32LE(4);
  return {
    address,
    root: value.readUInt32LE(0),
    oldest: oldest === NONE ? null : oldest,
    pageUnits: value.readUInt32LE(8),
    boot: value.readUInt32LE(12),
    ownSeconds: value.readUInt32LE(16),
    replayFrom: Number(value.readBigUInt64LE(20)),
    liveFrom: value.readUInt32LE(28),
    largest: value.readUInt32LE(LARGEST_AT),
    counts: SPACES.map((_, space) => {
      const start = COUNTS_AT + space * 4 * COUNTERS.length;
      return Object.fromEntries(COUNTERS.map((name, index) => [name, value.readUInt32LE(start + 4 * index)])) as SpaceCounts;
    }),
  };
}
