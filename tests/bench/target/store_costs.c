/*
 * Instructions of the store's operations, its RAM, and how both grow.
 */
#include "console.h"
#include "nor_flash.h"
#include "store_rows.h"

enum {
    FEW = 100,
    MANY = 10000,
    SPREAD = 7919,
    SAMPLES = 100,
    OVERWRITES = 1000,
    FILLERS = 400,
    BIG_SECTORS = 512,
    MEMTABLE = 288
};
enum { DOCUMENTS = 1000, PARTITION_SECTORS = 128, EXPIRING = 100, SWEPT_AT_ONCE = 16 };

typedef struct {
    uint32_t get;
    uint32_t get_recent;
    uint32_t put;
    uint32_t put_in_all;
    uint32_t taken; /* of OVERWRITES */
} cost_t;

static uint32_t mean_of_gets(int32_t records)
{
    uint64_t get = 0;
    for (int32_t i = 0; i < SAMPLES; i++) {
        store_timed(ROW_GET, i * SPREAD % records, 0, &get);
    }
    return (uint32_t)(get / SAMPLES);
}

/*
 * What get and put cost among so many records, on average over SAMPLES of them that were not changed since the last checkpoint, so that
 * the tree is asked; recent: just written, so that most are found in RAM; in_all: the background work too.
 */
static cost_t cost_among(int32_t records)
{
    cost_t cost;
    uint64_t put = 0;
    uint64_t steps = 0;
    store_start(STORE_RECORDS, BIG_SECTORS, MEMTABLE);
    for (int32_t n = 0; n < records; n++) {
        store_call(ROW_PUT, n, 0);
        store_settle(NULL);
    }
    cost.get_recent = mean_of_gets(records);
    /* One key again and again fills the log, not the memtable: until there was a checkpoint. */
    for (int32_t i = 0; i < FILLERS; i++) {
        store_call(ROW_PUT, records, i);
        store_settle(NULL);
    }
    cost.get = mean_of_gets(records);
    for (int32_t i = 0; i < SAMPLES; i++) {
        store_timed(ROW_PUT, i * SPREAD % records, i, &put);
        store_settle(NULL);
    }
    cost.put = (uint32_t)(put / SAMPLES);
    /* Long enough for checkpoints and reclaim to take their share. */
    put = 0;
    cost.taken = 0;
    while (cost.taken < OVERWRITES && store_try_timed(ROW_PUT, (int32_t)cost.taken * SPREAD % records, 0, &put) >= 0) {
        store_settle(&steps);
        cost.taken++;
    }
    cost.put_in_all = (uint32_t)((put + steps) / (cost.taken ? cost.taken : 1));
    store_stop();
    return cost;
}

static uint32_t in_percent(uint32_t part, uint32_t whole)
{
    return (uint32_t)((uint64_t)part * 100 / whole);
}

static void growth_figures(void)
{
    const cost_t few = cost_among(FEW);
    const cost_t many = cost_among(MANY);
    console_figure("instructions.put", few.put);
    console_figure("instructions.putWithBackground", few.put_in_all);
    console_figure("instructions.get", few.get);
    console_figure("instructions.getRecent", few.get_recent);
    console_figure("instructions.putAmong10000", many.put);
    console_figure("instructions.putWithBackgroundAmong10000", many.put_in_all);
    console_figure("instructions.getAmong10000", many.get);
    console_figure("growth.overwritesTakenAmong10000", many.taken);
    console_figure("growth.putWithBackgroundPercent", in_percent(many.put_in_all, few.put_in_all));
    console_figure("growth.putPercent", in_percent(many.put, few.put));
    console_figure("growth.getPercent", in_percent(many.get, few.get));
}

/* RAM of the engine: what does not depend on the sectors, and what each of them takes, in hundredths. */
static void ram_figures(void)
{
    enum { SMALL = 16 };
    store_start(STORE_RECORDS, SMALL, MEMTABLE);
    const uint32_t small = store_ram();
    store_stop();
    store_start(STORE_RECORDS, BIG_SECTORS, MEMTABLE);
    const uint32_t per_sector = (store_ram() - small) * 100 / (BIG_SECTORS - SMALL);
    store_stop();
    const uint32_t fixed = small - per_sector * SMALL / 100;
    console_figure("ram.fixed", fixed);
    console_figure("ram.perSectorHundredths", per_sector);
    store_start(STORE_DOCUMENTS, SMALL, MEMTABLE);
    console_figure("ram.documents", store_ram());
    store_stop();
}

static uint32_t document_figure(const char *name, uint32_t row, int32_t count, int32_t spread)
{
    uint64_t instructions = 0;
    uint64_t steps = 0;
    for (int32_t i = 0; i < count; i++) {
        store_timed(row, i * spread % DOCUMENTS, 0, &instructions);
        store_settle(&steps);
    }
    const uint32_t mean = (uint32_t)(instructions / (uint32_t)count);
    console_figure(name, mean);
    return (uint32_t)((instructions + steps) / (uint32_t)count);
}

static void query_figure(const char *name, int32_t question, int32_t expected)
{
    uint64_t instructions = 0;
    if (store_timed(ROW_QUERY, question, 0, &instructions) != expected) {
        console_fail("a question has another number of answers");
    }
    console_figure(name, (uint32_t)instructions);
}

static void document_figures(void)
{
    store_start(STORE_DOCUMENTS, PARTITION_SECTORS, MEMTABLE);
    console_figure("instructions.documentPutWithBackground", document_figure("instructions.documentPut", ROW_PUT, DOCUMENTS, 1));
    document_figure("instructions.documentOverwrite", ROW_PUT, SAMPLES, SPREAD);
    document_figure("instructions.documentGet", ROW_GET, SAMPLES, SPREAD);
    query_figure("instructions.queryScan1000", QUESTION_SCAN, 1);
    query_figure("instructions.queryIndexed1000", QUESTION_INDEXED, 8);
    query_figure("instructions.queryGreater180", QUESTION_GREATER, 180);
    query_figure("instructions.range10", QUESTION_RANGE, 10);
    document_figure("instructions.documentDelete", ROW_REMOVE, SAMPLES, 1);
    for (int32_t n = 0; n < EXPIRING; n++) {
        store_call(ROW_PUT_RICH, n, 0);
        store_settle(NULL);
    }
    store_call(ROW_SET_TIME, 1000, 0);
    uint64_t sweep = 0;
    for (int32_t left = EXPIRING; left > 0;) {
        left -= store_timed(ROW_SWEEP, SWEPT_AT_ONCE, 0, &sweep);
        store_settle(NULL);
    }
    console_figure("instructions.sweep100", (uint32_t)sweep);
    store_stop();
}

void store_cost_figures(void)
{
    ram_figures();
    document_figures();
    growth_figures();
}
