#include "net_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "net_connect.h"
#include "sdkconfig.h"
#include "wake.h"

enum { QUEUE_LEN = 4, PRIORITY = 1 }; /* as the task that runs the modules: they share the processor */

struct net_job {
    char host[NET_HOST_BYTES];
    uint16_t port;
    net_job_kind_t kind;
    bool is_done;      /* under the lock */
    bool is_abandoned; /* under the lock */
    net_job_result_t result;
};

static QueueHandle_t s_queue;
static SemaphoreHandle_t s_lock;

static void close_result(const net_job_result_t *result)
{
    if (result->tls != NULL) {
        net_tls_close(result->tls, false);
    } else if (result->fd >= 0) {
        close(result->fd);
    }
}

/* The worker's steps, in order; the result holds whatever there is to close. */
static void run(net_job_t *job)
{
    net_job_result_t *result = &job->result;
    result->status = net_connect(job, job->host, job->port, &result->fd);
    if (result->status == HOST_OK && job->kind != NET_JOB_PLAIN) {
        result->status = net_tls_open(job, job->host, job->kind == NET_JOB_TLS, result->fd, &result->tls);
        result->fd = result->status == HOST_OK ? result->fd : -1;
    }
}

static void work(void *ctx)
{
    net_job_t *job;
    (void)ctx;
    for (;;) {
        if (xQueueReceive(s_queue, &job, portMAX_DELAY) != pdTRUE) {
            continue;
        }
        run(job);
        xSemaphoreTake(s_lock, portMAX_DELAY);
        job->is_done = true;
        const bool is_abandoned = job->is_abandoned;
        xSemaphoreGive(s_lock);
        if (is_abandoned) {
            close_result(&job->result);
            free(job);
        }
        wake_signal();
    }
}

int net_job_init(void)
{
    s_queue = xQueueCreate(QUEUE_LEN, sizeof(net_job_t *));
    s_lock = xSemaphoreCreateMutex();
    if (s_queue == NULL || s_lock == NULL) {
        return HOST_NO_MEMORY;
    }
    return xTaskCreate(work, "net", CONFIG_WASMOTE_NET_TASK_STACK, NULL, PRIORITY, NULL) == pdPASS ? HOST_OK : HOST_NO_MEMORY;
}

net_job_t *net_job_start(const char *host, uint16_t port, net_job_kind_t kind)
{
    net_job_t *job = calloc(1, sizeof *job);
    if (job == NULL) {
        return NULL;
    }
    snprintf(job->host, sizeof job->host, "%s", host);
    job->port = port;
    job->kind = kind;
    job->result.fd = -1;
    if (xQueueSend(s_queue, &job, 0) != pdTRUE) {
        free(job);
        return NULL;
    }
    return job;
}

bool net_job_poll(net_job_t *job, net_job_result_t *out)
{
    xSemaphoreTake(s_lock, portMAX_DELAY);
    const bool is_done = job->is_done;
    xSemaphoreGive(s_lock);
    if (is_done) {
        *out = job->result;
        free(job);
    }
    return is_done;
}

void net_job_abandon(net_job_t *job)
{
    xSemaphoreTake(s_lock, portMAX_DELAY);
    const bool is_done = job->is_done;
    job->is_abandoned = true;
    xSemaphoreGive(s_lock);
    if (is_done) {
        close_result(&job->result);
        free(job);
    }
}

bool net_job_is_abandoned(const net_job_t *job)
{
    xSemaphoreTake(s_lock, portMAX_DELAY);
    const bool is_abandoned = job->is_abandoned;
    xSemaphoreGive(s_lock);
    return is_abandoned;
}
