#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "status.h"

static void every_status_has_its_name(void **state)
{
    (void)state;
    assert_string_equal(host_status_name(HOST_OK), "OK");
    assert_string_equal(host_status_name(512), "OK"); /* a count */
    assert_string_equal(host_status_name(HOST_NO_MEMORY), "NO_MEMORY");
    assert_string_equal(host_status_name(HOST_UNSUPPORTED), "UNSUPPORTED");
    assert_string_equal(host_status_name(HOST_BUSY), "BUSY");
    assert_string_equal(host_status_name(-16), "UNKNOWN");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_status_has_its_name) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
