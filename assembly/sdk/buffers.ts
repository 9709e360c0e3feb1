/**
 * The SDK's static memory. Calls never nest inside one another, so each purpose has one buffer for the whole app:
 *
 *     OUT    what goes to the kernel or the log: topic, payload parts, configuration keys, a reading's packed values
 *     IN     the message being handled, topic first, then payload
 *     SMALL  answers of a few bytes: sensors, times, receipts' neighbours
 */

/** What the spans of one syscall may hold together (host/include/exports.def). */
export const EXCHANGE_BYTES: i32 = 512;

export const RECEIPT_BYTES: i32 = 8;

export const OUT: usize = memory.data(512, 8);
export const OUT_BYTES: i32 = EXCHANGE_BYTES - RECEIPT_BYTES;

// @ts-ignore: decorator
@lazy
export const IN: usize = memory.data(512, 8);
export const IN_BYTES: i32 = 512;

/** u64[1]: sequence number of the message accepted last. */
// @ts-ignore: decorator
@lazy
export const RECEIPT: usize = memory.data(8, 8);

// @ts-ignore: decorator
@lazy
export const SMALL: usize = memory.data(16, 8);
export const SMALL_BYTES: i32 = 16;

/** Spans take whole units of 8 bytes in the exchange buffer. */
// @ts-ignore: decorator
@inline
export function roundUp8(length: i32): i32 {
  return (length + 7) & ~7;
}
