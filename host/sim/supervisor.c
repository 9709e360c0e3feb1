#include "supervisor.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "board_process.h"
#include "control.h"
#include "events.h"
#include "log.h"
#include "platform.h"

static const char *TAG = "supervisor";

/* No moment: such a thing is not awaited. */
static const int64_t NEVER = INT64_MAX;

typedef struct {
    world_t *world;
    board_main_fn board;
    void *board_ctx;
    bool has_stdin;
    board_process_t process;
    sigset_t signals; /* those that were blocked before ours */
    int64_t booted_ms;
    int64_t power_on_ms;   /* real time at which the power returns */
    int64_t wake_world_ms; /* world time at which a deep sleep ends */
    int64_t tear_by_ms;    /* real time at which a torn cut that found no flash operation becomes a clean one */
    int64_t quit_by_ms;
    int exit_status;
    bool is_over;
    size_t line_len;
    bool skips_line;
    char line[CONTROL_LINE_BYTES];
} supervisor_t;

static volatile sig_atomic_t s_is_signalled;

static void on_signal(int number)
{
    (void)number;
    s_is_signalled = 1;
}

static int64_t real_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *reason_name(int reason)
{
    static const char *const names[] = { "power-on", "watchdog", "restart", "kernel-trap", "deep-sleep", "brownout", "unknown" };
    return reason >= 0 && reason < PLATFORM_RESET_UNKNOWN ? names[reason] : names[PLATFORM_RESET_UNKNOWN];
}

static void set_signals(void (*handler)(int), sigset_t *previous)
{
    struct sigaction action = { .sa_handler = handler };
    sigset_t blocked;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, previous);
}

static void fail(supervisor_t *self)
{
    self->exit_status = 1;
    self->is_over = true;
}

static void power_on(supervisor_t *self)
{
    self->power_on_ms = NEVER;
    self->wake_world_ms = NEVER;
    WORLD_ADD(self->world->boots, 1);
    event_t event;
    event_begin(&event, "boot");
    event_text(&event, "reason", reason_name(WORLD_GET(self->world->reset_reason)));
    event_number(&event, "boots", WORLD_GET(self->world->boots));
    event_emit(&event);
    self->booted_ms = real_ms();
    if (board_process_start(&self->process, self->board, self->board_ctx, &self->signals) < 0) {
        event_error("no process for the board: %s", strerror(errno));
        fail(self);
    }
}

static int reap(supervisor_t *self)
{
    self->tear_by_ms = NEVER;
    return board_process_reap(&self->process);
}

static int end(supervisor_t *self)
{
    self->tear_by_ms = NEVER;
    return board_process_kill(&self->process);
}

static void tell_fault(bool is_torn)
{
    event_t event;
    event_begin(&event, "fault");
    event_text(&event, "kind", "power-cut");
    event_bool(&event, "torn", is_torn);
    event_emit(&event);
}

/* Takes the power from the board, wherever it is: at work, asleep, or between two lives. */
static void power_off(supervisor_t *self)
{
    const bool was_powered = self->process.pid != 0 || self->wake_world_ms != NEVER;
    if (self->process.pid != 0) {
        end(self);
    }
    self->power_on_ms = NEVER;
    self->wake_world_ms = NEVER;
    WORLD_SET(self->world->cut_after, 0);
    WORLD_SET(self->world->reset_reason, PLATFORM_RESET_POWER_ON);
    if (was_powered) {
        tell_fault(false);
    }
}

static void power_on_after(supervisor_t *self, int64_t off_ms)
{
    self->power_on_ms = real_ms() + off_ms;
}

/* A board that ends itself at once again and again is started at a pace that can be watched. */
static void reset(supervisor_t *self)
{
    power_on_after(self, real_ms() - self->booted_ms < SUPERVISOR_HOLD_MS ? SUPERVISOR_HOLD_MS : 0);
}

static void board_ended(supervisor_t *self)
{
    const int status = reap(self);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (self->quit_by_ms != NEVER) {
        self->is_over = true;
        self->exit_status = code == BOARD_EXIT_QUIT ? 0 : 1;
        return;
    }
    switch (code) {
    case BOARD_EXIT_POWER_CUT:
        tell_fault(WORLD_GET(self->world->cut_is_torn));
        power_on_after(self, WORLD_GET(self->world->cut_off_ms));
        return;
    case BOARD_EXIT_DEEP_SLEEP:
        self->wake_world_ms = world_now(self->world) + WORLD_GET(self->world->sleep_ms);
        return;
    case BOARD_EXIT_WATCHDOG:
    case BOARD_EXIT_RESTART:
    case BOARD_EXIT_KERNEL_TRAP:
        reset(self);
        return;
    case BOARD_EXIT_FAILED:
        fail(self);
        return;
    default:
        event_error("the board's process crashed: %s %d", WIFSIGNALED(status) ? "signal" : "exit status",
                    WIFSIGNALED(status) ? WTERMSIG(status) : code);
        fail(self);
    }
}

static void begin_quit(supervisor_t *self)
{
    self->has_stdin = false;
    if (self->process.pid == 0) {
        self->is_over = true;
        return;
    }
    self->quit_by_ms = real_ms() + SUPERVISOR_QUIT_MS;
    board_process_wake(&self->process, WORLD_WAKE_QUIT);
}

