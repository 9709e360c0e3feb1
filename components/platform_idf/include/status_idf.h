/*
 * ESP-IDF's numbers as statuses: esp_err_t, errno and mbedTLS, each mapped here and nowhere else.
 */
#ifndef WASMOTE_STATUS_IDF_H
#define WASMOTE_STATUS_IDF_H

#include "esp_err.h"
#include "status.h"

/** Maps an esp_err_t. Unknown: IO. */
int status_of_esp(esp_err_t code);

/** As status_of_esp, and logs a failure once, with its name and number: "<what>: ESP_ERR_TIMEOUT (0x107)". */
int status_report(const char *tag, const char *what, esp_err_t code);

/** Maps the errno of a socket. EAGAIN, EWOULDBLOCK, EINPROGRESS and EINTR are 0, "not now"; unknown: IO. */
int status_of_errno(int error_number);

/** As status_of_errno, for a connection that did not come about: REFUSED and TIMEOUT by lwIP's numbers as well, never CLOSED by them. */
int status_of_connect(int error_number);

/** Maps what mbedTLS returned for a transfer: 0 "not now"; CLOSED when the peer or the connection is gone; unknown: PROTOCOL. */
int status_of_mbedtls(int code);

/**
 * Maps the flags of a certificate that was refused (MBEDTLS_X509_BADCERT_*), with the words for it in *why: CORRUPT (not signed
 * by our CA), INVALID (another host's), EXPIRED (expired, or not valid yet).
 */
int status_of_certificate(int flags, const char **why);

#endif
