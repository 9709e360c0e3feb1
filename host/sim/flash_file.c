#include "flash_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "events.h"
#include "log.h"
#include "power_cut.h"

static const char *TAG = "flash";

static const uint8_t s_magic[8] = { 'W', 'M', 'N', 'F', 1, 0, 0, 0 };

/* Offsets and sizes of main/partitions.csv, in the order of PLATFORM_PARTITION_*. Of the slots of a firmware the beginning. */
static const struct {
    uint32_t offset;
    uint32_t bytes;
} s_partitions[FLASH_PARTITIONS] = {
    { 0x368000, 0x80000 },                       /* store */
    { 0x364000, 0x4000 },                        /* state */
    { FLASH_CONFIG_OFFSET, FLASH_CONFIG_BYTES }, /* config */
    { 0x320000, 0x20000 },                       /* app_a */
    { 0x340000, 0x20000 },                       /* app_b */
    { 0x3f8000, 0x2000 },                        /* slots */
    { 0x20000, FLASH_FIRMWARE_BYTES },           /* ota_0 */
    { 0x1a0000, FLASH_FIRMWARE_BYTES },          /* ota_1 */
    { 0xf000, 0x2000 },                          /* otadata */
};

typedef struct {
    uint8_t magic[8];
    uint64_t programs;
    uint64_t reserved;
    uint32_t erase_count[FLASH_SECTORS];
    uint8_t programmed[FLASH_PART_BYTES / FLASH_UNIT_BYTES / 8];
} side_table_t;

struct flash_file {
    int fd;
    world_t *world;
    bool is_unsynced;
    side_table_t *table; /* the file's tail, mapped: a change is in the file at once */
};

