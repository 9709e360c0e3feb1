import { boot } from "./exports";
import { Kernel } from "./kernel";
import { minimalLimits } from "./limits";
import { NoRecordStore } from "./store/recordStore";

export { abi_version, app_started, exchange, step, syscall } from "./exports";

/** The kernel without a store, for MQTT alone. */
export function setup(): i32 {
  return boot(new Kernel(new NoRecordStore(), minimalLimits()));
}
