import "./thingsboard/limits";
import "./thingsboard/face";
import { flashStore } from "./flashStore";
import { startOver } from "./startOver";

export { abi_version, app_started, exchange, step, syscall } from "./thingsboardExports";

/** The kernel with the offline store, for ThingsBoard. */
export function setup(): i32 {
  return startOver(flashStore());
}
