import "./databaseLimits";
import "./update/plainUpdates";
import { outbox } from "./client/outbox";
import { openDatabase } from "./database";
import { flashStore } from "./flashStore";
import { countHeap } from "./kernel";
import { startOver } from "./startOver";

export { abi_version, app_started, exchange, step, syscall } from "./exports";

/** The kernel with the database in it, and the outbox in the same store, for MQTT alone. */
export function setup(): i32 {
  const queue = flashStore();
  const status = startOver(queue);
  // A board without the partition has neither.
  if (outbox.store) openDatabase(queue.store);
  countHeap();
  return status;
}
