/*
 * What the simulated board measures: this PC, or a recording of it.
 *
 * ADC (mV, full scale 3300)     channel 0: CPU time in use since the previous reading, 1: memory in use, 2: load of the last
 *                               minute per core; others only from a recording or a command
 * Sensor (assembly/sdk/board.ts) 0 temperature (degrees Celsius), 1 load of the last minute (cores), 2 free memory (MiB), 3 time
 *                               since this PC started (seconds), all in thousandths; too large a value stops at 2^31 - 1
 *
 * A value set by command comes first, then the recording, then the PC.
 */
#ifndef WASMOTE_SIM_SENSORS_H
#define WASMOTE_SIM_SENSORS_H

#include "replay.h"
#include "world.h"

enum { SENSOR_TEMPERATURE = 0, SENSOR_LOAD = 1, SENSOR_FREE_MEMORY = 2, SENSOR_UPTIME = 3 };
enum { SENSORS_ADC_FULL_SCALE_MV = 3300 };

typedef struct {
    world_t *world;
    const replay_t *replay; /* may be NULL */
    uint64_t cpu_busy;      /* ticks at the previous reading of channel 0 */
    uint64_t cpu_all;
} sim_sensors_t;

void sim_sensors_init(sim_sensors_t *sensors, world_t *world, const replay_t *replay);

/** Returns millivolts; INVALID: nothing is connected to that channel; IO: the PC does not tell. */
int sim_adc_millivolts(sim_sensors_t *sensors, int channel);

/** Returns OK with *out set; NOT_FOUND: this PC, or the recording, has no such sensor. */
int sim_sensor(sim_sensors_t *sensors, int sensor, int32_t *out);

#endif
