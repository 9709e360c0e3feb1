#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include <psa/crypto.h>

#include "cell.h"
#include "crc32.h"

enum { HEAD = PACKAGE_HEAD_BYTES, PACKAGE_MAX = HEAD + CELL_CAPACITY };

static cell_t s_cell;
static signed_package_t s_package;

static int boot(void **state)
{
    (void)state;
    cell_init(&s_cell);
    return cell_boot(&s_cell, PLATFORM_RESET_POWER_ON);
}

/* Writes and verifies a package with so many bytes of image. */
static void verify(size_t size)
{
    signer_app(&s_package, "app_quiet", 1, size);
    assert_int_equal(cell_begin(&s_cell, 0, s_package.head), 0);
    assert_int_equal(cell_send(&s_cell, &s_package, 0, 100), (int)size);
    assert_int_equal(cell_finish(&s_cell), HOST_OK);
}

static size_t file_of(size_t size, uint8_t dst[PACKAGE_MAX])
{
    memcpy(dst, s_package.head, HEAD);
    memcpy(dst + HEAD, s_package.image, size);
    return HEAD + size;
}

/* Of head and image, by another way than the one tested. */
static size_t checksum_of(update_algorithm_t algorithm, size_t size, uint8_t dst[UPDATE_CHECKSUM_BYTES_MAX])
{
    static const psa_algorithm_t known[] = { 0, 0, PSA_ALG_MD5, PSA_ALG_SHA_256, PSA_ALG_SHA_384, PSA_ALG_SHA_512 };
    static uint8_t file[PACKAGE_MAX];
    const size_t len = file_of(size, file);
    size_t digest_len = 4;
    if (algorithm == UPDATE_CRC32) {
        const uint32_t crc = crc32_end(crc32_update(CRC32_START, file, len));
        for (size_t i = 0; i < digest_len; i++) {
            dst[i] = (uint8_t)(crc >> (8 * i));
        }
    } else {
        assert_int_equal(psa_hash_compute(known[algorithm], file, len, dst, UPDATE_CHECKSUM_BYTES_MAX, &digest_len), PSA_SUCCESS);
    }
    return digest_len;
}

static int check(update_algorithm_t algorithm, const uint8_t *digest, size_t len)
{
    int status;
    do {
        status = update_check(&s_cell.update, 0, algorithm, digest, len);
    } while (status == HOST_BUSY);
    return status;
}

static void each_algorithm_tells_the_package_from_one_with_another_bit(void **state)
{
    static const size_t sizes[] = { 400, CELL_CAPACITY };
    uint8_t digest[UPDATE_CHECKSUM_BYTES_MAX];
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        boot(state);
        verify(sizes[s]);
        for (update_algorithm_t algorithm = UPDATE_CRC32; algorithm <= UPDATE_SHA512; algorithm++) {
            const size_t len = checksum_of(algorithm, sizes[s], digest);
            assert_int_equal(check(algorithm, digest, len), HOST_OK);
            for (size_t byte = 0; byte < len; byte++) {
                digest[byte] ^= 1;
                assert_int_equal(check(algorithm, digest, len), HOST_CORRUPT);
                assert_non_null(strstr(s_cell.update.error, "checksum: differs"));
                digest[byte] ^= 1;
            }
            assert_int_equal(check(algorithm, digest, len), HOST_OK);
            assert_int_equal(check(algorithm, digest, len - 1), HOST_INVALID);
            assert_int_equal(check(algorithm, digest, 0), HOST_INVALID);
        }
        /* What was checked may be switched to, and nothing else was counted against it. */
        assert_int_equal(update_apply(&s_cell.update, 0), HOST_OK);
    }
}

static void an_unknown_algorithm_is_refused_with_a_reason(void **state)
{
    (void)state;
    uint8_t digest[UPDATE_CHECKSUM_BYTES_MAX] = { 0 };
    verify(400);
    assert_int_equal(check(UPDATE_NO_ALGORITHM, digest, 4), HOST_UNSUPPORTED);
    assert_int_equal(check((update_algorithm_t)(UPDATE_SHA512 + 1), digest, 4), HOST_UNSUPPORTED);
    assert_non_null(strstr(s_cell.update.error, "algorithm 6"));
}

static void nothing_is_checked_before_it_is_verified(void **state)
{
    (void)state;
    uint8_t digest[UPDATE_CHECKSUM_BYTES_MAX] = { 0 };
    assert_int_equal(check(UPDATE_SHA256, digest, 32), HOST_INVALID);
    assert_int_equal(update_check(&s_cell.update, 2, UPDATE_SHA256, digest, 32), HOST_INVALID);
    assert_int_equal(update_check(&s_cell.update, -1, UPDATE_SHA256, digest, 32), HOST_INVALID);
    signer_app(&s_package, "app_quiet", 1, 400);
    assert_int_equal(cell_begin(&s_cell, 0, s_package.head), 0);
    cell_send(&s_cell, &s_package, 0, 100);
    assert_int_equal(check(UPDATE_SHA256, digest, 32), HOST_INVALID);
}

static void an_offer_in_between_costs_a_new_beginning_and_nothing_else(void **state)
{
    (void)state;
    uint8_t digest[UPDATE_CHECKSUM_BYTES_MAX];
    verify(CELL_CAPACITY);
    const size_t len = checksum_of(UPDATE_SHA256, CELL_CAPACITY, digest);
    s_cell.update.load.checked = 300; /* as if a part were done, with a hash that the offer takes */
    signed_package_t other = s_package;
    other.head[PACKAGE_SIGNED_BYTES] ^= 1;
    assert_int_equal(update_begin(&s_cell.update, 0, other.head), HOST_REFUSED);
    assert_int_equal(check(UPDATE_SHA256, digest, len), HOST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_algorithm_tells_the_package_from_one_with_another_bit, boot),
        cmocka_unit_test_setup(an_unknown_algorithm_is_refused_with_a_reason, boot),
        cmocka_unit_test_setup(nothing_is_checked_before_it_is_verified, boot),
        cmocka_unit_test_setup(an_offer_in_between_costs_a_new_beginning_and_nothing_else, boot),
    };
    return cmocka_run_group_tests_name("host/update/update_check", tests, NULL, NULL);
}
