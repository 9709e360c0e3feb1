/*
 * What the store does to the flash: the workload of the peers (100 keys, values of 100 bytes, 16 sectors of 4 KB), wear, a mount.
 */
#include "console.h"
#include "nor_flash.h"
#include "store_rows.h"

/* As the kernels ship it (assembly/kernel/flashStore.ts), and twice that. */
/* As kernels with documents have it (assembly/kernel/databaseLimits.ts). */
enum { MEMTABLE = 288 };
enum { KEYS = 100, VALUE_BYTES = 100, SECTORS = 16, PARTITION_SECTORS = 128, SECTOR_BYTES = 4096 };
enum { OVERWRITES = 1000, PER_MILLE = 1000 };

static uint32_t s_random;

/* A linear congruential generator (Numerical Recipes), as treeWear.spec.ts has it. */
static int32_t random_below(int32_t limit)
{
    s_random = s_random * 1664525u + 1013904223u;
    return (int32_t)((s_random >> 8) % (uint32_t)limit);
}

static void put(uint32_t row, int32_t n, int32_t round)
{
    store_call(ROW_SET_TIME, round + 1, 0);
    store_call(row, n, round);
    store_settle(NULL);
}

static void wear_figure(void)
{
    uint32_t least = UINT32_MAX;
    uint32_t most = 0;
    for (uint32_t sector = 0; sector < SECTORS; sector++) {
        const uint32_t erases = nor_flash_counts.erases[sector];
        least = erases < least ? erases : least;
        most = erases > most ? erases : most;
    }
    console_figure("flash.wearPercent", most * 100 / least);
}

typedef struct {
    const char *programmed;
    const char *erased;
    uint32_t row;
    int32_t entries; /* of the memtable */
    int32_t writes;
    bool is_random;
} workload_t;

/* Bytes programmed and erased per byte of value, in thousandths, once all keys are there. */
static void run(const workload_t *workload)
{
    s_random = 12345;
    store_start(STORE_RECORDS, SECTORS, workload->entries);
    for (int32_t n = 0; n < KEYS; n++) {
        put(workload->row, n, n);
    }
    const nor_flash_counts_t before = nor_flash_counts;
    for (int32_t i = 0; i < workload->writes; i++) {
        put(workload->row, workload->is_random ? random_below(KEYS) : i % KEYS, KEYS + i);
    }
    const uint64_t bytes = (uint64_t)workload->writes * VALUE_BYTES;
    console_figure(workload->programmed,
                   (uint32_t)((uint64_t)(nor_flash_counts.programmed_bytes - before.programmed_bytes) * PER_MILLE / bytes));
    console_figure(workload->erased,
                   (uint32_t)((uint64_t)(nor_flash_counts.erased_bytes - before.erased_bytes) * PER_MILLE / bytes));
    if (workload->row == ROW_PUT && workload->is_random && workload->writes == 10000) {
        wear_figure();
        console_figure("flash.readPerPut", (nor_flash_counts.read_bytes - before.read_bytes) / (uint32_t)workload->writes);
    }
    store_stop();
}

/* A mount of the board's partition, full: what it reads, in ten thousandths of it. */
static void mount_figure(void)
{
    int32_t records = 0;
    store_start(STORE_RECORDS, PARTITION_SECTORS, MEMTABLE);
    for (; store_try(ROW_PUT, records, 0) >= 0; records++) {
        store_settle(NULL);
    }
    console_figure("flash.recordsIn512K", (uint32_t)records);
    for (int32_t i = 0; i < OVERWRITES && store_try(ROW_PUT, i, i) >= 0; i++) {
        store_settle(NULL);
    }
    const uint32_t before = nor_flash_counts.read_bytes;
    store_restart();
    const uint64_t read = nor_flash_counts.read_bytes - before;
    console_figure("flash.mountReadTenThousandths", (uint32_t)(read * 10000 / (PARTITION_SECTORS * SECTOR_BYTES)));
    store_stop();
}

void store_flash_figures(void)
{
    static const workload_t s_workloads[] = {
        { "flash.plain1000Programmed", "flash.plain1000Erased", ROW_PUT, MEMTABLE, 1000, true },
        { "flash.plain10000Programmed", "flash.plain10000Erased", ROW_PUT, MEMTABLE, 10000, true },
        { "flash.inTurn10000Programmed", "flash.inTurn10000Erased", ROW_PUT, MEMTABLE, 10000, false },
        { "flash.rich1000Programmed", "flash.rich1000Erased", ROW_PUT_RICH, MEMTABLE, 1000, true },
        { "flash.rich10000Programmed", "flash.rich10000Erased", ROW_PUT_RICH, MEMTABLE, 10000, true },
        { "flash.richInTurn10000Programmed", "flash.richInTurn10000Erased", ROW_PUT_RICH, MEMTABLE, 10000, false },
    };
    for (size_t i = 0; i < sizeof s_workloads / sizeof s_workloads[0]; i++) {
        run(&s_workloads[i]);
    }
    mount_figure();
}
