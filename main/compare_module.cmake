# cmake -DNAME=app -DEMBEDDED=copy -DMODULE=original -P compare_module.cmake
# cmake -DNAME=full-plain -DTRANSLATED=glue.c -DMODULE=original -P compare_module.cmake
# Ends with an error unless the module in the firmware, or the one that its C was made from, is the one that the simulator runs.
if(TRANSLATED)
    file(READ ${TRANSLATED} glue LIMIT 400)
    string(REGEX MATCH "SHA-256 ([0-9a-f]+)" noted "${glue}")
    set(embedded "${CMAKE_MATCH_1}")
else()
    file(SHA256 ${EMBEDDED} embedded)
endif()
file(SHA256 ${MODULE} original)
if(NOT embedded STREQUAL original)
    message(FATAL_ERROR "${NAME}: the firmware carries ${embedded}, but ${MODULE} is ${original} now. "
                        "It was built again meanwhile: run idf.py build once more.")
endif()
message(STATUS "${NAME}.wasm SHA-256 ${embedded}, as in the simulator")
