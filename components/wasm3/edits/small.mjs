/** What takes flash or RAM without need. The form of an edit: index.mjs. */

/**
 * A float becomes an integer in one function for all: without a floating point unit each of the 64 operations is
 * half a dozen calls otherwise, 11 KB in all. An f32 is exact as f64, and so are its bounds.
 */
const truncation = [
  {
    file: "m3_math_utils.h",
    why: "one function that truncates",
    find: `#define OP_TRUNC(RES, A, TYPE, RMIN, RMAX)                  \\
    if (M3_UNLIKELY(isnan(A))) {                               \\
        newTrap (m3Err_trapIntegerConversion);              \\
    }                                                       \\
    if (M3_UNLIKELY(A <= RMIN or A >= RMAX)) {                 \\
        newTrap (m3Err_trapIntegerOverflow);                \\
    }                                                       \\
    RES = (TYPE)A;

`,
    put: `#define d_m3IntegerKind(TYPE)       ((sizeof (TYPE) == 8) * 2 + ((TYPE) -1 > 0))

// the nearest number of the kind, 0 for none; a trap when the value does not fit
static M3_NOINLINE
M3Result  TruncateFloat  (u64 * o_whole, double i_value, u32 i_kind)
{
    static const double under [] = { -2147483649.0, -1.0, -9223372036854777856.0, -1.0 };
    static const double over [] = { 2147483648.0, 4294967296.0, 9223372036854775808.0, 18446744073709551616.0 };
    static const u64 least [] = { (u64) INT32_MIN, 0, (u64) INT64_MIN, 0 };
    static const u64 most [] = { INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX };

    if (not (i_value > under [i_kind]))
    {
        bool isNumber = i_value <= under [i_kind];
        * o_whole = isNumber ? least [i_kind] : 0;
        return isNumber ? m3Err_trapIntegerOverflow : m3Err_trapIntegerConversion;
    }
    if (i_value >= over [i_kind])
    {
        * o_whole = most [i_kind];
        return m3Err_trapIntegerOverflow;
    }
    * o_whole = (i_kind & 1) ? (u64) i_value : (u64) (i64) i_value;
    return m3Err_none;
}

#define OP_TRUNC(RES, A, TYPE, RMIN, RMAX)                  \\
    u64 whole;                                              \\
    m3ret_t trap = TruncateFloat (& whole, A, d_m3IntegerKind (TYPE)); \\
    if (M3_UNLIKELY(trap)) newTrap (trap);                  \\
    RES = (TYPE) whole;

`,
  },
  {
    file: "m3_math_utils.h",
    why: "and one that saturates",
    find: `    if (M3_UNLIKELY(isnan(A))) {                               \\
        RES = 0;                                            \\
    } else if (M3_UNLIKELY(A <= RMIN)) {                       \\
        RES = IMIN;                                         \\
    } else if (M3_UNLIKELY(A >= RMAX)) {                       \\
        RES = IMAX;                                         \\
    } else {                                                \\
        RES = (TYPE)A;                                      \\
    }
`,
    put: `    u64 whole;                                              \\
    TruncateFloat (& whole, A, d_m3IntegerKind (TYPE));     \\
    RES = (TYPE) whole;
`,
  },
];

/** What the compiler works in, 1.2 KB, lives while a function is compiled, not as long as its module. */
const compilation = [
  {
    file: "m3_env.h",
    why: "the compiler's state is no part of the runtime",
    find: "    M3Compilation           compilation;\n\n",
    put: "",
  },
  {
    file: "m3_compile.c",
    why: "it is made for a function",
    find: `    IM3Compilation o = & runtime->compilation;                      d_m3Assert (d_m3MaxFunctionSlots >= d_m3MaxFunctionStackHeight * (d_m3Use32BitSlots + 1))  // need twice as many slots in 32-bit mode
    memset (o, 0x0, sizeof (M3Compilation));
`,
    put: `    IM3Compilation o = m3_AllocStruct (M3Compilation);              d_m3Assert (d_m3MaxFunctionSlots >= d_m3MaxFunctionStackHeight * (d_m3Use32BitSlots + 1))  // need twice as many slots in 32-bit mode
    if (not o) return m3Err_mallocFailed;
`,
  },
  {
    file: "m3_compile.c",
    why: "and freed with it",
    find: `} _catch:

    ReleaseCompilationCodePage (o);

    return result;
`,
    put: `} _catch:

    ReleaseCompilationCodePage (o);
    m3_Free (o);

    return result;
`,
  },
  {
    file: "m3_env.c",
    why: "an expression has its own",
    find: "    IM3Compilation o = & runtime.compilation;\n",
    put: `    M3Compilation compilation;
    M3_INIT (compilation);
    IM3Compilation o = & compilation;
`,
  },
];

/**
 * One page is filled at a time. A block of `else` stands behind its `if`, which jumps over it, and what a branch table needs on its
 * way stands behind the table: both took pages of their own, which stayed half empty.
 */
