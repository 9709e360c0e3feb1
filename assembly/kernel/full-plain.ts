import { boot, install } from "./exports";
import { flashStore } from "./flashStore";
import { Kernel } from "./kernel";
import { Limits } from "./limits";

export { abi_version, app_started, exchange, step, syscall } from "./exports";

install(new Kernel(new Limits()));

/** The kernel with the offline store, for MQTT alone. */
export function setup(): i32 {
  return boot(flashStore());
}
