import { BlockDevice } from "../../assembly/kernel/store/flash/blockDevice";
import { Core } from "../../assembly/kernel/store/core";
import { Parts } from "../../assembly/kernel/store/parts";

/** The core of the store that was made last with SeenParts. */
export let seen: Core = changetype<Core>(0);

/** The real parts of a store; a test looks into its core. */
export class SeenParts extends Parts {
  core(device: BlockDevice, entries: i32, isIndexed: bool): Core {
    seen = super.core(device, entries, isIndexed);
    return seen;
  }
}
