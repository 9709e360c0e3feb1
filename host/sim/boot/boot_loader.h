/*
 * The simulated boot loader: what ESP-IDF's does with app rollback, on the same two records of the partition `otadata`, over two
 * slots of firmware. A simulated firmware is an image as ESP-IDF builds it, of one segment that holds nothing but its description
 * and how it behaves: the simulator runs in its place.
 *
 * Each record is alone in its sector: u32 number, u8[20], u32 state, u32 CRC of the number. The highest number runs: slot
 * (number - 1) % 2. A new one is pending from its first start on; what is still pending at a start is aborted, and the other runs.
 */
#ifndef WASMOTE_SIM_BOOT_LOADER_H
#define WASMOTE_SIM_BOOT_LOADER_H

#include "firmware_image.h"
#include "update.h"

/** The chip that the simulator stands for: none of Espressif's. */
enum { BOOT_LOADER_CHIP = 0xFFFE };

/** What a simulated firmware does: for tests of its trial. */
typedef enum {
    BOOT_LOADER_GOOD = 0,
    BOOT_LOADER_TRAPS = 1, /* its kernel traps at its start */
    BOOT_LOADER_HANGS = 2, /* until the watchdog ends it */
    BOOT_LOADER_DEAF = 3   /* never gets a network link */
} boot_loader_behaviour_t;

enum { BOOT_LOADER_IMAGE_BYTES = 336, BOOT_LOADER_RECORD_BYTES = 32, BOOT_LOADER_RECORDS = 2 };

typedef struct {
    const platform_flash_t *flash;
    const update_crypto_t *crypto;
    int otadata; /* the number of its partition */
    slot_t slot; /* of the firmware that runs, NONE: none boots */
    char version[FIRMWARE_IMAGE_VERSION_BYTES + 1];
    boot_loader_behaviour_t behaviour;
} boot_loader_t;

/** A start: chooses the firmware. OK; CORRUPT where none of the two boots; IO. */
int boot_loader_start(boot_loader_t *loader, const platform_flash_t *flash, const update_crypto_t *crypto, int otadata);

/** What updates see of it. The loader must outlive it. */
update_boot_t boot_loader_port(boot_loader_t *loader);

/** Makes the image of a firmware. version: up to 24 characters. */
void boot_loader_image(const update_crypto_t *crypto, const char *version, uint16_t chip, boot_loader_behaviour_t behaviour,
                       uint8_t image[BOOT_LOADER_IMAGE_BYTES]);

/** What a cable does: writes a firmware into the first slot, and forgets the records. OK, IO. */
int boot_loader_flash(const platform_flash_t *flash, const update_crypto_t *crypto, int otadata, const char *version);

#endif
