/** Numbers that every side of the walls shares; host/include/platform.h has the same (compared by tests/contract). */

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
