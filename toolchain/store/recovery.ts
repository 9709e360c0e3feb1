/** What a store holds: the tree of its checkpoint, and what the log says since then (SPEC.md, 7). */
import { committedFrom, isCut } from "./batches.js";
import { type Checkpoint, findCheckpoint, noCounts, type SpaceCounts, SPACES, spaceOf } from "./checkpoint.js";
import type { Log } from "./log.js";
import { chargeOf, DISPOSITIONS, type Expiry, Kind, type StoreRecord, System } from "./record.js";
import { BY_EXPIRY, BY_KEY, byKey, type Index, readTree, type TreeReading } from "./tree.js";

export interface StoreState {
  readonly log: Log;
  readonly checkpoint: Checkpoint | null;
  readonly tree: TreeReading | null;
  readonly index: Index;
  /** In the order of SPACES. */
  readonly counts: readonly SpaceCounts[];
  /** The greatest number of a boot. */
  readonly boot: number;
  readonly ownSeconds: number;
  /** Address from which the log was replayed. */
  readonly replayFrom: number;
  /** Records that count since then. */
  readonly replayed: readonly StoreRecord[];
  /** Records that never happened. */
  readonly torn: readonly StoreRecord[];
  /** Why the index was made anew from the whole log, or null. Counters then tell only what the log still knows. */
  readonly indexLost: string | null;
  readonly faults: readonly string[];
}

/** Reads a store as its engine does when it mounts. Never throws, whatever the bytes. */
export function recover(log: Log): StoreState {
  const { checkpoint, named } = findCheckpoint(log);
  const tree = checkpoint === null ? null : readTree(log, checkpoint.root);
  const isNew = checkpoint === null && named === 0;
  const missing = isNew ? null : `checkpoint at unit ${named}: found none that checks`;
  const indexLost = checkpoint === null ? missing : tree!.broken;
  const isFromTree = checkpoint !== null && indexLost === null;
  const replayFrom = isFromTree ? checkpoint.replayFrom : 0;
  const { records, torn } = committedFrom(log, replayFrom);
  const replay = new Replay(log, isFromTree ? tree!.index : null, isFromTree ? checkpoint.counts : SPACES.map(noCounts));
  let { boot, ownSeconds } = checkpoint ?? { boot: 0, ownSeconds: 0 };
  for (const record of records) {
    if (isCut(record) && record.value.length >= 12) {
      boot = Math.max(boot, record.value.readUInt32LE(0));
      ownSeconds = Math.max(ownSeconds, record.value.readUInt32LE(8));
    }
    replay.apply(record);
  }
  if (!isFromTree) replay.countRecords();
  const { index, counts, faults } = replay;
  return { log, checkpoint, tree, index, counts, boot, ownSeconds, replayFrom, replayed: records, torn, indexLost, faults };
}

/** Bytes of an encoded age. */
const AGE_BYTES = 7;

/** What the index says of a record: composites and their payloads. */
export function compositesOf(record: StoreRecord): Array<[string, number]> {
  const key = record.key.toString("latin1");
  const found: Array<[string, number]> = [[byKey(key), record.unit]];
  if (record.expiry !== null) found.push([byExpiry(record.expiry, key), record.key.length]);
  for (const { index, value } of record.entries) {
    if (index === BY_KEY || (index === BY_EXPIRY && value.length !== AGE_BYTES)) break;
    found.push([`${String.fromCharCode(index)}${value.toString("latin1")}${key}`, record.key.length]);
  }
  return found;
}

function byExpiry({ isWallClock, seconds }: Expiry, key: string): string {
  const encoded = Buffer.alloc(6);
  encoded[0] = BY_EXPIRY;
  encoded[1] = isWallClock ? 1 : 0;
  encoded.writeUInt32BE(seconds, 2);
  return encoded.toString("latin1") + key;
}

/** The key at a composite's end, or null where its payload does not fit. */
export function keyOf(composite: string, payload: number): string | null {
  if (composite.charCodeAt(0) === BY_KEY) return composite.slice(1);
  return payload > 0 && payload < composite.length ? composite.slice(composite.length - payload) : null;
}

