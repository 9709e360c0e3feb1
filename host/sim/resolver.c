#include "resolver.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"

static const char *TAG = "net";

/* Threads that hang in the system's look-up must not pile up. */
enum { MAX_JOBS = 8 };

struct resolver_job {
    char host[RESOLVER_HOST_BYTES];
    char port[6];
    int notify_fd;
    bool is_done;
    bool is_abandoned;
    int code; /* of getaddrinfo */
    struct addrinfo *addresses;
};

static pthread_mutex_t s_lock = PTHREAD_MUTEX_INITIALIZER;
static int s_jobs;

static void *look_up(void *ctx)
{
    resolver_job_t *job = ctx;
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
    struct addrinfo *addresses = NULL;
    const int code = getaddrinfo(job->host, job->port, &hints, &addresses);

    pthread_mutex_lock(&s_lock);
    s_jobs--;
    const bool is_abandoned = job->is_abandoned;
    const int notify_fd = job->notify_fd;
    job->code = code;
    job->addresses = addresses;
    job->is_done = true;
    if (!is_abandoned) {
        const ssize_t ignored = write(notify_fd, "", 1);
        (void)ignored; /* a full pipe wakes as well */
    }
    pthread_mutex_unlock(&s_lock);

    if (is_abandoned) {
        if (code == 0) {
            freeaddrinfo(addresses);
        }
        free(job);
    }
    return NULL;
}

resolver_job_t *resolver_start(const char *host, uint16_t port, int notify_fd)
{
    resolver_job_t *job = calloc(1, sizeof *job);
    if (job == NULL) {
        return NULL;
    }
    snprintf(job->host, sizeof job->host, "%s", host);
    snprintf(job->port, sizeof job->port, "%u", (unsigned)port);
    job->notify_fd = notify_fd;

    pthread_t thread;
    pthread_mutex_lock(&s_lock);
    const bool is_started = s_jobs < MAX_JOBS && pthread_create(&thread, NULL, look_up, job) == 0;
    s_jobs += is_started;
    pthread_mutex_unlock(&s_lock);
    if (!is_started) {
        free(job);
        return NULL;
    }
    pthread_detach(thread);
    return job;
}

int resolver_poll(resolver_job_t *job, struct addrinfo **out)
{
    pthread_mutex_lock(&s_lock);
    const bool is_done = job->is_done;
    pthread_mutex_unlock(&s_lock);
    if (!is_done) {
        return 0;
    }
    const int code = job->code;
    *out = job->addresses;
    if (code != 0) {
        sim_log(PLATFORM_LOG_WARNING, TAG, "%s: %s", job->host, gai_strerror(code));
    }
    free(job);
    if (code == 0) {
        return 1;
    }
    return code == EAI_NONAME ? HOST_NOT_FOUND : HOST_IO;
}

void resolver_abandon(resolver_job_t *job)
{
    pthread_mutex_lock(&s_lock);
    const bool is_done = job->is_done;
    job->is_abandoned = true;
    pthread_mutex_unlock(&s_lock);
    if (is_done) {
        if (job->code == 0) {
            freeaddrinfo(job->addresses);
        }
        free(job);
    }
}
