import { OutboxStore } from "../../../../assembly/kernel/client/outboxStore";
import { CHECKPOINT_BYTES, COUNTS_OFFSET, Checkpointer } from "../../../../assembly/kernel/store/space/checkpointer";
import { Core } from "../../../../assembly/kernel/store/core";
import { Disposition } from "../../../../assembly/kernel/store/item";
import { Mover } from "../../../../assembly/kernel/store/space/mover";
import { RecordRef, RecordStore } from "../../../../assembly/kernel/store/recordStore";
import { SPACES } from "../../../../assembly/kernel/store/store";
import { Parts } from "../../../../assembly/kernel/store/parts";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { ForgetfulParts, HastyCheckpoints, HastyParts } from "../../../fakes/brokenParts";
import { NorDevice } from "../../../fakes/norDevice";
import { OutboxMaker, OutboxSweep } from "../../../fakes/outboxSweep";

/** Few, so that checkpoints come often. */
const ENTRIES: i32 = 128;

/** The outbox's queue over a store of which one part may be broken. */
class Over extends OutboxMaker {
  constructor(private readonly parts: Parts) {
    super();
  }

  make(device: NorDevice): RecordStore {
    return new OutboxStore(new TreeStore(device, ENTRIES, this.parts));
  }
}

/** Answers Ok while the flash still has it in a cache. */
class WithoutSync extends OutboxMaker {
  make(device: NorDevice): RecordStore {
    device.ignoresSync = true;
    return new OutboxStore(new TreeStore(device, ENTRIES));
  }
}

/** Removes a record when it is handed out, not when it is delivered. */
class RemovingOutbox extends OutboxStore {
  next(after: i64, out: RecordRef): i32 {
    const status = super.next(after, out);
    if (status == Status.Ok) super.remove(out, Disposition.Delivered);
    return status;
  }

  remove(record: RecordRef, disposition: Disposition): i32 {
    return Status.Ok;
  }
}

class RemovedBeforeDelivery extends OutboxMaker {
  make(device: NorDevice): RecordStore {
    return new RemovingOutbox(new TreeStore(device, ENTRIES));
  }
}

/** Of the queue's counts, the sixth of nine. */
const DELIVERED_OFFSET: i32 = COUNTS_OFFSET + (CHECKPOINT_BYTES - COUNTS_OFFSET) / SPACES + 5 * 4;

/** Gives up its oldest sectors without writing down how many of their records were delivered. */
class ForgetfulCheckpointer extends Checkpointer {
  protected writeRecord(body: usize): i32 {
    store<i32>(body + DELIVERED_OFFSET, 0);
    return super.writeRecord(body);
  }
}

class ForgetfulCounts extends Parts {
  checkpointer(core: Core, mover: Mover): Checkpointer {
    return new ForgetfulCheckpointer(core, mover);
  }
}

describe("kernel/client/outboxStore, power cut in every program and erase", () => {
  it("keeps its promise on 16 sectors of 512 bytes", () => {
    const sweep = new OutboxSweep(new Over(new Parts()), 512, 16, 100);
    expect(sweep.run()).toBe("");
    expect(sweep.isPartial || sweep.permutations > 900).toBe(true);
  });

  it("keeps its promise on 16 sectors of 1024 bytes", () => {
    const sweep = new OutboxSweep(new Over(new Parts()), 1024, 16, 90);
    expect(sweep.run()).toBe("");
    expect(sweep.isPartial || sweep.permutations > 700).toBe(true);
  });

  it("keeps its promise on 4 sectors of 4096 bytes", () => {
    const sweep = new OutboxSweep(new Over(new Parts()), 4096, 4, 130, 1900);
    expect(sweep.run()).toBe("");
    expect(sweep.isPartial || sweep.permutations > 1000).toBe(true);
  });
});

function failureOf(maker: OutboxMaker, turns: i32 = 100): string {
  return new OutboxSweep(maker, 512, 16, turns).run();
}

describe("kernel/client/outboxStore, the sweep finds one that", () => {
  it("lies over a device that does not sync", () => {
    expect(failureOf(new WithoutSync()).startsWith("PERMUTATION=")).toBe(true);
  });

  it("does not wait for the flash", () => {
    expect(failureOf(new Over(new HastyParts())).startsWith("PERMUTATION=")).toBe(true);
  });

  it("does not mark what was cut short", () => {
    expect(failureOf(new Over(new ForgetfulParts()), 200).startsWith("PERMUTATION=")).toBe(true);
  });

  it("takes a tree before its checkpoint is durable", () => {
    expect(failureOf(new Over(new HastyCheckpoints()), 300)).not.toBe("");
  });

  it("removes before delivery", () => {
    expect(failureOf(new RemovedBeforeDelivery())).not.toBe("");
  });

  it("forgets the counts of the sectors that it erases", () => {
    expect(failureOf(new Over(new ForgetfulCounts()))).not.toBe("");
  });
});
