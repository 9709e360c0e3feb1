import { Status } from "../lib/status";
import { Kernel } from "./kernel";
import "./host/abort";
import { RecordStore } from "./store/recordStore";
import { dispatch } from "./syscalls";

/**
 * What every kernel exports (host/include/exports.def). An entry installs its kernel while the module starts, which the build
 * does (toolchain/build/evaluate.ts), and adds `setup`, which brings what only the board knows.
 */

const ABI_VERSION: i32 = 1;
const EXCHANGE_BYTES: i32 = 512;

const exchangeBuffer: usize = memory.data(EXCHANGE_BYTES, 8);

let running: Kernel | null = null;

/** The kernel that everything below works on. It must not call the host: it is made when the module is built. */
export function install(kernel: Kernel): void {
  running = kernel;
}

/** Starts it over a store, or without one. Ok, or the Status that keeps the device from running. */
export function boot(store: RecordStore | null): i32 {
  return changetype<Kernel>(running).setup(store);
}

export function abi_version(): i32 {
  return ABI_VERSION;
}

/** nowMs: the host's clock_monotonic. Milliseconds to the next deadline, 0..60000. */
export function step(nowMs: i64): i32 {
  return changetype<Kernel>(running).step(nowMs);
}

/** Address of the buffer through which syscalls pass their spans: u8[512], 8-aligned. */
export function exchange(): usize {
  return exchangeBuffer;
}

export function syscall(row: i32, nowMs: i64, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32, a7: i32): i32 {
  const kernel = changetype<Kernel>(running);
  kernel.clock.update(nowMs);
  return dispatch(kernel, row, a0, a1, a2, a3, a4, a5, a6, a7);
}

/** The app was started. restarts: how often since the device started. */
export function app_started(restarts: i32): i32 {
  if (restarts > 0) changetype<Kernel>(running).appStarted();
  return Status.Ok;
}
