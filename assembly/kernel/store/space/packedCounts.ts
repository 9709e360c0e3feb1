import { SpaceCounts } from "../store";

/** Nine u32. */
export const PACKED_BYTES: i32 = 36;

/** Packs the counts of one space to dst: u8[PACKED_BYTES], as they lie in a checkpoint. */
export function packCounts(dst: usize, counts: SpaceCounts): void {
  store<i32>(dst, counts.records);
  store<i32>(dst, counts.liveUnits, 4);
  store<i32>(dst, counts.stored, 8);
  store<i32>(dst, counts.overwritten, 12);
  store<i32>(dst, counts.deleted, 16);
  store<i32>(dst, counts.delivered, 20);
  store<i32>(dst, counts.expired, 24);
  store<i32>(dst, counts.evicted, 28);
  store<i32>(dst, counts.lost, 32);
}

/** Takes the counts of one space from `src`, as packed in a checkpoint. */
export function unpackCounts(src: usize, counts: SpaceCounts): void {
  counts.records = load<i32>(src);
  counts.liveUnits = load<i32>(src, 4);
  counts.stored = load<i32>(src, 8);
  counts.overwritten = load<i32>(src, 12);
  counts.deleted = load<i32>(src, 16);
  counts.delivered = load<i32>(src, 20);
  counts.expired = load<i32>(src, 24);
  counts.evicted = load<i32>(src, 28);
  counts.lost = load<i32>(src, 32);
}
