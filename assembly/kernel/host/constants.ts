/** Numbers that cross the kernel's wall. The same values stand in host/include/platform.h (compared by tests/contract). */

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
}

export enum ResetReason {
  PowerOn = 0,
  Watchdog = 1,
  Restart = 2,
  KernelTrap = 3,
  DeepSleep = 4,
  Brownout = 5,
  Unknown = 6,
}

export enum LogLevel {
  Error = 0,
  Warning = 1,
  Info = 2,
  Debug = 3,
}
