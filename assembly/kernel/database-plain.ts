import { DurableSession } from "./client/durableSession";
import { outbox } from "./client/outbox";
import { keepSession } from "./client/sessionState";
import { openDatabase } from "./database";
import { flashStore } from "./flashStore";
import { countHeap, startOver } from "./kernel";

export { abi_version, app_started, exchange, step, syscall } from "./exports";

/** The kernel with the database in it, and the outbox in the same store, for MQTT alone: a preview (store/TREE-DESIGN.md). */
export function setup(): i32 {
  const queue = flashStore();
  const status = startOver(queue);
  // A board without the partition has neither.
  if (outbox.store) {
    openDatabase(queue.store);
    keepSession(new DurableSession(queue));
  }
  countHeap();
  return status;
}
