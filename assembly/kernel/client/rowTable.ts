import { Status } from "../../lib/status";

/**
 * Rows of bytes of any length in one buffer: a row keeps its number while others come and go. Removing closes the gap, so
 * an address is good until the next change.
 */
export class RowTable {
  private bytes: StaticArray<u8>;
  private starts: StaticArray<i32>;
  /** -1: no such row. */
  private lengths: StaticArray<i32>;
  private used: i32 = 0;

  constructor(rows: i32, bytes: i32) {
    this.bytes = new StaticArray<u8>(bytes);
    this.starts = new StaticArray<i32>(rows);
    this.lengths = new StaticArray<i32>(rows);
    for (let row = 0; row < rows; row++) unchecked((this.lengths[row] = -1));
  }

  get rows(): i32 {
    return this.lengths.length;
  }

  /** Bytes of a row, -1 when there is no such row. */
  length(row: i32): i32 {
    return <u32>row < <u32>this.rows ? unchecked(this.lengths[row]) : -1;
  }

  address(row: i32): usize {
    return changetype<usize>(this.bytes) + unchecked(this.starts[row]);
  }

  /** Adds an uninitialised row. Its number, or NoSpace. */
  add(len: i32): i32 {
    for (let row = 0; row < this.rows; row++) {
      if (this.length(row) < 0) return this.addAt(row, len);
    }
    return Status.NoSpace;
  }

  /** Adds an uninitialised row with the number of none that is there. Its number, or NoSpace. */
  addAt(row: i32, len: i32): i32 {
    if (len > this.bytes.length - this.used) return Status.NoSpace;
    unchecked((this.starts[row] = this.used));
    unchecked((this.lengths[row] = len));
    this.used += len;
    return row;
  }

  /** Gives a row another length, its bytes uninitialised. Ok, or NoSpace with the row as it was. */
  resize(row: i32, len: i32): i32 {
    if (len - this.length(row) > this.bytes.length - this.used) return Status.NoSpace;
    this.remove(row);
    this.addAt(row, len);
    return Status.Ok;
  }

  remove(row: i32): void {
    const start = unchecked(this.starts[row]);
    const len = this.length(row);
    const address = changetype<usize>(this.bytes) + start;
    memory.copy(address, address + len, this.used - start - len);
    this.used -= len;
    unchecked((this.lengths[row] = -1));
    for (let other = 0; other < this.rows; other++) {
      if (unchecked(this.starts[other]) > start) unchecked((this.starts[other] -= len));
    }
  }
}
