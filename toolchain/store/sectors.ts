/** The heads of the sectors, and the log's order that they tell (SPEC.md, 2 and 7). */
import { crc32 } from "../config/crc32.js";
import { FORMAT_VERSION, type Region, UNIT } from "./region.js";

export type PartState = "valid" | "blank" | "damaged";

export interface SectorHead {
  readonly sector: number;
  readonly format: PartState;
  /** A lower bound, 0 where it is not known. */
  readonly erases: number;
  readonly opening: PartState;
  readonly sequence: number;
  readonly first: number;
  /** Unit of the partition at which the last durable checkpoint began when this sector was opened, 0: none. */
  readonly checkpoint: number;
}

/** A sector of the log. */
export interface LogSector {
  readonly sector: number;
  readonly sequence: number;
  /** Unit of the sector at which its first record begins; units of a sector: none does. */
  readonly first: number;
  readonly checkpoint: number;
  /** Its opening is damaged: sequence is a conclusion, and where its first record begins is not known. */
  readonly isConcluded: boolean;
}

/** Units in front of the records. */
export const HEAD_UNITS = 2;
const SEQUENCE_MAX = 0xffffffff;

export function readHeads(region: Region): SectorHead[] {
  return Array.from({ length: region.sectorCount }, (_, sector) => {
    const start = sector * region.sectorBytes;
    const format = region.bytes.subarray(start, start + UNIT);
    const opening = region.bytes.subarray(start + UNIT, start + 2 * UNIT);
    const isOurs = format.toString("latin1", 0, 4) === "WMST" && format[4] === FORMAT_VERSION && 2 ** format[5]! === region.sectorBytes;
    const formatState = isOurs ? stateOf(format) : isBlank(format) ? "blank" : "damaged";
    const first = opening.readUInt16LE(4);
    const isOpening = opening.readUInt32LE(0) > 0 && first >= HEAD_UNITS && first <= region.units;
    const openingState = isOpening ? stateOf(opening) : isBlank(opening) ? "blank" : "damaged";
    return {
      sector,
      format: formatState,
      erases: formatState === "valid" ? format.readUInt32LE(8) : 0,
      opening: openingState,
      sequence: opening.readUInt32LE(0),
      first,
      checkpoint: opening.readUInt32LE(8),
    };
  });
}

/** Returns the log's sectors, oldest first. hasRecord tells whether a record checks in a sector as one of a sequence. */
export function logOrder(
  region: Region,
  heads: readonly SectorHead[],
  hasRecord: (sector: number, sequence: number) => boolean,
): LogSector[] {
  const { sectorCount } = region;
  let newest: SectorHead | null = null;
  for (const head of heads) if (head.opening === "valid" && (newest === null || head.sequence > newest.sequence)) newest = head;
  if (newest === null) return [];
  const log = [known(newest)];
  let distance = 1;
  for (let back = 1; back < sectorCount; back++, distance++) {
    const head = heads[(newest.sector - back + sectorCount) % sectorCount]!;
    const step = log[0]!.sequence - head.sequence;
    if (head.opening !== "valid" || step < 1 || step > distance) continue;
    log.unshift(known(head), ...between(region, heads, known(head), log[0]!));
    distance = 0;
  }
  const first = HEAD_UNITS;
  const after = damagedBeside(region, heads, log, newest, 1, hasRecord);
  const before = damagedBeside(region, heads, log, log[0]!, -1, hasRecord);
  if (after !== null) log.push({ sector: after, sequence: newest.sequence + 1, first, checkpoint: 0, isConcluded: true });
  if (before !== null && before !== after)
    log.unshift({ sector: before, sequence: log[0]!.sequence - 1, first, checkpoint: 0, isConcluded: true });
  return log;
}

/** The sequences that are missing between two sectors of the log belong to the damaged ones there, if their number fits. */
function between({ sectorCount }: Region, heads: readonly SectorHead[], older: LogSector, newer: LogSector): LogSector[] {
  const damaged: number[] = [];
  for (let sector = (older.sector + 1) % sectorCount; sector !== newer.sector; sector = (sector + 1) % sectorCount) {
    if (heads[sector]!.opening !== "valid") damaged.push(sector);
  }
  if (damaged.length !== newer.sequence - older.sequence - 1) return [];
  return damaged.map((sector, index) => ({
    sector,
    sequence: older.sequence + 1 + index,
    first: HEAD_UNITS,
    checkpoint: 0,
    isConcluded: true,
  }));
}

/** The sector beside an end of the log that belongs to it, too, but whose opening is damaged; null: there is none. */
function damagedBeside(
  { sectorCount }: Region,
  heads: readonly SectorHead[],
  log: readonly LogSector[],
  end: { readonly sector: number; readonly sequence: number },
  step: 1 | -1,
  hasRecord: (sector: number, sequence: number) => boolean,
): number | null {
  const sequence = end.sequence + step;
  if (sequence < 1 || sequence > SEQUENCE_MAX) return null;
  for (let away = 1; away < sectorCount; away++) {
    const head = heads[(end.sector + step * away + sectorCount) % sectorCount]!;
    if (log.some(({ sector }) => sector === head.sector)) return null;
    if (head.opening === "damaged" && hasRecord(head.sector, sequence)) return head.sector;
  }
  return null;
}

function known({ sector, sequence, first, checkpoint }: SectorHead): LogSector {
  return { sector, sequence, first, checkpoint, isConcluded: false };
}

function stateOf(unit: Buffer): PartState {
  if (isBlank(unit)) return "blank";
  return crc32(unit.subarray(0, 12)) === unit.readUInt32LE(12) ? "valid" : "damaged";
}

export function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0xff);
}
