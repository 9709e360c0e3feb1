#include "guest_memory.h"
#include "import.h"

enum { GEOMETRY_BYTES = 12 };

/* Returns OK with the partition's geometry, INVALID for a number that is none, or the port's status. */
static int partition_geometry(const engine_call_t *call, platform_flash_geometry_t *geometry)
{
    const platform_flash_t *flash = &import_platform(call)->flash;
    int32_t partition = guest_i32(call, 0);
    if (partition < 0 || partition >= PLATFORM_PARTITION_COUNT) {
        return HOST_INVALID;
    }
    return flash->geometry(flash->ctx, partition, geometry);
}

/* The configuration is written by the provisioning command alone, the slots of apps by host/update. */
static bool is_writable(const engine_call_t *call)
{
    return guest_i32(call, 0) <= PLATFORM_PARTITION_STATE;
}

/* Returns true when [offset, offset + len) lies in the partition and both are multiples of unit. */
static bool is_range_valid(const platform_flash_geometry_t *geometry, uint32_t offset, uint32_t len, uint32_t unit)
{
    uint64_t size = (uint64_t)geometry->sector_bytes * geometry->sector_count;
    return (uint64_t)offset + len <= size && offset % unit == 0 && len % unit == 0;
}

const char *import_flash_geometry(engine_call_t *call)
{
    platform_flash_geometry_t geometry;
    if (guest_i32(call, 2) < GEOMETRY_BYTES) {
        return guest_return(call, HOST_INVALID);
    }
    int status = partition_geometry(call, &geometry);
    if (status >= 0) {
        uint8_t *dst = guest_memory_at(call, 1);
        guest_put_u32(dst, geometry.sector_bytes);
        guest_put_u32(dst + 4, geometry.sector_count);
        guest_put_u32(dst + 8, geometry.program_bytes);
    }
    return guest_return(call, status);
}

const char *import_flash_read(engine_call_t *call)
{
    const platform_flash_t *flash = &import_platform(call)->flash;
    uint32_t offset = (uint32_t)guest_i32(call, 1);
    uint32_t len = (uint32_t)guest_i32(call, 3);
    platform_flash_geometry_t geometry;
    int status = partition_geometry(call, &geometry);
    if (status < 0) {
        return guest_return(call, status);
    }
    if (!is_range_valid(&geometry, offset, len, 1)) {
        return guest_return(call, HOST_INVALID);
    }
    return guest_return(call, flash->read(flash->ctx, guest_i32(call, 0), offset, guest_memory_at(call, 2), len));
}

const char *import_flash_program(engine_call_t *call)
{
    const platform_flash_t *flash = &import_platform(call)->flash;
    uint32_t offset = (uint32_t)guest_i32(call, 1);
    uint32_t len = (uint32_t)guest_i32(call, 3);
    platform_flash_geometry_t geometry;
    int status = partition_geometry(call, &geometry);
    if (status < 0) {
        return guest_return(call, status);
    }
    if (!is_writable(call) || !is_range_valid(&geometry, offset, len, geometry.program_bytes)) {
        return guest_return(call, HOST_INVALID);
    }
    if (len == 0) {
        return guest_return(call, HOST_OK);
    }
    return guest_return(call, flash->program(flash->ctx, guest_i32(call, 0), offset, guest_memory_at(call, 2), len));
}

const char *import_flash_erase(engine_call_t *call)
{
    const platform_flash_t *flash = &import_platform(call)->flash;
    uint32_t sector = (uint32_t)guest_i32(call, 1);
    platform_flash_geometry_t geometry;
    int status = partition_geometry(call, &geometry);
    if (status < 0) {
        return guest_return(call, status);
    }
    if (!is_writable(call) || sector >= geometry.sector_count) {
        return guest_return(call, HOST_INVALID);
    }
    return guest_return(call, flash->erase(flash->ctx, guest_i32(call, 0), sector));
}

const char *import_flash_sync(engine_call_t *call)
{
    const platform_flash_t *flash = &import_platform(call)->flash;
    platform_flash_geometry_t geometry;
    int status = partition_geometry(call, &geometry);
    return guest_return(call, status < 0 ? status : flash->sync(flash->ctx, guest_i32(call, 0)));
}
