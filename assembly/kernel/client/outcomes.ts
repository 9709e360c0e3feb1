import { RecordStore } from "../store/recordStore";
import { queue } from "./ramQueue";

/** How many are remembered: a power of two. */
const KEPT: i32 = 8;

/** An outcome beside the reasons of version 5 for refusing a message, which are 0x80 to 0xFF. */
export const OUTCOME_EXPIRED: i32 = 1;

/** How the latest messages ended that were not delivered, for those who ask after one. Lost with the power; the counters are not. */
export class Outcomes {
  /** sequence << 9 | 1 << 8 of the queue | outcome. */
  private kept: StaticArray<i64> = new StaticArray<i64>(KEPT);
  private next: i32 = 0;

  note(source: RecordStore, sequence: i64, outcome: i32): void {
    unchecked((this.kept[this.next++ & (KEPT - 1)] = (keyOf(source, sequence) << 8) | outcome));
  }

  /** 0: it was delivered, or is not remembered. */
  find(source: RecordStore, sequence: i64): i32 {
    const key = keyOf(source, sequence);
    for (let i = 0; i < KEPT; i++) {
      const kept = unchecked(this.kept[i]);
      if (kept >> 8 == key) return (<i32>kept) & 0xff;
    }
    return 0;
  }
}

function keyOf(source: RecordStore, sequence: i64): i64 {
  return (sequence << 1) | i64(source == queue);
}

export const outcomes = new Outcomes();
