import { Core } from "../core";
import { ENTRIES_BYTES_MAX, HEAD_MAX } from "../log/record";
import { UNIT } from "../flash/units";

/** Units that may stay blank at a sector's end, where the next record's head does not fit. */
const END_UNITS: i32 = (HEAD_MAX + UNIT - 1) / UNIT - 1;
/** Units asked for beside those of a put itself: entries that may follow, a cut, units left blank, the end of a batch. */
export const PUT_EXTRA: i32 = (ENTRIES_BYTES_MAX + UNIT) / UNIT + 5;
/** Units of one removal at most, a cut, units left blank and the end of a batch among them. */
export const REMOVAL_MOST: i32 = (HEAD_MAX + UNIT - 1) / UNIT + 5;
/** Units that puts leave to removals. */
const REMOVAL_UNITS: i32 = 16;
/** Sectors up to which the argument of DESIGN.md, "Room", is kept to the letter; beyond, live data may be more. */
const PROVEN_SECTORS: i32 = 32;
/** Checkpoints for which room is kept there: removals at random take some before reclaim gains. */
const LIKELY_CHECKPOINTS: i32 = 3;
/** And never before so many times what the last one took was written. */
const CHECKPOINT_SHARE: i32 = 4;
/** Entries that the memtable must still take when a checkpoint begins, and one more for so many units of tree: it goes on meanwhile. */
const ENTRIES_KEPT: i32 = 32;
const UNITS_PER_ENTRY: i32 = 18;
/** Sectors of the log after which a checkpoint is written at the latest: what a mount has to replay. */
const REPLAY_SECTORS: i32 = 8;
/** Reclaim begins when no more than this share of the store can be written before puts are refused: 2 to the power of minus this. */
const AHEAD_SHIFT: i32 = 5;
/** What reclaim takes is reckoned anew when puts would be refused after so many sectors, and again after so many. */
const NEAR_SECTORS: i32 = 4;
/** What is kept for a space and not taken yet is reckoned with as full of records of this share of it, and of entries in the tree: 2 to the power of minus this. */
const KEPT_RECORD_SHIFT: i32 = 4;
const KEPT_TREE_SHIFT: i32 = 3;
/** Room is planned for a tree of whole steps, so that not each put plans anew: units, one of so many sectors: 2 to the power of this. */
const PLAN_SHIFT: i32 = 3;
/** Units that a checkpoint may take beside what was reckoned: ends of sectors, its record, a cut. */
const MARGIN: i32 = 32;

/**
 * How much may be written. The log must never be so full that its tail cannot be given up: that takes the live records of the
 * tail, a new tree, and room to write both, as often as it takes to come to what is not live (DESIGN.md, "Room").
 */
export class Budget {
  /** What was learnt last: the address up to which it holds, how many sectors to empty at a time, what that loses on the way and in the end; chunk 0: nothing. */
  private knownUntil: i64 = 0;
  private knownChunk: i32 = 0;
  private knownLost: i32 = 0;
  private knownEnd: i32 = 0;
  /** Sectors full of live records that one checkpoint can move, at the least. */
  private chunk: i32 = 1;
  /** Units that live records may take, and of what that was reckoned. */
  private planned: i32 = 0;
  private plannedTree: i32 = -1;
  private plannedLargest: i32 = 0;
  private plannedSectors: i32 = 0;
  /** Units of what was refused last, 0: nothing was. */
  wanted: i32 = 0;
  /** What was chosen to be moved: sectors with a lesser sequence, and their live units. */
  private end: u32 = 0;
  private moved: i32 = 0;
  /** Garbage that was there when none of it was found worth a checkpoint. */
  private declined: i32 = 0;

  constructor(private readonly core: Core) {}

  /** Units of tree: what lies there, and what the memtable may add. */
  private get treeUnits(): i32 {
    return this.core.tree.units + max(this.core.memtable.bytes, 0) / UNIT;
  }

  private get sectors(): i32 {
    return this.core.ring.sectorCount - this.core.ring.bad;
  }

  private get free(): i32 {
    const ring = this.core.ring;
    return ring.sectorCount - ring.bad - ring.used;
  }

  /** Units of a sector that can be relied on. */
  private get sectorUnits(): i32 {
    return this.core.ring.payloadUnits - END_UNITS;
  }

