# cmake -DNAME=app -DEMBEDDED=copy -DMODULE=original -P compare_module.cmake
# Ends with an error unless the module in the firmware is the one that the simulator runs.
file(SHA256 ${EMBEDDED} embedded)
file(SHA256 ${MODULE} original)
if(NOT embedded STREQUAL original)
    message(FATAL_ERROR "${NAME}: the firmware carries ${embedded}, but ${MODULE} is ${original} now. "
                        "It was built again meanwhile: run idf.py build once more.")
endif()
message(STATUS "${NAME}.wasm SHA-256 ${embedded}, as in the simulator")
