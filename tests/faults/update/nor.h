/*
 * The board's flash, in memory: partitions of a few sectors, NOR rules, and a power cut in any program or erase.
 */
#ifndef WASMOTE_FAULTS_UPDATE_NOR_H
#define WASMOTE_FAULTS_UPDATE_NOR_H

#include "platform.h"

/** Beside the partitions of the port: the boot loader's records. */
enum { NOR_OTADATA = PLATFORM_PARTITION_COUNT, NOR_PARTITIONS };
enum { NOR_SECTOR_BYTES = 4096, NOR_UNIT_BYTES = 16, NOR_SECTORS_MAX = 16 };

/** What is left of the operation in which the power fails. */
typedef enum { CUT_BEFORE, CUT_TORN, CUT_AFTER, CUT_FORMS } cut_form_t;

typedef struct {
    uint8_t bytes[NOR_PARTITIONS][NOR_SECTORS_MAX * NOR_SECTOR_BYTES];
    uint8_t is_programmed[NOR_PARTITIONS][NOR_SECTORS_MAX * NOR_SECTOR_BYTES / NOR_UNIT_BYTES];
    uint32_t operations; /* programs and erases so far */
    uint32_t cut_at;     /* of them, the one in which the power fails; 0: none */
    cut_form_t cut_form;
    uint32_t seed; /* of what a torn one leaves */
    bool is_off;
    bool is_twice; /* a unit was programmed twice: a fault of the code */
    bool is_lying; /* a fault of the flash: says done, and forgets what it was told last when the power fails */
    struct {
        int partition;
        uint32_t offset;
        uint32_t len;
    } cached; /* by such a flash */
    /** Asked before each operation whether the power fails in it. */
    bool (*is_cut)(uint32_t operation, cut_form_t *form);
} nor_t;

extern nor_t nor;
extern const platform_flash_t nor_port;

void nor_init(void);
void nor_power_on(void);

#endif
