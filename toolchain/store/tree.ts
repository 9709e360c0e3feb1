/** The index as its pages have it (SPEC.md, 5). Composites and keys are texts of one character a byte, so that they sort as bytes do. */
import type { Log } from "./log.js";
import { Kind, type StoreRecord, System } from "./record.js";

/** Orders of the index. */
export const BY_KEY = 0;
export const BY_EXPIRY = 1;

/** Payload of each composite: unit of the record in the order by key, else bytes of the key at its end. */
export type Index = Map<string, number>;

export interface TreeReading {
  readonly index: Index;
  readonly pages: number;
  /** Of all pages. */
  readonly units: number;
  /** Sequence of the oldest sector that holds a page. */
  readonly oldest: number | null;
  /** What is wrong with pages that can be read. */
  readonly faults: readonly string[];
  /** What keeps a page from being read, or null. */
  readonly broken: string | null;
}

interface PageEntry {
  readonly composite: string;
  readonly payload: number;
}

const LEVELS_MAX = 16;
const PAGE_BYTES_MAX = 248;
const UNIT_BITS = 19;
/** Of a level: the branch tells where its middle entry begins. */
const HALVED = 128;

/** A key in the order by key. */
export function byKey(key: string): string {
  return `\0${key}`;
}

/** Reads the whole tree below a checkpoint's root; 0: an empty one. */
export function readTree(log: Log, root: number): TreeReading {
  const reader = new TreeReader(log);
  const broken = root === 0 ? null : reader.read(root, null, "", null);
  const { index, pages, units, oldest, faults } = reader;
  return { index, pages, units, oldest, faults, broken };
}

class TreeReader {
  readonly index: Index = new Map();
  readonly faults: string[] = [];
  readonly #seen = new Set<number>();
  pages = 0;
  units = 0;
  oldest: number | null = null;
  #last: string | null = null;
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Reads a page and all below it. Its composites are not less than `from` and less than `to`. Returns what is broken, or null. */
  read(pointer: number, level: number | null, from: string, to: string | null): string | null {
    const unit = pointer % 2 ** UNIT_BITS;
    const record = this.#log.recordAtUnit(unit);
    const where = `page at unit ${unit}`;
    if (record === null) return `${where}: found no record`;
    if (record.kind !== Kind.System || record.system !== System.Page) return `${where}: found another record`;
    if (!record.isWhole) return `${where}: its crc32 disagrees`;
    const head = record.value[0];
    const found = head === undefined ? undefined : head % HALVED;
    const page = found === undefined || found > LEVELS_MAX ? null : parsePage(record);
    if (found === undefined || page === null) return `${where}: its entries do not fit`;
    const { entries } = page;
    if (!page.isSound) this.faults.push(`${where}: no entry that shares nothing begins in its middle`);
    if (level !== null && found !== level) return `${where}: found level ${found}, expected ${level}`;
    if (this.#seen.has(unit)) return `${where}: reached twice`;
    this.#seen.add(unit);
    this.#count(record, pointer, where);
    for (const [at, { composite, payload }] of entries.entries()) {
      if (composite < from || (to !== null && composite >= to))
        this.faults.push(`${where}, entry ${at}: outside of what the page above says`);
      if (found === 0) this.#leaf(composite, payload, `${where}, entry ${at}`);
      else {
        const broken = this.read(payload, found - 1, composite, entries[at + 1]?.composite ?? to);
        if (broken !== null) return broken;
      }
    }
    return null;
  }

  #count(record: StoreRecord, pointer: number, where: string): void {
    const sequence = Math.floor(record.address / this.#log.region.units);
    this.pages++;
    this.units += record.units;
    this.oldest = this.oldest === null ? sequence : Math.min(this.oldest, sequence);
    const length = pointer >>> UNIT_BITS;
    if (length !== record.units) this.faults.push(`${where}: found ${record.units} units, its pointer says ${length}`);
    if (record.value.length > PAGE_BYTES_MAX)
      this.faults.push(`${where}: found ${record.value.length} bytes, expected ${PAGE_BYTES_MAX} at most`);
  }

  #leaf(composite: string, payload: number, where: string): void {
    if (this.#last !== null && composite <= this.#last) this.faults.push(`${where}: out of order`);
    this.#last = composite;
    this.index.set(composite, payload);
  }
}

/** A length of this in an entry's first byte: it follows in a byte of its own. */
const LONG = 15;
/** Bytes in front of the key in the composite of an expiry, and of an age, which a mark begins. */
const EXPIRY_BYTES = 6;
const AGE_BYTES = 8;
const AGE_MARK = 2;

interface Page {
  readonly entries: PageEntry[];
  /** Whether what a branch says of its middle is so. */
  readonly isSound: boolean;
}

/** Returns what is in a page, or null where its lengths do not fit. */
function parsePage(record: StoreRecord): Page | null {
  const head = record.value[0]!;
  const isLeaf = head % HALVED === 0;
  const page = head < HALVED ? record.value : record.value.subarray(0, -1);
  const middle = head < HALVED ? null : record.value.at(-1)!;
  const entries: PageEntry[] = [];
  let isSound = middle === null;
  let before = "";
  for (let at = 1; at < page.length;) {
    isSound ||= at > 1 && at === middle && page[at]! >> 4 === 0;
    const lengths = page[at++]!;
    let shared = lengths >> 4;
    let rest = lengths & LONG;
    if (shared === LONG) shared = page[at++] ?? Infinity;
    if (rest === LONG) rest = page[at++] ?? Infinity;
    const end = at + rest;
    if (shared > before.length || end > page.length) return null;
    const composite = before.slice(0, shared) + page.toString("latin1", at, end);
    const payloadBytes = isLeaf ? payloadBytesOf(composite) : 3;
    if (end + payloadBytes > page.length || (isLeaf && composite === "")) return null;
    entries.push({ composite, payload: payloadBytes === 0 ? keyBytesOf(composite) : page.readUIntLE(end, payloadBytes) });
    before = composite;
    at = end + payloadBytes;
  }
  return { entries, isSound: isSound && !(isLeaf && middle !== null) };
}

/** Of a leaf: where a record lies, or how long the key is, unless the composite tells. */
function payloadBytesOf(composite: string): number {
  const index = composite.charCodeAt(0);
  return index === BY_KEY ? 3 : index === BY_EXPIRY ? 0 : 1;
}

function keyBytesOf(expiry: string): number {
  return Math.max(expiry.length - (expiry.charCodeAt(1) === AGE_MARK ? AGE_BYTES : EXPIRY_BYTES), 0);
}
