import { BY_AGE_MARK, BY_EXPIRY, Cursor, compare } from "../../../../../assembly/kernel/store/tree/cursor";
import { Expiries } from "../../../../../assembly/kernel/store/tree/expiries";

const KINDS: i32 = 3;
const BYTES: i32 = 10;
const composite = memory.data(16);

/** Makes the composite of an expiry, or an age, of `kind`. */
function make(kind: i32, seconds: i32): void {
  store<u8>(composite, BY_EXPIRY);
  store<u8>(composite, kind, 1);
  store<u32>(composite, bswap(seconds), 2);
  store<u32>(composite, 0x6b6b6b6b, 6);
}

/** Whether a cursor of a kind begins at the composite last made. */
function isNext(expiries: Expiries, kind: i32): bool {
  const cursor = new Cursor();
  expiries.seek(cursor, kind);
  return compare(cursor.at, cursor.atBytes, composite, BYTES) == 0;
}

describe("kernel/store/tree/expiries", () => {
  it("begins where it came to, of each kind by itself, and before that for what is put there", () => {
    const expiries = new Expiries();
    const cursor = new Cursor();
    for (let kind = 0; kind < KINDS; kind++) {
      make(kind, 100 + kind);
      expiries.seek(cursor, kind);
      memory.copy(cursor.at, composite, BYTES);
      cursor.atBytes = <u8>BYTES;
      expiries.reach(cursor);
    }
    for (let kind = 0; kind < KINDS; kind++) {
      make(kind, 100 + kind);
      expect(isNext(expiries, kind)).toBe(true);
      make(kind, 200);
      expiries.add(composite, BYTES);
      expect(isNext(expiries, kind)).toBe(false, "it comes later");
      make(kind, 50);
      expiries.add(composite, BYTES);
      expect(isNext(expiries, kind)).toBe(true, "it comes first");
    }
  });

  it("has no place for what a damaged record takes for its age", () => {
    const expiries = new Expiries();
    // What lies behind it in memory is greater than all that is added.
    const behind = new StaticArray<u8>(8192);
    memory.fill(changetype<usize>(behind), 0xff, behind.length);
    for (let kind = <i32>BY_AGE_MARK + 1; kind < 256; kind++) {
      make(kind, 1);
      expiries.add(composite, BYTES);
    }
    for (let i = 0; i < behind.length; i++) assert(behind[i] == 0xff);
    for (let kind = 0; kind < KINDS; kind++) {
      make(kind, 1);
      expect(isNext(expiries, kind)).toBe(false);
    }
  });
});
