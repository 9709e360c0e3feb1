#include "sensors.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE_BYTES = 256 };

typedef struct {
    uint64_t total_kib;
    uint64_t available_kib;
} memory_t;

void sim_sensors_init(sim_sensors_t *sensors, world_t *world, const replay_t *replay)
{
    *sensors = (sim_sensors_t){ .world = world, .replay = replay };
}

static int32_t saturate(double value)
{
    return value > 2147483647.0 ? INT32_MAX : (int32_t)value;
}

static bool read_line(const char *path, char line[LINE_BYTES])
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return false;
    }
    const bool is_read = fgets(line, LINE_BYTES, file) != NULL;
    fclose(file);
    return is_read;
}

/* Source: Linux, Documentation/filesystems/proc.rst, meminfo. */
static bool read_memory(memory_t *out)
{
    FILE *file = fopen("/proc/meminfo", "r");
    if (file == NULL) {
        return false;
    }
    char line[LINE_BYTES];
    int found = 0;
    *out = (memory_t){ 0 };
    while (found < 2 && fgets(line, sizeof line, file) != NULL) {
        unsigned long long kib;
        if (sscanf(line, "MemTotal: %llu", &kib) == 1) {
            out->total_kib = kib;
            found++;
        } else if (sscanf(line, "MemAvailable: %llu", &kib) == 1) {
            out->available_kib = kib;
            found++;
        }
    }
    fclose(file);
    return found == 2 && out->total_kib > 0;
}

static int permille_to_millivolts(double permille)
{
    const double inside = permille < 0 ? 0 : permille > 1000 ? 1000 : permille;
    return (int)(inside * SENSORS_ADC_FULL_SCALE_MV / 1000);
}

/* Source: Linux, Documentation/filesystems/proc.rst, stat: user nice system idle iowait irq softirq steal. */
static int cpu_millivolts(sim_sensors_t *sensors)
{
    char line[LINE_BYTES];
    unsigned long long t[8] = { 0 };
    if (!read_line("/proc/stat", line)
        || sscanf(line, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7])
               < 4) {
        return HOST_IO;
    }
    const uint64_t busy = t[0] + t[1] + t[2] + t[5] + t[6] + t[7];
    const uint64_t all = busy + t[3] + t[4];
    const double busy_share = all > sensors->cpu_all ? (double)(busy - sensors->cpu_busy) / (double)(all - sensors->cpu_all) : 0;
    sensors->cpu_busy = busy;
    sensors->cpu_all = all;
    return permille_to_millivolts(busy_share * 1000);
}

static int pc_millivolts(sim_sensors_t *sensors, int channel)
{
    memory_t memory;
    double load;
    switch (channel) {
    case 0:
        return cpu_millivolts(sensors);
    case 1:
        return read_memory(&memory)
                   ? permille_to_millivolts(1000.0 - 1000.0 * (double)memory.available_kib / (double)memory.total_kib)
                   : HOST_IO;
    case 2:
        return getloadavg(&load, 1) == 1 ? permille_to_millivolts(1000 * load / (double)sysconf(_SC_NPROCESSORS_ONLN)) : HOST_IO;
    default:
        return HOST_INVALID;
    }
}

/* The first thermal zone that tells. Source: Linux, Documentation/driver-api/thermal/sysfs-api.rst, temp: thousandths of a degree. */
static int read_temperature(int32_t *out)
{
    glob_t zones;
    int status = HOST_NOT_FOUND;
    if (glob("/sys/class/thermal/thermal_zone*/temp", 0, NULL, &zones) != 0) {
        return HOST_NOT_FOUND;
    }
    for (size_t i = 0; i < zones.gl_pathc && status != HOST_OK; i++) {
        char line[LINE_BYTES];
        int value;
        if (read_line(zones.gl_pathv[i], line) && sscanf(line, "%d", &value) == 1) {
            *out = value;
            status = HOST_OK;
        }
    }
    globfree(&zones);
    return status;
}

static int pc_sensor(int sensor, int32_t *out)
{
    memory_t memory;
    char line[LINE_BYTES];
    double value;
    switch (sensor) {
    case SENSOR_TEMPERATURE:
        return read_temperature(out);
    case SENSOR_LOAD:
        if (getloadavg(&value, 1) != 1) {
            return HOST_NOT_FOUND;
        }
        *out = saturate(value * 1000);
        return HOST_OK;
    case SENSOR_FREE_MEMORY:
        if (!read_memory(&memory)) {
            return HOST_NOT_FOUND;
        }
        *out = saturate((double)memory.available_kib * 1000 / 1024);
        return HOST_OK;
    case SENSOR_UPTIME:
        if (!read_line("/proc/uptime", line) || sscanf(line, "%lf", &value) != 1) {
            return HOST_NOT_FOUND;
        }
        *out = saturate(value * 1000);
        return HOST_OK;
    default:
        return HOST_NOT_FOUND;
    }
}

int sim_adc_millivolts(sim_sensors_t *sensors, int channel)
{
    if (channel < 0 || channel >= WORLD_ADC_CHANNELS) {
        return HOST_INVALID;
    }
    int32_t millivolts = WORLD_GET(sensors->world->adc_millivolts[channel]);
    if (millivolts >= 0) {
        return millivolts;
    }
    if (sensors->replay != NULL
        && replay_value(sensors->replay, REPLAY_ADC + channel, world_now(sensors->world), &millivolts) == HOST_OK) {
        return millivolts;
    }
    return pc_millivolts(sensors, channel);
}

int sim_sensor(sim_sensors_t *sensors, int sensor, int32_t *out)
{
    if (sensors->replay != NULL && sensor >= 0 && sensor < REPLAY_SENSOR_COUNT
        && replay_value(sensors->replay, REPLAY_SENSOR + sensor, world_now(sensors->world), out) == HOST_OK) {
        return HOST_OK;
    }
    return pc_sensor(sensor, out);
}
