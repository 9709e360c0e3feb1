/** What time it is, and chance. */
import { SMALL, SMALL_BYTES } from "./buffers";
import { random as randomRow, time } from "./syscalls";

/** Milliseconds since 1970 UTC, or -1 while the clock has not been set. */
export function now(): i64 {
  time(SMALL, SMALL_BYTES);
  return load<i64>(SMALL, 8);
}

/** Milliseconds that only count up; the start value means nothing. */
export function monotonic(): i64 {
  time(SMALL, SMALL_BYTES);
  return load<i64>(SMALL);
}

/** Fills all of `bytes` with random bytes fit for keys. */
export function random(bytes: StaticArray<u8>): void {
  randomRow(changetype<usize>(bytes), bytes.length);
}
