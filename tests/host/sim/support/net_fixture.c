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

enum { IMAGE_BYTES = 8192, KEYS = 4, PATIENCE_MS = 20000 };

static const char *s_keys[KEYS];
static const char *s_values[KEYS];
static uint8_t s_image[IMAGE_BYTES];

static int geometry(void *ctx, int partition, platform_flash_geometry_t *out)
{
    (void)ctx, (void)partition;
    *out = (platform_flash_geometry_t){ IMAGE_BYTES, 1, 16 };
    return HOST_OK;
}

static int read_image(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len)
{
    (void)ctx, (void)partition;
    memcpy(dst, s_image + offset, len);
    return HOST_OK;
}

static uint32_t crc_of(const uint8_t *bytes, size_t len)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
        }
    }
    return crc ^ 0xffffffff;
}

static void put_u32(uint8_t *dst, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        dst[i] = (uint8_t)(value >> (8 * i));
    }
}

static void write_image(void)
{
    uint8_t *body = s_image + 16;
    size_t at = 0;
    uint32_t entries = 0;
    for (int i = 0; i < KEYS; i++) {
        if (s_keys[i] == NULL || s_values[i] == NULL) {
            continue;
        }
        const size_t key_len = strlen(s_keys[i]);
        const size_t value_len = strlen(s_values[i]);
        body[at++] = (uint8_t)key_len;
        body[at++] = (uint8_t)value_len;
        body[at++] = (uint8_t)(value_len >> 8);
        memcpy(body + at, s_keys[i], key_len);
        memcpy(body + at + key_len, s_values[i], value_len);
        at += key_len + value_len;
        entries++;
    }
    memcpy(s_image, "WMCF", 4);
    put_u32(s_image + 4, 1 | entries << 16);
    put_u32(s_image + 8, (uint32_t)at);
    put_u32(s_image + 12, crc_of(body, at));
}

int net_fixture_set_up(void **state)
{
    net_fixture_t *fixture = calloc(1, sizeof *fixture);
    signal(SIGPIPE, SIG_IGN);
    memset(s_keys, 0, sizeof s_keys);
    write_image();
    fixture->world = world_create(true, 1);
    fixture->flash = (platform_flash_t){ .geometry = geometry, .read = read_image };
    sim_clock_start(&fixture->clock, fixture->world, (sim_clock_inputs_t){ NULL, NULL, NULL });
    sim_link_init(&fixture->link, &fixture->clock);
    assert_int_equal(sim_net_init(&fixture->net, &fixture->clock, &fixture->link, &fixture->flash), HOST_OK);
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
    (void)fixture;
    while (i < KEYS - 1 && s_keys[i] != NULL && strcmp(s_keys[i], key) != 0) {
        i++;
    }
    s_keys[i] = key;
    s_values[i] = value;
    write_image();
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
