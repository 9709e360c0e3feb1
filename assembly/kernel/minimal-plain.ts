import "./minimalLimits";
import { start } from "./kernel";

export { abi_version, app_started, exchange, step, syscall } from "./exports";

/** The kernel without a store, for MQTT alone. */
export function setup(): i32 {
  return start();
}
