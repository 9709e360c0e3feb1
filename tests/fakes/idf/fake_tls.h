/*
 * The TLS behind the fakes esp_tls.h and mbedtls/ssl.h: a record is its payload between two marks, a goodbye one byte. The session
 * writes and reads through the functions that its user sets.
 */
#ifndef FAKE_TLS_H
#define FAKE_TLS_H

#include "esp_err.h"

enum { FAKE_TLS_RECORD_BYTES = 4096, FAKE_TLS_MARK = 0x17, FAKE_TLS_GOODBYE = 0x15, FAKE_TLS_ANSWERS = 4 };

typedef struct {
    int sessions;                    /* alive */
    int handshake[FAKE_TLS_ANSWERS]; /* answers, one per call, 0 beyond */
    int handshakes;                  /* calls */
    int error_code;                  /* as esp-tls notes it: without its sign */
    int error_flags;
    esp_err_t last_error;
} fake_tls_t;

extern fake_tls_t fake_tls;

/** A handshake that is done at once, no errors. Sessions that are alive stay counted. */
void fake_tls_reset(void);

#endif
