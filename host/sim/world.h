/*
 * The world around the simulated board: what stays when the board loses its power. It lies in memory shared by the
 * supervisor, which changes it by command, and the board, which lives in a process of its own and dies with each reset.
 */
#ifndef WASMOTE_SIM_WORLD_H
#define WASMOTE_SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

enum { WORLD_ADC_CHANNELS = 8, WORLD_PINS = 48, WORLD_PATH_BYTES = 1024 };

/* Why the board's process ended, as its exit status. */
enum {
    BOARD_EXIT_QUIT = 0,
    BOARD_EXIT_POWER_CUT = 64,
    BOARD_EXIT_WATCHDOG = 65,
    BOARD_EXIT_RESTART = 66,
    BOARD_EXIT_KERNEL_TRAP = 67,
    BOARD_EXIT_DEEP_SLEEP = 68,
    BOARD_EXIT_FAILED = 69 /* it cannot run: the reason was logged and told as an error event */
};

/* Bytes on the wire from supervisor to board: each wakes it. */
enum { WORLD_WAKE = 'w', WORLD_WAKE_STATUS = 's', WORLD_WAKE_SWAP = 'a', WORLD_WAKE_QUIT = 'q' };

typedef struct {
    /* Time. Stepped: virtual_ms is now, and the board may move it on up to granted_ms. */
    bool is_stepped;
    int64_t started_ms; /* CLOCK_MONOTONIC when the simulator started */
    int64_t virtual_ms;
    int64_t granted_ms;
    int64_t wall_offset_ms; /* wall clock minus world time */
    int32_t wall_is_set;

    /* Inputs. -1: not driven by command. */
    int32_t link_is_cut;
    int32_t adc_millivolts[WORLD_ADC_CHANNELS];
    int32_t gpio_level[WORLD_PINS];
    int32_t gpio_edges[WORLD_PINS]; /* counted since the board last asked */

    /* The power cut that waits: fails the cut_after-th flash operation from now, 0 = none. */
    int32_t cut_after;
    int32_t cut_is_torn;
    int32_t cut_off_ms;
    uint64_t tear_state; /* of the generator that chooses what a torn operation leaves */

    /* From the board to the supervisor. */
    int32_t reset_reason; /* PLATFORM_RESET_*, for the next start */
    int32_t sleep_ms;
    int32_t boots;

    int32_t firmware; /* from start to start: slot of the last one * 2, + 1 on trial; 0: none yet */

    char app_path[WORLD_PATH_BYTES]; /* changed only while the board is off or was told by WORLD_WAKE_SWAP */
} world_t;

/* One word, read in one process and written in the other. */
#define WORLD_GET(field) __atomic_load_n(&(field), __ATOMIC_ACQUIRE)
#define WORLD_SET(field, value) __atomic_store_n(&(field), (value), __ATOMIC_RELEASE)
#define WORLD_ADD(field, value) __atomic_add_fetch(&(field), (value), __ATOMIC_ACQ_REL)

/** Makes a world in memory that survives fork and is shared by both sides. Returns NULL when there is none. */
world_t *world_create(bool is_stepped, uint64_t seed);

void world_destroy(world_t *world);

/** Returns ms since the simulator started: real, or as far as they were stepped. */
int64_t world_now(const world_t *world);

/** Returns the next number of the seeded generator. Source: Vigna, splitmix64. */
uint64_t world_random(world_t *world);

#endif
