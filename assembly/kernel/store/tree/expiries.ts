import { Core } from "../core";
import { BY_EXPIRY, COMPOSITE_MAX, Cursor } from "./cursor";

const TTL_MAX: i64 = 0x7fffffff;

const CLOCK = memory.data(8, 8);

/** When records expire, and how far they have been swept: entries of those that left are passed once, not by each sweep again. */
export class Expiries {
  /** Composite at which the last sweep ended, 0 bytes: from the start. What lies before it has left. */
  private reachedBytes: i32 = 0;
  private readonly reached: StaticArray<u8> = new StaticArray<u8>(COMPOSITE_MAX + 1);

  constructor(private readonly core: Core) {}

  /** Second at which a record expires that gets a TTL now: by the wall clock, or by the store's own while that is unknown. 0: never. */
  after(ttlSeconds: i64): u32 {
    const core = this.core;
    const now = core.wallMs >= 0 ? core.wallMs / 1000 : <i64>core.ownSeconds;
    const expiresAt = <u32>min<i64>(now + min<i64>(ttlSeconds, TTL_MAX), u32.MAX_VALUE);
    if (expiresAt <= bswap(load<u32>(changetype<usize>(this.reached), 2))) this.reachedBytes = 0;
    return expiresAt;
  }

  /** Places a cursor at the first expiry by a clock: 0 the store's own, 1 the wall's. */
  seek(cursor: Cursor, clock: i32): void {
    store<u8>(CLOCK, clock);
    cursor.prefix(BY_EXPIRY, CLOCK, 1, false);
    const reached = changetype<usize>(this.reached);
    if (this.reachedBytes == 0 || <i32>load<u8>(reached, 1) != clock) return;
    cursor.atBytes = this.reachedBytes;
    memory.copy(cursor.at, reached, this.reachedBytes);
  }

  /** A sweep has come to where the cursor is. */
  reach(cursor: Cursor): void {
    this.reachedBytes = cursor.atBytes;
    memory.copy(changetype<usize>(this.reached), cursor.at, cursor.atBytes);
  }
}
