/* config_image: what it finds, and that no damage to an image does more than change the answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config_image.h"

enum { SECTOR_BYTES = 256, SECTORS = 2, PARTITION_BYTES = SECTOR_BYTES * SECTORS };

typedef struct {
    uint8_t bytes[PARTITION_BYTES];
    int fails_at; /* count-down of reads to one that fails, 0 none */
} device_t;

static device_t s_device;

static int geometry(void *ctx, int partition, platform_flash_geometry_t *out)
{
    (void)ctx;
    assert_int_equal(partition, PLATFORM_PARTITION_CONFIG);
    *out = (platform_flash_geometry_t){ SECTOR_BYTES, SECTORS, 16 };
    return HOST_OK;
}

static int read_bytes(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len)
{
    device_t *device = ctx;
    assert_int_equal(partition, PLATFORM_PARTITION_CONFIG);
    assert_true(offset <= PARTITION_BYTES && len <= PARTITION_BYTES - offset);
    if (device->fails_at > 0 && --device->fails_at == 0) {
        return HOST_IO;
    }
    memcpy(dst, device->bytes + offset, len);
    return HOST_OK;
}

static const platform_flash_t s_flash = { .ctx = &s_device, .geometry = geometry, .read = read_bytes };

/* Bit by bit, from the definition: the reader under test goes by a table. */
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

static size_t add(uint8_t *body, size_t at, const char *key, const char *value)
{
    body[at++] = (uint8_t)strlen(key);
    body[at++] = (uint8_t)strlen(value);
    body[at++] = (uint8_t)(strlen(value) >> 8);
    memcpy(body + at, key, strlen(key));
    memcpy(body + at + strlen(key), value, strlen(value));
    return at + strlen(key) + strlen(value);
}

static void seal(uint16_t entries, uint32_t body_bytes)
{
    const uint32_t crc = crc_of(s_device.bytes + CONFIG_IMAGE_HEADER_BYTES, body_bytes);
    const uint8_t header[CONFIG_IMAGE_HEADER_BYTES] = {
        'W',
        'M',
        'C',
        'F',
        1,
        0,
        (uint8_t)entries,
        (uint8_t)(entries >> 8),
        (uint8_t)body_bytes,
        (uint8_t)(body_bytes >> 8),
        0,
        0,
        (uint8_t)crc,
        (uint8_t)(crc >> 8),
        (uint8_t)(crc >> 16),
        (uint8_t)(crc >> 24),
    };
    memcpy(s_device.bytes, header, sizeof header);
}

static size_t write_image(void)
{
    uint8_t *body = s_device.bytes + CONFIG_IMAGE_HEADER_BYTES;
    s_device.fails_at = 0;
    memset(s_device.bytes, 0xff, sizeof s_device.bytes);
    size_t len = add(body, 0, "mqtt.host", "broker.example");
    len = add(body, len, "mqtt.port", "8883");
    len = add(body, len, "mqtt.tls", "true");
    len = add(body, len, "empty", "");
    len = add(body, len, "mqtt.cleanSession", "false");
    len = add(body, len, "words", "a value longer than one read of the reader, so that it is copied whole in any case");
    seal(6, (uint32_t)len);
    return CONFIG_IMAGE_HEADER_BYTES + len;
}

static int get(const char *key, uint8_t *dst, size_t cap)
{
    return config_image_get(&s_flash, key, strlen(key), dst, cap);
}

static void finds_each_value(void **state)
{
    (void)state;
    uint8_t value[128];
    write_image();
    assert_int_equal(get("mqtt.host", value, sizeof value), 14);
    assert_memory_equal(value, "broker.example", 14);
    assert_int_equal(get("mqtt.host", value, 14), 14);
    assert_int_equal(get("empty", value, 0), 0);
    assert_int_equal(get("words", value, sizeof value), 82);
    assert_int_equal(get("mqtt.hos", value, sizeof value), HOST_NOT_FOUND);
    assert_int_equal(get("mqtt.hostx", value, sizeof value), HOST_NOT_FOUND);
    assert_int_equal(get("", value, sizeof value), HOST_NOT_FOUND);
}

static void leaves_dst_alone_unless_it_succeeds(void **state)
{
    (void)state;
    uint8_t value[16];
    write_image();
    memset(value, 0x55, sizeof value);
    assert_int_equal(get("mqtt.host", value, 13), HOST_TOO_LARGE);
    assert_int_equal(get("nothing", value, sizeof value), HOST_NOT_FOUND);
    for (size_t i = 0; i < sizeof value; i++) {
        assert_int_equal(value[i], 0x55);
    }
}

