#include "status_idf.h"

#include <errno.h>

#include "esp_log.h"
#include "esp_tls_errors.h"
#include "mbedtls/net_sockets.h"
#include "mbedtls/ssl.h"
#include "mbedtls/x509.h"

int status_of_esp(esp_err_t code)
{
    switch (code) {
    case ESP_OK:
        return HOST_OK;
    case ESP_ERR_NO_MEM:
    case ESP_ERR_MBEDTLS_SSL_SETUP_FAILED: /* the record buffers */
        return HOST_NO_MEMORY;
    case ESP_ERR_INVALID_ARG:
    case ESP_ERR_INVALID_SIZE:
    case ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED:
    case ESP_ERR_MBEDTLS_PK_PARSE_KEY_FAILED:
    case ESP_ERR_MBEDTLS_SSL_CONF_OWN_CERT_FAILED:
        return HOST_INVALID;
    case ESP_ERR_NOT_FOUND:
        return HOST_NOT_FOUND;
    case ESP_ERR_NOT_SUPPORTED:
        return HOST_UNSUPPORTED;
    case ESP_ERR_TIMEOUT:
    case ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT:
        return HOST_TIMEOUT;
    case ESP_ERR_NOT_ALLOWED:
        return HOST_REFUSED;
    case ESP_ERR_INVALID_CRC:
        return HOST_CORRUPT;
    default:
        return HOST_IO;
    }
}

int status_report(const char *tag, const char *what, esp_err_t code)
{
    if (code != ESP_OK) {
        ESP_LOGE(tag, "%s: %s (0x%x)", what, esp_err_to_name(code), (unsigned)code);
    }
    return status_of_esp(code);
}

int status_of_errno(int error_number)
{
    if (error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINPROGRESS || error_number == EINTR) {
        return 0;
    }
    switch (error_number) {
    case ECONNREFUSED:
        return HOST_REFUSED;
    case ETIMEDOUT:
        return HOST_TIMEOUT;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case ENOTCONN:
        return HOST_CLOSED;
    case ENOMEM:
    case ENOBUFS:
        return HOST_NO_MEMORY;
    default:
        return HOST_IO;
    }
}

int status_of_connect(int error_number)
{
    switch (error_number) {
    case ECONNRESET: /* what lwIP makes of a port that refuses */
        return HOST_REFUSED;
    case ECONNABORTED: /* lwIP: each repetition of the first packet went unanswered */
        return HOST_TIMEOUT;
    default:
        return status_of_errno(error_number);
    }
}

int status_of_mbedtls(int code)
{
    switch (code) {
    case MBEDTLS_ERR_SSL_WANT_READ:
    case MBEDTLS_ERR_SSL_WANT_WRITE:
    case MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET:
        return 0;
    case 0: /* end of the stream, without a goodbye */
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
    case MBEDTLS_ERR_SSL_CONN_EOF:
    case MBEDTLS_ERR_NET_CONN_RESET:
    case MBEDTLS_ERR_NET_SEND_FAILED:
    case MBEDTLS_ERR_NET_RECV_FAILED:
        return HOST_CLOSED;
    case MBEDTLS_ERR_SSL_ALLOC_FAILED:
        return HOST_NO_MEMORY;
    default:
        return HOST_PROTOCOL;
    }
}

int status_of_certificate(int flags, const char **why)
{
    static const struct {
        int flag;
        int status;
        const char *why;
    } refusals[] = {
        { MBEDTLS_X509_BADCERT_NOT_TRUSTED, HOST_CORRUPT, "not signed by an authority we know (tls.ca)" },
        { MBEDTLS_X509_BADCERT_CN_MISMATCH, HOST_INVALID, "issued for another host name" },
        { MBEDTLS_X509_BADCERT_EXPIRED, HOST_EXPIRED, "expired" },
        { MBEDTLS_X509_BADCERT_FUTURE, HOST_EXPIRED, "not valid yet" },
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        if ((flags & refusals[i].flag) != 0) {
            *why = refusals[i].why;
            return refusals[i].status;
        }
    }
    *why = "its chain does not check";
    return HOST_CORRUPT;
}
