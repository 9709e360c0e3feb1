#include "wake.h"

#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "esp_vfs_eventfd.h"
#include "status_idf.h"

static const char *TAG = "wake";

static int s_fd = -1;

int wake_init(void)
{
    const esp_vfs_eventfd_config_t config = { .max_fds = 1 };
    const int status = status_report(TAG, "event files", esp_vfs_eventfd_register(&config));
    if (status < 0) {
        return status;
    }
    s_fd = eventfd(0, 0);
    return s_fd < 0 ? HOST_IO : HOST_OK;
}

int wake_fd(void)
{
    return s_fd;
}

void wake_signal(void)
{
    const uint64_t one = 1;
    const ssize_t ignored = write(s_fd, &one, sizeof one); /* fails only when the count is full, which wakes as well */
    (void)ignored;
}

void wake_clear(void)
{
    uint64_t count;
    const ssize_t ignored = read(s_fd, &count, sizeof count);
    (void)ignored;
}
