# The portable host: one list for ESP-IDF, the PC and the bare-metal bench.
set(WASMOTE_HOST_SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/src/app_runner.c
    ${CMAKE_CURRENT_LIST_DIR}/src/config_image.c
    ${CMAKE_CURRENT_LIST_DIR}/src/crc32.c
    ${CMAKE_CURRENT_LIST_DIR}/src/engine_memory.c
    ${CMAKE_CURRENT_LIST_DIR}/src/engine_wasm3.c
    ${CMAKE_CURRENT_LIST_DIR}/src/guest_memory.c
    ${CMAKE_CURRENT_LIST_DIR}/src/import_app.c
    ${CMAKE_CURRENT_LIST_DIR}/src/import_clock.c
    ${CMAKE_CURRENT_LIST_DIR}/src/import_flash.c
    ${CMAKE_CURRENT_LIST_DIR}/src/import_io.c
    ${CMAKE_CURRENT_LIST_DIR}/src/import_link.c
    ${CMAKE_CURRENT_LIST_DIR}/src/import_net.c
    ${CMAKE_CURRENT_LIST_DIR}/src/import_sys.c
    ${CMAKE_CURRENT_LIST_DIR}/src/import_update.c
    ${CMAKE_CURRENT_LIST_DIR}/src/link.c
    ${CMAKE_CURRENT_LIST_DIR}/src/manifest.c
    ${CMAKE_CURRENT_LIST_DIR}/src/module_check.c
    ${CMAKE_CURRENT_LIST_DIR}/src/module_link.c
    ${CMAKE_CURRENT_LIST_DIR}/src/module_view.c
    ${CMAKE_CURRENT_LIST_DIR}/src/position.c
    ${CMAKE_CURRENT_LIST_DIR}/src/runtime.c
    ${CMAKE_CURRENT_LIST_DIR}/src/status.c
    ${CMAKE_CURRENT_LIST_DIR}/src/syscall.c
    ${CMAKE_CURRENT_LIST_DIR}/src/trap.c
    ${CMAKE_CURRENT_LIST_DIR}/src/wasm_reader.c
    ${CMAKE_CURRENT_LIST_DIR}/update/firmware_image.c
    ${CMAKE_CURRENT_LIST_DIR}/update/package.c
    ${CMAKE_CURRENT_LIST_DIR}/update/slot_log.c
    ${CMAKE_CURRENT_LIST_DIR}/update/update.c
    ${CMAKE_CURRENT_LIST_DIR}/update/update_check.c
    ${CMAKE_CURRENT_LIST_DIR}/update/update_firmware.c
    ${CMAKE_CURRENT_LIST_DIR}/update/update_load.c
    ${CMAKE_CURRENT_LIST_DIR}/update/update_trial.c
    ${CMAKE_CURRENT_LIST_DIR}/update/update_verify.c)
set(WASMOTE_HOST_INCLUDE ${CMAKE_CURRENT_LIST_DIR}/include ${CMAKE_CURRENT_LIST_DIR}/update)
# For the backends that have Mbed TLS: no part of the host.
set(WASMOTE_UPDATE_PSA ${CMAKE_CURRENT_LIST_DIR}/update/update_psa.c)
