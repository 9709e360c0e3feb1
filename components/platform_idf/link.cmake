# The network link of this build, before its options are known. Requirements are read in an early pass without options, and Wi-Fi
# requires binary libraries, which a firmware with Ethernet must not need. So the early pass reads what the options will be made from.

# Sets out to ethernet or wifi: by sdkconfig, or where there is none yet, by the last of the defaults that says something.
function(wasmote_link_by_files out)
    idf_build_get_property(sdkconfig SDKCONFIG)
    idf_build_get_property(defaults SDKCONFIG_DEFAULTS)
    idf_build_get_property(target IDF_TARGET)
    set(files ${sdkconfig})
    if(NOT EXISTS "${sdkconfig}")
        set(files)
        foreach(file ${defaults})
            list(APPEND files ${file} ${file}.${target})
        endforeach()
    endif()
    set(link wifi)
    foreach(file ${files})
        if(NOT EXISTS "${file}")
            continue()
        endif()
        file(STRINGS "${file}" lines REGEX "^(CONFIG_WASMOTE_LINK_ETHERNET|CONFIG_WASMOTE_LINK_WIFI)=y")
        foreach(line ${lines})
            set(link wifi)
            if(line MATCHES ETHERNET)
                set(link ethernet)
            endif()
        endforeach()
    endforeach()
    set(${out} ${link} PARENT_SCOPE)
endfunction()

# Ends with an error where the early pass was wrong: the options made since say it right the next time.
function(wasmote_check_link link)
    idf_build_get_property(components BUILD_COMPONENTS)
    if(link STREQUAL "wifi" AND NOT esp_wifi IN_LIST components)
        message(FATAL_ERROR "The options say Ethernet in their source and Wi-Fi in their result. Run the command again for Wi-Fi; "
                            "for Ethernet set CONFIG_ETH_USE_OPENETH or CONFIG_ETH_USE_ESP32_EMAC as well.")
    endif()
endfunction()
