/*
 * A whole board in memory, the same each time: NOR flash with power cuts, a broker behind its socket, a stepped clock,
 * repeatable random bytes. All that it is asked goes into its journal.
 */
#ifndef RAM_BOARD_H
#define RAM_BOARD_H

#include "broker.h"
#include "journal.h"
#include "platform.h"
#include "random.h"

enum { BOARD_SECTOR_BYTES = 4096, BOARD_STORE_SECTORS = 40, BOARD_SECTORS = BOARD_STORE_SECTORS + 4 + 4 };

typedef struct {
    platform_t port;
    journal_t journal;
    broker_t broker;
    random_t random;
    uint8_t flash[BOARD_SECTORS * BOARD_SECTOR_BYTES]; /* store, state, config */
    int64_t now_ms;
    int64_t wall_ms; /* -1: not set */
    int link;
    int socket;        /* the open one; 0: none */
    int sockets;       /* opened since power-on */
    int polls_to_open; /* of net_state, until the socket is open */
    int open_status;   /* OK, or what ends every attempt */
    size_t send_limit; /* bytes taken at once; 0: none now */
    size_t recv_limit;
    int writes_to_cut; /* programs and erases until the power fails in the midst of one; 0: never */
    size_t torn_bytes; /* of the one it fails in, done */
    bool is_cut;       /* nothing answers any more */
    int reset_reason;
    bool is_leaving; /* asked to restart or to sleep */
} ram_board_t;

/** Fresh flash with a configuration, everything on. */
void ram_board_init(ram_board_t *board, uint32_t seed);

/** Power comes back: flash, clock and broker stay. */
void ram_board_power_on(ram_board_t *board, int reset_reason);

/** Erases the store. */
void ram_board_erase_store(ram_board_t *board);

#endif