static void reads_booleans_and_numbers(void **state)
{
    (void)state;
    write_image();
    assert_int_equal(config_image_get_bool(&s_flash, "mqtt.tls", 0), 1);
    assert_int_equal(config_image_get_bool(&s_flash, "mqtt.cleanSession", 1), 0);
    assert_int_equal(config_image_get_bool(&s_flash, "missing", 1), 1);
    assert_int_equal(config_image_get_bool(&s_flash, "mqtt.port", 0), HOST_INVALID);
    assert_int_equal(config_image_get_bool(&s_flash, "mqtt.host", 0), HOST_INVALID);
    assert_int_equal(config_image_get_int(&s_flash, "mqtt.port", 0, 1, 65535), 8883);
    assert_int_equal(config_image_get_int(&s_flash, "missing", 7, 1, 65535), 7);
    assert_int_equal(config_image_get_int(&s_flash, "mqtt.port", 0, 1, 8882), HOST_INVALID);
    assert_int_equal(config_image_get_int(&s_flash, "mqtt.tls", 0, 0, 10), HOST_INVALID);
    assert_int_equal(config_image_get_int(&s_flash, "empty", 0, 0, 10), HOST_INVALID);
    assert_int_equal(config_image_get_int(&s_flash, "words", 0, 0, 10), HOST_INVALID);
}

static void tells_an_erased_partition_from_a_damaged_one(void **state)
{
    (void)state;
    uint8_t value[16];
    memset(s_device.bytes, 0xff, sizeof s_device.bytes);
    assert_int_equal(get("mqtt.host", value, sizeof value), HOST_NOT_FOUND);
    memset(s_device.bytes, 0, sizeof s_device.bytes);
    assert_int_equal(get("mqtt.host", value, sizeof value), HOST_CORRUPT);
    write_image();
    s_device.bytes[4] = 2;
    assert_int_equal(get("mqtt.host", value, sizeof value), HOST_UNSUPPORTED);
}

static void refuses_every_flipped_bit(void **state)
{
    (void)state;
    const size_t len = write_image();
    for (size_t bit = 0; bit < len * 8; bit++) {
        uint8_t value[128];
        s_device.bytes[bit / 8] ^= (uint8_t)(1u << (bit & 7));
        const int result = get("mqtt.host", value, sizeof value);
        if (result != HOST_CORRUPT && result != HOST_UNSUPPORTED) {
            fail_msg("bit %zu flipped: %d", bit, result);
        }
        s_device.bytes[bit / 8] ^= (uint8_t)(1u << (bit & 7));
    }
    uint8_t value[16];
    assert_int_equal(get("mqtt.host", value, sizeof value), 14);
}

/* Lengths that lie under a checksum that fits: what a faulty writer makes. */
static void refuses_sealed_nonsense(void **state)
{
    (void)state;
    uint8_t value[16];
    uint8_t *body = s_device.bytes + CONFIG_IMAGE_HEADER_BYTES;
    memset(s_device.bytes, 0xff, sizeof s_device.bytes);
    const uint32_t len = (uint32_t)add(body, 0, "key", "value");
    seal(2, len);
    assert_int_equal(get("key", value, sizeof value), HOST_CORRUPT);
    seal(0, len);
    assert_int_equal(get("key", value, sizeof value), HOST_CORRUPT);
    seal(1, len + 1);
    assert_int_equal(get("key", value, sizeof value), HOST_CORRUPT);
    for (int i = 0; i < 3; i++) {
        const uint8_t old = body[i];
        body[i] = 0xff;
        seal(1, len);
        assert_int_equal(get("key", value, sizeof value), HOST_CORRUPT);
        body[i] = old;
    }
    seal(1, len);
    assert_int_equal(get("key", value, sizeof value), 5);
}

static void passes_on_a_failing_flash(void **state)
{
    (void)state;
    uint8_t value[16];
    int reads = 0;
    for (int at = 1;; at++) {
        write_image();
        s_device.fails_at = at;
        const int result = get("mqtt.host", value, sizeof value);
        if (s_device.fails_at > 0) {
            assert_int_equal(result, 14);
            break;
        }
        assert_int_equal(result, HOST_IO);
        reads++;
    }
    assert_true(reads > 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_value),           cmocka_unit_test(leaves_dst_alone_unless_it_succeeds),
        cmocka_unit_test(reads_booleans_and_numbers), cmocka_unit_test(tells_an_erased_partition_from_a_damaged_one),
        cmocka_unit_test(refuses_every_flipped_bit),  cmocka_unit_test(refuses_sealed_nonsense),
        cmocka_unit_test(passes_on_a_failing_flash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
