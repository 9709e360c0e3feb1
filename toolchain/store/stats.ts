/** What a store's flash is used for. */
import { noCounts, type SpaceCounts, SPACES } from "./checkpoint.js";
import { FORMAT_VERSION, UNIT } from "./region.js";
import type { StoreState } from "./recovery.js";
import { HEAD_UNITS } from "./sectors.js";

export interface ImageStats {
  readonly formatVersion: number;
  readonly sectorBytes: number;
  /** log: hold records; ready: formatted, not opened; other: blank, damaged or left by an erase that was cut. */
  readonly sectors: { readonly total: number; readonly log: number; readonly ready: number; readonly other: number };
  /** live: records; index: pages of the tree; reclaimable: what else lies in the log; free: can be written. Without sectors' heads. */
  readonly bytes: { readonly live: number; readonly index: number; readonly reclaimable: number; readonly free: number };
  /** Of the sectors whose count is readable; histogram: sectors by erase count. */
  readonly erases: { readonly min: number; readonly max: number; readonly histogram: Readonly<Record<string, number>> } | null;
  readonly spaces: Readonly<Record<string, SpaceCounts>>;
  /** ageUnits: from where replay begins to the log's end; replayed: records there. */
  readonly checkpoint: { readonly address: number; readonly ageUnits: number; readonly replayed: number } | null;
  readonly indexLost: string | null;
  readonly torn: number;
  readonly boot: number;
  readonly ownSeconds: number;
}

export function statsOf(state: StoreState): ImageStats {
  const { log, counts, checkpoint, indexLost } = state;
  const { region, heads, sectors } = log;
  const inLog = new Set(sectors.map(({ sector }) => sector));
  const ready = heads.filter((head) => !inLog.has(head.sector) && head.format === "valid" && head.opening === "blank").length;
  const room = region.units - HEAD_UNITS;
  const free = (region.sectorCount - sectors.length) * room + log.blankUnits();
  const live = counts.reduce((sum, space) => sum + space.liveUnits, 0);
  const index = checkpoint === null || indexLost !== null ? 0 : checkpoint.pageUnits;
  const reclaimable = Math.max(region.sectorCount * room - free - live - index, 0);
  return {
    formatVersion: FORMAT_VERSION,
    sectorBytes: region.sectorBytes,
    sectors: { total: region.sectorCount, log: sectors.length, ready, other: region.sectorCount - sectors.length - ready },
    bytes: { live: live * UNIT, index: index * UNIT, reclaimable: reclaimable * UNIT, free: free * UNIT },
    erases: erasesOf(state),
    spaces: Object.fromEntries(SPACES.map((name, space) => [name, counts[space] ?? noCounts()])),
    checkpoint: checkpointOf(state),
    indexLost,
    torn: state.torn.length,
    boot: state.boot,
    ownSeconds: state.ownSeconds,
  };
}

/** The same as lines to read. */
export function* statsText(stats: ImageStats): Generator<string> {
  const { sectors, bytes, erases, checkpoint } = stats;
  yield `format ${stats.formatVersion}, ${sectors.total} sectors of ${stats.sectorBytes} bytes: ${sectors.log} log, ${sectors.ready} ready, ${sectors.other} other`;
  yield `bytes: ${bytes.live} live, ${bytes.index} index, ${bytes.reclaimable} reclaimable, ${bytes.free} free`;
  if (erases !== null) {
    const histogram = Object.entries(erases.histogram).map(([count, number]) => `${count}: ${number}`);
    yield `erases: ${erases.min} to ${erases.max}; sectors by erases ${histogram.join(", ")}`;
  }
  for (const [name, counts] of Object.entries(stats.spaces)) {
    const texts = Object.entries(counts).map(([counter, value]) => `${value} ${counter}`);
    yield `${name}: ${texts.join(", ")}`;
  }
  if (checkpoint === null) yield "checkpoint: none";
  else yield `checkpoint: at ${checkpoint.address}, ${checkpoint.ageUnits} units and ${checkpoint.replayed} records old`;
  if (stats.indexLost !== null) yield `index lost: ${stats.indexLost}`;
  yield `boot ${stats.boot}, own clock ${stats.ownSeconds} s, ${stats.torn} torn records`;
}

function erasesOf({ log }: StoreState): ImageStats["erases"] {
  const counts = log.heads.filter((head) => head.format === "valid").map((head) => head.erases);
  if (counts.length === 0) return null;
  const histogram: Record<string, number> = {};
  for (const count of counts) histogram[count] = (histogram[count] ?? 0) + 1;
  return { min: Math.min(...counts), max: Math.max(...counts), histogram };
}

function checkpointOf({ checkpoint, log, replayed }: StoreState): ImageStats["checkpoint"] {
  const newest = log.sectors.at(-1);
  if (checkpoint === null || newest === undefined) return null;
  const end = (newest.sequence + 1) * log.region.units - log.blankUnits();
  return { address: checkpoint.address, ageUnits: Math.max(end - checkpoint.replayFrom, 0), replayed: replayed.length };
}
