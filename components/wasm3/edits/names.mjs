/** Names and what else of a function is never asked for. The form of an edit: index.mjs. */

/**
 * Functions and globals go by their numbers, which the host finds in the module itself (host/src/module_link.c): no name is
 * copied. Of a function that leaves 28 bytes of 68.
 */
export const names = [
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
