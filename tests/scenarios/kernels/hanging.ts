import { step as kernelStep } from "../../../assembly/kernel/exports";
import { ResetReason } from "../../../assembly/kernel/host/constants";
import { sysResetReason } from "../../../assembly/kernel/host/imports";
import { flashStore } from "../../../assembly/kernel/flashStore";
import { startOver } from "../../../assembly/kernel/startOver";

export { abi_version, app_started, exchange, syscall } from "../../../assembly/kernel/exports";

/** Long enough for the app to store readings first. */
const HANGS_AFTER_MS: i64 = 1000;

let startedAtMs: i64 = 0;
let spins: i32 = 0;

export function setup(): i32 {
  return startOver(flashStore());
}

/** Broken on purpose: a second after power-on it never returns. After the watchdog's reset it works. */
export function step(nowMs: i64): i32 {
  if (startedAtMs == 0) startedAtMs = nowMs;
  while (sysResetReason() == ResetReason.PowerOn && nowMs - startedAtMs > HANGS_AFTER_MS) spins++;
  return kernelStep(nowMs);
}