  /** Most units of one record. */
  get recordMax(): i32 {
    const payload = this.core.ring.payloadUnits;
    return (payload >> 1) + (max(this.sectors - 4, 0) * payload) / 5;
  }

  /** Units that a checkpoint takes at most, without what it moves. */
  get checkpointUnits(): i32 {
    return this.checkpointOf(this.treeUnits);
  }

  private checkpointOf(tree: i32): i32 {
    return tree + (tree >> 3) + 12;
  }

  /** Checkpoints that it takes to pass so many live units, `chunk` sectors full of them at a time. */
  private roundsFor(live: i32, chunk: i32): i32 {
    const units = chunk * this.core.ring.payloadUnits;
    return (live + units - 1) / units;
  }

  /** Units, in whole sectors, that reclaim needs with so much that is live: what one checkpoint moves, itself, and what others lose before. */
  private needFor(chunk: i32, lost: i32, live: i32, largest: i32, checkpoint: i32): i32 {
    const moved = min(chunk * this.core.ring.payloadUnits + largest, live);
    const units = moved + checkpoint + max(lost, checkpoint);
    const sector = this.sectorUnits;
    return ((units + sector - 1) / sector) * sector;
  }

  /** Units kept free for reclaim. */
  private get reserve(): i32 {
    this.keepPlan();
    const core = this.core;
    const payload = core.ring.payloadUnits;
    const checkpoint = this.checkpointUnits;
    const live = core.liveUnits;
    let units = this.needFor(this.chunk, (this.roundsFor(live, this.chunk) - 1) * checkpoint, live, core.largest, checkpoint);
    if (this.knownChunk > 0) {
      // What was written since may be all live.
      const lost = this.knownEnd + <i32>((this.unknown * checkpoint) / (this.knownChunk * payload));
      units = min(units, this.needFor(this.knownChunk, max(this.knownLost, lost), live, core.largest, checkpoint));
    }
    const sectors = this.sectors;
    return sectors <= PROVEN_SECTORS ? units : min(units, (sectors >> 3) * payload + LIKELY_CHECKPOINTS * checkpoint);
  }

  /** Units that live records may take. */
  get liveMax(): i32 {
    this.keepPlan();
    return this.planned;
  }

  /** Plans anew when the tree has grown or shrunk by a step, or what else a plan is made of changed. */
  private keepPlan(): void {
    // What fills the room that is kept makes the tree larger, too: others cannot have that room.
    const kept = this.core.keptUnits;
    const sectors = this.sectors;
    const step = max(sectors >> PLAN_SHIFT, 1);
    const tree = ((this.treeUnits + (kept >> KEPT_TREE_SHIFT) + step - 1) / step) * step;
    const largest = max(this.core.largest, kept >> KEPT_RECORD_SHIFT);
    if (tree == this.plannedTree && largest == this.plannedLargest && sectors == this.plannedSectors) return;
    this.plannedTree = tree;
    this.plannedLargest = largest;
    this.plannedSectors = sectors;
    this.plan();
  }

  /** Chooses how many sectors full of live records one checkpoint should be able to move: with that many the most can be held. */
  private plan(): void {
    const largest = this.plannedLargest;
    const all = this.sectors * this.sectorUnits - this.plannedTree - REMOVAL_UNITS - PUT_EXTRA - largest;
    const checkpoint = this.checkpointOf(this.plannedTree);
    this.planned = 0;
    this.chunk = 1;
    for (let chunk = 1; chunk <= min(this.sectors, PROVEN_SECTORS) >> 1; chunk++) {
      const moved = chunk * this.core.ring.payloadUnits;
      for (let rounds = 1; rounds <= this.sectors; rounds++) {
        const most = rounds * moved;
        const rest = all - rounds * checkpoint - this.needFor(chunk, (rounds - 1) * checkpoint, most, largest, checkpoint);
        if (min(rest, most) > this.planned) {
          this.planned = min(rest, most);
          this.chunk = chunk;
        }
        if (rest <= most) break;
      }
    }
    if (this.sectors > PROVEN_SECTORS) this.planned = max(this.planned, this.likelyMax);
  }

