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

/**
 * Functions and globals go by their numbers, which the host finds in the module itself (host/src/module_link.c): no name is
 * copied. Of a function that leaves 28 bytes of 68.
 */
const names = [
  {
    file: "m3_function.h",
    why: "no names; what compiling alone needs shares its room with what running needs, or is not kept",
    find: `    M3ImportInfo            import;

    bytes_t                 wasm;
    bytes_t                 wasmEnd;

    cstr_t                  names[d_m3MaxDuplicateFunctionImpl];
    cstr_t                  export_name;                            // should be a part of "names"
    u16                     numNames;                               // maximum of d_m3MaxDuplicateFunctionImpl

`,
    put: `    union
    {
        bytes_t             wasm;                                   // until it is compiled
        void *              constants;                              // from then on
    };
    bytes_t                 wasmEnd;

`,
  },
  {
    file: "m3_function.h",
    why: "the same at its end",
    find: `    u16                     numRetSlots;
    u16                     numRetAndArgSlots;

    u16                     numLocals;                              // not including args
    u16                     numLocalBytes;

    bool                    ownsWasmCode;

    u16                     numConstantBytes;
    void *                  constants;
}
`,
    put: `    u16                     numRetAndArgSlots;

    u16                     numLocalBytes;

    u16                     numConstantBytes;
}
`,
  },
  {
    file: "m3_function.c",
    why: "nothing of a function is freed by itself: the instance's memory goes as a whole",
    find: `    m3_Free (i_function->constants);

    for (int i = 0; i < i_function->numNames; i++)
    {
        // name can be an alias of fieldUtf8
        if (i_function->names[i] != i_function->import.fieldUtf8)
        {
            m3_Free (i_function->names[i]);
        }
    }

    FreeImportInfo (& i_function->import);

    if (i_function->ownsWasmCode)
        m3_Free (i_function->wasm);

`,
    put: "",
  },
  {
    file: "m3_function.c",
    why: "nobody has a name",
    find: `    u16 numNames = 0;
    cstr_t *names = GetFunctionNames(i_function, &numNames);
    if (numNames > 0)
        return names[0];
    else
        return "<unnamed>";
`,
    put: `    return "<unnamed>";
`,
  },
  {
    file: "m3_function.c",
    why: "the same",
    find: `    if (!i_function || !o_numNames)
        return NULL;

    if (i_function->import.fieldUtf8)
    {
        *o_numNames = 1;
        return &i_function->import.fieldUtf8;
    }
    else
    {
        *o_numNames = i_function->numNames;
        return i_function->names;
    }
`,
    put: `    *o_numNames = 0;
    return NULL;
`,
  },
  {
    file: "m3_function.c",
    why: "the same",
    find: `    return (i_function->import.moduleUtf8) ? i_function->import.moduleUtf8 : "";
`,
    put: `    return "";
`,
  },
  {
    file: "m3_function.c",
    why: "the compiler knows its own locals",
    find: "        return i_function->numLocals + GetFunctionNumArgs (i_function);\n",
    put: "        return GetFunctionNumArgs (i_function);\n",
  },
  {
    file: "m3_compile.c",
    why: "arguments and locals lie below the first value of the stack",
    times: 3,
    find: "GetFunctionNumArgsAndLocals (o->function)",
    put: "o->stackFirstDynamicIndex",
  },
  {
    file: "m3_compile.c",
    why: "their number is not kept",
    find: `    if (o->function)
        o->function->numLocals = numLocals;

`,
    put: "",
  },
  {
    file: "m3_compile.c",
    why: "nor that of the results' slots",
    find: "    o->function->numRetSlots = o->slotFirstDynamicIndex = numRetSlots;\n",
    put: "    o->slotFirstDynamicIndex = numRetSlots;\n",
  },
  {
    file: "m3_env.c",
    why: "nothing is found by name",
    find: `    // Prefer exported functions
    for (u32 i = 0; i < i_module->numFunctions; ++i)
    {
        IM3Function f = & i_module->functions [i];
        if (f->export_name and strcmp (f->export_name, i_name) == 0)
            return f;
    }

    // Search internal functions
    for (u32 i = 0; i < i_module->numFunctions; ++i)
    {
        IM3Function f = & i_module->functions [i];

        bool isImported = f->import.moduleUtf8 or f->import.fieldUtf8;

        if (isImported)
            continue;

        for (int j = 0; j < f->numNames; j++)
        {
            if (f->names [j] and strcmp (f->names [j], i_name) == 0)
                return f;
        }
    }

`,
    put: "",
  },
  {
    file: "m3_module.c",
    why: "an import has no name",
    find: `    if (i_importInfo and func->numNames == 0)
    {
        func->import = * i_importInfo;
        func->names[0] = i_importInfo->fieldUtf8;
        func->numNames = 1;
    }

`,
    put: "",
  },
  {
    file: "m3_parse.c",
    why: "names are stepped over",
    find: `M3Result  ParseSection_Import  (IM3Module io_module, bytes_t i_bytes, cbytes_t i_end)
{
`,
    put: `static
M3Result  Skip_utf8  (bytes_t * io_bytes, cbytes_t i_end)
{
    M3Result result;

    u32 numBytes;
_   (ReadLEB_u32 (& numBytes, io_bytes, i_end));
    _throwif (m3Err_wasmUnderrun, numBytes > (size_t) (i_end - * io_bytes));
    * io_bytes += numBytes;

    _catch: return result;
}


M3Result  ParseSection_Import  (IM3Module io_module, bytes_t i_bytes, cbytes_t i_end)
{
`,
  },
  {
    file: "m3_parse.c",
    why: "those of imports",
    find: `_       (Read_utf8 (& import.moduleUtf8, & i_bytes, i_end));
_       (Read_utf8 (& import.fieldUtf8, & i_bytes, i_end));
`,
    put: `_       (Skip_utf8 (& i_bytes, i_end));
_       (Skip_utf8 (& i_bytes, i_end));
`,
  },
  {
    file: "m3_parse.c",
    why: "those of exports",
    find: "_       (Read_utf8 (& utf8, & i_bytes, i_end));\n",
    put: "_       (Skip_utf8 (& i_bytes, i_end));\n",
  },
  {
    file: "m3_parse.c",
    why: "an exported function has none",
    find: `            IM3Function func = &(io_module->functions [index]);
            if (func->numNames < d_m3MaxDuplicateFunctionImpl)
            {
                func->names[func->numNames++] = utf8;
                func->export_name = utf8;
                utf8 = NULL; // ownership transferred to M3Function
            }
`,
    put: "",
  },
  {
    file: "m3_parse.c",
    why: "a device build has no section of names",
    find: `                if (index < io_module->numFunctions)
                {
                    IM3Function func = &(io_module->functions [index]);
                    if (func->numNames == 0)
                    {
                        func->names[0] = name;        m3log (parse, "    naming function%5d:  %s", index, name);
                        func->numNames = 1;
                        name = NULL; // transfer ownership
                    }
//                          else m3log (parse, "prenamed: %s", io_module->functions [index].name);
                }

`,
    put: "",
  },
  {
    file: "m3_parse.c",
    why: "custom sections are the host's affair (host/src/manifest.c)",
    find: "        ParseSection_Custom,    // 0\n",
    put: "        NULL,                   // 0\n",
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
 * Code pages are as large as what is left to compile, about three bytes for each of its own, up to 4 KB: a page that follows
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
    put: `    u32 wantedLines = M3_MIN (i_runtime->codeBytesLeft * 3 / 4, 1024);
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

export const small = [...truncation, ...names, ...compilation, ...onePage, ...pages];
