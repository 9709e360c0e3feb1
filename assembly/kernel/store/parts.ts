import { Applier } from "./applier";
import { BlockDevice } from "./blockDevice";
import { Budget } from "./budget";
import { Checkpointer } from "./checkpointer";
import { Core } from "./core";
import { Editor } from "./editor";
import { Mover } from "./mover";
import { Quota } from "./quota";
import { Replayer } from "./replayer";
import { Scanner } from "./scanner";
import { Survey } from "./survey";

/** Makes the parts of a store that a test may want broken. */
export class Parts {
  core(device: BlockDevice, entries: i32, isIndexed: bool): Core {
    return new Core(device, entries, isIndexed);
  }

  budget(core: Core, survey: Survey): Budget {
    return new Budget(core, survey);
  }

  checkpointer(core: Core, mover: Mover): Checkpointer {
    return new Checkpointer(core, mover);
  }

  editor(core: Core, applier: Applier, replayer: Replayer, scanner: Scanner, budget: Budget, quota: Quota): Editor {
    return new Editor(core, applier, replayer, scanner, budget, quota);
  }
}
