/**
 * When a record's time is up. Pure: clock readings in, decisions out.
 *
 * A capture time is either wall-clock time (`clockValid`) or monotonic time of one boot. Each is only ever compared with
 * a reading of the same clock. So a wall clock that is set for the first time, or corrected, can neither expire a record
 * that was captured before it was valid nor give it a second life, and after a reset without a valid clock nothing expires.
 */

/** What msUntilExpiry answers when the end cannot come, or cannot be known yet. */
export const NEVER_EXPIRES: i64 = i64.MAX_VALUE;

/** Now on the clock that `capturedAtMs` was read from, or -1 when that clock cannot be read. */
function nowOnItsClock(clockValid: bool, recordBoot: i32, nowMonotonicMs: i64, nowWallMs: i64, bootNow: i32): i64 {
  if (clockValid) return nowWallMs;
  return recordBoot == bootNow ? nowMonotonicMs : -1;
}

/**
 * Returns the milliseconds until a record expires: 0 when its time is up, NEVER_EXPIRES when it has no TTL or when
 * no clock can tell.
 * capturedAtMs: wall time when clockValid, else monotonic time of boot `recordBoot`; nowWallMs: -1 while not set;
 * ttlSeconds: 0 or less keeps for ever. A clock that moved backwards prolongs, and never past the whole TTL from now.
 */
export function msUntilExpiry(
  capturedAtMs: i64,
  clockValid: bool,
  recordBoot: i32,
  ttlSeconds: i32,
  nowMonotonicMs: i64,
  nowWallMs: i64,
  bootNow: i32,
): i64 {
  if (ttlSeconds <= 0) return NEVER_EXPIRES;
  const now = nowOnItsClock(clockValid, recordBoot, nowMonotonicMs, nowWallMs, bootNow);
  if (now < 0) return NEVER_EXPIRES;
  const ttlMs = <i64>ttlSeconds * 1000;
  const ageMs = now - capturedAtMs;
  if (now < capturedAtMs || ageMs < 0) return ttlMs;
  return ageMs >= ttlMs ? 0 : ttlMs - ageMs;
}

/** Returns whether a record's TTL has run out: true when now >= capture + TTL. Arguments as msUntilExpiry. */
export function isExpired(
  capturedAtMs: i64,
  clockValid: bool,
  recordBoot: i32,
  ttlSeconds: i32,
  nowMonotonicMs: i64,
  nowWallMs: i64,
  bootNow: i32,
): bool {
  return msUntilExpiry(capturedAtMs, clockValid, recordBoot, ttlSeconds, nowMonotonicMs, nowWallMs, bootNow) == 0;
}
