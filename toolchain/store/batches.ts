/** Which records of the log count: whole batches, and of the tail what no power cut took (SPEC.md, 4). */
import type { Log } from "./log.js";
import { Kind, placeOf, type StoreRecord, System } from "./record.js";

export interface Batches {
  /** Records that count, in order. */
  readonly records: readonly StoreRecord[];
  /** Records that never happened: voided by a cut, or of the log's last batch and torn. */
  readonly torn: readonly StoreRecord[];
}

/** Reads what was committed from an address on. */
export function committedFrom(log: Log, from: number): Batches {
  const batches: StoreRecord[][] = [];
  const torn: StoreRecord[] = [];
  let open: StoreRecord[] = [];
  for (const record of log.records(from)) {
    if (isCut(record)) {
      // A cut that is torn itself tells nothing: the mount that began to write it wrote nothing else.
      if (!record.isWhole) {
        torn.push(record);
        continue;
      }
      torn.push(...open, ...takeVoid(batches, record));
      batches.push([record]);
      open = [];
      continue;
    }
    open.push(record);
    if (record.hasMore) continue;
    batches.push(open);
    open = [];
  }
  torn.push(...open);
  const last = batches.at(-1);
  if (open.length === 0 && last !== undefined && !last.every((record) => record.isWhole)) torn.push(...batches.pop()!);
  return { records: batches.flat(), torn };
}

export function isCut(record: StoreRecord): boolean {
  return record.kind === Kind.System && record.system === System.Cut;
}

/** Takes away the batches directly before a cut of which it says that they never happened. */
function takeVoid(batches: StoreRecord[][], cut: StoreRecord): StoreRecord[] {
  const taken: StoreRecord[] = [];
  if (cut.value.length < 8) return taken;
  const from = cut.value.readUInt32LE(4);
  for (let last = batches.at(-1); last !== undefined && !isCut(last[0]!); last = batches.at(-1)) {
    if ((placeOf(last.at(-1)!.address) - from) >> 0 < 0) break;
    taken.push(...batches.pop()!);
  }
  return taken;
}
