/*
 * A whole board: boot loader, updates, both modules, one socket to the cloud. Its flash is nor.h's; its time goes on over resets.
 */
#ifndef WASMOTE_FAULTS_UPDATE_BOARD_H
#define WASMOTE_FAULTS_UPDATE_BOARD_H

#include "boot_loader.h"
#include "cloud.h"
#include "nor.h"
#include "update.h"

/** Parts that are broken on purpose: each must be found. */
typedef enum {
    BROKEN_NOTHING = 0,
    BROKEN_FLASH = 1,   /* the flash says done before it is */
    BROKEN_CONFIRM = 2, /* so does the boot loader, of a confirmation */
    BROKEN_LOG = 3,     /* the log of the slots is erased before the next entry is written */
    BROKEN_VARIANTS = 4
} broken_t;

typedef struct {
    const engine_t *engine;
    const uint8_t *kernel;
    size_t kernel_len;
    const uint8_t *app; /* embedded */
    size_t app_len;
    const uint8_t *config; /* image of the partition */
    size_t config_len;
    const uint8_t *key;
    broken_t broken;
    bool is_traced; /* the log goes to standard error */
} board_config_t;

enum { BOARD_WHY_BYTES = 256 };

/** What a board did: whatever is in `why` is a fault. */
typedef struct {
    bool is_accepted[CLOUD_READINGS_MAX]; /* as STORED */
    uint32_t accepted;
    uint32_t boots;
    uint32_t restarts; /* that it asked for */
    bool has_second;   /* the second app was confirmed: the first may not come back */
    bool has_firmware; /* so was the firmware */
    char why[BOARD_WHY_BYTES];
} board_t;

extern board_t board;

/** A new board, with the app and firmware "1.0" that it leaves the factory with. */
void board_make(const board_config_t *config);

/** Lives until the last package has come to its end and every reading that was accepted has arrived, over all resets. */
void board_live(void);

#endif