static int write_at(int fd, const uint8_t *src, size_t len, uint32_t offset)
{
    for (size_t done = 0; done < len;) {
        const ssize_t count = pwrite(fd, src + done, len - done, (off_t)(offset + done));
        if (count < 0 && errno != EINTR) {
            return HOST_IO;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return HOST_OK;
}

static int read_at(int fd, uint8_t *dst, size_t len, uint32_t offset)
{
    for (size_t done = 0; done < len;) {
        const ssize_t count = pread(fd, dst + done, len - done, (off_t)(offset + done));
        if (count == 0 || (count < 0 && errno != EINTR)) {
            return HOST_IO;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return HOST_OK;
}

static int report(const char *what, uint32_t at)
{
    sim_log(PLATFORM_LOG_ERROR, TAG, "%s at 0x%x: errno %d", what, (unsigned)at, errno);
    return HOST_IO;
}

/* Fills [from, to) of the part with 0xFF. */
static int blank(int fd, uint32_t from, uint32_t to)
{
    uint8_t erased[FLASH_SECTOR_BYTES];
    memset(erased, 0xff, sizeof erased);
    for (uint32_t at = from; at < to; at += FLASH_SECTOR_BYTES) {
        if (write_at(fd, erased, sizeof erased, at) < 0) {
            return HOST_IO;
        }
    }
    return HOST_OK;
}

/* A part as it leaves the factory, but for a config partition that was written into the file beforehand. */
static int format_part(int fd, off_t file_bytes)
{
    const uint32_t config_end = FLASH_CONFIG_OFFSET + FLASH_CONFIG_BYTES;
    const off_t config_bytes = file_bytes - FLASH_CONFIG_OFFSET;
    uint32_t kept = config_bytes <= 0 ? 0 : config_bytes > FLASH_CONFIG_BYTES ? FLASH_CONFIG_BYTES : (uint32_t)config_bytes;
    uint8_t config[FLASH_CONFIG_BYTES];
    memset(config, 0xff, sizeof config);
    if ((kept > 0 && read_at(fd, config, kept, FLASH_CONFIG_OFFSET) < 0) || blank(fd, 0, FLASH_CONFIG_OFFSET) < 0
        || write_at(fd, config, sizeof config, FLASH_CONFIG_OFFSET) < 0) {
        return HOST_IO;
    }
    return blank(fd, config_end, FLASH_PART_BYTES);
}

/* Brings file and table into being or checks that they are there. */
static int prepare(int fd, bool reset)
{
    uint8_t magic[sizeof s_magic];
    struct stat file;
    if (fstat(fd, &file) != 0) {
        return HOST_IO;
    }
    const off_t whole = FLASH_PART_BYTES + (off_t)sizeof(side_table_t);
    if ((reset || file.st_size < FLASH_PART_BYTES) && format_part(fd, file.st_size) < 0) {
        return HOST_IO;
    }
    const bool has_table = !reset && file.st_size >= whole && read_at(fd, magic, sizeof magic, FLASH_PART_BYTES) == HOST_OK
                           && memcmp(magic, s_magic, sizeof magic) == 0;
    if (has_table) {
        return HOST_OK;
    }
    if (ftruncate(fd, FLASH_PART_BYTES) != 0 || ftruncate(fd, whole) != 0) {
        return HOST_IO;
    }
    return write_at(fd, s_magic, sizeof s_magic, FLASH_PART_BYTES);
}

int flash_file_open(const char *path, bool reset, world_t *world, flash_file_t **out)
{
    flash_file_t *flash = calloc(1, sizeof *flash);
    if (flash == NULL) {
        return HOST_NO_MEMORY;
    }
    flash->world = world;
    flash->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (flash->fd >= 0 && prepare(flash->fd, reset) == HOST_OK) {
        flash->table = mmap(NULL, sizeof *flash->table, PROT_READ | PROT_WRITE, MAP_SHARED, flash->fd, FLASH_PART_BYTES);
        if (flash->table != MAP_FAILED) {
            *out = flash;
            return HOST_OK;
        }
    }
    const int cause = errno;
    if (flash->fd >= 0) {
        close(flash->fd);
    }
    free(flash);
    errno = cause;
    return HOST_IO;
}

void flash_file_close(flash_file_t *flash)
{
    munmap(flash->table, sizeof *flash->table);
    close(flash->fd);
    free(flash);
}

void flash_file_set_synced(flash_file_t *flash, bool is_synced)
{
    flash->is_unsynced = !is_synced;
}

int flash_file_geometry(void *ctx, int partition, platform_flash_geometry_t *out)
{
    (void)ctx;
    out->sector_bytes = FLASH_SECTOR_BYTES;
    out->sector_count = s_partitions[partition].bytes / FLASH_SECTOR_BYTES;
    out->program_bytes = FLASH_UNIT_BYTES;
    return HOST_OK;
}

int flash_file_read(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len)
{
    const flash_file_t *flash = ctx;
    const uint32_t at = s_partitions[partition].offset + offset;
    return read_at(flash->fd, dst, len, at) < 0 ? report("read failed", at) : HOST_OK;
}

static bool is_erased(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != 0xff) {
            return false;
        }
    }
    return true;
}

static uint8_t *mark_of(const flash_file_t *flash, uint32_t at, uint8_t *bit)
{
    const uint32_t unit = at / FLASH_UNIT_BYTES;
    *bit = (uint8_t)(1u << (unit & 7));
    return &flash->table->programmed[unit / 8];
}

/* The first unit of [at, at + len) that was programmed since its erase, or len. old: the bytes that lie there. */
static size_t find_programmed(const flash_file_t *flash, uint32_t at, const uint8_t *old, size_t len)
{
    for (size_t i = 0; i < len; i += FLASH_UNIT_BYTES) {
        uint8_t bit;
        const uint8_t *mark = mark_of(flash, at + (uint32_t)i, &bit);
        if ((*mark & bit) != 0 || !is_erased(old + i, FLASH_UNIT_BYTES)) {
            return i;
        }
    }
    return len;
}

static void set_marks(const flash_file_t *flash, uint32_t at, size_t len, bool is_programmed)
{
    for (size_t i = 0; i < len; i += FLASH_UNIT_BYTES) {
        uint8_t bit;
        uint8_t *mark = mark_of(flash, at + (uint32_t)i, &bit);
        *mark = is_programmed ? *mark | bit : *mark & (uint8_t)~bit;
    }
}

/* Programs within one page of at most a sector: all of it, or what a torn cut leaves. */
static int program_page(flash_file_t *flash, uint32_t at, const uint8_t *src, size_t len, power_cut_t cut)
{
    uint8_t page[FLASH_SECTOR_BYTES];
    if (read_at(flash->fd, page, len, at) < 0) {
        return report("program failed", at);
    }
    const size_t bad = find_programmed(flash, at, page, len);
    if (bad < len) {
        event_error("flash: unit at 0x%x programmed twice without an erase", (unsigned)(at + bad));
        return HOST_IO;
    }
    const size_t done = cut == POWER_CUT_TORN ? power_cut_tear_program(flash->world, page, src, len) : len;
    for (size_t i = 0; i < done; i++) {
        page[i] &= src[i];
    }
    if (write_at(flash->fd, page, len, at) < 0) {
        return report("program failed", at);
    }
    /* After the bytes: should the process end in between, a unit that holds data shows it by itself. */
    set_marks(flash, at, done / FLASH_UNIT_BYTES * FLASH_UNIT_BYTES, true);
    return HOST_OK;
}

int flash_file_program(void *ctx, int partition, uint32_t offset, const uint8_t *src, size_t len)
{
    flash_file_t *flash = ctx;
    const power_cut_t cut = power_cut_count(flash->world);
    const size_t torn_page = cut == POWER_CUT_TORN ? power_cut_choose(flash->world, len) / FLASH_SECTOR_BYTES : SIZE_MAX;
    for (size_t done = 0; done < len;) {
        const size_t page = len - done < FLASH_SECTOR_BYTES ? len - done : FLASH_SECTOR_BYTES;
        const bool is_torn = done / FLASH_SECTOR_BYTES == torn_page;
        const uint32_t at = s_partitions[partition].offset + offset + (uint32_t)done;
        if (program_page(flash, at, src + done, page, is_torn ? POWER_CUT_TORN : POWER_CUT_NONE) < 0) {
            power_cut_happen(flash->world, cut);
            return HOST_IO;
        }
        done += page;
        if (is_torn) {
            break;
        }
    }
    flash->table->programs++;
    power_cut_happen(flash->world, cut);
    return HOST_OK;
}

int flash_file_erase(void *ctx, int partition, uint32_t sector)
{
    flash_file_t *flash = ctx;
    const uint32_t at = s_partitions[partition].offset + sector * FLASH_SECTOR_BYTES;
    const power_cut_t cut = power_cut_count(flash->world);
    uint8_t page[FLASH_SECTOR_BYTES];
    size_t done = sizeof page;
    if (cut == POWER_CUT_TORN) {
        if (read_at(flash->fd, page, sizeof page, at) < 0) {
            return report("erase failed", at);
        }
        done = power_cut_tear_erase(flash->world, page, sizeof page);
    }
    memset(page, 0xff, done);
    if (write_at(flash->fd, page, sizeof page, at) < 0) {
        return report("erase failed", at);
    }
    set_marks(flash, at, done / FLASH_UNIT_BYTES * FLASH_UNIT_BYTES, false);
    flash->table->erase_count[at / FLASH_SECTOR_BYTES]++;
    power_cut_happen(flash->world, cut);
    return HOST_OK;
}

int flash_file_sync(void *ctx, int partition)
{
    const flash_file_t *flash = ctx;
    return flash->is_unsynced || fdatasync(flash->fd) == 0 ? HOST_OK : report("sync failed", s_partitions[partition].offset);
}

int flash_file_map(const flash_file_t *flash, int partition, const uint8_t **out)
{
    const uint32_t bytes = s_partitions[partition].bytes;
    const void *mapped = mmap(NULL, bytes, PROT_READ, MAP_SHARED, flash->fd, s_partitions[partition].offset);
    if (mapped == MAP_FAILED) {
        return report("map failed", s_partitions[partition].offset);
    }
    *out = mapped;
    return (int)bytes;
}

void flash_file_unmap(const flash_file_t *flash, int partition, const uint8_t *mapped)
{
    (void)flash;
    munmap((void *)(uintptr_t)mapped, s_partitions[partition].bytes);
}

uint32_t flash_file_erase_count(const flash_file_t *flash, int partition, uint32_t sector)
{
    return flash->table->erase_count[s_partitions[partition].offset / FLASH_SECTOR_BYTES + sector];
}

uint64_t flash_file_erases(const flash_file_t *flash)
{
    uint64_t sum = 0;
    for (int i = 0; i < FLASH_SECTORS; i++) {
        sum += flash->table->erase_count[i];
    }
    return sum;
}

uint64_t flash_file_programs(const flash_file_t *flash)
{
    return flash->table->programs;
}
