/** Numbers of the `update_` rows; the same stand in host/update (compared by tests/contract). */

export enum Kind {
  App = 0,
  Firmware = 1,
}

/** Where a package stands. */
export enum Phase {
  Idle = 0,
  Loading = 1,
  Verifying = 2,
  Verified = 3,
  Trial = 4,
}

/** What became of the last package and was not told yet. */
export enum News {
  None = 0,
  Confirmed = 1,
  Failed = 2,
}

/** What update_begin takes: a package's head, and where its fields lie. */
export const HEAD_BYTES: i32 = 192;
export const HEAD_SIGNED_BYTES: i32 = 128;
export const HEAD_KIND: usize = 5;
export const HEAD_SIZE: usize = 8;
export const HEAD_VERSION: usize = 64;
export const VERSION_BYTES: i32 = 24;

/** What update_state writes. */
export const STATE_BYTES: i32 = 72;
export const STATE_PHASE: usize = 0;
export const STATE_NEWS: usize = 1;
export const STATE_NAME: usize = 16;
export const STATE_VERSION: usize = 48;
