import { COMPOSITE_MAX } from "./tree/cursor";

/**
 * Bytes that any part of the store may use for as long as it calls no other: what is read of a record in pieces, bodies of
 * system records, composites under way. Shared, because RAM is short and there is one thread.
 */
export const SCRATCH_BYTES: i32 = 256;
export const SCRATCH = memory.data(SCRATCH_BYTES, 4);

/** Bytes of a buffer for one composite (cursor.ts). */
export const COMPOSITE_BYTES: i32 = COMPOSITE_MAX + 1;
/** What Page copies eight bytes at a time may take so many more. */
const COPIED_BYTES: i32 = COMPOSITE_BYTES + 7;
/** One composite each, for as long as no other part is called that names the same: what is looked for, and what is on the way. */
export const BOUND = memory.data(COMPOSITE_BYTES, 4);
export const TARGET = memory.data(COPIED_BYTES, 4);
/** The composite at the place that the page read last has reached: what is looked for leads there, and is not looked at again. */
export const PAGE_KEY = TARGET;
/** The memtable's, while it looks for something; the tree's is BOUND, while it looks: neither calls the other. */
export const SOUGHT = BOUND;
/** A sector's header on its way from or to the flash: no look-up is under way then. */
export const HEADER = BOUND;
/** Upper bound of the leaf of a tree met last; the composite of a memtable's entry looked at last. */
export const HIGH = memory.data(COPIED_BYTES, 4);
export const PROBE = memory.data(COMPOSITE_BYTES, 4);
