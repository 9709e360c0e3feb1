import { Retry } from "../mqtt/retry";

const FIRST_MS: i32 = 1000;
const LIMIT_MS: i32 = 120000;
const PERMANENT_MS: i32 = 900000;

/**
 * Time between attempts: 1 s doubling to 120 s, each 25 % more or less by chance, so that a fleet does not come back as one.
 * From a server that is busy: 120 s. After a refusal that only a changed configuration can end: 15 minutes.
 */
export class Backoff {
  private baseMs: i32 = FIRST_MS;

  /** The connection has held: the next failure starts over. */
  reset(): void {
    this.baseMs = FIRST_MS;
  }

  /** Milliseconds to wait now; of Never the caller takes care. random: any 32 bits. */
  next(retry: Retry, random: u32): i32 {
    if (retry >= Retry.Permanent) return spread(PERMANENT_MS, random);
    if (retry == Retry.Long) this.baseMs = LIMIT_MS;
    const base = this.baseMs;
    this.baseMs = min(base << 1, LIMIT_MS);
    return spread(base, random);
  }
}

/** base, 25 % more or less. */
function spread(base: i32, random: u32): i32 {
  const half = base >> 2;
  return base - half + <i32>(random % <u32>(2 * half + 1));
}
