import { boot, install } from "./exports";
import { Partition } from "./host/constants";
import { Kernel } from "./kernel";
import { Limits } from "./limits";
import { FlashDevice } from "./store/flashDevice";
import { RecordLog } from "./store/recordLog";

export { abi_version, app_started, exchange, step, syscall } from "./exports";

install(new Kernel(new Limits()));

/** The kernel with the offline store, for MQTT alone. */
export function setup(): i32 {
  return boot(new RecordLog(new FlashDevice(Partition.Store)));
}
