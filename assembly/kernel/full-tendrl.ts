import "./databaseLimits";
import "./tendrl/limits";
import { tendrlFace } from "./tendrl/tendrlFace";
import "./tendrl/updates";
import { Status } from "../lib/status";
import { outbox } from "./client/outbox";
import { Database } from "./database";
import { databaseCalls } from "./databaseCalls";
import { flashStore } from "./flashStore";
import { countHeap } from "./kernel";
import { isOnTrial, startOver } from "./startOver";
import { mountState } from "./stateStore";
import { showFlash } from "./tendrl/storeFigures";
import { tendrlCalls } from "./tendrl/tendrlCalls";

export { abi_version, app_started, exchange, step, syscall } from "./exports";

/** The kernel with the offline store and the database, for Tendrl. */
export function setup(): i32 {
  databaseCalls.answers = tendrlCalls;
  // Without it the device does without what it remembered; the reason is in the log.
  mountState();
  const queue = flashStore();
  tendrlFace.loadCaps();
  const status = startOver(queue);
  // A board without the partition has neither; nor has one whose store cannot be read: the log says why, and the client runs without, as
  // the original does, unless the firmware before could read it.
  if (outbox.store) {
    tendrlCalls.database = new Database(queue.store);
    showFlash(queue.store);
  }
  countHeap();
  return outbox.store || isOnTrial() ? status : Status.Ok;
}
