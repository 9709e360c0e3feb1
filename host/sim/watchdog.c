#include "watchdog.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "platform.h"
#include "position.h"

static const char *TAG = "watchdog";

static pthread_mutex_t s_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t s_changed;
static int s_seconds;
static struct timespec s_deadline;

static void begin_period(void)
{
    clock_gettime(CLOCK_MONOTONIC, &s_deadline);
    s_deadline.tv_sec += s_seconds;
}

static bool is_over(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > s_deadline.tv_sec || (now.tv_sec == s_deadline.tv_sec && now.tv_nsec >= s_deadline.tv_nsec);
}

static void *watch(void *ctx)
{
    world_t *world = ctx;
    pthread_mutex_lock(&s_lock);
    while (!is_over()) {
        const struct timespec deadline = s_deadline;
        pthread_cond_timedwait(&s_changed, &s_lock, &deadline);
    }
    char place[POSITION_TEXT_BYTES];
    position_describe(*position_word, place);
    sim_log(PLATFORM_LOG_ERROR, TAG, "not fed for %d s, in %s: reset", s_seconds, place);
    WORLD_SET(world->reset_reason, PLATFORM_RESET_WATCHDOG);
    _exit(BOARD_EXIT_WATCHDOG);
}

int sim_watchdog_start(world_t *world, int seconds)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&s_changed, &attributes);
    pthread_condattr_destroy(&attributes);
    s_seconds = seconds;
    begin_period();
    pthread_t thread;
    if (pthread_create(&thread, NULL, watch, world) != 0) {
        return HOST_NO_MEMORY;
    }
    pthread_detach(thread);
    return HOST_OK;
}

int sim_watchdog_set(int seconds)
{
    pthread_mutex_lock(&s_lock);
    if (seconds > 0) {
        s_seconds = seconds;
    }
    begin_period();
    pthread_mutex_unlock(&s_lock);
    if (seconds > 0) {
        pthread_cond_signal(&s_changed);
    }
    return HOST_OK;
}

int sim_watchdog_longest_wait(void)
{
    pthread_mutex_lock(&s_lock);
    const int seconds = s_seconds;
    pthread_mutex_unlock(&s_lock);
    return seconds == 0 ? 1000 : seconds * 500;
}
