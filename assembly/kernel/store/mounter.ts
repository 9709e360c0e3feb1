import { Status } from "../../lib/status";
import { CHECKPOINT_BYTES, COUNTS_OFFSET, LARGEST_OFFSET } from "./space/checkpointer";
import { PACKED_BYTES, unpackCounts } from "./space/packedCounts";
import { Core } from "./core";
import { LogWalker } from "./log/logWalker";
import { KIND_SYSTEM, SYSTEM_CHECKPOINT } from "./log/record";
import { Replayer } from "./log/replayer";
import { SCRATCH } from "./scratch";
import { HEADER_UNITS } from "./flash/sector";
import { SPACES } from "./store";

/** Units over which header, extensions and key may reach. */
const HEAD_UNITS: i32 = 6;

/** Finds the state of the store on the flash. Programs nothing. */
export class Mounter {
  private newestSequence: u32 = 0;
  /** Whether the tail is a sector whose header is damaged. */
  private isExtendedBack: bool = false;

  constructor(
    private readonly core: Core,
    private readonly replayer: Replayer,
  ) {}

  private get walker(): LogWalker {
    return this.core.walker;
  }

  /** Ok, Corrupt (something else lies there, nothing is to be written), Io. Damage of the index is noted in core. */
  mount(): i32 {
    const core = this.core;
    const ring = core.ring;
    // After a reset that the power outlived, what is read here may still be on its way to the flash: from now on it is relied on.
    let status = core.device.sync();
    if (status >= 0) status = this.readHeaders();
    if (status < 0) return status;
    if (ring.newest < 0) {
      core.replayAddress = ring.writeAddress;
      core.sessionAddress = ring.writeAddress;
      core.live.forget(true);
      return Status.Ok;
    }
    this.chooseMembers();
    status = this.extend();
    if (status >= 0) status = this.extendBack();
    if (status >= 0) status = this.findEnd();
    if (status >= 0) status = this.takeCheckpoint();
    // A sector that was given up, and its erase cut short, looks like a damaged one.
    if (status >= 0 && this.isExtendedBack && core.isGivenUp(ring.sequenceOf(ring.tail))) core.corrupt--;
    if (status == Status.Corrupt) {
      core.isDamaged = true;
      status = this.replayer.seekSector(ring.tail);
    }
    if (status >= 0) status = this.replay();
    if (status < 0) return status;
    core.boot = this.replayer.boot + 1;
    core.ownBase = max(core.ownBase, this.replayer.own);
    core.voidFrom = this.replayer.voidFrom;
    core.sessionAddress = ring.writeAddress;
    return Status.Ok;
  }

  private replay(): i32 {
    const core = this.core;
    core.pinnedNew = u32.MAX_VALUE;
    let status: i32 = Status.Ok;
    while (status >= 0) {
      status = this.replayer.step(i64.MAX_VALUE);
      if (core.memtable.hasFailed) core.isDamaged = true;
      if (core.isDamaged) core.memtable.clear();
    }
    return status == Status.NotFound ? Status.Ok : status;
  }

  /** Reads all sector headers. Ok, Corrupt, Io. */
  private readHeaders(): i32 {
    const ring = this.core.ring;
    const header = ring.header;
    let isOurs = false;
    let isAlien = false;
    for (let sector = 0; sector < ring.sectorCount; sector++) {
      const status = header.load(sector);
      if (status < 0) return status;
      if (header.isForeign) return Status.Corrupt;
      ring.setSequence(sector, header.isOpen ? header.sequence : 0);
      if (header.isFormatted) ring.highestEraseCount = max(ring.highestEraseCount, header.eraseCount);
      if (header.isFormatted || header.isOpen) isOurs = true;
      if (header.isAlien) isAlien = true;
      if (header.isOpen && header.sequence > this.newestSequence) {
        this.newestSequence = header.sequence;
        ring.newest = sector;
      }
    }
    return isAlien && !isOurs ? Status.Corrupt : Status.Ok;
  }

  /**
   * Decides which sectors belong to the log. Going back from the newest, a sector is at most as many sequences behind as it is
   * sectors away; one in between whose header is damaged gets the sequence that is missing there.
   */
  private chooseMembers(): void {
    const ring = this.core.ring;
    const count = ring.sectorCount;
    let nearest = ring.newest;
    ring.tail = nearest;
    ring.used = 1;
    for (let distance = 1; distance < count; distance++) {
      const sector = (ring.newest - distance + count) % count;
      const sequence = ring.sequenceOf(sector);
      if (sequence == 0) continue;
      const nearestSequence = ring.sequenceOf(nearest);
      const apart = (nearest - sector + count) % count;
      if (sequence >= nearestSequence || nearestSequence - sequence > <u32>apart) {
        ring.setSequence(sector, 0);
        continue;
      }
      const missing = <i32>(nearestSequence - sequence) - 1;
      if (missing > 0 && missing == apart - 1) {
        for (let i = 1; i <= missing; i++) ring.setSequence((sector + i) % count, sequence + i);
        ring.used += missing;
        this.core.corrupt += missing;
      }
      ring.used++;
      nearest = sector;
      ring.tail = sector;
    }
  }