  /** What live records may take if not all of them lie in one piece. */
  private get likelyMax(): i32 {
    const payload = this.core.ring.payloadUnits;
    return (this.sectors - 2 - (this.sectors >> 3)) * payload - 3 * this.plannedTree - 2 * min(this.plannedTree, payload << 1) - payload;
  }

  /** Units that can be written until only `floor` is left. The sector being written is never counted as a whole one. */
  private roomAbove(floor: i32): i32 {
    const units = this.sectorUnits;
    return this.free * units + min(this.core.ring.room, units - 1) - floor;
  }

  /** Whether the log has room for a put of so many units. */
  hasRoom(units: i32): bool {
    const left = this.roomAbove(max(this.reserve, this.core.promisedUnits)) - units - REMOVAL_UNITS;
    this.wanted = left >= 0 ? 0 : units;
    this.watch(left);
    return left >= 0;
  }

  /** Has work looked for when what is left is not much more than what reclaim has ahead: its reserve grows by whole sectors. */
  private watch(left: i32): void {
    if (left < this.ahead + this.sectorUnits) this.core.isShort = true;
  }

  /** What is written while reclaim has not begun. */
  private get ahead(): i32 {
    return this.core.largest + PUT_EXTRA + ((this.sectors * this.core.ring.payloadUnits) >> AHEAD_SHIFT);
  }

  /** Whether it has for a removal, which may go further; and where reclaim has nothing to gain as far as one more checkpoint allows. */
  hasRemovalRoom(units: i32): bool {
    const reserve = this.reserve;
    const promised = this.core.promisedUnits;
    const left = this.roomAbove(max(reserve, promised)) - units;
    this.watch(left);
    if (left >= 0) return true;
    if (this.wantsReclaim) return false;
    return this.roomAbove(max(min(reserve, this.checkpointUnits + this.sectorUnits), promised)) >= units;
  }

