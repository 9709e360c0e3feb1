import { Core } from "./core";
import { UNIT } from "./units";

/** Units kept for removals when puts are refused already, in sectors' quarters. */
const REMOVAL_QUARTERS: i32 = 1;
/** And never before so many times what the last one took was written. */
const CHECKPOINT_SHARE: i32 = 4;
/** Entries that the memtable must still take when a checkpoint begins, and one more for so many units of tree: it goes on meanwhile. */
const ENTRIES_KEPT: i32 = 48;
const UNITS_PER_ENTRY: i32 = 18;
/** Sectors of the log after which a checkpoint is written at the latest: what a mount has to replay. */
const REPLAY_SECTORS: i32 = 8;

/**
 * How much may be written. The log must never be so full that its tail cannot be given up: that takes the live records of the
 * tail, a new tree, and room to write both.
 */
export class Budget {
  constructor(private readonly core: Core) {}

  /** Units of tree: what lies there, and what the memtable may add. */
  private get treeUnits(): i32 {
    return this.core.tree.units + max(this.core.memtable.bytes, 0) / UNIT;
  }

  private get sectors(): i32 {
    return this.core.ring.sectorCount - this.core.ring.bad;
  }

  /** The tree as far as it weighs: up to a quarter sector of it is rewritten for each sector of a small store. */
  private get smallTree(): i32 {
    return min(this.treeUnits, this.core.ring.payloadUnits >> 2);
  }

  /** The tree, two sectors of it at most. */
  private get shortTree(): i32 {
    return min(this.treeUnits, this.core.ring.payloadUnits << 1);
  }

  /**
   * Units that live records may take: so that, when puts are refused because the log is full, it holds enough that is neither
   * live nor tree for reclaim to be worth it. Beyond eight sectors an eighth is left free, for reclaim to have less to copy.
   */
  get liveMax(): i32 {
    const payload = this.core.ring.payloadUnits;
    const tree = this.treeUnits;
    const spare = this.sectors > 8 ? (this.sectors * payload) >> 3 : 0;
    return (this.sectors - 2) * payload - spare - 3 * tree - 2 * this.shortTree - 3 * this.smallTree;
  }

  /** Most units of one record. */
  get recordMax(): i32 {
    const payload = this.core.ring.payloadUnits;
    return (payload >> 1) + (this.sectors > 4 ? ((this.sectors - 4) * payload) / 5 : 0);
  }

  /** Units that a checkpoint takes at most. */
  get checkpointUnits(): i32 {
    return this.treeUnits + (this.treeUnits >> 2) + 16;
  }

  /**
   * Units that reclaim needs: a checkpoint, the records of as many sectors as make it a gain, and a checkpoint that a power cut
   * ends, which takes room and leaves nothing.
   */
  private get reserve(): i32 {
    const ring = this.core.ring;
    const payload = ring.payloadUnits;
    const checkpoint = this.checkpointUnits;
    const garbage = max(this.garbage, (ring.used * payload) >> 3);
    const sectors = min(1 + (checkpoint * ring.used) / max(garbage, 1), max(ring.sectorCount >> 3, 1));
    return sectors * payload + checkpoint + min(checkpoint, payload);
  }

  /** Whether the log has room for a put of so many units; for a removal, which may go further. */
  hasRoom(units: i32, isRemoval: bool): bool {
    const slack = isRemoval ? 0 : (this.core.ring.payloadUnits * REMOVAL_QUARTERS) >> 2;
    return this.core.ring.freeUnits >= units + slack + max(this.reserve, this.core.promisedUnits);
  }

  /** Units in the log that are neither live nor tree. */
  get garbage(): i32 {
    const ring = this.core.ring;
    const filled = ring.used * ring.payloadUnits - ring.room;
    return filled - this.core.liveUnits - this.core.tree.units;
  }

  /** Sectors that neither live records nor tree need. */
  private get spare(): i32 {
    const payload = this.core.ring.payloadUnits;
    return this.sectors - (this.core.liveUnits + this.core.tree.units + payload - 1) / payload;
  }

  private get free(): i32 {
    return this.sectors - this.core.ring.used;
  }

