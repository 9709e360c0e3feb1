# What a firmware's build must know of its kernel: its name, and which rows of the app's wall it has no answer to.
set(WASMOTE_APP_ROWS ${CMAKE_CURRENT_LIST_DIR}/include/app_imports.def)

# Takes a setting from the command line (idf.py -DWASMOTE_KERNEL=...), else from menuconfig.
function(wasmote_setting out name)
    if(${name})
        set(${out} "${${name}}" PARENT_SCOPE)
    else()
        set(${out} "${CONFIG_${name}}" PARENT_SCOPE)
    endif()
endfunction()

# Returns a definition for each group of rows that a kernel of this name (<size>-<cloud>[-v5]) does not answer, for link.c.
function(wasmote_row_definitions out kernel)
    set(definitions "")
    string(REPLACE "-" ";" parts "${kernel}") # size, cloud
    list(GET parts 0 size)
    list(GET parts 1 cloud)
    file(STRINGS ${WASMOTE_APP_ROWS} groups REGEX "^ROWS_LEFT_OUT\\(")
    foreach(group IN LISTS groups)
        string(REGEX MATCH "^ROWS_LEFT_OUT\\((.*), .*, \"(.*)\"\\)$" matched "${group}")
        if(NOT matched)
            message(FATAL_ERROR "host/include/app_imports.def: found ${group}, expected ROWS_LEFT_OUT(GROUP, prefix, \"size, cloud\")")
        endif()
        string(REPLACE ", " ";" having "${CMAKE_MATCH_2}")
        list(FIND having "${size}" has_size)
        list(FIND having "${cloud}" has_cloud)
        if(has_size EQUAL -1 AND has_cloud EQUAL -1)
            list(APPEND definitions WASMOTE_ROWS_${CMAKE_MATCH_1}=0)
        endif()
    endforeach()
    set(${out} "${definitions}" PARENT_SCOPE)
endfunction()
