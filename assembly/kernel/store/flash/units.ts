/**
 * The 16-byte unit: everything on the flash is programmed in whole units, each at most once between two erases of its
 * sector. That is what encrypted flash demands.
 */
export const UNIT: i32 = 16;

const BLANK: u64 = u64.MAX_VALUE;

/** Bytes rounded up to whole units. */
export function toUnits(bytes: i32): i32 {
  return (bytes + (UNIT - 1)) & -UNIT;
}

/** Whether `bytes` (a multiple of 8) from `src` are as after an erase. */
export function isBlank(src: usize, bytes: i32): bool {
  for (let i = 0; i < bytes; i += 8) {
    if (load<u64>(src + i) != BLANK) return false;
  }
  return true;
}
