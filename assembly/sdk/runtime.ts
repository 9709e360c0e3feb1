/** What the host calls. The transform exports these from the author's app, beside its setup. */
import { receiver } from "./subscriptions";
import { runTimers } from "./timer";

/** The walls this SDK was written against (host/include/exports.def). */
export const ABI_VERSION: i32 = 1;

export function abi_version(): i32 {
  return ABI_VERSION;
}

/** One round: waiting messages, then due timers. Returns milliseconds to the next deadline, 0 when messages still wait. */
export function step(nowMs: i64): i32 {
  const receive = receiver;
  const hasMore = receive != null && receive();
  const untilDueMs = runTimers(nowMs);
  return hasMore ? 0 : untilDueMs;
}
