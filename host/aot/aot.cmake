# The ahead-of-time engine as a library: our run time, and kernels that toolchain/aot has written as C.

# Nested calls of functions that come back to themselves, few enough for the stack of a task on a chip. All others do not count: what
# they can take is bounded when the kernel is translated (toolchain/aot/callDepth.ts).
set(WASMOTE_AOT_CALL_DEPTH 28)
set(WASMOTE_AOT_OPTIMIZE -O2 CACHE STRING "For speed on a PC; a chip wants -Os")

# wasmote_aot_library(<target> <folder with the generated C> <name>...)
function(wasmote_aot_library target folder)
    set(aot_dir ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
    set(translated)
    set(glue ${folder}/aot_shims.c ${folder}/aot_modules.c)
    foreach(name ${ARGN})
        string(REGEX REPLACE "[^A-Za-z0-9_]" "_" id ${name})
        list(APPEND translated ${folder}/${id}.c)
        list(APPEND glue ${folder}/${id}_module.c)
    endforeach()

    # The translator's own warnings: code it did not need to write, and what follows from its macros.
    # Its numbers: no fused multiply-add, rounding and NaNs as WebAssembly has them.
    add_library(${target}_translated OBJECT ${translated})
    target_compile_options(${target}_translated PRIVATE -Wall -Wextra -Werror -Wno-unused -Wno-unused-parameter
        ${WASMOTE_AOT_OPTIMIZE} -ffp-contract=off -frounding-math -fsignaling-nans)
    add_library(${target} STATIC ${aot_dir}/wasm_rt.c ${aot_dir}/../src/engine_aot.c ${glue} $<TARGET_OBJECTS:${target}_translated>)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Werror ${WASMOTE_AOT_OPTIMIZE})
    foreach(each ${target} ${target}_translated)
        target_include_directories(${each} PRIVATE ${folder} ${aot_dir} ${aot_dir}/../src ${aot_dir}/../include)
        target_compile_definitions(${each} PRIVATE
            WASM_RT_MEMCHECK_SIGNAL_HANDLER=0 WASM_RT_MAX_CALL_STACK_DEPTH=${WASMOTE_AOT_CALL_DEPTH})
    endforeach()
    target_compile_definitions(${target}_translated PRIVATE NDEBUG) # it asserts that a run time with a start was started
    target_link_libraries(${target} PUBLIC wasmote_host)
endfunction()
