/*
 * The same work as the simulated board's, done by libmosquitto: publishes as fast as its window allows, in one thread, and
 * counts what is over within a span of time. QoS 0 is over once it is written, QoS 1 once its PUBACK is here.
 *
 *     mosquitto_client HOST PORT QOS WINDOW WARM_UP_MS SPAN_MS
 *
 * Prints one JSON object: messages and processor time of the span, and messages of the whole run.
 */
#include <mosquitto.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAYLOAD_BYTES = 100, KEEP_ALIVE_SECONDS = 60, WAIT_MS = 1000, BURST = 64 };

static const char TOPIC[] = "devices/bench/readings/speed"; /* 28 bytes */

typedef struct {
    int qos;
    int window;
    int in_flight;
    int64_t finished;
    bool is_online;
} client_t;

static int64_t now_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void check(int status, const char *what)
{
    if (status != MOSQ_ERR_SUCCESS) {
        fprintf(stderr, "mosquitto_client: %s: %s\n", what, mosquitto_strerror(status));
        exit(EXIT_FAILURE);
    }
}

static void on_connect(struct mosquitto *mosq, void *ctx, int code)
{
    (void)mosq;
    client_t *client = ctx;
    if (code != 0) {
        fprintf(stderr, "mosquitto_client: refused: %s\n", mosquitto_connack_string(code));
        exit(EXIT_FAILURE);
    }
    client->is_online = true;
}

static void on_publish(struct mosquitto *mosq, void *ctx, int id)
{
    (void)mosq;
    (void)id;
    client_t *client = ctx;
    client->in_flight--;
    client->finished++;
}

/* Publishes until the window is full or the socket takes no more. */
static void publish_some(struct mosquitto *mosq, client_t *client)
{
    static uint8_t payload[PAYLOAD_BYTES];
    memset(payload, 'b', sizeof payload);
    for (int i = 0; i < BURST && client->in_flight < client->window && !mosquitto_want_write(mosq); i++) {
        client->in_flight++; /* before the call: QoS 0 is over within it */
        check(mosquitto_publish(mosq, NULL, TOPIC, sizeof payload, payload, client->qos, false), "publish");
    }
}

/* Works until `until_us`. */
static void work(struct mosquitto *mosq, client_t *client, int64_t until_us)
{
    while (now_us(CLOCK_MONOTONIC) < until_us) {
        publish_some(mosq, client);
        /* With nothing to wait for it only looks: else it would sleep until the broker says something. */
        const bool has_room = client->in_flight < client->window && !mosquitto_want_write(mosq);
        check(mosquitto_loop(mosq, has_room ? 0 : WAIT_MS, 1), "loop");
    }
}

static void report(struct mosquitto *mosq, client_t *client, int64_t span_us)
{
    const int64_t finished = client->finished;
    const int64_t cpu_us = now_us(CLOCK_PROCESS_CPUTIME_ID);
    const int64_t started_us = now_us(CLOCK_MONOTONIC);
    work(mosq, client, started_us + span_us);
    const int64_t taken_us = now_us(CLOCK_MONOTONIC) - started_us;
    const int64_t cpu_taken_us = now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu_us;
    const int64_t messages = client->finished - finished;
    while (client->in_flight > 0) {
        check(mosquitto_loop(mosq, WAIT_MS, 1), "loop");
    }
    printf("{\"messages\":%lld,\"us\":%lld,\"cpuUs\":%lld,\"total\":%lld}\n", (long long)messages, (long long)taken_us,
           (long long)cpu_taken_us, (long long)client->finished);
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fputs("mosquitto_client HOST PORT QOS WINDOW WARM_UP_MS SPAN_MS\n", stderr);
        return 2;
    }
    client_t client = { .qos = atoi(argv[3]), .window = atoi(argv[4]) };
    mosquitto_lib_init();
    struct mosquitto *mosq = mosquitto_new("bench-libmosquitto", true, &client);
    if (mosq == NULL) {
        check(MOSQ_ERR_NOMEM, "new");
    }
    mosquitto_connect_callback_set(mosq, on_connect);
    mosquitto_publish_callback_set(mosq, on_publish);
    check(mosquitto_max_inflight_messages_set(mosq, (unsigned)client.window), "window");
    check(mosquitto_int_option(mosq, MOSQ_OPT_TCP_NODELAY, 1), "TCP_NODELAY");
    check(mosquitto_connect(mosq, argv[1], atoi(argv[2]), KEEP_ALIVE_SECONDS), "connect");
    while (!client.is_online) {
        check(mosquitto_loop(mosq, WAIT_MS, 1), "loop");
    }
    work(mosq, &client, now_us(CLOCK_MONOTONIC) + atoi(argv[5]) * 1000LL);
    report(mosq, &client, atoi(argv[6]) * 1000LL);
    mosquitto_disconnect(mosq);
    mosquitto_destroy(mosq);
    mosquitto_lib_cleanup();
    return EXIT_SUCCESS;
}
