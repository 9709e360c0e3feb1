/**
 * Bounds of translated code: base and offset of an access apart, both of 32 bits, held against the manifest's size as a constant.
 * An access of `width` bytes at base + offset is inside when offset <= size - width and base <= size - width - offset: exactly
 * the translator's own sum in 64 bits, in half of its instructions, for the compiler knows all but the base.
 *
 * Memory never moves (host/aot/wasm_rt.c), which the compiler cannot know: so each function takes its address once.
 */
import { BuildError } from "../build/errors.js";

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
`,
    `#define DEFINE_LOAD(name, t1, t2, t3)                            \\
  static inline t3 name(const u8* data, u32 base, u32 offset) {  \\
    CHECK_ACCESS(base, offset, t1);                              \\
    t1 result;                                                   \\
    wasm_rt_memcpy(&result, data + base + offset, sizeof(t1));   \\
`,
  ],
  [
    `#define DEFINE_STORE(name, t1, t2)                                     \\
  static inline void name(wasm_rt_memory_t* mem, u64 addr, t2 value) { \\
    MEMCHECK(mem, addr, t1);                                           \\
    t1 wrapped = (t1)value;                                            \\
    wasm_rt_memcpy(&mem->data[addr], &wrapped, sizeof(t1));            \\
`,
    `#define DEFINE_STORE(name, t1, t2)                                  \\
  static inline void name(u8* data, u32 base, u32 offset, t2 value) { \\
    CHECK_ACCESS(base, offset, t1);                                   \\
    t1 wrapped = (t1)value;                                           \\
    wasm_rt_memcpy(data + base + offset, &wrapped, sizeof(t1));       \\
`,
  ],
];

const BEFORE_DEFINITIONS = "#define TRAP(x) (wasm_rt_trap(WASM_RT_TRAP_##x), 0)\n";

/** The first line of each function behind its locals, and what is put there. */
const FIRST_LINE = "  FUNC_PROLOGUE;\n";
const TAKE_ADDRESS = `  u8* const w2c_data = instance->w2c_M0.data;\n`;

const ACCESS = /\b([if](?:32|64)_(?:load|store)(?:8|16|32)?(?:_[su])?)\(&instance->w2c_M0, \(u64\)\((\w+)\)(?: \+ (\d+)u?)?(?=[,)])/g;
const UNKNOWN_ACCESS = /[if](?:32|64)_(?:load|store)\w*\(&instance.*/;

/** Returns the C of a module with a memory of `memoryBytes`. Throws BuildError where the text is not the translator's. */
export function withConstantBounds(source: string, memoryBytes: number, where: string): string {
  if (memoryBytes < WIDEST_BYTES) throw new BuildError(`${where}: ${memoryBytes} bytes of memory, expected at least ${WIDEST_BYTES}`);
  let text = replaceOnce(source, BEFORE_DEFINITIONS, `${BEFORE_DEFINITIONS}${checkAccess(memoryBytes)}`, where);
  for (const [definition, instead] of DEFINITIONS) text = replaceOnce(text, definition, instead, where);
  text = text.replace(ACCESS, (_, name: string, base: string, offset = "0") => `${name}(w2c_data, ${base}, ${offset}u`);
  text = text.replaceAll(FIRST_LINE, FIRST_LINE + TAKE_ADDRESS);
  const unknown = UNKNOWN_ACCESS.exec(text)?.[0];
  if (unknown !== undefined) throw new BuildError(`${where}: wasm2c wrote an access of an unknown form: ${unknown}`);
  return text;
}

function checkAccess(memoryBytes: number): string {
  return `
#define CHECK_ACCESS(base, offset, t)                        \\
  if (UNLIKELY((offset) > ${memoryBytes}u - sizeof(t) ||            \\
               (base) > ${memoryBytes}u - sizeof(t) - (offset)))    \\
    TRAP(OOB);
`;
}

function replaceOnce(text: string, part: string, instead: string, where: string): string {
  const parts = text.split(part);
  if (parts.length !== 2)
    throw new BuildError(`${where}: wasm2c's output holds ${parts.length - 1} times, expected once: ${part.split("\n")[0]}`);
  return parts.join(instead);
}
