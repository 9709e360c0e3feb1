/*
 * What both links share: the state under its lock, the attempt that is due later, IP, host name.
 */
#ifndef WASMOTE_LINK_SHARED_H
#define WASMOTE_LINK_SHARED_H

#include "esp_event.h"
#include "esp_netif.h"
#include "link_machine.h"
#include "platform.h"

enum { LINK_HOSTNAME_BYTES = 33 };

/** Brings up the IP stack, the event loop and the timer of the next attempt. try_again runs in the timer's task. */
int link_shared_init(void (*on_up)(void), void (*try_again)(void));

/** Names the board on its network: wifi.hostname, else ESP-IDF's own name. */
void link_shared_name(esp_netif_t *netif);

/** Handles IP_EVENT of either link: got and lost. */
void link_shared_on_ip(void *ctx, esp_event_base_t base, int32_t id, void *data);

/** Steps of the state machine, each under the lock. */
void link_shared_start(void);
void link_shared_stop(void);
void link_shared_joined(void);

/** As link_machine_left, and sets the timer of the next attempt when retries is true. */
int32_t link_shared_left(bool retries);

#endif
