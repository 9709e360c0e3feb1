/* What the bench of the store embeds, as it would lie in flash. MODULES is the folder that holds it. */
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

    module records
    module documents