const onePage = [
  {
    file: "m3_compile.c",
    why: "the end of the if jumps over the else",
    find: `    IM3CodePage savedPage = o->page;
_try {

    IM3CodePage elsePage;
_   (AcquireCompilationCodePage (o, & elsePage));

    * o_startPC = GetPagePC (elsePage);

    o->page = elsePage;

_   (CompileBlock (o, i_blockType, c_waOp_else));

_   (EmitOp (o, op_Branch));
    EmitPointer (o, GetPagePC (savedPage));
} _catch:
    if(o->page != savedPage) {
        ReleaseCompilationCodePage (o);
    }
    o->page = savedPage;
    return result;
`,
    put: `_try {

_   (EmitOp (o, op_Branch));
    pc_t * endPC = (pc_t *) ReservePointer (o);

    * o_startPC = GetPC (o);

_   (CompileBlock (o, i_blockType, c_waOp_else));

    * endPC = GetPC (o);
} _catch:
    return result;
`,
  },
  {
    file: "m3_compile.c",
    why: "the whole table first",
    find: `    IM3CodePage continueOpPage = NULL;

    ++targetCount; // include default
`,
    put: `    ++targetCount; // include default
    pc_t * entry = (pc_t *) GetPC (o);
    for (u32 i = 0; i < targetCount; ++i)
        EmitPointer (o, NULL);

`,
  },
  {
    file: "m3_compile.c",
    why: "an entry points to where its branch goes, where nothing is carried there; else to what follows the table",
    find: `        // TODO: don't need codepage rigmarole for
        // no-param forward-branch targets

_       (AcquireCompilationCodePage (o, & continueOpPage));

        pc_t startPC = GetPagePC (continueOpPage);
        IM3CodePage savedPage = o->page;
        o->page = continueOpPage;

`,
    put: `        bool isPlain = scope->opcode != c_waOp_loop and scope->depth != 0 and GetFuncTypeNumResults (scope->type) == 0;
        if (isPlain and not IsStackPolymorphic (o))
        {
            * entry = scope->patches;
            scope->patches = (pc_t) entry++;
            continue;
        }

        * entry++ = GetPC (o);

`,
  },
  {
    file: "m3_compile.c",
    why: "no page to give back",
    find: `        ReleaseCompilationCodePage (o);     // FIX: continueOpPage can get lost if thrown
        o->page = savedPage;

        EmitPointer (o, startPC);
`,
    put: "",
  },
];

/**
 * Code pages are as large as half of what is left to compile will be, up to 4 KB: a page that follows
 * another costs some 50 bytes for the way there, and the last one is mostly empty if it is large.
 */
const pages = [
  {
    file: "m3_env.h",
    why: "what is left to compile",
    find: "\tu32\t\t\t\t\t\tnewCodePageSequence;\n",
    put: "    u32                     codeBytesLeft;  // of functions not compiled yet\n\tu32\t\t\t\t\t\tnewCodePageSequence;\n",
  },
  {
    file: "m3_env.c",
    why: "all at first",
    find: `M3Result  m3_CompileModule  (IM3Module io_module)
{
    M3Result result = m3Err_none;

`,
    put: `M3Result  m3_CompileModule  (IM3Module io_module)
{
    M3Result result = m3Err_none;

    for (u32 i = 0; i < io_module->numFunctions; ++i)
    {
        IM3Function f = & io_module->functions [i];
        if (f->wasm and not f->compiled)
            io_module->runtime->codeBytesLeft += (u32) (f->wasmEnd - f->wasm);
    }

`,
  },
  {
    file: "m3_compile.c",
    why: "less with each function",
    find: "    // skip over code size. the end was already calculated during parse phase\n",
    put: `    u32 codeBytes = (u32) (o->wasmEnd - o->wasm);
    runtime->codeBytesLeft -= M3_MIN (runtime->codeBytesLeft, codeBytes / 2);

    // skip over code size. the end was already calculated during parse phase
`,
  },
  {
    file: "m3_compile.c",
    why: "in two halves: a page begun inside is for the second",
    find: "    io_function->compiled = pc;\n",
    put: `    runtime->codeBytesLeft -= M3_MIN (runtime->codeBytesLeft, codeBytes - codeBytes / 2);
    io_function->compiled = pc;
`,
  },
  {
    file: "m3_code.c",
    why: "it decides",
    find: "    pageSize = (pageSize + (d_m3CodePageAlignSize-1)) & ~(d_m3CodePageAlignSize-1); // align\n",
    put: `    u32 wantedLines = M3_MIN (i_runtime->codeBytesLeft / 2, 1024);
    pageSize = M3_MAX (pageSize, wantedLines * sizeof (code_t));
    pageSize = (pageSize + (d_m3CodePageAlignSize-1)) & ~(d_m3CodePageAlignSize-1); // align
`,
  },
  {
    file: "m3_env.c",
    why: "data segments are copied once",
    find: "_   (InitDataSegments (memory, io_module));\n",
    put: `_   (InitDataSegments (memory, io_module));
    m3_Free (io_module->dataSegments);
    io_module->numDataSegments = 0;
`,
  },
];

export const small = [...truncation, ...compilation, ...onePage, ...pages];
