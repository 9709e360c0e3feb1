import { Applier } from "./applier";
import { BlockDevice } from "./flash/blockDevice";
import { Budget } from "./space/budget";
import { Checkpointer } from "./space/checkpointer";
import { Core } from "./core";
import { Editor } from "./editor";
import { Mover } from "./space/mover";
import { Quota } from "./space/quota";
import { Replayer } from "./log/replayer";
import { Scanner } from "./tree/scanner";

/** Makes the parts of a store that a test may want broken. */
export class Parts {
  core(device: BlockDevice, entries: i32, isIndexed: bool): Core {
    return new Core(device, entries, isIndexed);
  }

  budget(core: Core): Budget {
    return new Budget(core);
  }

  checkpointer(core: Core, mover: Mover): Checkpointer {
    return new Checkpointer(core, mover);
  }

  editor(core: Core, applier: Applier, replayer: Replayer, scanner: Scanner, budget: Budget, quota: Quota): Editor {
    return new Editor(core, applier, replayer, scanner, budget, quota);
  }
}
