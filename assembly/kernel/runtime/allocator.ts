/**
 * The memory of a kernel: taken from the end of its static data upwards, never given back. What does not fit into what the kernel is
 * granted (toolchain/build/kernels.ts) traps where it is made. The compiler and its library call these functions by their names.
 */
import { AL_MASK, OBJECT, OBJECT_OVERHEAD } from "./layout";

/** Where the next object begins. */
// @ts-ignore: decorator
@lazy let top: usize = (__heap_base + AL_MASK) & ~AL_MASK;

/** Takes `size` bytes, zeros. Their address. */
// @ts-ignore: decorator
@unsafe @global export function __alloc(size: usize): usize {
  const address = top;
  top = (address + size + AL_MASK) & ~AL_MASK;
  if (top > <usize>ASC_LOW_MEMORY_LIMIT) unreachable();
  return address;
}

/** Makes an object with a head. The address of what lies behind it. */
// @ts-ignore: decorator
@unsafe @global export function __new(size: usize, id: u32): usize {
  const object = changetype<OBJECT>(__alloc(OBJECT_OVERHEAD + size));
  object.rtId = id;
  object.rtSize = <u32>size;
  return changetype<usize>(object) + OBJECT_OVERHEAD;
}

/** Makes an array of so many bytes, zeros, with its size in front. The address of its first element. */
// @ts-ignore: decorator
@unsafe @global export function __array(size: usize): usize {
  const head = __alloc(sizeof<u32>() + size);
  store<u32>(head, <u32>size);
  return head + sizeof<u32>();
}

/** Nothing of a kernel changes its size. */
// @ts-ignore: decorator
@unsafe @global export function __realloc(address: usize, size: usize): usize {
  return unreachable();
}
// @ts-ignore: decorator
@unsafe @global export function __renew(address: usize, size: usize): usize {
  return unreachable();
}

/** Nothing is given back, and no collector is told. */
// @ts-ignore: decorator
@unsafe @global export function __free(address: usize): void {}
// @ts-ignore: decorator
@unsafe @global export function __link(parent: usize, child: usize, isMultiple: bool): void {}
// @ts-ignore: decorator
@unsafe @global export function __pin(address: usize): usize {
  return address;
}
// @ts-ignore: decorator
@unsafe @global export function __unpin(address: usize): void {}
// @ts-ignore: decorator
@unsafe @global function __visit(address: usize, cookie: u32): void {}
// @ts-ignore: decorator
@unsafe @global export function __collect(): void {}
