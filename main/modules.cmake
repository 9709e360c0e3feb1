# Kernel and app for the firmware: built by the toolchain of `npm run build`, into the same files that the simulator runs, at every
# build; what has not changed is not built again.

include(${CMAKE_CURRENT_LIST_DIR}/../host/kernel.cmake)

# Embeds a module, read from mapped flash; the build ends with an error where it is not, byte for byte, the file of the toolchain.
function(wasmote_embed_module name module)
    set(copy ${CMAKE_CURRENT_BINARY_DIR}/${name}.wasm)
    add_custom_command(OUTPUT ${copy}
        COMMAND ${CMAKE_COMMAND} -E copy ${module} ${copy}
        DEPENDS ${module} wasmote_modules VERBATIM)
    target_add_binary_data(${COMPONENT_LIB} ${copy} BINARY)
    add_custom_target(wasmote_compare_${name}
        COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DEMBEDDED=${copy} -DMODULE=${module}
            -P ${COMPONENT_DIR}/compare_module.cmake
        DEPENDS ${copy} VERBATIM)
    add_dependencies(${COMPONENT_LIB} wasmote_compare_${name})
endfunction()

# The kernel as C, in a library of its own: its warnings and floating-point rules are host/aot's.
function(wasmote_link_aot_kernel kernel folder)
    add_library(wasmote_host INTERFACE)
    target_link_libraries(wasmote_host INTERFACE idf::host)
    set(WASMOTE_AOT_OPTIMIZE -Os CACHE STRING "Of the kernel compiled ahead of time")
    include(${WASMOTE_ROOT}/host/aot/aot.cmake)
    wasmote_aot_library(wasmote_kernel ${folder} ${kernel})
    add_dependencies(wasmote_kernel wasmote_modules)
    add_dependencies(wasmote_kernel_translated wasmote_modules)
    string(REGEX REPLACE "[^A-Za-z0-9_]" "_" id ${kernel})
    add_custom_target(wasmote_compare_kernel
        COMMAND ${CMAKE_COMMAND} -DNAME=${kernel} -DTRANSLATED=${folder}/${id}_module.c
            -DMODULE=${WASMOTE_ROOT}/build/kernel/${kernel}.wasm -P ${COMPONENT_DIR}/compare_module.cmake
        DEPENDS wasmote_modules VERBATIM)
    add_dependencies(${COMPONENT_LIB} wasmote_compare_kernel)
    target_include_directories(${COMPONENT_LIB} PRIVATE ${WASMOTE_ROOT}/host/aot)
    target_link_libraries(${COMPONENT_LIB} PRIVATE wasmote_kernel)
endfunction()

# The public keys of updates as C, and the name that packages of this app have.
function(wasmote_update_keys)
    get_filename_component(root ${COMPONENT_DIR}/.. ABSOLUTE)
    find_program(NODE_PROGRAM node REQUIRED)
    wasmote_setting(app WASMOTE_APP)
    get_filename_component(app_name ${app} NAME)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/update_keys.c)
    set(arguments --key-source ${source})
    if(CONFIG_WASMOTE_UPDATE_KEY)
        list(APPEND arguments --key ${CONFIG_WASMOTE_UPDATE_KEY})
    endif()
    if(CONFIG_WASMOTE_UPDATE_NEXT_KEY)
        list(APPEND arguments --next-key ${CONFIG_WASMOTE_UPDATE_NEXT_KEY})
    endif()
    if(CONFIG_WASMOTE_RELEASE)
        list(APPEND arguments --release)
    endif()
    execute_process(COMMAND ${NODE_PROGRAM} ${root}/toolchain/run.mjs sign ${arguments}
        WORKING_DIRECTORY ${root} RESULT_VARIABLE result ERROR_VARIABLE error)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${error}")
    endif()
    target_sources(${COMPONENT_LIB} PRIVATE ${source})
    target_compile_definitions(${COMPONENT_LIB} PRIVATE WASMOTE_APP_NAME="${app_name}")
endfunction()

function(wasmote_build_modules)
    get_filename_component(WASMOTE_ROOT ${COMPONENT_DIR}/.. ABSOLUTE)
    find_program(NODE_PROGRAM node REQUIRED) # components/wasm3 has said so where it is missing
    wasmote_setting(kernel WASMOTE_KERNEL)
    wasmote_setting(app WASMOTE_APP)
    if(CONFIG_WASMOTE_ENGINE_WASM3)
        set(engine wasm3)
    else()
        set(engine aot)
    endif()
    get_filename_component(app_folder ${app} ABSOLUTE BASE_DIR ${WASMOTE_ROOT})
    if(NOT EXISTS ${app_folder}/app.ts)
        message(FATAL_ERROR "WASMOTE_APP: found ${app}, expected a folder with app.ts, such as examples/telemetry")
    endif()
    get_filename_component(app_name ${app_folder} NAME)
    set(kernel_module ${WASMOTE_ROOT}/build/kernel/${kernel}.wasm)
    set(app_module ${WASMOTE_ROOT}/build/apps/${app_name}.wasm)
    set(aot_folder ${WASMOTE_ROOT}/build/aot/${kernel})
    set(products ${kernel_module} ${app_module})
    if(engine STREQUAL "aot")
        string(REGEX REPLACE "[^A-Za-z0-9_]" "_" id ${kernel})
        foreach(file aot_shims.c aot_shims.h aot_modules.c ${id}.c ${id}.h ${id}_module.c)
            list(APPEND products ${aot_folder}/${file})
        endforeach()
    endif()
    add_custom_target(wasmote_modules
        COMMAND ${NODE_PROGRAM} ${WASMOTE_ROOT}/toolchain/run.mjs build
            --app ${app_folder} --kernel ${kernel} --engine ${engine}
        BYPRODUCTS ${products}
        WORKING_DIRECTORY ${WASMOTE_ROOT} COMMENT "Kernel ${kernel} (${engine}) and app ${app}" VERBATIM)
    wasmote_embed_module(app ${app_module})
    if(engine STREQUAL "aot")
        wasmote_link_aot_kernel(${kernel} ${aot_folder})
    else()
        wasmote_embed_module(kernel ${kernel_module})
    endif()
endfunction()
