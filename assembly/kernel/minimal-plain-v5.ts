import "./minimalLimits";
import "./client5/dialect5";
import { start } from "./kernel";

export { abi_version, app_started, exchange, step, syscall } from "./exports";

/** The kernel without a store, for MQTT alone, with version 5. */
export function setup(): i32 {
  return start();
}
