/**
 * Bytes that any part of the store may use for as long as it calls no other: what is read of a record in pieces, bodies of
 * system records, composites under way. Shared, because RAM is short and there is one thread.
 */
export const SCRATCH_BYTES: i32 = 256;
export const SCRATCH = memory.data(SCRATCH_BYTES, 8);
