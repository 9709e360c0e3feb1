/** The log of a store: its sectors in order, its records at their addresses. */
import { crcAgrees, parseEntries, parseHeader, type RecordHeader, recordBytes, type StoreRecord } from "./record.js";
import { type Region, UNIT } from "./region.js";
import { HEAD_UNITS, isBlank, logOrder, type LogSector, readHeads, type SectorHead } from "./sectors.js";

/** Written units in which no record begins. */
export interface Gap {
  /** Of the partition: where it begins. */
  readonly unit: number;
  readonly units: number;
  readonly next: StoreRecord | null;
}

export class Log {
  readonly heads: readonly SectorHead[];
  /** Oldest first; none: the store is new. */
  readonly sectors: readonly LogSector[];
  readonly #bySequence: ReadonlyMap<number, LogSector>;
  readonly #bySector: ReadonlyMap<number, LogSector>;
  /** What was read already, by address. */
  readonly #records = new Map<number, StoreRecord | null>();

  constructor(readonly region: Region) {
    this.heads = readHeads(region);
    this.sectors = logOrder(region, this.heads, (sector, sequence) => this.#hasRecord(sector, sequence));
    this.#bySequence = new Map(this.sectors.map((sector) => [sector.sequence, sector]));
    this.#bySector = new Map(this.sectors.map((sector) => [sector.sector, sector]));
  }

  /** Address of a unit of the partition, or null where its sector is not of the log. */
  addressOf(unit: number): number | null {
    const sector = this.#bySector.get(Math.floor(unit / this.region.units));
    return sector === undefined ? null : sector.sequence * this.region.units + (unit % this.region.units);
  }

  /** Unit of the partition at an address of the log. */
  unitOf(address: number): number {
    const { units } = this.region;
    return this.#bySequence.get(Math.floor(address / units))!.sector * units + (address % units);
  }

  /** Returns the record at an address, or null: no such sector, or no header. */
  recordAt(address: number): StoreRecord | null {
    const known = this.#records.get(address);
    if (known !== undefined) return known;
    const found = this.#find(address);
    this.#records.set(address, found);
    return found;
  }

  #find(address: number): StoreRecord | null {
    const { units } = this.region;
    const sector = this.#bySequence.get(Math.floor(address / units));
    if (sector === undefined || address % units < HEAD_UNITS) return null;
    return this.#record(sector, address, (sequence) => this.#bySequence.get(sequence));
  }

  recordAtUnit(unit: number): StoreRecord | null {
    const address = this.addressOf(unit);
    return address === null ? null : this.recordAt(address);
  }

  /** Walks the records from an address on; unit 0 of a sector stands for the first record that begins there or later. */
  *records(from: number): Generator<StoreRecord> {
    const { units } = this.region;
    const sequence = Math.floor(from / units);
    for (const sector of this.sectors) {
      if (sector.sequence < sequence || sector.first >= units) continue;
      const isStart = sector.sequence === sequence && from % units >= HEAD_UNITS;
      yield* this.recordsOf(sector, isStart ? from % units : sector.first);
    }
  }

  /** Walks the records that begin in one sector. */
  *recordsOf(sector: LogSector, first = sector.first): Generator<StoreRecord> {
    const { units } = this.region;
    let isExpected = !sector.isConcluded;
    for (let unit = first; unit < units;) {
      const record = this.recordAt(sector.sequence * units + unit);
      if (record === null || (!isExpected && !record.isWhole)) {
        isExpected = false;
        unit++;
        continue;
      }
      yield record;
      isExpected = record.tellsEnd;
      unit += record.units;
    }
  }

  /** Finds what is written and is no record: the stretches from an address on, and the record that follows each. */
  *gaps(from: number): Generator<Gap> {
    const { units } = this.region;
    let gap: { unit: number; units: number } | null = null;
    for (const sector of this.sectors) {
      if (sector.sequence < Math.floor(from / units) || sector.first >= units) continue;
      let at = sector.first;
      for (const record of [...this.recordsOf(sector), null]) {
        const begin = record === null ? units : record.address % units;
        const written = this.#written(sector.sector, at, begin);
        if (written > 0) gap ??= { unit: sector.sector * units + at, units: written };
        if (record === null) break;
        if (gap !== null && record.address >= from) yield { ...gap, next: record };
        gap = null;
        at = begin + record.units;
      }
    }
    if (gap !== null) yield { ...gap, next: null };
  }

