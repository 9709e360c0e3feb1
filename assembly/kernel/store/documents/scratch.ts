/**
 * Bytes that one call needs and no call keeps. Three use them, none while another does: what a patch puts in (patch.ts), the list
 * of declared paths (indexUpkeep.ts, before a patch begins), the head of a line of an export (resultText.ts).
 */
export const SCRATCH_BYTES: i32 = 640;
export const SCRATCH: usize = memory.data(640, 8);
