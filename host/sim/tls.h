/*
 * One TLS session over a connected, non-blocking socket. The peer's certificate must be signed by the configured `tls.ca`,
 * carry the host's name or address, and be valid today by the PC's calendar. A self-signed one is accepted only from the
 * host `localhost` and only when `tls.allowSelfSigned` is true; its name and dates are checked all the same. To a broker that
 * asks, the board shows `tls.certificate`.
 */
#ifndef WASMOTE_SIM_TLS_H
#define WASMOTE_SIM_TLS_H

#include "config_image.h"

typedef struct tls_session tls_session_t;

/**
 * Sets a session up by the board's configuration. writes: counted up for each write() that carries application data.
 * Returns OK with *out set; INVALID: a configuration key is missing or wrong (named in the log); NO_MEMORY; IO.
 */
int tls_open(int fd, const char *host, const config_image_t *config, uint32_t *writes, tls_session_t **out);

/**
 * Goes on with the handshake. Returns 1 when done, 0 not yet; of the certificate: EXPIRED, CORRUPT (not signed by our CA),
 * UNSUPPORTED (self-signed), INVALID (another host's); PROTOCOL, CLOSED. Each is logged.
 */
int tls_handshake(tls_session_t *session);

/** As platform_net_t: one send makes at most one record, and one write() while the peer keeps up. */
int tls_send(tls_session_t *session, const uint8_t *src, size_t len);
int tls_recv(tls_session_t *session, uint8_t *dst, size_t cap);

/** Returns true when bytes wait that poll() does not show: decrypted ones. */
bool tls_has_input(const tls_session_t *session);

/** Returns true when bytes wait for the socket to take them. */
bool tls_has_output(const tls_session_t *session);

/** Frees the session; says close-notify first if asked, as far as the socket takes it at once. */
void tls_close(tls_session_t *session, bool says_goodbye);

#endif
