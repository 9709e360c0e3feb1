import { Status } from "../lib/status";
import { clock } from "./client/clock";
import { updates } from "./client/updateHooks";
import "./host/abort";
import { advance, forgetApp } from "./kernel";
import { dispatch } from "./syscalls";

/**
 * What every kernel exports (host/include/exports.def); an entry adds `setup`. All objects are made while the module starts,
 * which the build does (toolchain/build/binaryen.ts): so nothing before `setup` may call the host.
 */

const ABI_VERSION: i32 = 1;
const EXCHANGE_BYTES: i32 = 512;

const exchangeBuffer: usize = memory.data(EXCHANGE_BYTES, 8);

export function abi_version(): i32 {
  return ABI_VERSION;
}

/** nowMs: the host's clock_monotonic. Milliseconds to the next deadline, 0..60000. */
export function step(nowMs: i64): i32 {
  return advance(nowMs);
}

/** Address of the buffer through which syscalls pass their spans: u8[512], 8-aligned. */
export function exchange(): usize {
  return exchangeBuffer;
}

export function syscall(row: i32, nowMs: i64, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32, a7: i32): i32 {
  clock.update(nowMs);
  return dispatch(row, a0, a1, a2, a3, a4, a5, a6, a7);
}

/** The app was started. restarts: how often since the device started. */
export function app_started(restarts: i32): i32 {
  if (restarts > 0) forgetApp();
  updates.appStarted();
  return Status.Ok;
}
