import { Partition } from "../../../assembly/kernel/host/constants";
import { Core } from "../../../assembly/kernel/store/core";
import { BlockDevice } from "../../../assembly/kernel/store/flash/blockDevice";
import { FlashDevice } from "../../../assembly/kernel/store/flash/flashDevice";
import { Parts } from "../../../assembly/kernel/store/parts";
import { Budget } from "../../../assembly/kernel/store/space/budget";
import { Checkpointer } from "../../../assembly/kernel/store/space/checkpointer";
import { Mover } from "../../../assembly/kernel/store/space/mover";
import { EagerParts, ForgetfulParts, HastyCheckpoints, HastyParts, LavishParts, StubbornParts } from "../../fakes/brokenParts";

/* Stores that break one rule each, by the numbers of store_guest.h, beside those of tests/fakes. */

/** Checksums of records, which start with a place, tell nothing: what the store reads, it believes. */
class CredulousDevice extends FlashDevice {
  crc32(crc: u32, src: usize, len: i32): u32 {
    return crc == 0 ? super.crc32(crc, src, len) : 0;
  }
}

/** Says of so many syncs that they were done, and does not do them. */
class SkippingDevice extends FlashDevice {
  skipped: i32 = 0;

  sync(): i32 {
    return this.skipped-- > 0 ? 0 : super.sync();
  }
}

/** Gives up what the old tree needs before the record that names the new one is durable. */
class HastyNamer extends Checkpointer {
  constructor(
    core: Core,
    mover: Mover,
    private readonly skipping: SkippingDevice,
  ) {
    super(core, mover);
  }

  protected writeRecord(body: usize): i32 {
    this.skipping.skipped = 1;
    return super.writeRecord(body);
  }
}

class HastyNames extends Parts {
  constructor(private readonly device: SkippingDevice) {
    super();
  }

  checkpointer(core: Core, mover: Mover): Checkpointer {
    return new HastyNamer(core, mover, this.device);
  }
}

/** Erases sectors in which pages of the tree lie: leaves stay where they are, and nobody asks. */
class PagelessCore extends Core {
  isGivenUp(sequence: u32): bool {
    return sequence < this.evacuatedBelow && <i64>(sequence + 1) * this.ring.sectorUnits <= this.replayAddress;
  }
}

class StayingPages extends Checkpointer {
  begin(doomedBelow: u32, evacuateBelow: u32, moveUnits: i32, replayAddress: i64): void {
    super.begin(0, evacuateBelow, moveUnits, replayAddress);
  }
}

class StayingParts extends Parts {
  core(device: BlockDevice, entries: i32, isIndexed: bool): Core {
    return new PagelessCore(device, entries, isIndexed);
  }

  checkpointer(core: Core, mover: Mover): Checkpointer {
    return new StayingPages(core, mover);
  }
}

/** Erases sectors that a replay begins in: empties the newest one too, and nobody asks. */
class ReplaylessCore extends Core {
  isGivenUp(sequence: u32): bool {
    return sequence < this.evacuatedBelow && sequence < this.tree.oldest;
  }
}

class GreedyBudget extends Budget {
  constructor(private readonly log: Core) {
    super(log);
  }

  evacuateBelow(): u32 {
    const ring = this.log.ring;
    return super.evacuateBelow() == 0 ? 0 : ring.sequenceOf(ring.newest) + 1;
  }
}

class GreedyParts extends Parts {
  core(device: BlockDevice, entries: i32, isIndexed: bool): Core {
    return new ReplaylessCore(device, entries, isIndexed);
  }

  budget(core: Core): Budget {
    return new GreedyBudget(core);
  }
}

/** Erases sectors with records that others, which a replay reads, replace. */
class UnpinnedBudget extends Budget {
  constructor(private readonly log: Core) {
    super(log);
  }

  get canDropTail(): bool {
    const ring = this.log.ring;
    return ring.used >= 2 && this.log.isGivenUp(ring.sequenceOf(ring.tail));
  }
}

class UnpinnedParts extends Parts {
  budget(core: Core): Budget {
    return new UnpinnedBudget(core);
  }
}

/** The device of the real store, or of one that is broken on purpose. */
export function deviceOf(variant: i32): FlashDevice {
  if (variant == 7) return new CredulousDevice(Partition.Store);
  if (variant == 11) return new SkippingDevice(Partition.Store);
  if (variant != 10) return new FlashDevice(Partition.Store);
  const device = new SkippingDevice(Partition.Store);
  device.skipped = 1; // That of a mount, which comes first.
  return device;
}

export function partsOf(variant: i32, device: FlashDevice): Parts {
  if (variant == 1) return new HastyParts();
  if (variant == 2) return new EagerParts();
  if (variant == 3) return new HastyCheckpoints();
  if (variant == 4) return new ForgetfulParts();
  if (variant == 5) return new LavishParts();
  if (variant == 6) return new StubbornParts();
  if (variant == 11) return new HastyNames(changetype<SkippingDevice>(device));
  if (variant == 12) return new StayingParts();
  if (variant == 13) return new GreedyParts();
  if (variant == 14) return new UnpinnedParts();
  return new Parts();
}