  /** Whether puts are about to be refused. */
  private get isTight(): bool {
    return !this.hasRoom(this.core.ring.payloadUnits, false);
  }

  /** Whether sectors should be given up: a checkpoint has to empty them. */
  get wantsReclaim(): bool {
    const trees = this.core.tree.units / this.core.ring.payloadUnits;
    if (this.free >= max(2, ((this.spare * 3) >> 3) + trees) && !this.isTight) return false;
    return this.core.ring.newest >= 0 && this.evacuateBelow > this.core.ring.sequenceOf(this.core.ring.tail);
  }

  /**
   * The checkpoint about to begin moves all live records out of sectors with a lesser sequence: half of the log's sectors, or as
   * many as there is likely room for. 0: none, there is nothing to be gained.
   */
  get evacuateBelow(): u32 {
    const ring = this.core.ring;
    const trees = this.core.tree.units / ring.payloadUnits;
    if (ring.newest < 0 || (this.free >= max(2, ((this.spare * 5) >> 3) + trees) && !this.isTight)) return 0;
    const room = ring.freeUnits - this.checkpointUnits - (ring.payloadUnits >> 2);
    const most = (this.isTight ? room : (room * 3) >> 2) / max(this.liveIn(1), 1);
    const sectors = min(min(most, max(ring.used >> 1, this.spare - this.free)), ring.used - 2);
    // What is had by it must be more than the checkpoint takes.
    if (sectors <= 0 || <i64>sectors * this.garbage < <i64>ring.used * this.checkpointUnits) return 0;
    return ring.sequenceOf(ring.tail) + <u32>sectors;
  }

  /** Units that are likely to be live in so many sectors: twice the mean. */
  private liveIn(sectors: i32): i32 {
    const most = min(sectors * this.core.ring.payloadUnits, this.core.liveUnits);
    return min(most, (2 * this.core.liveUnits * sectors) / this.core.ring.used);
  }

  /** Units that a checkpoint with that evacuation is likely to write. */
  promiseFor(evacuateBelow: u32): i32 {
    const ring = this.core.ring;
    const sectors = evacuateBelow == 0 ? 0 : <i32>(evacuateBelow - ring.sequenceOf(ring.tail));
    return this.checkpointUnits + (sectors == 0 ? 0 : this.liveIn(sectors));
  }

  /** Whether the tail can be given up: no live record, no page, nothing that a replay would read. */
  get canDropTail(): bool {
    const core = this.core;
    const ring = core.ring;
    if (ring.used < 2) return false;
    const tail = ring.sequenceOf(ring.tail);
    if (tail >= core.evacuatedBelow || tail >= core.tree.oldest || tail >= core.pinned || tail >= core.pinnedNew) return false;
    return <i64>(tail + 1) * ring.sectorUnits <= core.replayAddress;
  }

  /** Whether a checkpoint is due. */
  get wantsCheckpoint(): bool {
    const core = this.core;
    if (core.memtable.count == 0 && core.purged == 0 && core.ring.newest < 0) return false;
    if (core.memtableRoom < min(core.memtable.capacity >> 1, ENTRIES_KEPT + core.tree.units / UNITS_PER_ENTRY)) return true;
    // What only shortens the next replay must not take the room that reclaim will need.
    if (core.ring.freeUnits < core.ring.payloadUnits + 2 * this.checkpointUnits) return false;
    if (core.purged != 0) return true;
    const distance = core.ring.writeAddress - core.replayAddress;
    const least = min(this.sectors >> 1, REPLAY_SECTORS) * core.ring.sectorUnits;
    return distance > <i64>max(least, CHECKPOINT_SHARE * core.tree.units);
  }

  /** Sectors with a lesser sequence are reclaimed before the next but one checkpoint: no page is to stay there. */
  get doomedBelow(): u32 {
    const ring = this.core.ring;
    if (ring.newest < 0) return 0;
    const zone = this.sectors <= 32 ? this.sectors >> 1 : this.sectors >> 2;
    return ring.sequenceOf(ring.tail) + <u32>max(zone, 1);
  }
}
