/* config_image: what it finds, which half is in force, and that no damage does more than leave the other half in force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config_image.h"
#include "config_writer.h"

enum { SECTOR_BYTES = 256, SECTORS = 4, HALF_BYTES = SECTOR_BYTES * SECTORS / 2, SMALL_HALF_BYTES = 128 };

static uint8_t s_flash_bytes[2 * HALF_BYTES];
static platform_flash_geometry_t s_geometry;
static int s_geometry_status;
static int s_fails_at; /* count-down of reads to one that fails, 0 none */

static int geometry(void *ctx, int partition, platform_flash_geometry_t *out)
{
    (void)ctx;
    assert_int_equal(partition, PLATFORM_PARTITION_CONFIG);
    *out = s_geometry;
    return s_geometry_status;
}

static int read_bytes(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len)
{
    (void)ctx;
    assert_int_equal(partition, PLATFORM_PARTITION_CONFIG);
    const size_t bytes = s_geometry.sector_bytes * s_geometry.sector_count;
    assert_true(offset <= bytes && len <= bytes - offset);
    if (s_fails_at > 0 && --s_fails_at == 0) {
        return HOST_IO;
    }
    memcpy(dst, s_flash_bytes + offset, len);
    return HOST_OK;
}

static const platform_flash_t s_flash = { .geometry = geometry, .read = read_bytes };

static int erase_all(void **state)
{
    (void)state;
    memset(s_flash_bytes, 0xff, sizeof s_flash_bytes);
    s_geometry = (platform_flash_geometry_t){ SECTOR_BYTES, SECTORS, 16 };
    s_geometry_status = HOST_OK;
    s_fails_at = 0;
    return 0;
}

static uint8_t *half_at(int half)
{
    return s_flash_bytes + half * (int)(s_geometry.sector_bytes * s_geometry.sector_count / 2);
}

/* An image whose only value tells it from another. */
static void write_half(int half, uint32_t sequence, const char *name)
{
    config_writer_t writer;
    config_writer_begin(&writer, half_at(half), s_geometry.sector_bytes * s_geometry.sector_count / 2);
    config_writer_add(&writer, "name", name);
    config_writer_seal(&writer, sequence);
}

static void write_many(void)
{
    config_writer_t writer;
    config_writer_begin(&writer, half_at(0), HALF_BYTES);
    config_writer_add(&writer, "mqtt.host", "broker.example");
    config_writer_add(&writer, "mqtt.port", "8883");
    config_writer_add(&writer, "mqtt.tls", "true");
    config_writer_add(&writer, "empty", "");
    config_writer_add(&writer, "mqtt.cleanSession", "false");
    config_writer_add(&writer, "words", "a value longer than one read of the reader, so that it is copied whole in any case");
    config_writer_seal(&writer, 1);
}

static int get(const config_image_t *image, const char *key, uint8_t *dst, size_t cap)
{
    return config_image_get(image, key, strlen(key), dst, cap);
}

static void expect_name(const config_image_t *image, const char *name)
{
    uint8_t value[16];
    assert_int_equal(get(image, "name", value, sizeof value), (int)strlen(name));
    assert_memory_equal(value, name, strlen(name));
}

static void expect_remark(const config_image_t *image, const char *expected)
{
    char text[160];
    const size_t len = config_image_remark(image, text, sizeof text);
    assert_string_equal(text, expected);
    assert_int_equal(len, strlen(text));
}

static void finds_each_value(void **state)
{
    (void)state;
    uint8_t value[128];
    config_image_t image;
    write_many();
    assert_int_equal(config_image_open(&s_flash, &image), HOST_OK);
    assert_int_equal(get(&image, "mqtt.host", value, sizeof value), 14);
    assert_memory_equal(value, "broker.example", 14);
    assert_int_equal(get(&image, "mqtt.host", value, 14), 14);
    assert_int_equal(get(&image, "empty", value, 0), 0);
    assert_int_equal(get(&image, "words", value, sizeof value), 82);
    assert_int_equal(get(&image, "mqtt.hos", value, sizeof value), HOST_NOT_FOUND);
    assert_int_equal(get(&image, "mqtt.hostx", value, sizeof value), HOST_NOT_FOUND);
    assert_int_equal(get(&image, "", value, sizeof value), HOST_NOT_FOUND);
    assert_int_equal(config_image_get(&image, (const char *)s_flash_bytes, 300, value, sizeof value), HOST_NOT_FOUND);
    expect_remark(&image, "");
}

static void leaves_dst_alone_unless_it_succeeds(void **state)
{
    (void)state;
    uint8_t value[16];
    config_image_t image;
    write_many();
    config_image_open(&s_flash, &image);
    memset(value, 0x55, sizeof value);
    assert_int_equal(get(&image, "mqtt.host", value, 13), HOST_TOO_LARGE);
    assert_int_equal(get(&image, "nothing", value, sizeof value), HOST_NOT_FOUND);
    for (size_t i = 0; i < sizeof value; i++) {
        assert_int_equal(value[i], 0x55);
    }
}

