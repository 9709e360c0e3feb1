import { BY_EXPIRY, Cursor, compare } from "./cursor";
import { SCRATCH } from "../scratch";

/** First bytes of an encoded value of BY_EXPIRY: by the store's own clock, by the wall's, and BY_AGE_MARK. */
const KINDS: i32 = 3;
/** Bytes of a composite that are kept of a place: index id, encoded value, and the beginning of a key. */
const PLACE_BYTES: i32 = 24;

/**
 * How far the orders by expiry and by age were walked: entries of records that left are passed once, not each time, and in the tree
 * they are until the next checkpoint.
 */
export class Expiries {
  /** Of each kind: u8 bytes of the composite that was reached, as far as it is kept, 0: from the start; u8[PLACE_BYTES] those. What lies before it has left. */
  private readonly reached: StaticArray<u8> = new StaticArray<u8>(KINDS * (1 + PLACE_BYTES));

  private place(kind: i32): usize {
    return changetype<usize>(this.reached) + kind * (1 + PLACE_BYTES);
  }

  /** Places a cursor at the first entry of a kind. */
  seek(cursor: Cursor, kind: i32): void {
    store<u8>(SCRATCH, kind);
    cursor.prefix(BY_EXPIRY, SCRATCH, 1, false);
    const place = this.place(kind);
    const bytes = load<u8>(place);
    if (bytes == 0) return;
    cursor.atBytes = bytes;
    memory.copy(cursor.at, place + 1, bytes);
  }

  /** Of a kind the first entry that counts is where the cursor is. */
  reach(cursor: Cursor): void {
    this.keep(<i32>load<u8>(cursor.at, 1), cursor.at, cursor.atBytes);
  }

  /** An entry is put into one of these orders: u8[bytes]. It may be the first one that counts. */
  add(composite: usize, bytes: i32): void {
    const kind = <i32>load<u8>(composite, 1);
    // What a damaged record has for its age may be of any kind.
    if (kind >= KINDS) return;
    const place = this.place(kind);
    if (compare(composite, bytes, place + 1, load<u8>(place)) < 0) this.keep(kind, composite, bytes);
  }

  private keep(kind: i32, composite: usize, bytes: i32): void {
    const place = this.place(kind);
    bytes = min(bytes, PLACE_BYTES);
    store<u8>(place, bytes);
    memory.copy(place + 1, composite, bytes);
  }
}
