import { clock } from "./client/clock";
import * as plain from "./exports";
import { countHeap } from "./kernel";
import { THINGSBOARD_ROWS, THINGSBOARD_ROWS_END } from "./syscalls";
import { call, forgetApp } from "./thingsboard/calls";
import { thingsboard } from "./thingsboard/face";

/** What a kernel for ThingsBoard exports in place of exports.ts: the same, with the face's rows and its time. */

export { abi_version, exchange } from "./exports";

// The face's objects are made after kernel.ts has counted.
countHeap();

export function step(nowMs: i64): i32 {
  const wait = plain.step(nowMs);
  return min(wait, thingsboard.step());
}

export function syscall(row: i32, nowMs: i64, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32, a7: i32): i32 {
  if (row < THINGSBOARD_ROWS || row >= THINGSBOARD_ROWS_END) return plain.syscall(row, nowMs, a0, a1, a2, a3, a4, a5, a6, a7);
  clock.update(nowMs);
  return call(row - THINGSBOARD_ROWS, a0, a1, a2, a3, a4, a5, a6);
}

export function app_started(restarts: i32): i32 {
  if (restarts > 0) forgetApp();
  return plain.app_started(restarts);
}
