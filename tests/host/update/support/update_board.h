/*
 * A board whose flash has slots: NOR rules with small sectors, a power cut at any program or erase, each unit programmed once
 * between two erases. What is mapped and what is verified is counted.
 */
#ifndef UPDATE_BOARD_H
#define UPDATE_BOARD_H

#include "fake_platform.h"
#include "update.h"

/* Small, so that every entry of the log, every sector and their ends are met soon. */
enum { CELL_SECTOR_BYTES = 256, CELL_UNIT_BYTES = 16, CELL_SLOT_SECTORS = 6, CELL_LOG_SECTORS = 2 };
enum { CELL_GOOD_HEADS = 8 };
/* Beside the partitions of the port: the boot loader's records. */
enum { CELL_OTADATA = PLATFORM_PARTITION_COUNT, CELL_PARTITIONS };
enum { CELL_CAPACITY = (CELL_SLOT_SECTORS - 1) * CELL_SECTOR_BYTES };

/** How much of the operation in which the power fails is done. */
typedef enum { CUT_CLEAN, CUT_NOTHING, CUT_HALF, CUT_MOST, CUT_KINDS } cut_kind_t;

typedef struct {
    fake_platform_t fake;
    update_port_t port;
    uint8_t flash[CELL_PARTITIONS][CELL_SLOT_SECTORS * CELL_SECTOR_BYTES];
    uint8_t programmed[CELL_PARTITIONS][CELL_SLOT_SECTORS * CELL_SECTOR_BYTES / CELL_UNIT_BYTES];
    int operations; /* programs and erases so far */
    int erases;     /* of them, erases */
    int cut_at;     /* of operations, the one in which the power fails; 0: none */
    cut_kind_t cut_kind;
    bool is_cut;         /* nothing answers any more */
    int twice;           /* units programmed twice: a fault of the code */
    int verifications;   /* signatures found good */
    int unverified_maps; /* of a slot whose head or image was not found good since it was last written to: a fault of the code */
    int maps;
    int parses;            /* of modules that lie in a slot, by the interpreter */
    int unverified_parses; /* of such whose slot was not found good since it was last written to: a fault of the code */
    bool is_image_verified[CELL_PARTITIONS];
    bool is_mapped[CELL_PARTITIONS];
    uint8_t good_heads[CELL_GOOD_HEADS][PACKAGE_DIGEST_BYTES]; /* digests whose signatures were found good since power-on */
} update_board_t;

/** Blank flash. */
void update_board_init(update_board_t *board);

/** The board whose slots the interpreter is watched for (m3_ParseModule, by the linker's --wrap). */
void update_board_watch(update_board_t *board);

/** Power comes back. */
void update_board_power_on(update_board_t *board, int reset_reason);

#endif
