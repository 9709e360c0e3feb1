/** Checks a store against itself: checksums, tree and records, counters. */
import { noCounts, SPACES, spaceOf } from "./checkpoint.js";
import { isCut } from "./batches.js";
import { chargeOf, DISPOSITIONS, Kind, type StoreRecord, System } from "./record.js";
import { compositesOf, keyOf, type StoreState } from "./recovery.js";
import { BY_KEY } from "./tree.js";
import { keyMember } from "./text.js";

export interface Verdict {
  /** What is wrong, a line each: what and where. */
  readonly faults: readonly string[];
  /** What is damaged and nobody needs, as power cuts leave it. */
  readonly notes: readonly string[];
  /** Records and pages that were checked. */
  readonly records: number;
  readonly pages: number;
}

/** Checks all that a store holds. */
export function verify(state: StoreState): Verdict {
  const faults = [...(state.indexLost === null ? [] : [`index lost: ${state.indexLost}`]), ...state.faults];
  const live = checkIndex(state, faults);
  checkTree(state, live, faults);
  checkCounters(state, live, faults);
  const notes = checkLog(state, new Set([...live.values()].map((record) => record.unit)), faults);
  checkHeads(state, live, faults, notes);
  return { faults, notes, records: live.size, pages: state.tree?.pages ?? 0 };
}

/** Compares the orders with the records, both ways. Returns the records by key. */
function checkIndex({ index, log }: StoreState, faults: string[]): Map<string, StoreRecord> {
  const live = new Map<string, StoreRecord>();
  const expected = new Map<string, number>();
  for (const [composite, unit] of index) {
    if (composite.charCodeAt(0) !== BY_KEY) continue;
    const key = composite.slice(1);
    const record = log.recordAtUnit(unit);
    const where = `key ${name(key)}, unit ${unit}`;
    if (record === null || (record.kind !== Kind.Put && record.kind !== Kind.Moved)) faults.push(`${where}: found no record`);
    else if (record.key.toString("latin1") !== key) faults.push(`${where}: found the record of key ${name(record.key.toString("latin1"))}`);
    else {
      if (!record.isWhole) faults.push(`${where}: its crc32 disagrees`);
      live.set(key, record);
      for (const [each, payload] of compositesOf(record)) expected.set(each, payload);
    }
  }
  for (const [composite, payload] of index) {
    if (composite.charCodeAt(0) === BY_KEY) continue;
    const key = keyOf(composite, payload);
    const owner = key === null ? null : name(key);
    if (expected.get(composite) !== payload)
      faults.push(`index ${composite.charCodeAt(0)}: dangling entry of key ${owner}, ${hex(composite)}`);
  }
  for (const [composite, payload] of expected) {
    if (index.has(composite) || composite.charCodeAt(0) === BY_KEY) continue;
    faults.push(`index ${composite.charCodeAt(0)}: lacks the entry of key ${name(keyOf(composite, payload) ?? "")}, ${hex(composite)}`);
  }
  return live;
}

function checkTree({ checkpoint, tree, log }: StoreState, live: ReadonlyMap<string, StoreRecord>, faults: string[]): void {
  if (checkpoint === null || tree === null || tree.broken !== null) return;
  faults.push(...tree.faults);
  if (tree.units !== checkpoint.pageUnits) faults.push(`checkpoint: says ${checkpoint.pageUnits} units of pages, found ${tree.units}`);
  if (tree.oldest !== checkpoint.oldest) {
    faults.push(`checkpoint: says the oldest page lies in sequence ${checkpoint.oldest ?? "none"}, found ${tree.oldest ?? "none"}`);
  }
  for (const [key, record] of live) {
    const sequence = Math.floor(record.address / log.region.units);
    if (sequence >= checkpoint.liveFrom) continue;
    faults.push(
      `key ${name(key)}, unit ${record.unit}: lies in sequence ${sequence}, the checkpoint says none is live before ${checkpoint.liveFrom}`,
    );
  }
}

function checkCounters({ counts, indexLost }: StoreState, live: ReadonlyMap<string, StoreRecord>, faults: string[]): void {
  if (indexLost !== null) return;
  const found = SPACES.map(noCounts);
  for (const record of live.values()) {
    const space = found[spaceOf(record.key)]!;
    space.records++;
    space.liveUnits += chargeOf(record);
  }
  for (const [space, said] of counts.entries()) {
    const { records, liveUnits } = found[space]!;
    const name = SPACES[space]!;
    if (said.records !== records) faults.push(`counters of ${name}: say ${said.records} records, found ${records}`);
    if (said.liveUnits !== liveUnits) faults.push(`counters of ${name}: say ${said.liveUnits} live units, found ${liveUnits}`);
    const gone = DISPOSITIONS.reduce((sum, disposition) => sum + said[disposition], 0);
    if (said.stored !== said.records + gone) {
      faults.push(`counters of ${name}: say ${said.stored} stored, but ${said.records} records and ${gone} that left`);
    }
  }
}

/** Checks every record of the log. Those that are live are checked already. Returns what is damaged and dead. */
function checkLog(state: StoreState, live: ReadonlySet<number>, faults: string[]): string[] {
  const { log, replayed, torn, replayFrom } = state;
  const notes: string[] = [];
  const counted = new Set(replayed.filter(changesSomething).map((record) => record.address));
  const never = new Set(torn.map((record) => record.address));
  for (const record of log.records(0)) {
    if (record.isWhole || live.has(record.unit)) continue;
    const where = `record at unit ${record.unit} (sector ${Math.floor(record.unit / log.region.units)})`;
    if (never.has(record.address)) notes.push(`${where}: torn, and never happened`);
    else if (counted.has(record.address)) faults.push(`${where}: its crc32 disagrees`);
    else notes.push(`${where}: its crc32 disagrees; nothing needs it`);
  }
  for (const { unit, units, next } of log.gaps(0)) {
    const where = `unit ${unit} (sector ${Math.floor(unit / log.region.units)}): ${units} written units hold no record`;
    if (next === null || isCut(next)) notes.push(`${where}; torn`);
    else if (next.address >= replayFrom) faults.push(where);
    else notes.push(`${where}; nothing needs them`);
  }
  return notes;
}

/** Pages and copies of a checkpoint that was not ended mean nothing. */
function changesSomething({ kind, system, previous }: StoreRecord): boolean {
  if (kind === Kind.System) return system === System.Commit || system === System.Purge;
  return kind !== Kind.Moved || previous !== null;
}

function checkHeads({ log, checkpoint }: StoreState, live: ReadonlyMap<string, StoreRecord>, faults: string[], notes: string[]): void {
  const { units } = log.region;
  const needed = new Set([...live.values()].map((record) => Math.floor(record.unit / units)));
  const replayed = Math.floor((checkpoint?.replayFrom ?? 0) / units);
  const inLog = new Map(log.sectors.map((sector) => [sector.sector, sector]));
  for (const { sector, format, opening } of log.heads) {
    const ours = inLog.get(sector);
    const isNeeded = needed.has(sector) || (ours !== undefined && ours.sequence >= replayed);
    for (const [part, state] of [
      ["format", format],
      ["opening", opening],
    ] as const) {
      const isWrong = state === "damaged" || (state === "blank" && ours !== undefined);
      if (isWrong) (isNeeded ? faults : notes).push(`sector ${sector}: its ${part} is ${state}${isNeeded ? "" : "; nothing needs it"}`);
    }
  }
}

/** A key as a message names it. */
function name(key: string): string {
  return keyMember(Buffer.from(key, "latin1")).text;
}

function hex(composite: string): string {
  return Buffer.from(composite, "latin1").toString("hex");
}
