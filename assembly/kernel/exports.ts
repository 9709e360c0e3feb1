import { Status } from "../lib/status";
import { Kernel } from "./kernel";
import "./host/abort";
import { dispatch } from "./syscalls";

/** What every kernel exports (host/include/exports.def); an entry adds `setup`, which makes the kernel. */

const ABI_VERSION: i32 = 1;
const EXCHANGE_BYTES: i32 = 512;

const exchangeBuffer: usize = memory.data(EXCHANGE_BYTES, 8);

let running: Kernel | null = null;

/** Runs a kernel from here on. Ok, or the Status that keeps the device from running. */
export function boot(kernel: Kernel): i32 {
  running = kernel;
  return kernel.setup();
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
