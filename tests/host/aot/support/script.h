/*
 * What happens to a device, one event at a time, chosen by a number alone: an app that publishes, subscribes and errs, a
 * network that comes and goes and talks nonsense, clocks that jump, power that fails.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "device.h"

/**
 * Does what `seed` stands for, then resets the device if that has ended it. Same seed, same device: same event.
 * Returns its name.
 */
const char *script_event(device_t *device, uint32_t seed);

#endif
