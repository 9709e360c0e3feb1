import { Retry } from "../mqtt/retry";
import { face } from "./face";

const FIRST_MS: i32 = 1000;
const PERMANENT_MS: i32 = 900000;

/**
 * Time between attempts: 1 s doubling to the face's limit (120 s), each 25 % more or less by chance, so that a fleet does not come back
 * as one. From a server that is busy: the limit. After a refusal that only a changed configuration can end: 15 minutes.
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
    if (retry == Retry.Long) this.baseMs = face.backoffLimitMs;
    const base = this.baseMs;
    this.baseMs = min(base << 1, face.backoffLimitMs);
    return spread(base, random);
  }
}

/** base, and some more or less. */
function spread(base: i32, random: u32): i32 {
  const half = face.spread(base);
  return base - half + <i32>(random % <u32>(2 * half + 1));
}
