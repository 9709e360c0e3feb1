import { boot, install } from "./exports";
import { Kernel } from "./kernel";
import { minimalLimits } from "./limits";

export { abi_version, app_started, exchange, step, syscall } from "./exports";

install(new Kernel(minimalLimits()));

/** The kernel without a store, for MQTT alone. */
export function setup(): i32 {
  return boot(null);
}