  /** Units that a checkpoint about to begin may take for what it moves. */
  get moveUnits(): i32 {
    return max(this.core.ring.freeUnits - this.checkpointUnits, 0);
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

  /** Whether puts are about to be refused. */
  get isTight(): bool {
    return this.roomAbove(this.reserve) < max(this.wanted, this.ahead) + REMOVAL_UNITS;
  }

  /** Units written since that was learnt. */
  private get unknown(): i64 {
    return this.core.ring.writeAddress - this.knownUntil;
  }

  /** Whether what is live in each sector may show that less need be kept free, in time before puts are refused. */
  private get isUnclear(): bool {
    const near = NEAR_SECTORS * this.core.ring.payloadUnits;
    return this.unknown > near && this.roomAbove(this.reserve) < near;
  }

  /** Sectors that are emptied together when there is time. */
  private get usualSectors(): i32 {
    return min(max(this.core.ring.used >> 1, this.spare - this.free), this.core.ring.used - 2);
  }

  /** Whether sectors should be given up: by a checkpoint that empties them, where it is known what is live in each. */
  get wantsReclaim(): bool {
    return this.isReclaimDue(3);
  }

  /** Whether the checkpoint about to begin should give up sectors: it may be due for another reason, then sooner. */
  get isEmptying(): bool {
    return this.isReclaimDue(this.wantsCheckpoint ? 5 : 3);
  }

  /** Whether reclaim should begin when fewer sectors are free than so many eighths of those that can be. */
  private isReclaimDue(eighths: i32): bool {
    const ring = this.core.ring;
    const garbage = this.garbage;
    const checkpoint = this.checkpointUnits;
    if (ring.newest < 0 || ring.used < 2 || garbage <= checkpoint || garbage <= this.declined) return false;
    if (this.isTight || this.isUnclear) return true;
    const trees = this.core.tree.units / ring.payloadUnits;
    if (this.free >= max(2, ((this.spare * eighths) >> 3) + trees)) return false;
    return <i64>this.usualSectors * garbage >= <i64>ring.used * checkpoint;
  }

  /**
   * Once that is known: the sequence below which the checkpoint about to begin moves all live records, which is added to what is
   * promised to it; 0: nothing is to be had.
   */
  evacuateBelow(): u32 {
    this.learn();
    if (!this.isEmptying) return 0;
    const ring = this.core.ring;
    const checkpoint = this.checkpointUnits;
    const room = this.roomAbove(checkpoint + MARGIN);
    if (this.choose((room * 3) >> 2, this.usualSectors)) return this.end;
    this.declined = 0;
    if (!this.isTight) return 0;
    if (this.choose(room, ring.used - 1)) return this.end;
    // Where the oldest sectors are full of live records they have to be passed to come to what is not.
    if (this.moved > 0 && this.garbage > ((this.core.liveUnits + this.moved - 1) / this.moved) * checkpoint) {
      this.core.promisedUnits += this.moved;
      return this.end;
    }
    this.declined = this.garbage + (checkpoint >> 3);
    return 0;
  }

  /** Learns from what is live in each sector what checkpoints would lose, one after the other, before they gain something. */
  private learn(): void {
    const ring = this.core.ring;
    const payload = ring.payloadUnits;
    const checkpoint = this.checkpointUnits;
    let least = i32.MAX_VALUE;
    this.knownUntil = ring.writeAddress;
    this.knownChunk = 0;
    for (let chunk = 1; chunk < ring.used; chunk <<= 1) {
      let lost = 0;
      let most = 0;
      let sector = ring.tail;
      while (sector >= 0) {
        let gain = 0;
        for (let i = 0; i < chunk && sector >= 0; i++) {
          gain += payload - this.core.live.inSector(sector);
          sector = ring.after(sector);
        }
        lost += checkpoint - gain;
        most = max(most, lost);
      }
      const units = this.needFor(chunk, most, this.core.liveUnits, this.core.largest, checkpoint);
      if (units < least) {
        least = units;
        this.knownChunk = chunk;
        this.knownLost = most;
        this.knownEnd = lost;
      }
    }
  }

  /**
   * Chooses, of at most so many of the oldest sectors, with at most so many live units, those that give the most for what is written.
   * Returns whether that is more than the checkpoint takes; `end` is behind those chosen, or else behind the last that can be.
   */
  private choose(most: i32, sectors: i32): bool {
    const ring = this.core.ring;
    const checkpoint = this.checkpointUnits;
    let moved = 0;
    let gain = 0;
    let last: u32 = 0;
    let lastMoved = 0;
    let sector = ring.tail;
    for (let count = 1; count <= sectors && sector >= 0 && sector != ring.newest; count++) {
      moved += this.core.live.inSector(sector);
      if (moved > most) break;
      last = ring.sequenceOf(sector) + 1;
      lastMoved = moved;
      const won = count * ring.payloadUnits - moved;
      if (won > checkpoint && <i64>won * (this.moved + checkpoint) > <i64>gain * (moved + checkpoint)) {
        this.end = last;
        this.moved = moved;
        gain = won;
      }
      sector = ring.after(sector);
    }
    if (gain == 0) {
      this.end = last;
      this.moved = lastMoved;
      return false;
    }
    this.core.promisedUnits += this.moved;
    return true;
  }

  /** Whether the tail can be given up: the checkpoint does not need it, nor does a record behind it replace one there. */
  get canDropTail(): bool {
    const core = this.core;
    const tail = core.ring.sequenceOf(core.ring.tail);
    return core.ring.used >= 2 && core.isGivenUp(tail) && tail < core.pinned && tail < core.pinnedNew;
  }

  /** Entries that the memtable must still take when a checkpoint begins. */
  get entriesKept(): i32 {
    return min(this.core.memtable.capacity >> 1, ENTRIES_KEPT + this.core.tree.units / UNITS_PER_ENTRY);
  }

  /** Whether the tree stands in the way of the next put, and half of it leaves with a checkpoint: that gives back more than it takes. */
  private get isTreeShrinking(): bool {
    const core = this.core;
    return -core.memtable.bytes > (core.tree.units * UNIT) >> 1 && core.liveUnits + core.keptUnits + core.largest > this.liveMax;
  }

  /** Whether a checkpoint is due. */
  get wantsCheckpoint(): bool {
    const core = this.core;
    if (core.memtable.count == 0 && core.purged == 0 && core.ring.newest < 0) return false;
    if (core.memtable.room < max(this.entriesKept, core.wantedEntries) && core.memtable.count > 0) return true;
    if (this.isTreeShrinking && this.roomAbove(this.checkpointUnits + MARGIN) >= 0) return true;
    // What only shortens the next replay must not take the room that reclaim will need.
    if (this.roomAbove(this.reserve) < this.checkpointUnits) return false;
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
