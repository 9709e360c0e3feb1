#include "sys.h"

#include <psa/crypto.h>
#include <unistd.h>

#include "watchdog.h"

enum { ENTROPY_BYTES = 256 }; /* the most getentropy gives at once */

int sim_sys_random(void *ctx, uint8_t *dst, size_t len)
{
    (void)ctx;
    for (size_t done = 0; done < len;) {
        const size_t part = len - done < ENTROPY_BYTES ? len - done : ENTROPY_BYTES;
        if (getentropy(dst + done, part) != 0) {
            return HOST_IO;
        }
        done += part;
    }
    return HOST_OK;
}

static int pages_to_bytes(long pages)
{
    const int64_t bytes = (int64_t)pages * sysconf(_SC_PAGESIZE);
    return bytes > INT32_MAX ? INT32_MAX : (int)bytes;
}

int sim_sys_memory(void *ctx, int what)
{
    static int s_lowest = INT32_MAX;
    (void)ctx;
    const int free_bytes = pages_to_bytes(sysconf(_SC_AVPHYS_PAGES));
    s_lowest = free_bytes < s_lowest ? free_bytes : s_lowest;
    switch (what) {
    case 0:
        return free_bytes;
    case 1:
        return pages_to_bytes(sysconf(_SC_PHYS_PAGES));
    case 2:
        return s_lowest;
    default:
        return HOST_INVALID;
    }
}

int sim_sys_digest(void *ctx, const uint8_t *src, size_t len, uint8_t dst[32])
{
    size_t dst_len;
    (void)ctx;
    const bool is_done =
        psa_crypto_init() == PSA_SUCCESS && psa_hash_compute(PSA_ALG_SHA_256, src, len, dst, 32, &dst_len) == PSA_SUCCESS;
    return is_done ? HOST_OK : HOST_IO;
}

int sim_sys_watchdog(void *ctx, int seconds)
{
    (void)ctx;
    return sim_watchdog_set(seconds);
}

int sim_sys_sleep(void *ctx, int ms)
{
    world_t *world = ctx;
    WORLD_SET(world->sleep_ms, ms);
    WORLD_SET(world->reset_reason, PLATFORM_RESET_DEEP_SLEEP);
    _exit(BOARD_EXIT_DEEP_SLEEP);
}

void sim_sys_restart(void *ctx, int reason)
{
    world_t *world = ctx;
    WORLD_SET(world->reset_reason, reason);
    _exit(reason == PLATFORM_RESET_KERNEL_TRAP ? BOARD_EXIT_KERNEL_TRAP : BOARD_EXIT_RESTART);
}

int sim_sys_reset_reason(void *ctx)
{
    const world_t *world = ctx;
    return WORLD_GET(world->reset_reason);
}
