import "./minimalLimits";
import "./thingsboard/limits";
import "./thingsboard/face";
import { start } from "./kernel";

export { abi_version, app_started, exchange, step, syscall } from "./thingsboardExports";

/** The kernel without a store, for ThingsBoard. */
export function setup(): i32 {
  return start();
}