  #written(sector: number, from: number, to: number): number {
    const { bytes, units } = this.region;
    let count = 0;
    for (let unit = sector * units + from; unit < sector * units + to; unit++) {
      if (!isBlank(bytes.subarray(unit * UNIT, (unit + 1) * UNIT))) count++;
    }
    return count;
  }

  /** Units of the newest sector that are still blank. SPEC.md, 7, step 3. */
  blankUnits(): number {
    const newest = this.sectors.at(-1);
    if (newest === undefined) return 0;
    const { bytes, sectorBytes, units } = this.region;
    let end = units;
    const start = newest.sector * sectorBytes;
    while (end > HEAD_UNITS && isBlank(bytes.subarray(start + (end - 1) * UNIT, start + end * UNIT))) end--;
    end = Math.max(end, newest.first);
    for (const record of this.recordsOf(newest)) end = Math.max(end, (record.address % units) + record.units);
    return Math.max(units - end, 0);
  }

  #hasRecord(sector: number, sequence: number): boolean {
    const { units } = this.region;
    const alone: LogSector = { sector, sequence, first: units, checkpoint: 0, isConcluded: true };
    for (let unit = HEAD_UNITS; unit < units; unit++) {
      const record = this.#record(alone, sequence * units + unit, (asked) => (asked === sequence ? alone : undefined));
      if (record?.isWhole) return true;
    }
    return false;
  }

  #record(sector: LogSector, address: number, sectorOf: (sequence: number) => LogSector | undefined): StoreRecord | null {
    const { bytes, sectorBytes, units } = this.region;
    const inSector = (address % units) * UNIT;
    const start = sector.sector * sectorBytes;
    const header = parseHeader(bytes.subarray(start + inSector, start + sectorBytes), address);
    if (header === null) return null;
    const parts = new Parts(this.region, sector, inSector, sectorOf);
    return { ...header, address, unit: (start + inSector) / UNIT, ...bodyOf(header, parts, address) };
  }
}

/** The bytes of a record, which may go on behind the heads of the sectors opened next. */
class Parts {
  #bytes: Buffer;
  #next: number;

  constructor(
    private readonly region: Region,
    sector: LogSector,
    inSector: number,
    private readonly sectorOf: (sequence: number) => LogSector | undefined,
  ) {
    const start = sector.sector * region.sectorBytes;
    this.#bytes = region.bytes.subarray(start + inSector, start + region.sectorBytes);
    this.#next = sector.sequence + 1;
  }

  /** Returns the first bytes of the record; fewer, where the log ends before. */
  take(length: number): Buffer {
    while (this.#bytes.length < length) {
      const sector = this.sectorOf(this.#next++);
      if (sector === undefined) break;
      const start = sector.sector * this.region.sectorBytes;
      const more = this.region.bytes.subarray(start + HEAD_UNITS * UNIT, start + this.region.sectorBytes);
      this.#bytes = Buffer.concat([this.#bytes, more]);
    }
    return this.#bytes.subarray(0, length);
  }
}

type Body = Pick<StoreRecord, "units" | "value" | "entries" | "isWhole" | "tellsEnd">;

function bodyOf(header: RecordHeader, parts: Parts, address: number): Body {
  const valueEnd = header.headBytes + header.valueBytes;
  let entryBytes = 0;
  if (header.hasEntries) {
    const before = parts.take(valueEnd + 1)[valueEnd];
    const behind = before === undefined ? undefined : parts.take(valueEnd + before + 2)[valueEnd + before + 1];
    if (before === undefined || before === 255 || behind !== before) {
      const value = parts.take(valueEnd).subarray(header.headBytes);
      return { units: Math.ceil(valueEnd / UNIT), value, entries: [], isWhole: false, tellsEnd: false };
    }
    entryBytes = before + 2;
  }
  const length = recordBytes(header, entryBytes);
  const bytes = parts.take(length);
  const entries = header.hasEntries ? parseEntries(bytes.subarray(valueEnd + 1, Math.min(valueEnd + entryBytes - 1, bytes.length))) : [];
  return {
    units: Math.ceil(length / UNIT),
    value: bytes.subarray(header.headBytes, valueEnd),
    entries: entries ?? [],
    tellsEnd: true,
    isWhole: bytes.length === length && entries !== null && crcAgrees(bytes, address),
  };
}
