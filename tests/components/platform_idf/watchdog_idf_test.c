#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "esp_log.h"
#include "esp_task_wdt.h"
#include "status.h"
#include "watchdog_idf.h"

static bool s_is_running; /* ESP-IDF may have started it at boot */
static bool s_watches_task;
static esp_task_wdt_config_t s_config;
static int s_feeds;

esp_err_t esp_task_wdt_init(const esp_task_wdt_config_t *config)
{
    if (s_is_running) {
        return ESP_ERR_INVALID_STATE;
    }
    s_is_running = true;
    s_config = *config;
    return ESP_OK;
}

esp_err_t esp_task_wdt_reconfigure(const esp_task_wdt_config_t *config)
{
    if (!s_is_running) {
        return ESP_ERR_INVALID_STATE;
    }
    s_config = *config;
    return ESP_OK;
}

esp_err_t esp_task_wdt_add(TaskHandle_t task_handle)
{
    s_watches_task = task_handle == NULL;
    return s_is_running ? ESP_OK : ESP_ERR_INVALID_STATE;
}

esp_err_t esp_task_wdt_reset(void)
{
    s_feeds++;
    return s_watches_task ? ESP_OK : ESP_ERR_NOT_FOUND;
}

static int set_up(void **state)
{
    (void)state;
    s_is_running = false;
    s_watches_task = false;
    s_feeds = 0;
    fake_log_reset();
    return 0;
}

static void starts_whether_or_not_boot_has_started_it(void **state)
{
    (void)state;
    for (int boot = 0; boot < 2; boot++) {
        set_up(state);
        s_is_running = boot == 1;
        assert_int_equal(watchdog_idf_start(8), HOST_OK);
        assert_int_equal(s_config.timeout_ms, 8000);
        assert_true(s_config.trigger_panic);
        assert_int_equal(s_config.idle_core_mask, 0);
        assert_true(s_watches_task);
        assert_int_equal(watchdog_idf_seconds(), 8);
        assert_string_equal(fake_log, "");
    }
}

static void a_period_is_set_and_fed(void **state)
{
    (void)state;
    watchdog_idf_start(8);
    assert_int_equal(watchdog_idf_set(0), HOST_OK);
    assert_int_equal(s_feeds, 1);
    assert_int_equal(s_config.timeout_ms, 8000);
    assert_int_equal(watchdog_idf_set(30), HOST_OK);
    assert_int_equal(s_feeds, 2);
    assert_int_equal(s_config.timeout_ms, 30000);
    assert_int_equal(watchdog_idf_seconds(), 30);
}

static void food_for_a_task_that_is_not_watched_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(watchdog_idf_set(0), HOST_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(starts_whether_or_not_boot_has_started_it),
        TEST(a_period_is_set_and_fed),
        TEST(food_for_a_task_that_is_not_watched_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
