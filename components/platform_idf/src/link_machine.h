/*
 * The state of the network link, and when it is tried again: the same for Wi-Fi and Ethernet. No calls into ESP-IDF; the
 * caller keeps two tasks from being in here at once.
 *
 *     stopped -> joining -> joined -> up        lost: back to joining, after a wait that doubles
 */
#ifndef WASMOTE_LINK_MACHINE_H
#define WASMOTE_LINK_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

enum { LINK_RETRY_FIRST_MS = 1000, LINK_RETRY_MAX_MS = 60000, LINK_STOPPED = -1 };

typedef struct {
    bool is_started;
    bool is_joined;    /* to the access point, or the cable is in */
    bool has_address;  /* IP: the link is up */
    uint32_t failures; /* in a row, since it was up */
} link_machine_t;

void link_machine_start(link_machine_t *machine);
void link_machine_stop(link_machine_t *machine);
void link_machine_joined(link_machine_t *machine);
void link_machine_got_address(link_machine_t *machine);

/** The address went, the access point did not. */
void link_machine_lost_address(link_machine_t *machine);

/**
 * The access point or the cable went, or could not be had. random: any number, spreads the boards of a site that lost power
 * together. Returns ms until the next attempt, LINK_STOPPED when the link is not wanted.
 */
int32_t link_machine_left(link_machine_t *machine, uint32_t random);

/** PLATFORM_LINK_* */
int link_machine_state(const link_machine_t *machine);

#endif
