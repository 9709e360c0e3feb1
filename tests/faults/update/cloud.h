/*
 * A broker and the cloud behind it: takes readings and acknowledges them, offers one package after the other over plain MQTT
 * (assembly/kernel/update/PROTOCOL.md), and follows the device's states. Its words come after a while, as over a network.
 */
#ifndef WASMOTE_FAULTS_UPDATE_CLOUD_H
#define WASMOTE_FAULTS_UPDATE_CLOUD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLOUD_PACKAGE_MAX = 12 * 1024, CLOUD_READINGS_MAX = 4096 };

/** The packages, in their order: of each kind one that is good, and what is not. */
typedef enum { STAGE_SECOND, STAGE_TRAP, STAGE_HANG, STAGE_SILENT, STAGE_FIRMWARE, STAGE_DEAF, STAGE_END } stage_t;

typedef struct {
    uint8_t bytes[CLOUD_PACKAGE_MAX];
    size_t len;
} cloud_package_t;

typedef struct {
    cloud_package_t packages[STAGE_END];
    stage_t stage;
    uint32_t states;   /* told so far */
    uint32_t refusals; /* FAILED, of what was to succeed */
    /* By reading: */
    bool is_delivered[CLOUD_READINGS_MAX];
    uint32_t arrivals[CLOUD_READINGS_MAX]; /* in the order in which each came first */
    uint32_t arrival_count;
    char last_state[192];
} cloud_t;

extern cloud_t cloud;

/** A connection begins: nothing of the one before is left. */
void cloud_connect(void);

/** The device sends. */
void cloud_take(const uint8_t *src, size_t len, int64_t now_ms);

/** What has arrived at the device by now: bytes written. */
size_t cloud_give(uint8_t *dst, size_t cap, int64_t now_ms);

/** When there is something for the device, INT64_MAX: never. */
int64_t cloud_due_ms(void);

#endif
