/** What takes instructions without need on a 32-bit chip. The form of an edit: index.mjs. */

/** Frames are a few words: two calls into libc for each call of a function cost more than its frame. */
const frames = [
  {
    file: "m3_exec.h",
    why: "a frame is cleared and filled by pairs of words, not by memset and memcpy",
    find: `        u8 * stack = (u8 *) ((m3slot_t *) _sp + function->numRetAndArgSlots);

        memset (stack, 0x0, function->numLocalBytes);
        stack += function->numLocalBytes;

        if (function->constants)
        {
            memcpy (stack, function->constants, function->numConstantBytes);
        }
`,
    put: `        m3slot_t * slot = (m3slot_t *) _sp + function->numRetAndArgSlots;
        m3slot_t * end = (m3slot_t *) ((u8 *) slot + function->numLocalBytes);
        if (function->numLocalBytes & sizeof (m3slot_t))
            * slot++ = 0;
        if (slot != end)
            do {
                slot [0] = slot [1] = 0;
                slot += 2;
            } while (slot != end);

        const m3slot_t * constant = function->constants;
        end = (m3slot_t *) ((u8 *) slot + function->numConstantBytes);
        if (function->numConstantBytes & sizeof (m3slot_t))
            * slot++ = * constant++;
        if (slot != end)
            do {
                m3slot_t first = constant [0], second = constant [1];
                slot [0] = first;
                slot [1] = second;
                slot += 2, constant += 2;
            } while (slot != end);

        d_m3ClearRegisters
`,
  },
];

/** What nobody reads need not be zero: where a pair of words holds a number, any that lie there will do. */
const registers = [
  {
    file: "m3_exec_defs.h",
    why: "registers that hold nothing are not cleared",
    find: `# define d_m3BaseClearRegisters         _r0 = 0;
`,
    put: `# if defined (__riscv) && __riscv_xlen == 32 && defined (__riscv_float_abi_soft)
#   define d_m3AnyValue(REGISTER)       __asm__ volatile ("" : "=r" (REGISTER))
# else
#   define d_m3AnyValue(REGISTER)       REGISTER = 0
# endif
# define d_m3BaseClearRegisters         d_m3AnyValue (_r0);
`,
  },
  {
    file: "m3_exec_defs.h",
    why: "nor is the one of floats",
    find: `d_m3ExpClearRegisters   (_fp0 = 0.;)
`,
    put: `d_m3ExpClearRegisters   (d_m3AnyValue (_fp0);)
`,
  },
  {
    file: "m3_exec.h",
    why: "nor before a frame is made",
    find: `d_m3Op  (Entry)
{
    d_m3ClearRegisters

`,
    put: `d_m3Op  (Entry)
{
`,
  },
  {
    file: "m3_exec.h",
    why: "nor is it kept for the next turn of a loop what they were",
    find: `    // regs are unused coming into a loop anyway
    // this reduces code size & stack usage
    d_m3ClearRegisters

    m3ret_t r;

    IM3Memory memory = m3MemInfo (_mem);

    do
    {
`,
    put: `    m3ret_t r;

    IM3Memory memory = m3MemInfo (_mem);

    do
    {
        // regs are unused coming into a loop anyway
        // this reduces code size & stack usage
        d_m3ClearRegisters
`,
  },
];

/** Most copies are of a few bytes. */
const copies = [
  {
    file: "m3_exec.h",
    why: "they are made without a loop",
    find: `            memmove (dst, src, size);
`,
    put: `            byte_copy (dst, src, size);
`,
  },
  {
    file: "m3_exec.h",
    why: "by the host's function",
    find: `#include "m3_exec_defs.h"
`,
    put: `#include "m3_exec_defs.h"
#include "byte_copy.h"
`,
  },
];

/**
 * An access of TYPE at base + offset is inside when base <= length - (offset + size): exact, as the 64-bit sum is, for the compiler lets
 * no access pass whose offset and size alone are outside. A memory never shrinks. In the code stands their sum.
 */
