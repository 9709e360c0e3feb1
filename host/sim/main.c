/* wasmote-sim: the simulated board. Here, and nowhere else in the simulator, the backends of the platform are named. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board.h"
#include "events.h"
#include "gpio.h"
#include "kernel_engine.h"
#include "log.h"
#include "preflight.h"
#include "sensors.h"
#include "supervisor.h"
#include "sys.h"

typedef struct {
    options_t options;
    world_t *world;
    replay_t *replay;
} simulator_t;

/* The context of platform_io_t: pins first, so that it is theirs, too. */
typedef struct {
    sim_gpio_t gpio;
    sim_sensors_t sensors;
} io_t;

static int adc_millivolts(void *ctx, int channel)
{
    return sim_adc_millivolts(&((io_t *)ctx)->sensors, channel);
}

static int sensor(void *ctx, int number, int32_t *out_milli)
{
    return sim_sensor(&((io_t *)ctx)->sensors, number, out_milli);
}

/* The board's process. */
static int run_board(void *ctx, int wake_fd)
{
    simulator_t *simulator = ctx;
    world_t *world = simulator->world;
    io_t io;
    sim_clock_t clock;
    sim_link_t link;
    sim_net_t net;
    flash_file_t *flash;
    if (flash_file_open(simulator->options.flash_path, false, world, &flash) < 0) {
        event_error("flash %s: %s", simulator->options.flash_path, strerror(errno));
        return BOARD_EXIT_FAILED;
    }
    flash_file_set_synced(flash, simulator->options.syncs_flash);
    const platform_t platform = {
        .link = { &link, sim_link_start, sim_link_stop, sim_link_state, sim_link_rssi },
        .net = { &net, sim_net_open, sim_net_state, sim_net_send, sim_net_recv, sim_net_close },
        .flash = { flash, flash_file_geometry, flash_file_read, flash_file_program, flash_file_erase, flash_file_sync },
        .clock = { &clock, sim_clock_monotonic, sim_clock_wall, sim_clock_idle },
        .sys = { world, sim_sys_random, sim_log_text, sim_sys_memory, sim_sys_digest, sim_sys_watchdog, sim_sys_sleep,
                 sim_sys_restart, sim_sys_reset_reason },
        .io = { &io, sim_gpio_mode, sim_gpio_write, sim_gpio_read, sim_gpio_edge_count, adc_millivolts, sim_pwm_write,
                sim_i2c_transfer, sim_spi_transfer, sim_uart_write, sim_uart_read, sensor },
    };
    board_t board = { .options = &simulator->options,
                      .world = world,
                      .platform = &platform,
                      .kernel_engine = kernel_engine,
                      .clock = &clock,
                      .link = &link,
                      .net = &net,
                      .flash = flash,
                      .wake_fd = wake_fd };
    sim_clock_start(&clock, world, (sim_clock_inputs_t){ &board, board_prepare, board_finish });
    sim_link_init(&link, &clock);
    sim_gpio_init(&io.gpio, world);
    sim_sensors_init(&io.sensors, world, simulator->replay);
    if (sim_net_init(&net, &clock, &link, &board.config) < 0) {
        event_error("no pipe for the sockets: %s", strerror(errno));
        return BOARD_EXIT_FAILED;
    }
    const int status = board_run(&board);
    sim_net_close_all(&net);
    flash_file_close(flash);
    return status;
}

static int wrong_usage(const char *error)
{
    fprintf(stderr, "wasmote-sim: %s\n", error);
    return OPTIONS_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    static simulator_t simulator;
    char error[PREFLIGHT_ERROR_BYTES];
    const int parsed = options_parse(argc, argv, &simulator.options, error);
    if (parsed == OPTIONS_HELP) {
        fputs(options_usage, stdout);
        return EXIT_SUCCESS;
    }
    if (parsed < 0) {
        return wrong_usage(error);
    }
    simulator.world = world_create(simulator.options.is_stepped, simulator.options.seed);
    if (simulator.world == NULL) {
        fprintf(stderr, "wasmote-sim: no shared memory: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    sim_log_start(simulator.world, simulator.options.log_level);
    if (preflight_check(&simulator.options, simulator.world, &simulator.replay, error) < 0) {
        return wrong_usage(error);
    }
    const int status = supervisor_run(simulator.world, simulator.options.has_stdin, run_board, &simulator);
    replay_free(simulator.replay);
    world_destroy(simulator.world);
    return status;
}
