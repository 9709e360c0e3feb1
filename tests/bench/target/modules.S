/* Modules as they would lie in flash. MODULES is the folder that holds them. */
    .macro module name
    .section .modules.\name, "a"
    .balign 8
    .globl module_\name
module_\name:
    .incbin "\name\().bin"
    .globl module_\name\()_end
module_\name\()_end:
    .byte 0
    .endm

    module kernel
    module reading
    module syscall
    module codec
    module config
    module web
