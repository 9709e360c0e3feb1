import "./client5/dialect5";
import "./update/plainUpdates";
import { flashStore } from "./flashStore";
import { startOver } from "./startOver";

export { abi_version, app_started, exchange, step, syscall } from "./exports";

/** The kernel with the offline store, for MQTT alone, with version 5. */
export function setup(): i32 {
  return startOver(flashStore());
}
