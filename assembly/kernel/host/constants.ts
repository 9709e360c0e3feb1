/** Numbers that cross the kernel's wall. The same values stand in host/include/platform.h (compared by tests/contract). */
export { LogLevel, ResetReason } from "../../lib/device";

export enum LinkState {
  Down = 0,
  Connecting = 1,
  Up = 2,
}

/** netOpen flags. */
export const NET_TLS: i32 = 1;

export enum Partition {
  Store = 0,
  State = 1,
  Config = 2,
  AppA = 3,
  AppB = 4,
  Slots = 5,
  FirmwareA = 6,
  FirmwareB = 7,
}
