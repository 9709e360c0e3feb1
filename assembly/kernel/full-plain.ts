import { boot } from "./exports";
import { Partition } from "./host/constants";
import { Kernel } from "./kernel";
import { Limits } from "./limits";
import { FlashDevice } from "./store/flashDevice";
import { RecordLog } from "./store/recordLog";

export { abi_version, app_started, exchange, step, syscall } from "./exports";

/** The kernel with the offline store, for MQTT alone. */
export function setup(): i32 {
  return boot(new Kernel(new RecordLog(new FlashDevice(Partition.Store)), new Limits()));
}