const bounds = [
  {
    file: "m3_exec.h",
    why: "the check in 32 bits",
    find: `#  define m3MemCheck(x) M3_LIKELY(x)
`,
    put: `#  define m3MemCheck(x) M3_LIKELY(x)
#  define isInMemory(BASE, OFFSET, TYPE)                                            \\
        ((BASE) <= (u32) _mem->length - (OFFSET) and ((OFFSET) -= sizeof (TYPE), true))

d_m3Op  (OutOfBounds)
{
    newTrap (m3Err_trapOutOfBoundsMemoryAccess);
}
`,
  },
  {
    file: "m3_compile.c",
    why: "an access that no base brings inside traps before it is made",
    find: `_   (Compile_Operator (o, i_opcode));

    EmitConstant32 (o, memoryOffset);
`,
    put: `    static const u8 bytes [] = { 4, 8, 4, 8, 1, 1, 2, 2, 1, 1, 2, 2, 4, 4, 4, 8, 4, 8, 1, 2, 1, 2, 4 }; // from i32.load to i64.store32
    IM3Memory memory = & o->runtime->memory;
    u32 width = bytes [i_opcode - 0x28];

    if ((u64) memoryOffset + width > (memory->mallocated ? memory->mallocated->length : 0))
_       (EmitOp (o, op_OutOfBounds));

_   (Compile_Operator (o, i_opcode));

    EmitConstant32 (o, memoryOffset + width);
`,
  },
  ...[
    ["SRC_TYPE", "     ", 2],
    ["DEST_TYPE", "    ", 3],
    ["TYPE", "         ", 1],
  ].map(([type, pad, times]) => ({
    file: "m3_exec.h",
    why: `the check of ${type}`,
    times,
    find: `        operand + sizeof (${type}) <= _mem->length${pad}\\
`,
    put: `        isInMemory (operand, offset, ${type})${pad}\\
`,
  })),
  {
    file: "m3_exec.h",
    why: "the base from the register",
    times: 3,
    find: "    u64 operand = (u32) _r0;                            \\\n",
    put: "    u32 operand = (u32) _r0;                            \\\n",
  },
  {
    file: "m3_exec.h",
    why: "the base from a slot",
    times: 3,
    find: "    u64 operand = slot (u32);                           \\\n",
    put: "    u32 operand = slot (u32);                           \\\n",
  },
  {
    file: "m3_exec.h",
    why: "their sum, taken once it is known to be inside",
    times: 6,
    find: "    operand += offset;                                  \\\n",
    put: "                                                        \\\n",
  },
  ...["src8", "mem8"].map((pointer) => ({
    file: "m3_exec.h",
    why: `the same for ${pointer}`,
    times: pointer === "src8" ? 2 : 4,
    find: `u8* ${pointer} = m3MemData(_mem) + operand; `,
    put: `u8* ${pointer} = m3MemData(_mem) + operand + offset; `,
  })),
];

/** A slot's place in the code is its distance from the frame in bytes, so that no operand has to be shifted. */
const slots = [
  {
    file: "m3_exec.h",
    why: "operands lie so many bytes from the frame",
    find: `# define slot(TYPE)                 * (TYPE *) (_sp + immediate (i32))
# define slot_ptr(TYPE)             (TYPE *) (_sp + immediate (i32))
`,
    put: `# define slot(TYPE)                 * slot_ptr (TYPE)
# define slot_ptr(TYPE)             (TYPE *) ((u8 *) _sp + immediate (i32))
`,
  },
  {
    file: "m3_exec.h",
    why: "so do the frames of called functions",
    times: 2,
    find: "    m3stack_t sp = _sp + stackOffset;\n",
    put: "    m3stack_t sp = (m3stack_t) ((u8 *) _sp + stackOffset);\n",
  },
  {
    file: "m3_compile.c",
    why: "the same where they are written",
    find: "        EmitWord32 (o->page, i_offset);\n",
    put: "        EmitWord32 (o->page, i_offset * (i32) sizeof (m3slot_t));\n",
  },
];

/** A call keeps nothing but where it was: C stack, and instructions, for what is seldom needed behind it. */
const calls = [
  {
    file: "m3_exec.h",
    why: "fuel is counted by the app's own loops (toolchain/build/loopGuard.ts): nobody answers m3_Yield",
    find: `    m3ret_t possible_trap = m3_Yield ();
    if (M3_UNLIKELY(possible_trap)) return possible_trap;

`,
    put: "",
  },
  {
    file: "m3_compile.c",
    why: "what lies in a register below the arguments goes to a slot before the call",
    find: `M3Result  CompileCallArgsAndReturn  (IM3Compilation o, u16 * o_stackOffset, IM3FuncType i_type, bool i_isIndirect)
{
_try {
`,
    put: `M3Result  CompileCallArgsAndReturn  (IM3Compilation o, u16 * o_stackOffset, IM3FuncType i_type, bool i_isIndirect)
{
_try {
    i32 firstArg = (i32) o->stackIndex - GetFuncTypeNumParams (i_type) - (i_isIndirect ? 1 : 0);

    if (IsRegisterAllocated (o, 0) and GetRegisterStackIndex (o, 0) < firstArg)
_       (PreserveRegisterIfOccupied (o, c_m3Type_i64));
    if (IsRegisterAllocated (o, 1) and GetRegisterStackIndex (o, 1) < firstArg)
_       (PreserveRegisterIfOccupied (o, c_m3Type_f64));
`,
  },
  {
    file: "m3_exec.h",
    why: "so the call need not keep them",
    find: `    m3ret_t r = Call (callPC, sp, _mem, d_m3OpDefaultArgs);
    _mem = memory->mallocated;
`,
    put: `    m3stack_t own = _sp;
    _sp = sp;
    m3ret_t r = Call (callPC, d_m3OpArgs);
    _sp = own;
    _mem = memory->mallocated;
    d_m3ClearRegisters
`,
  },
  {
    file: "m3_exec.h",
    why: "the same in an indirect call",
    find: `                    r = Call (function->compiled, sp, _mem, d_m3OpDefaultArgs);
                    _mem = memory->mallocated;
`,
    put: `                    m3stack_t own = _sp;
                    _sp = sp;
                    r = Call (function->compiled, d_m3OpArgs);
                    _sp = own;
                    _mem = memory->mallocated;
                    d_m3ClearRegisters
`,
  },
];

export const fast = [...frames, ...bounds, ...slots, ...calls, ...registers, ...copies];
