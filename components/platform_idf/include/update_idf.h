/*
 * What updates over the air need of ESP-IDF: app slots mapped by esp_partition, digests and signatures by PSA Crypto.
 */
#ifndef WASMOTE_UPDATE_IDF_H
#define WASMOTE_UPDATE_IDF_H

#include "flash_partition.h"
#include "update.h"

/** Returns the port over these partitions, which must outlive it. */
update_port_t update_idf_port(flash_partition_t *flash);

#endif
