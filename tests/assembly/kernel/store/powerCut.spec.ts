import { RecordLog } from "../../../../assembly/kernel/store/recordLog";
import { RecordReader } from "../../../../assembly/kernel/store/recordReader";
import { Disposition, RecordRef, RecordStore } from "../../../../assembly/kernel/store/recordStore";
import { SectorRing } from "../../../../assembly/kernel/store/sectorRing";
import { Status } from "../../../../assembly/lib/status";
import { NorDevice } from "../../../fakes/norDevice";
import { PowerCutSweep, StoreMaker } from "../../../fakes/powerCutSweep";

class Real extends StoreMaker {
  make(device: NorDevice): RecordStore {
    return new RecordLog(device);
  }
}

describe("kernel/store/recordLog, power cut in every program and erase", () => {
  it("keeps its promise on 6 sectors of 256 bytes", () => {
    const sweep = new PowerCutSweep(new Real(), 256, 6, 120);
    expect(sweep.run()).toBe("");
    expect(sweep.permutations).toBeGreaterThan(1000);
  });
});
