/**
 * What an object of a kernel looks like in memory. A kernel is compiled with this file in the place of `~lib/rt/common`, and with
 * allocator.ts in that of `~lib/rt/stub` (toolchain/transform/kernelRuntime.ts): its objects are made while the module is built, or by
 * `setup`, and stay, so there is nothing for a memory manager or a collector to note about them.
 *
 *     -8         -4         0
 *     | class id | size     | fields, or elements
 *     | u32      | u32      |
 *     '--------- OBJECT ----'
 *
 * Only what is asked for its class has that head: classes that override one another's methods, and what the compiler lays down by
 * itself. An array is asked for its size alone, and has those four bytes in front. Every other object is its fields alone
 * (toolchain/transform/headless.ts).
 */

/** Objects begin at multiples of this. No more is needed: the chips have 32 bits, and WebAssembly loads from any address. */
// @ts-ignore: decorator
@inline export const AL_SIZE: usize = 4;
// @ts-ignore: decorator
@inline export const AL_MASK: usize = AL_SIZE - 1;

// The standard library asks.
// @ts-ignore: decorator
@inline export const DEBUG = false;
// @ts-ignore: decorator
@inline export const TRACE = false;
// @ts-ignore: decorator
@inline export const RTRACE = false;
// @ts-ignore: decorator
@inline export const PROFILE = false;

/** What lies in front of memory that no object is in: nothing. */
@unmanaged
export class BLOCK {}
// @ts-ignore: decorator
@inline export const BLOCK_OVERHEAD: usize = 0;
// @ts-ignore: decorator
@inline export const BLOCK_MAXSIZE: usize = 0xffff;

/** The head of an object. The compiler reads the class id at -8 by itself. */
@unmanaged
export class OBJECT extends BLOCK {
  rtId: u32;
  rtSize: u32;
}
// @ts-ignore: decorator
@inline export const OBJECT_OVERHEAD: usize = offsetof<OBJECT>();
// @ts-ignore: decorator
@inline export const OBJECT_MAXSIZE: usize = BLOCK_MAXSIZE - OBJECT_OVERHEAD;
// @ts-ignore: decorator
@inline export const TOTAL_OVERHEAD: usize = OBJECT_OVERHEAD;
