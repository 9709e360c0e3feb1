/**
 * Bounds of translated code: base and offset of an access apart, both of 32 bits, held against the manifest's size as a constant.
 * An access of `width` bytes at base + offset is inside when offset <= size - width and base <= size - width - offset: exactly
 * the translator's own sum in 64 bits, in half of its instructions, for the compiler knows all but the base.
 *
 * Memory never moves (host/aot/wasm_rt.c), which the compiler cannot know: so each function takes its address once.
 * An access is part of the function it is in, also where the compiler is asked for small code: as a call, its bounds are arguments.
 */
import { BuildError } from "../build/errors.js";
import { replaceOnce } from "./text.js";

/** What a memory holds at least: the widest access, so that no difference wraps. */
const WIDEST_BYTES = 8;

/** The translator's definitions for little-endian targets; for others it has its own, which are not in this text. */
const DEFINITIONS: ReadonlyArray<[string, string]> = [
  [
    `#define DEFINE_LOAD(name, t1, t2, t3)                      \\
  static inline t3 name(wasm_rt_memory_t* mem, u64 addr) { \\
    MEMCHECK(mem, addr, t1);                               \\
    t1 result;                                             \\
    wasm_rt_memcpy(&result, &mem->data[addr], sizeof(t1)); \\
    wasm_asm("" ::"r"(result));                            \\
`,
    `#define DEFINE_LOAD(name, t1, t2, t3)                                 \\
  static ALWAYS_INLINE t3 name(const u8* data, u32 base, u32 offset) { \\
    CHECK_ACCESS(base, offset, t1);                                    \\
    t1 result;                                                         \\
    wasm_rt_memcpy(&result, data + base + offset, sizeof(t1));         \\
`,
  ],
  [
    `#define DEFINE_STORE(name, t1, t2)                                     \\
  static inline void name(wasm_rt_memory_t* mem, u64 addr, t2 value) { \\
    MEMCHECK(mem, addr, t1);                                           \\
    t1 wrapped = (t1)value;                                            \\
    wasm_rt_memcpy(&mem->data[addr], &wrapped, sizeof(t1));            \\
`,
    `#define DEFINE_STORE(name, t1, t2)                                         \\
  static ALWAYS_INLINE void name(u8* data, u32 base, u32 offset, t2 value) { \\
    CHECK_ACCESS(base, offset, t1);                                          \\
    t1 wrapped = (t1)value;                                                  \\
    wasm_rt_memcpy(data + base + offset, &wrapped, sizeof(t1));              \\
`,
  ],
  [
    `static inline void memory_fill(wasm_rt_memory_t* mem, u32 d, u32 val, u32 n) {
  RANGE_CHECK(mem, d, n);
  memset(mem->data + d, val, n);
}
`,
    `static void memory_fill(u8* data, u32 d, u32 val, u32 n) {
  CHECK_SPAN(d, n);
  memset(data + d, val, n);
}
`,
  ],
  [
    `static inline void memory_copy(wasm_rt_memory_t* dest,
                               const wasm_rt_memory_t* src,
                               u32 dest_addr,
                               u32 src_addr,
                               u32 n) {
  RANGE_CHECK(dest, dest_addr, n);
  RANGE_CHECK(src, src_addr, n);
  memmove(dest->data + dest_addr, src->data + src_addr, n);
}
`,
    `static void memory_copy(u8* data, u32 dest_addr, u32 src_addr, u32 n) {
  CHECK_SPAN(dest_addr, n);
  CHECK_SPAN(src_addr, n);
  byte_copy(data + dest_addr, data + src_addr, n);
}
`,
  ],
];

/** How the module's functions call these two. */
const SPANS: ReadonlyArray<[string, string]> = [
  ["memory_fill(&instance->w2c_M0, ", "memory_fill(w2c_data, "],
  ["memory_copy(&instance->w2c_M0, &instance->w2c_M0, ", "memory_copy(w2c_data, "],
];

const BEFORE_DEFINITIONS = "#define TRAP(x) (wasm_rt_trap(WASM_RT_TRAP_##x), 0)\n";

/** The first line of each function behind its locals, and what is put there. */
const FIRST_LINE = "  FUNC_PROLOGUE;\n";
const TAKE_ADDRESS = `  u8* const w2c_data = instance->w2c_M0.data;\n`;

const ACCESS = /\b([if](?:32|64)_(?:load|store)(?:8|16|32)?(?:_[su])?)\(&instance->w2c_M0, \(u64\)\((\w+)\)(?: \+ (\d+)u?)?(?=[,)])/g;
const UNKNOWN_ACCESS = /(?:[if](?:32|64)_(?:load|store)|memory_(?:fill|copy))\w*\(&instance.*/;

/** How many bytes an access takes, by the translator's name for it. */
export function accessBytes(name: string): number {
  const [, type, narrow] = /^[if](32|64)_(?:load|store)(8|16|32)?/.exec(name)!;
  return Number(narrow ?? type) / 8;
}

/** Returns the C of a module with a memory of `memoryBytes`. Throws BuildError where the text is not the translator's. */
export function withConstantBounds(source: string, memoryBytes: number, where: string): string {
  if (memoryBytes < WIDEST_BYTES) throw new BuildError(`${where}: ${memoryBytes} bytes of memory, expected at least ${WIDEST_BYTES}`);
  let text = replaceOnce(source, BEFORE_DEFINITIONS, `${BEFORE_DEFINITIONS}${checkAccess(memoryBytes)}`, where);
  for (const [definition, instead] of DEFINITIONS) text = replaceOnce(text, definition, instead, where);
  text = text.replace(ACCESS, (_, name: string, base: string, offset = "0") => `${name}(w2c_data, ${base}, ${offset}u`);
  for (const [call, instead] of SPANS) text = text.replaceAll(call, instead);
  text = text.replaceAll(FIRST_LINE, FIRST_LINE + TAKE_ADDRESS);
  const unknown = UNKNOWN_ACCESS.exec(text)?.[0];
  if (unknown !== undefined) throw new BuildError(`${where}: wasm2c wrote an access of an unknown form: ${unknown}`);
  return text;
}

function checkAccess(memoryBytes: number): string {
  return `
#include "byte_copy.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

#define CHECK_ACCESS(base, offset, t)                        \\
  if (UNLIKELY((offset) > ${memoryBytes}u - sizeof(t) ||            \\
               (base) > ${memoryBytes}u - sizeof(t) - (offset)))    \\
    TRAP(OOB);

#define CHECK_END(base, end) \\
  if (UNLIKELY((base) > ${memoryBytes}u - (end))) TRAP(OOB);

#define CHECK_SPAN(base, len)                                            \\
  if (UNLIKELY((len) > ${memoryBytes}u || (base) > ${memoryBytes}u - (len))) TRAP(OOB);
`;
}
