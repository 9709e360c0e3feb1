/*
 * The firmware that runs, by the boot loader with app rollback: esp_ota_*. The slots themselves are written by esp_partition, as app
 * slots are, for a download must go on after a reset, and each call may erase one sector at most.
 */
#ifndef WASMOTE_BOOT_IDF_H
#define WASMOTE_BOOT_IDF_H

#include "flash_partition.h"
#include "update.h"

/** Returns the boot loader as updates see it: the slots are those of these partitions, which must outlive it. */
update_boot_t boot_idf_port(flash_partition_t *flash);

/** The version that the build gave this firmware (PROJECT_VER). */
const char *boot_idf_version(void);

/** For a kernel without updates: confirms the firmware that runs, so that no reset ends it. Only its first call does something. */
void boot_idf_confirm(void);

#endif