static void reads_booleans_and_numbers(void **state)
{
    (void)state;
    config_image_t image;
    write_many();
    config_image_open(&s_flash, &image);
    assert_int_equal(config_image_get_bool(&image, "mqtt.tls", 0), 1);
    assert_int_equal(config_image_get_bool(&image, "mqtt.cleanSession", 1), 0);
    assert_int_equal(config_image_get_bool(&image, "missing", 1), 1);
    assert_int_equal(config_image_get_bool(&image, "mqtt.port", 0), HOST_INVALID);
    assert_int_equal(config_image_get_bool(&image, "mqtt.host", 0), HOST_INVALID);
    assert_int_equal(config_image_get_int(&image, "mqtt.port", 0, 1, 65535), 8883);
    assert_int_equal(config_image_get_int(&image, "missing", 7, 1, 65535), 7);
    assert_int_equal(config_image_get_int(&image, "mqtt.port", 0, 1, 8882), HOST_INVALID);
    assert_int_equal(config_image_get_int(&image, "mqtt.tls", 0, 0, 10), HOST_INVALID);
    assert_int_equal(config_image_get_int(&image, "empty", 0, 0, 10), HOST_INVALID);
    assert_int_equal(config_image_get_int(&image, "words", 0, 0, 10), HOST_INVALID);
}

static void takes_the_later_half(void **state)
{
    (void)state;
    static const struct {
        uint32_t a, b;
        int in_force;
    } cases[] = {
        { 1, 2, 1 }, { 2, 1, 0 }, { 7, 7, 0 }, { UINT32_MAX, 0, 1 }, { 0, UINT32_MAX, 0 }, { 0x7fffffff, 0x80000000, 1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        config_image_t image;
        write_half(0, cases[i].a, "first");
        write_half(1, cases[i].b, "second");
        assert_int_equal(config_image_open(&s_flash, &image), HOST_OK);
        assert_int_equal(image.in_force, cases[i].in_force);
        expect_name(&image, cases[i].in_force == 0 ? "first" : "second");
        expect_remark(&image, "");
    }
}

static void does_without_one_half(void **state)
{
    (void)state;
    for (int written = 0; written < 2; written++) {
        config_image_t image;
        erase_all(NULL);
        write_half(written, 9, "only");
        assert_int_equal(config_image_open(&s_flash, &image), HOST_OK);
        assert_int_equal(image.in_force, written);
        assert_int_equal(image.half[1 - written].status, HOST_NOT_FOUND);
        expect_name(&image, "only");
        expect_remark(&image, "");
    }
}

static void says_that_there_is_none(void **state)
{
    (void)state;
    uint8_t value[4];
    config_image_t image;
    assert_int_equal(config_image_open(&s_flash, &image), HOST_NOT_FOUND);
    assert_int_equal(image.in_force, -1);
    assert_int_equal(get(&image, "name", value, sizeof value), HOST_NOT_FOUND);
    assert_int_equal(config_image_get_bool(&image, "name", 1), 1);
    assert_int_equal(config_image_get_int(&image, "name", 5, 0, 9), 5);
    expect_remark(&image, "");
    s_geometry_status = HOST_NOT_FOUND;
    assert_int_equal(config_image_open(&s_flash, &image), HOST_NOT_FOUND);
    memset(s_flash_bytes, 0, sizeof s_flash_bytes);
    s_geometry_status = HOST_OK;
    assert_int_equal(config_image_open(&s_flash, &image), HOST_CORRUPT);
    assert_int_equal(config_image_get_bool(&image, "name", 1), HOST_CORRUPT);
    expect_remark(&image,
                  "configuration: half A is damaged or was not written to its end; half B is damaged or was not written to "
                  "its end; none is in force");
}

static void says_which_version_it_cannot_read(void **state)
{
    (void)state;
    config_image_t image;
    write_half(0, 1, "old");
    write_half(1, 2, "new");
    half_at(1)[CONFIG_WRITER_VERSION_AT] = 3;
    config_writer_seal_header(half_at(1));
    assert_int_equal(config_image_open(&s_flash, &image), HOST_OK);
    expect_name(&image, "old");
    expect_remark(&image, "configuration: half B is of version 3, expected 2; half A of sequence 1 is in force");
    memset(half_at(0), 0xff, HALF_BYTES);
    assert_int_equal(config_image_open(&s_flash, &image), HOST_UNSUPPORTED);
    expect_remark(&image, "configuration: half B is of version 3, expected 2; none is in force");
}

/* Every bit of the newer half, its unused end included: the older one is in force, and the remark says why. */
static void keeps_the_old_half_at_every_flipped_bit(void **state)
{
    (void)state;
    s_geometry = (platform_flash_geometry_t){ SMALL_HALF_BYTES, 2, 16 };
    write_half(0, 1, "old");
    write_half(1, 2, "new");
    for (size_t bit = 0; bit < SMALL_HALF_BYTES * 8; bit++) {
        config_image_t image;
        half_at(1)[bit / 8] ^= (uint8_t)(1u << (bit & 7));
        assert_int_equal(config_image_open(&s_flash, &image), HOST_OK);
        if (image.in_force != 0 || image.half[1].status != HOST_CORRUPT) {
            fail_msg("bit %zu flipped: half %d in force, the other %d", bit, image.in_force, image.half[1].status);
        }
        expect_name(&image, "old");
        expect_remark(&image, "configuration: half B is damaged or was not written to its end; half A of sequence 1 is in force");
        half_at(1)[bit / 8] ^= (uint8_t)(1u << (bit & 7));
    }
    config_image_t image;
    config_image_open(&s_flash, &image);
    expect_name(&image, "new");
}

/* The writer erases the half that is not in force, writes it byte by byte, then does the same to the other one. */
static void is_never_without_a_configuration_while_it_is_written(void **state)
{
    (void)state;
    uint8_t done[SMALL_HALF_BYTES];
    s_geometry = (platform_flash_geometry_t){ SMALL_HALF_BYTES, 2, 16 };
    write_half(1, 5, "new");
    memcpy(done, half_at(1), sizeof done);
    for (int first = 0; first < 2; first++) {
        write_half(first, 3, "older");
        write_half(1 - first, 4, "old");
        for (int step = 0; step < 2; step++) {
            const int half = step == 0 ? first : 1 - first;
            memset(half_at(half), 0xff, SMALL_HALF_BYTES);
            for (size_t len = 0; len <= SMALL_HALF_BYTES; len++) {
                config_image_t image;
                memcpy(half_at(half), done, len);
                assert_int_equal(config_image_open(&s_flash, &image), HOST_OK);
                expect_name(&image, step == 0 && image.in_force != first ? "old" : "new");
            }
        }
    }
}

/* Lengths that lie under checksums that fit: what a faulty writer makes. */
static void refuses_sealed_nonsense(void **state)
{
    (void)state;
    config_image_t image;
    config_writer_t writer;
    config_writer_begin(&writer, half_at(0), HALF_BYTES);
    config_writer_add(&writer, "name", "value");
    const config_writer_t good = writer;
    static const struct {
        int entries, bytes;
    } wrong[] = { { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 }, { 0, HALF_BYTES }, { 0, 0x7fffffff } };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        writer = good;
        writer.entries = (uint16_t)(writer.entries + wrong[i].entries);
        writer.body_bytes += (size_t)wrong[i].bytes;
        config_writer_seal(&writer, 1);
        assert_int_equal(config_image_open(&s_flash, &image), HOST_CORRUPT);
    }
    for (int i = 0; i < CONFIG_IMAGE_ENTRY_BYTES; i++) {
        uint8_t *byte = half_at(0) + CONFIG_IMAGE_HEADER_BYTES + i;
        const uint8_t old = *byte;
        *byte = 0xff;
        config_writer_seal(&good, 1);
        assert_int_equal(config_image_open(&s_flash, &image), HOST_CORRUPT);
        *byte = old;
    }
    config_writer_seal(&good, 1);
    assert_int_equal(config_image_open(&s_flash, &image), HOST_OK);
    expect_name(&image, "value");
}

