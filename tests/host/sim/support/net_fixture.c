#include "net_fixture.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "config_writer.h"

enum { IMAGE_BYTES = 8192, KEYS = 4, PATIENCE_MS = 20000 };

static const char *s_keys[KEYS];
static const char *s_values[KEYS];
static uint8_t s_image[2 * IMAGE_BYTES]; /* both halves; the second stays erased */

static int geometry(void *ctx, int partition, platform_flash_geometry_t *out)
{
    (void)ctx, (void)partition;
    *out = (platform_flash_geometry_t){ IMAGE_BYTES, 2, 16 };
    return HOST_OK;
}

static int read_image(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len)
{
    (void)ctx, (void)partition;
    memcpy(dst, s_image + offset, len);
    return HOST_OK;
}

static void write_image(void)
{
    config_writer_t writer;
    config_writer_begin(&writer, s_image, IMAGE_BYTES);
    for (int i = 0; i < KEYS; i++) {
        if (s_keys[i] != NULL && s_values[i] != NULL) {
            config_writer_add(&writer, s_keys[i], s_values[i]);
        }
    }
    config_writer_seal(&writer, 1);
}

int net_fixture_set_up(void **state)
{
    net_fixture_t *fixture = calloc(1, sizeof *fixture);
    signal(SIGPIPE, SIG_IGN);
    memset(s_keys, 0, sizeof s_keys);
    memset(s_image, 0xff, sizeof s_image);
    write_image();
    fixture->world = world_create(true, 1);
    fixture->flash = (platform_flash_t){ .geometry = geometry, .read = read_image };
    assert_int_equal(config_image_open(&fixture->flash, &fixture->config), HOST_OK);
    sim_clock_start(&fixture->clock, fixture->world, (sim_clock_inputs_t){ NULL, NULL, NULL });
    sim_link_init(&fixture->link, &fixture->clock);
    assert_int_equal(sim_net_init(&fixture->net, &fixture->clock, &fixture->link, &fixture->config), HOST_OK);
    sim_link_start(&fixture->link);
    assert_int_equal(sim_link_state(&fixture->link), PLATFORM_LINK_CONNECTING);
    fixture->world->virtual_ms += LINK_RISE_MS;
    assert_int_equal(sim_link_state(&fixture->link), PLATFORM_LINK_UP);
    *state = fixture;
    return 0;
}

int net_fixture_tear_down(void **state)
{
    net_fixture_t *fixture = *state;
    sim_net_close_all(&fixture->net);
    world_destroy(fixture->world);
    free(fixture);
    return 0;
}

void net_fixture_config(net_fixture_t *fixture, const char *key, const char *value)
{
    int i = 0;
    while (i < KEYS - 1 && s_keys[i] != NULL && strcmp(s_keys[i], key) != 0) {
        i++;
    }
    s_keys[i] = key;
    s_values[i] = value;
    write_image();
    assert_int_equal(config_image_open(&fixture->flash, &fixture->config), HOST_OK);
}

int net_fixture_open(net_fixture_t *fixture, const char *host, uint16_t port, bool is_tls)
{
    const int socket = sim_net_open(&fixture->net, host, strlen(host), port, is_tls ? PLATFORM_NET_TLS : 0);
    assert_true(socket >= 0);
    return socket;
}

void net_fixture_wait(net_fixture_t *fixture)
{
    struct pollfd fds[CLOCK_MAX_FDS];
    const int count = sim_net_prepare(&fixture->net, fds, CLOCK_MAX_FDS);
    if (count < 0) {
        return;
    }
    assert_true(poll(fds, (nfds_t)count, PATIENCE_MS) > 0);
    sim_net_finish(&fixture->net, fds, count);
}

int net_fixture_await(net_fixture_t *fixture, int socket)
{
    for (;;) {
        const int state = sim_net_state(&fixture->net, socket);
        if (state != 0) {
            return state;
        }
        net_fixture_wait(fixture);
    }
}

void net_fixture_receive(net_fixture_t *fixture, int socket, uint8_t *dst, size_t len)
{
    for (size_t done = 0; done < len;) {
        const int count = sim_net_recv(&fixture->net, socket, dst + done, len - done);
        assert_true(count >= 0);
        done += (size_t)count;
        if (count == 0) {
            net_fixture_wait(fixture);
        }
    }
}

int net_fixture_drain(net_fixture_t *fixture, int socket)
{
    uint8_t bytes[256];
    for (;;) {
        const int count = sim_net_recv(&fixture->net, socket, bytes, sizeof bytes);
        if (count < 0) {
            return count;
        }
        if (count == 0) {
            net_fixture_wait(fixture);
        }
    }
}

int listen_on_loopback(uint16_t *port, int backlog)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, backlog), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *port = ntohs(address.sin_port);
    return fd;
}
