/** What is wrong in wasm3, or in the way of a host that must stay in control. The form of an edit: index.mjs. */

/** Allocation goes through the engine, which frees an instance as a whole and knows what it holds. */
const allocator = [
  {
    file: "m3_core.c",
    why: "every allocation belongs to an instance: host/src/engine_memory.h",
    find: "    return calloc (i_size, 1);\n",
    put: "    return engine_memory_alloc (i_size);\n",
  },
  {
    file: "m3_core.c",
    why: "the same for free",
    find: "    free (io_ptr);\n",
    put: "    engine_memory_free (io_ptr);\n",
  },
  {
    file: "m3_core.c",
    why: "the same for realloc, which zeroes what it adds",
    find: `    void * newPtr = realloc (i_ptr, i_newSize);

    if (M3_LIKELY(newPtr))
    {
        if (i_newSize > i_oldSize) {
            memset ((u8 *) newPtr + i_oldSize, 0x0, i_newSize - i_oldSize);
        }
        return newPtr;
    }
    return NULL;
`,
    put: "    return engine_memory_realloc (i_ptr, i_oldSize, i_newSize);\n",
  },
  {
    file: "m3_core.c",
    why: "their declarations",
    find: '#include "m3_env.h"\n',
    put: `#include "m3_env.h"

void *  engine_memory_alloc  (size_t size);
void *  engine_memory_realloc  (void * block, size_t old_size, size_t size);
void  engine_memory_free  (void * block);
`,
  },
];

/** Out of memory while loading is an error, not a crash. */
const outOfMemory = [
  {
    file: "m3_core.c",
    why: "a name that could not be stored was taken for a stored one",
    find: "                    * o_utf8 = utf8;\n                }\n\n",
    put: "                    * o_utf8 = utf8;\n                }\n                else result = m3Err_mallocFailed;\n\n",
  },
  {
    file: "m3_module.c",
    why: "the count grew before the array did: m3_FreeModule then walked a NULL array",
    find: `    u32 index = io_module->numGlobals++;
    io_module->globals = m3_ReallocArray (M3Global, io_module->globals, io_module->numGlobals, index);
    _throwifnull (io_module->globals);
`,
    put: `    u32 index = io_module->numGlobals;
    M3Global * globals = m3_ReallocArray (M3Global, io_module->globals, index + 1, index);
    _throwifnull (globals);
    io_module->globals = globals;
    io_module->numGlobals = index + 1;
`,
  },
  {
    file: "m3_module.c",
    why: "the same for functions: Function_Release then read from NULL",
    find: `        io_module->functions = m3_ReallocArray (M3Function, io_module->functions, i_totalFunctions, io_module->allFunctions);
        io_module->allFunctions = i_totalFunctions;
        _throwifnull (io_module->functions);
`,
    put: `        M3Function * functions = m3_ReallocArray (M3Function, io_module->functions, i_totalFunctions, io_module->allFunctions);
        _throwifnull (functions);
        io_module->functions = functions;
        io_module->allFunctions = i_totalFunctions;
`,
  },
  {
    file: "m3_compile.c",
    why: "a page that could not be had was ignored, and code left out",
    find: "                EmitOp          (o, op);\n                EmitSlotOffset  (o, preservedSlotNumber);\n",
    put: "_               (EmitOp         (o, op));\n                EmitSlotOffset  (o, preservedSlotNumber);\n",
  },
  {
    file: "m3_compile.c",
    why: "the same in select",
    find: "    EmitOp (o, op);\n    for (u32 i = 0; i < 3; i++)\n",
    put: "_   (EmitOp (o, op));\n    for (u32 i = 0; i < 3; i++)\n",
  },
];

/** Memory and stack stay where the manifest puts them. */
const limits = [
  {
    file: "m3_env.c",
    why: "memory.grow under memoryLimit reported success and gave nothing",
    find: "        size_t numPageBytes = numPagesToAlloc * d_m3MemPageSize;\n",
    put: `        size_t numPageBytes = numPagesToAlloc * d_m3MemPageSize;

        _throwif (m3Err_wasmMemoryOverflow, io_runtime->memoryLimit and memory->mallocated);
`,
  },
  {
    file: "m3_exec.h",
    why: "the trap that follows a refused memory.grow should be told from others",
    find: "        if (r)\n            _r0 = -1;\n",
    put: `        if (r)
        {
            _r0 = -1;
            runtime->error.result = r;
        }
`,
  },
  {
    file: "m3_compile.c",
    why: "arguments are written above the frame before the callee checks the stack: they count towards this frame",
    find: "    u16 argTop = topSlot + (numArgs + numRets) * c_ioSlotCount;\n",
    put: `    u16 argTop = topSlot + (numArgs + numRets) * c_ioSlotCount;

    _throwif (m3Err_functionStackOverflow, argTop >= d_m3MaxFunctionSlots);
    TouchSlot (o, argTop);
`,
  },
];

/** A damaged module does not lead the compiler outside its tables. */
const malformed = [
  {
    file: "m3_compile.c",
    why: "a count near 2^32 wrapped the size of the page",
    find: "_   (ReadLEB_u32 (& targetCount, & o->wasm, o->wasmEnd));\n",
    put: `_   (ReadLEB_u32 (& targetCount, & o->wasm, o->wasmEnd));
    _throwif (m3Err_wasmUnderrun, targetCount >= (size_t) (o->wasmEnd - o->wasm));
`,
  },
  {
    file: "m3_compile.c",
    why: "a block with parameters (multi-value, which our compiler does not emit) in dead code frees slot -1",
    find: '        _throwif("func type out of bounds", type >= o->module->numFuncTypes);\n',
    put: `        _throwif("func type out of bounds", type >= o->module->numFuncTypes);
        _throwif("block with parameters", GetFuncTypeNumParams (o->module->funcTypes[type]));
`,
  },
  {
    file: "m3_compile.c",
    why: "a full stack was ignored while the results of a block were placed",
    find: "    // find slots for the results ----------------------------\n    PushBlockResults (o);\n",
    put: "    // find slots for the results ----------------------------\n_   (PushBlockResults (o));\n",
  },
];

/** Chips whose calls cannot be tail calls say so, for their compiler knows the attribute all the same. */
const chips = [
  {
    file: "m3_config_platforms.h",
    why: "GCC 15 offers musttail on Xtensa, where no windowed call is one: M3_HAS_TAIL_CALL=0 turns it off (CMakeLists.txt)",
    find: "# if M3_COMPILER_HAS_ATTRIBUTE(musttail)\n",
    put: "# if M3_COMPILER_HAS_ATTRIBUTE(musttail) && !(defined(M3_HAS_TAIL_CALL) && !M3_HAS_TAIL_CALL)\n",
  },
];

export const faults = [...allocator, ...outOfMemory, ...limits, ...malformed, ...chips];
