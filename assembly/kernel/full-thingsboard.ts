import "./thingsboard/limits";
import "./thingsboard/updateLimits";
import "./thingsboard/face";
import "./thingsboard/updates";
import { flashStore } from "./flashStore";
import { countHeap } from "./kernel";
import { startOver } from "./startOver";
import { mountState } from "./stateStore";

export { abi_version, app_started, exchange, step, syscall } from "./thingsboardExports";

/** The kernel with the offline store, for ThingsBoard. */
export function setup(): i32 {
  // Without it the device is not provisioned; the reason is in the log.
  mountState();
  const status = startOver(flashStore());
  countHeap();
  return status;
}
