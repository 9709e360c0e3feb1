#include "update_idf.h"

#include "boot_idf.h"
#include "update_psa.h"

static int map(void *ctx, int partition, const uint8_t **bytes)
{
    return flash_partition_map(ctx, partition, bytes);
}

static void unmap(void *ctx, int partition)
{
    flash_partition_unmap(ctx, partition);
}

update_port_t update_idf_port(flash_partition_t *flash)
{
    return (update_port_t){ .map = { flash, map, unmap }, .crypto = update_psa, .boot = boot_idf_port(flash) };
}
