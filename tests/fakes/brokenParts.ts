import { Applier } from "../../assembly/kernel/store/applier";
import { BlockDevice } from "../../assembly/kernel/store/flash/blockDevice";
import { Budget } from "../../assembly/kernel/store/space/budget";
import { Checkpointer } from "../../assembly/kernel/store/space/checkpointer";
import { Core } from "../../assembly/kernel/store/core";
import { Editor } from "../../assembly/kernel/store/editor";
import { Mover } from "../../assembly/kernel/store/space/mover";
import { Quota } from "../../assembly/kernel/store/space/quota";
import { Replayer } from "../../assembly/kernel/store/log/replayer";
import { Scanner } from "../../assembly/kernel/store/tree/scanner";
import { Parts } from "../../assembly/kernel/store/parts";
import { Status } from "../../assembly/lib/status";

/* Parts of stores that are broken on purpose, one way each. A sweep that does not find them is none. */

/** Commits without waiting for the flash. */
class HastyEditor extends Editor {
  sync(): i32 {
    return Status.Ok;
  }
}

export class HastyParts extends Parts {
  editor(core: Core, applier: Applier, replayer: Replayer, scanner: Scanner, budget: Budget, quota: Quota): Editor {
    return new HastyEditor(core, applier, replayer, scanner, budget, quota);
  }
}

/** Ends a batch before its last record: what follows is not part of it. */
class EagerEditor extends Editor {
  protected get batchFlag(): u32 {
    return 0;
  }
}

export class EagerParts extends Parts {
  editor(core: Core, applier: Applier, replayer: Replayer, scanner: Scanner, budget: Budget, quota: Quota): Editor {
    return new EagerEditor(core, applier, replayer, scanner, budget, quota);
  }
}

/** Takes a new tree, and gives up what the old one needs, before a checkpoint on the flash names it. */
class HastyCheckpointer extends Checkpointer {
  protected writeRecord(body: usize): i32 {
    return Status.Ok;
  }
}

export class HastyCheckpoints extends Parts {
  checkpointer(core: Core, mover: Mover): Checkpointer {
    return new HastyCheckpointer(core, mover);
  }
}

/** Does not say behind what was cut short that it is void. */
class ForgetfulCore extends Core {
  cut(): i32 {
    return Status.Ok;
  }
}

export class ForgetfulParts extends Parts {
  core(device: BlockDevice, entries: i32, isIndexed: bool): Core {
    return new ForgetfulCore(device, entries, isIndexed);
  }
}

/** Does not make the index anew that was found damaged. */
class StubbornCore extends Core {
  note(status: i32): i32 {
    return status;
  }
}

export class StubbornParts extends Parts {
  core(device: BlockDevice, entries: i32, isIndexed: bool): Core {
    return new StubbornCore(device, entries, isIndexed);
  }
}

/** Lets puts take what reclaim needs. */
class LavishBudget extends Budget {
  hasRoom(units: i32): bool {
    return true;
  }

  get liveMax(): i32 {
    return i32.MAX_VALUE;
  }
}

export class LavishParts extends Parts {
  budget(core: Core): Budget {
    return new LavishBudget(core);
  }
}
