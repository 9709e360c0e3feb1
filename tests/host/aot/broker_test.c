/*
 * The broker of these tests: what a board must not send closes its connection, and ends the program where there are rules.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker.h"

#define PACKET(name_, ...)                                                                \
    {                                                                                     \
        name_, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) \
    }

typedef struct {
    const char *name;
    const uint8_t *bytes;
    size_t len;
} packet_t;

/* Packets of a publisher: a topic "t", a payload "p". */
static const packet_t SOUND[] = {
    PACKET("CONNECT", 0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 1, 'b'),
    PACKET("PUBLISH of QoS 0", 0x30, 4, 0, 1, 't', 'p'),
    PACKET("PUBLISH of QoS 0 without payload", 0x30, 3, 0, 1, 't'),
    PACKET("PUBLISH of QoS 1", 0x32, 6, 0, 1, 't', 0, 7, 'p'),
    PACKET("PUBLISH of QoS 1 without payload", 0x32, 5, 0, 1, 't', 0, 8),
    PACKET("PINGREQ", 0xC0, 0),
    PACKET("DISCONNECT", 0xE0, 0),
};

/* What MQTT allows, and the rules do not. */
static const packet_t FORBIDDEN[] = {
    PACKET("PUBLISH of QoS 2", 0x34, 6, 0, 1, 't', 0, 7, 'p'),
    PACKET("SUBSCRIBE", 0x82, 6, 0, 1, 0, 1, 't', 1),
    PACKET("PUBACK", 0x40, 2, 0, 1),
};

/* What is no packet. */
static const packet_t MALFORMED[] = {
    PACKET("PUBLISH of QoS 3", 0x36, 6, 0, 1, 't', 0, 7, 'p'),
    PACKET("PUBLISH without a topic", 0x30, 1, 0),
    PACKET("PUBLISH whose topic goes beyond it", 0x30, 4, 0, 3, 't', 'p'),
    PACKET("PUBLISH of QoS 1 without an identifier", 0x32, 4, 0, 1, 't', 0),
    PACKET("CONNECT that ends too soon", 0x10, 8, 0, 4, 'M', 'Q', 'T', 'T', 4, 2),
    PACKET("a length of five bytes", 0x30, 0x80, 0x80, 0x80, 0x80, 1),
};

static const broker_rules_t RULES = {
    .packets = 1 << PACKET_CONNECT | 1 << PACKET_PUBLISH | 1 << PACKET_PINGREQ | 1 << PACKET_DISCONNECT,
    .qos = 1,
};

/* Has a new broker take a packet in another process, bytes one at a time. The signal that ended it, or 0; its connection closed: 1. */
static int end_of(const packet_t *packet, const broker_rules_t *rules)
{
    static broker_t broker;
    int status = 0;
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        broker.rules = rules;
        broker_open(&broker);
        for (size_t i = 0; i < packet->len; i++) {
            broker_receive(&broker, packet->bytes + i, 1);
        }
        _exit(broker.is_closed);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

#define COUNT(packets) (sizeof(packets) / sizeof((packets)[0]))

static void takes_what_its_rules_allow(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(SOUND); i++) {
        print_message("%s\n", SOUND[i].name);
        const int closes = strcmp(SOUND[i].name, "DISCONNECT") == 0;
        assert_int_equal(end_of(&SOUND[i], &RULES), closes);
        assert_int_equal(end_of(&SOUND[i], NULL), closes);
    }
}

static void ends_the_program_where_its_rules_are_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(FORBIDDEN); i++) {
        print_message("%s\n", FORBIDDEN[i].name);
        assert_int_equal(end_of(&FORBIDDEN[i], &RULES), SIGABRT);
        assert_int_equal(end_of(&FORBIDDEN[i], NULL), 0);
    }
}

static void takes_nothing_that_is_no_packet(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(MALFORMED); i++) {
        print_message("%s\n", MALFORMED[i].name);
        assert_int_equal(end_of(&MALFORMED[i], &RULES), SIGABRT);
        assert_int_equal(end_of(&MALFORMED[i], NULL), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_its_rules_allow),
        cmocka_unit_test(ends_the_program_where_its_rules_are_broken),
        cmocka_unit_test(takes_nothing_that_is_no_packet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