class Replay {
  readonly index: Index;
  readonly counts: SpaceCounts[];
  readonly faults: string[] = [];
  /** The tree is lost: PREVIOUS is not believed, what is replaced is looked up. */
  readonly #looksUp: boolean;
  readonly #log: Log;

  constructor(log: Log, index: Index | null, counts: readonly SpaceCounts[]) {
    this.#log = log;
    this.index = new Map(index ?? []);
    this.#looksUp = index === null;
    this.counts = counts.map((space) => ({ ...space }));
  }

  apply(record: StoreRecord): void {
    if (record.kind === Kind.System) {
      if (record.system === System.Purge && record.value.length > 0) this.#purge(record.value[0]!);
      return;
    }
    const old = this.#replaced(record);
    const counts = this.counts[spaceOf(record.key)]!;
    if (record.kind === Kind.Put) this.#put(record, old, counts);
    else if (record.kind === Kind.Moved) this.#moved(record, old, counts);
    else this.#removal(record, old, counts);
  }

  /** Where the counters of the checkpoint do not hold: counts what is there. */
  countRecords(): void {
    for (const counts of this.counts) Object.assign(counts, { records: 0, liveUnits: 0 });
    for (const [composite, unit] of this.index) {
      if (composite.charCodeAt(0) !== BY_KEY) continue;
      const counts = this.counts[composite.charCodeAt(1) === 0 ? 1 : 0]!;
      counts.records++;
      const record = this.#log.recordAtUnit(unit);
      if (record !== null) counts.liveUnits += chargeOf(record);
    }
  }

  #replaced(record: StoreRecord): StoreRecord | null {
    const unit = this.#looksUp ? this.index.get(byKey(record.key.toString("latin1"))) : record.previous;
    if (unit === undefined || unit === null) return null;
    const old = this.#log.recordAtUnit(unit);
    if (old === null || old.kind === Kind.System || !old.key.equals(record.key)) {
      this.faults.push(`record at unit ${record.unit}: replaces unit ${unit}, where no record of its key is`);
      return null;
    }
    return old;
  }

  #put(record: StoreRecord, old: StoreRecord | null, counts: SpaceCounts): void {
    this.#forget(old);
    for (const [composite, payload] of compositesOf(record)) this.index.set(composite, payload);
    counts.liveUnits += chargeOf(record);
    if (old !== null) counts.liveUnits -= chargeOf(old);
    else if (record.overwrites) counts.liveUnits -= chargeOf(record, false);
    if (record.overwrites) counts.overwritten++;
    else {
      counts.stored++;
      counts.records++;
    }
  }

  #moved(record: StoreRecord, old: StoreRecord | null, counts: SpaceCounts): void {
    // A copy that a checkpoint made: its tree leads there, if that checkpoint was ended.
    if (!this.#looksUp && record.previous === null) return;
    this.#forget(old);
    for (const [composite, payload] of compositesOf(record)) this.index.set(composite, payload);
    counts.liveUnits += chargeOf(record) - (old === null ? 0 : chargeOf(old));
  }

  #removal(record: StoreRecord, old: StoreRecord | null, counts: SpaceCounts): void {
    this.#forget(old);
    this.index.delete(byKey(record.key.toString("latin1")));
    counts.records--;
    counts[DISPOSITIONS[record.disposition]!]++;
    if (old !== null) counts.liveUnits -= chargeOf(old);
  }

  #forget(old: StoreRecord | null): void {
    if (old === null) return;
    for (const [composite] of compositesOf(old)) if (composite.charCodeAt(0) !== BY_KEY) this.index.delete(composite);
  }

  #purge(space: number): void {
    for (const [composite, payload] of this.index) {
      const key = keyOf(composite, payload);
      if (key !== null && (key.charCodeAt(0) === 0 ? 1 : 0) === space) this.index.delete(composite);
    }
    const counts = this.counts[space];
    if (counts === undefined) return;
    counts.deleted += counts.records;
    Object.assign(counts, { records: 0, liveUnits: 0 });
  }
}
