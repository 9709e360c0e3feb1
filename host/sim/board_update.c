#include "board_update.h"

#include <string.h>

#include "events.h"
#include "update_psa.h"

/* What a board without any firmware in its flash gets, as by cable. */
#define BUILT_IN "0.0.0"

static int slot_of(int partition)
{
    return partition - PLATFORM_PARTITION_APP_A;
}

static int map(void *ctx, int partition, const uint8_t **bytes)
{
    board_update_t *self = ctx;
    const int status = flash_file_map(self->flash, partition, bytes);
    self->mapped[slot_of(partition)] = status < 0 ? NULL : *bytes;
    return status;
}

static void unmap(void *ctx, int partition)
{
    board_update_t *self = ctx;
    if (self->mapped[slot_of(partition)] != NULL) {
        flash_file_unmap(self->flash, partition, self->mapped[slot_of(partition)]);
        self->mapped[slot_of(partition)] = NULL;
    }
}

/* The file's name without folder and ending, as the toolchain names packages. */
static void name_of(const char *path, char name[PACKAGE_NAME_BYTES + 1])
{
    const char *slash = strrchr(path, '/');
    const char *start = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(start, '.');
    const size_t len = dot != NULL ? (size_t)(dot - start) : strlen(start);
    const size_t kept = len < PACKAGE_NAME_BYTES ? len : PACKAGE_NAME_BYTES;
    memcpy(name, start, kept);
    name[kept] = '\0';
}

/* Chooses the firmware. False: there is none, and so no updates of it. */
static bool start_firmware(board_update_t *self, const platform_t *platform, world_t *world)
{
    const int otadata = FLASH_PARTITION_OTADATA;
    int status = boot_loader_start(&self->loader, &platform->flash, &update_psa, otadata);
    if (status == HOST_CORRUPT && boot_loader_flash(&platform->flash, &update_psa, otadata, BUILT_IN) == HOST_OK) {
        status = boot_loader_start(&self->loader, &platform->flash, &update_psa, otadata);
    }
    if (status < 0) {
        event_error("boot loader: %s", host_status_name(status));
        return false;
    }
    bool is_trial;
    self->port.boot = boot_loader_port(&self->loader);
    self->port.boot.running(&self->loader, &is_trial);
    const int32_t now = (int32_t)self->loader.slot * 2 + is_trial;
    const int32_t before = WORLD_GET(world->firmware);
    WORLD_SET(world->firmware, now);
    if (now != (before != 0 ? before : SLOT_A * 2)) {
        event_t event;
        event_begin(&event, "firmware-chosen");
        event_text(&event, "slot", self->loader.slot == SLOT_A ? "a" : "b");
        event_text(&event, "version", self->loader.version);
        event_bool(&event, "trial", is_trial);
        event_emit(&event);
    }
    return true;
}

/* Tells which app runs from here on. */
static void tell(board_update_t *self)
{
    static const char *const slots[] = { "embedded", "a", "b" };
    size_t len;
    const uint8_t *app = update_app(&self->update, &len);
    if (app == self->told) {
        return;
    }
    self->told = app;
    event_t event;
    event_begin(&event, "app-chosen");
    event_text(&event, "slot", app == NULL ? "none" : slots[self->update.slot]);
    event_text(&event, "version", self->update.running.version);
    event_bool(&event, "trial", update_phase(&self->update, PACKAGE_APP) == UPDATE_TRIAL);
    event_emit(&event);
}

void board_update_open(board_update_t *self, const platform_t *platform, flash_file_t *flash, const options_t *options,
                       world_t *world, const uint8_t *app, size_t app_len)
{
    *self = (board_update_t){
        .port = { .map = { self, map, unmap }, .crypto = update_psa },
        .flash = flash,
        .told = app,
    };
    name_of(options->app_path, self->name);
    const bool has_firmware = options->update_key_count > 0 && start_firmware(self, platform, world);
    const update_config_t config = {
        .platform = platform,
        .port = &self->port,
        .keys = { options->update_key_count > 0 ? options->update_keys[0] : NULL,
                  options->update_key_count > 1 ? options->update_keys[1] : NULL },
        .name = self->name,
        .firmware_version = has_firmware ? self->loader.version : NULL,
        .embedded = app,
        .embedded_len = app_len,
    };
    update_open(&self->update, &config);
    tell(self);
}

int board_update_round(board_update_t *self, runtime_t *runtime)
{
    const int wait_ms = update_round(&self->update, runtime);
    tell(self);
    return wait_ms;
}
