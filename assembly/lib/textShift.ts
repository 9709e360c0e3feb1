/** A character of a literal is 1 << TEXT_SHIFT bytes: two as the compiler lays it out. The build of a kernel makes it one (toolchain/transform/textBytes.ts). */
export const TEXT_SHIFT: usize = 1;
