import "./minimalLimits";
import "./tendrl/tendrlFace";
import { databaseCalls } from "./databaseCalls";
import { tendrlCalls } from "./tendrl/tendrlCalls";
import { start } from "./kernel";

export { abi_version, app_started, exchange, step, syscall } from "./exports";

/** The kernel without a store, for Tendrl. */
export function setup(): i32 {
  databaseCalls.answers = tendrlCalls;
  return start();
}