  /** The log may go on behind the newest sector, in one whose header is damaged: if a record of it checks there. Ok, Io. */
  private extend(): i32 {
    const ring = this.core.ring;
    const sector = (ring.newest + 1) % ring.sectorCount;
    if (ring.isMember(sector)) return Status.Ok;
    let status = ring.header.load(sector);
    if (status < 0 || ring.header.isUnused) return status;
    const before = ring.newest;
    ring.setSequence(sector, this.newestSequence + 1);
    ring.newest = sector;
    ring.writeOffset = ring.sectorUnits;
    status = this.walker.seekSector(sector);
    if (status >= 0) status = this.walker.next();
    if (status >= 0) {
      ring.used++;
      this.core.corrupt++;
      return status;
    }
    ring.setSequence(sector, 0);
    ring.newest = before;
    return status == Status.NotFound ? Status.Ok : status;
  }

  /** So may it begin before the oldest sector found. Ok, Io. */
  private extendBack(): i32 {
    const ring = this.core.ring;
    const sector = (ring.tail - 1 + ring.sectorCount) % ring.sectorCount;
    const sequence = ring.sequenceOf(ring.tail);
    this.isExtendedBack = false;
    if (sequence < 2 || ring.isMember(sector)) return Status.Ok;
    let status = ring.header.load(sector);
    if (status < 0 || ring.header.isUnused) return status;
    ring.setSequence(sector, sequence - 1);
    status = this.walker.seekSector(sector);
    if (status >= 0) status = this.walker.nextIn(sector);
    if (status >= 0) {
      ring.tail = sector;
      ring.used++;
      this.isExtendedBack = true;
      this.core.corrupt++;
      return status;
    }
    ring.setSequence(sector, 0);
    return status == Status.NotFound ? Status.Ok : status;
  }

  /** Finds where the log ends: behind the last unit that is not blank, and behind the last record. Notes checkpoints. Ok, Io. */
  private findEnd(): i32 {
    const ring = this.core.ring;
    const walker = this.walker;
    const used = ring.usedEnd(ring.newest, HEADER_UNITS);
    if (used < 0) return used;
    let status = ring.header.load(ring.newest);
    if (status < 0) return status;
    const isOpen = ring.header.isOpen;
    ring.checkpoint = ring.header.checkpoint;
    ring.writeOffset = max(used, isOpen ? ring.header.first : 0);
    let from = ring.newest;
    if (!isOpen) {
      // The last header that can be read tells of a checkpoint; newer ones lie behind it.
      from = (ring.newest - 1 + ring.sectorCount) % ring.sectorCount;
      status = ring.header.load(from);
      if (status < 0) return status;
      ring.checkpoint = ring.header.isOpen ? ring.header.checkpoint : 0;
    }
    walker.hasSkipped = false;
    status = walker.seekSector(from);
    for (; status >= 0; status = walker.next()) {
      if (walker.hasFound && walker.view.kind == KIND_SYSTEM && walker.view.system == SYSTEM_CHECKPOINT && walker.view.verify() >= 0) {
        ring.checkpoint = walker.view.unit;
      }
    }
    if (status != Status.NotFound) return status;
    if (walker.sector == ring.newest) ring.writeOffset = max(ring.writeOffset, max(walker.offset, walker.far));
    // A header cut short was judged by blank units behind it, too: they stay blank, so that it is judged alike for ever.
    if (walker.hasSkipped) ring.writeOffset = min(max(ring.writeOffset, used + HEAD_UNITS - 1), ring.sectorUnits);
    return Status.Ok;
  }

  /** Takes tree, counts and the place to replay from out of the last checkpoint. Ok, Corrupt, Io. */
  private takeCheckpoint(): i32 {
    const core = this.core;
    const ring = core.ring;
    const view = this.walker.view;
    if (ring.checkpoint == 0) {
      core.replayAddress = ring.addressAt(ring.tail, 0);
      // Without a checkpoint nothing was ever given up.
      return ring.sequenceOf(ring.tail) == 1 ? this.replayer.seekSector(ring.tail) : Status.Corrupt;
    }
    const sector = ring.sectorOf(ring.checkpoint);
    if (sector >= ring.sectorCount || !ring.isMember(sector)) return Status.Corrupt;
    let status = view.load(ring.checkpoint);
    if (status >= 0 && (view.kind != KIND_SYSTEM || view.system != SYSTEM_CHECKPOINT)) status = Status.Corrupt;
    if (status >= 0) status = view.verify();
    if (status >= 0) status = view.readAt(view.valueOffset, SCRATCH, CHECKPOINT_BYTES);
    if (status < 0) return status == Status.NotFound ? Status.Corrupt : status;
    const tree = core.tree;
    tree.root = load<i32>(SCRATCH);
    tree.oldest = load<u32>(SCRATCH, 4);
    tree.units = load<i32>(SCRATCH, 8);
    this.replayer.boot = load<i32>(SCRATCH, 12);
    core.ownBase = load<u32>(SCRATCH, 16);
    core.replayAddress = load<i64>(SCRATCH, 20);
    core.evacuatedBelow = load<u32>(SCRATCH, 28);
    core.largest = load<i32>(SCRATCH, LARGEST_OFFSET);
    for (let space = 0; space < SPACES; space++) unpackCounts(SCRATCH + COUNTS_OFFSET + space * PACKED_BYTES, core.counts(space));
    return this.replayer.seekAddress(core.replayAddress);
  }
}
