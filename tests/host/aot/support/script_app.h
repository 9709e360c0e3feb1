/*
 * The app's part of a script: one syscall of every kind, well formed or not.
 */
#ifndef SCRIPT_APP_H
#define SCRIPT_APP_H

#include "device.h"

void script_publish(device_t *device, random_t *random);
void script_publish_in_parts(device_t *device, random_t *random);
void script_stream_open(device_t *device, random_t *random);
void script_stream_publish(device_t *device, random_t *random);
void script_subscribe(device_t *device, random_t *random);
void script_take_event(device_t *device, random_t *random);
void script_client(device_t *device, random_t *random);
void script_ask(device_t *device, random_t *random);
/** Any row, any arguments; spans inside the app's memory. */
void script_nonsense(device_t *device, random_t *random);

#endif