static void cut_power(supervisor_t *self, bool is_torn)
{
    const bool is_asleep = self->wake_world_ms != NEVER;
    if (self->process.pid == 0 && !is_asleep) {
        WORLD_SET(self->world->cut_after, 0);
        event_error("command 'power-cut': the board is off");
    } else if (is_torn && !is_asleep) {
        self->tear_by_ms = real_ms() + SUPERVISOR_TEAR_MS;
    } else {
        power_off(self);
        power_on_after(self, WORLD_GET(self->world->cut_off_ms));
    }
}

static void obey(supervisor_t *self)
{
    char error[CONTROL_ERROR_BYTES];
    const control_t action = control_apply(self->world, self->line, error);
    switch (action) {
    case CONTROL_INVALID:
        event_error("%s", error);
        return;
    case CONTROL_POWER_ON:
        if (self->process.pid == 0) {
            power_on_after(self, 0);
        }
        return;
    case CONTROL_POWER_OFF:
        power_off(self);
        return;
    case CONTROL_CUT_CLEAN:
    case CONTROL_CUT_TORN:
        cut_power(self, action == CONTROL_CUT_TORN);
        return;
    case CONTROL_QUIT:
        begin_quit(self);
        return;
    default:
        board_process_wake(&self->process, action == CONTROL_STATUS ? WORLD_WAKE_STATUS
                                           : action == CONTROL_SWAP ? WORLD_WAKE_SWAP
                                                                    : WORLD_WAKE);
    }
}

static void end_line(supervisor_t *self)
{
    self->line[self->line_len] = '\0';
    self->line_len = 0;
    if (self->skips_line) {
        self->skips_line = false;
        event_error("command of more than %d bytes", CONTROL_LINE_BYTES - 1);
    } else {
        obey(self);
    }
}

static void read_stdin(supervisor_t *self)
{
    char bytes[512];
    const ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
        return;
    }
    for (ssize_t i = 0; i < count && self->has_stdin; i++) {
        if (bytes[i] == '\n') {
            end_line(self);
        } else if (self->line_len < CONTROL_LINE_BYTES - 1) {
            self->line[self->line_len++] = bytes[i];
        } else {
            self->skips_line = true;
        }
    }
    if (count <= 0) {
        if (self->line_len > 0) {
            end_line(self);
        }
        begin_quit(self);
    }
}

static int64_t earliest(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Stepped time goes on for a board that is off or asleep, though not past its waking: the rest is for the board to live through. */
static void step_time(supervisor_t *self)
{
    const int64_t granted = WORLD_GET(self->world->granted_ms);
    if (self->world->is_stepped && self->process.pid == 0 && self->power_on_ms == NEVER) {
        WORLD_SET(self->world->virtual_ms, earliest(granted, self->wake_world_ms));
    }
}

/* What is due by time alone. Returns ms until the next such moment, -1 for none. */
static int64_t run_timers(supervisor_t *self)
{
    step_time(self);
    const int64_t now = real_ms();
    const int64_t world_ms = world_now(self->world);
    if (now >= self->quit_by_ms) {
        sim_log(PLATFORM_LOG_WARNING, TAG, "the board did not end by itself");
        end(self);
        self->is_over = true;
        return 0;
    }
    if (now >= self->tear_by_ms) {
        power_off(self);
        power_on_after(self, WORLD_GET(self->world->cut_off_ms));
    }
    if (self->process.pid == 0 && (now >= self->power_on_ms || world_ms >= self->wake_world_ms)) {
        power_on(self);
    }
    int64_t next = earliest(self->quit_by_ms, earliest(self->tear_by_ms, self->power_on_ms));
    next = next == NEVER ? NEVER : next - now;
    if (self->wake_world_ms != NEVER && !self->world->is_stepped) {
        next = earliest(next, self->wake_world_ms - world_ms);
    }
    return next == NEVER ? -1 : next < 0 ? 0 : next;
}

static void wait_and_serve(supervisor_t *self, int64_t wait_ms)
{
    fd_set readable;
    FD_ZERO(&readable);
    if (self->has_stdin) {
        FD_SET(STDIN_FILENO, &readable);
    }
    if (self->process.wake_fd >= 0) {
        FD_SET(self->process.wake_fd, &readable);
    }
    const struct timespec timeout = { (time_t)(wait_ms / 1000), (long)(wait_ms % 1000) * 1000000 };
    const int top = self->process.wake_fd > STDIN_FILENO ? self->process.wake_fd : STDIN_FILENO;
    const int ready = pselect(top + 1, &readable, NULL, NULL, wait_ms < 0 ? NULL : &timeout, &self->signals);
    if (s_is_signalled && self->quit_by_ms == NEVER) {
        begin_quit(self);
        return;
    }
    if (ready > 0 && self->process.wake_fd >= 0 && FD_ISSET(self->process.wake_fd, &readable)) {
        board_ended(self);
    } else if (ready > 0 && self->has_stdin && FD_ISSET(STDIN_FILENO, &readable)) {
        read_stdin(self);
    }
}

int supervisor_run(world_t *world, bool has_stdin, board_main_fn board, void *board_ctx)
{
    static supervisor_t self;
    self = (supervisor_t){ .world = world, .board = board, .board_ctx = board_ctx, .has_stdin = has_stdin, .process = { 0, -1 } };
    self.power_on_ms = self.wake_world_ms = self.tear_by_ms = self.quit_by_ms = NEVER;
    signal(SIGPIPE, SIG_IGN);
    set_signals(on_signal, &self.signals);
    power_on_after(&self, 0);
    while (!self.is_over) {
        const int64_t wait_ms = run_timers(&self);
        if (!self.is_over) {
            wait_and_serve(&self, wait_ms);
        }
    }
    if (self.process.pid != 0) {
        end(&self);
    }
    return self.exit_status;
}