static void passes_on_a_failing_flash(void **state)
{
    (void)state;
    int reads = 0;
    for (int at = 1;; at++) {
        uint8_t value[16];
        config_image_t image;
        write_half(0, 1, "value");
        s_fails_at = at;
        const int opened = config_image_open(&s_flash, &image);
        const int result = get(&image, "name", value, sizeof value);
        if (s_fails_at > 0) {
            assert_int_equal(opened, HOST_OK);
            assert_int_equal(result, 5);
            break;
        }
        /* A half that cannot be read is told; the other one is erased here. */
        assert_true(opened == HOST_IO || result == HOST_IO || image.half[1].status == HOST_IO);
        reads++;
    }
    assert_true(reads > 6);
}

static void cuts_a_remark_that_does_not_fit(void **state)
{
    (void)state;
    config_image_t image;
    memset(s_flash_bytes, 0, sizeof s_flash_bytes);
    config_image_open(&s_flash, &image);
    for (size_t cap = 1; cap < 160; cap++) {
        char text[160];
        memset(text, 'x', sizeof text);
        const size_t len = config_image_remark(&image, text, cap);
        assert_int_equal(len, strlen(text));
        assert_true(strlen(text) < cap && text[cap] == 'x');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(finds_each_value, erase_all),
        cmocka_unit_test_setup(leaves_dst_alone_unless_it_succeeds, erase_all),
        cmocka_unit_test_setup(reads_booleans_and_numbers, erase_all),
        cmocka_unit_test_setup(takes_the_later_half, erase_all),
        cmocka_unit_test_setup(does_without_one_half, erase_all),
        cmocka_unit_test_setup(says_that_there_is_none, erase_all),
        cmocka_unit_test_setup(says_which_version_it_cannot_read, erase_all),
        cmocka_unit_test_setup(keeps_the_old_half_at_every_flipped_bit, erase_all),
        cmocka_unit_test_setup(is_never_without_a_configuration_while_it_is_written, erase_all),
        cmocka_unit_test_setup(refuses_sealed_nonsense, erase_all),
        cmocka_unit_test_setup(passes_on_a_failing_flash, erase_all),
        cmocka_unit_test_setup(cuts_a_remark_that_does_not_fit, erase_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
