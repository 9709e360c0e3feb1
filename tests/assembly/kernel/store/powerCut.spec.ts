import { RecordLog } from "../../../../assembly/kernel/store/recordLog";
import { RecordReader } from "../../../../assembly/kernel/store/recordReader";
import { Disposition } from "../../../../assembly/kernel/store/item";
import { RecordRef, RecordStore } from "../../../../assembly/kernel/store/recordStore";
import { SectorRing } from "../../../../assembly/kernel/store/sectorRing";
import { Status } from "../../../../assembly/lib/status";
import { NorDevice } from "../../../fakes/norDevice";
import { PowerCutSweep, StoreMaker } from "../../../fakes/powerCutSweep";

class Real extends StoreMaker {
  make(device: NorDevice): RecordStore {
    return new RecordLog(device);
  }
}

/** Believes every body. */
class CredulousReader extends RecordReader {
  verify(record: RecordRef): i32 {
    return Status.Ok;
  }
}

class WithoutBodyCheck extends StoreMaker {
  make(device: NorDevice): RecordStore {
    const ring = new SectorRing(device);
    return new RecordLog(device, ring, new CredulousReader(ring));
  }
}

/** Answers Ok while the flash still has it in a cache. */
class WithoutSync extends StoreMaker {
  make(device: NorDevice): RecordStore {
    device.ignoresSync = true;
    return new RecordLog(device);
  }
}

/** Removes a record when it is handed out, not when it is delivered. */
class RemovingLog extends RecordLog {
  next(after: i64, out: RecordRef): i32 {
    const status = super.next(after, out);
    if (status == Status.Ok) super.remove(out, Disposition.Delivered);
    return status;
  }

  remove(record: RecordRef, disposition: Disposition): i32 {
    return Status.Ok;
  }
}

class RemovedBeforeDelivery extends StoreMaker {
  make(device: NorDevice): RecordStore {
    return new RemovingLog(device);
  }
}

/** Gives up its oldest sector without writing down what became of its records. */
class ForgetfulRing extends SectorRing {
  giveUp(): i32 {
    if (!this.isTailDrained) return Status.NotFound;
    this.tail = this.following(this.tail);
    return Status.Ok;
  }
}

class WithoutHandover extends StoreMaker {
  make(device: NorDevice): RecordStore {
    const ring = new ForgetfulRing(device);
    return new RecordLog(device, ring);
  }
}

describe("kernel/store/recordLog, power cut in every program and erase", () => {
  it("keeps its promise on 6 sectors of 256 bytes, four times round", () => {
    const sweep = new PowerCutSweep(new Real(), 256, 6, 100);
    expect(sweep.run()).toBe("");
    expect(sweep.isPartial || sweep.permutations > 900).toBe(true);
  });

  it("keeps its promise on 8 sectors of 512 bytes", () => {
    const sweep = new PowerCutSweep(new Real(), 512, 8, 72);
    expect(sweep.run()).toBe("");
    expect(sweep.isPartial || sweep.permutations > 700).toBe(true);
  });

  it("keeps its promise on 4 sectors of 4096 bytes", () => {
    const sweep = new PowerCutSweep(new Real(), 4096, 4, 130);
    expect(sweep.run()).toBe("");
    expect(sweep.isPartial || sweep.permutations > 1000).toBe(true);
  });
});

function failureOf(maker: StoreMaker): string {
  return new PowerCutSweep(maker, 256, 6, 60).run();
}

describe("kernel/store/recordLog, the sweep finds a store that", () => {
  it("does not check bodies", () => {
    expect(failureOf(new WithoutBodyCheck()).startsWith("PERMUTATION=")).toBe(true);
  });

  it("does not wait for the flash", () => {
    expect(failureOf(new WithoutSync()).startsWith("PERMUTATION=")).toBe(true);
  });

  it("removes before delivery", () => {
    expect(failureOf(new RemovedBeforeDelivery())).not.toBe("");
  });

  it("forgets the counts of the sectors that it erases", () => {
    expect(failureOf(new WithoutHandover())).not.toBe("");
  });
});
