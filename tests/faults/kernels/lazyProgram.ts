import { OutboxStore } from "../../../assembly/kernel/client/outboxStore";
import { Partition } from "../../../assembly/kernel/host/constants";
import { startOver } from "../../../assembly/kernel/startOver";
import { TreeStore } from "../../../assembly/kernel/store/treeStore";
import { LazyFlash } from "./lazyFlash";

export { abi_version, app_started, exchange, step, syscall } from "../../../assembly/kernel/exports";

/** A kernel over a flash that says done too early. */
export function setup(): i32 {
  return startOver(new OutboxStore(new TreeStore(new LazyFlash(Partition.Store))));
}
