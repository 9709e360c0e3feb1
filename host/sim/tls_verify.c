#include "tls_verify.h"

#include <arpa/inet.h>
#include <mbedtls/asn1.h>
#include <string.h>

#include "log.h"

static const char *TAG = "tls";

/* GeneralName iPAddress, context-specific and primitive. Source: RFC 5280, 4.2.1.6. */
enum { SAN_TAG_ADDRESS = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7 };

void tls_verify_init(tls_verify_t *verify, const char *host, bool allows_self_signed)
{
    memset(verify, 0, sizeof *verify);
    verify->host = host;
    verify->allows_self_signed = allows_self_signed && strcmp(host, "localhost") == 0;
    if (inet_pton(AF_INET, host, verify->address) == 1) {
        verify->address_len = 4;
    } else if (inet_pton(AF_INET6, host, verify->address) == 1) {
        verify->address_len = 16;
    }
}

static bool has_address(const tls_verify_t *verify, const mbedtls_x509_crt *certificate)
{
    for (const mbedtls_x509_sequence *name = &certificate->subject_alt_names; name != NULL; name = name->next) {
        if (name->buf.tag == SAN_TAG_ADDRESS && name->buf.len == verify->address_len
            && memcmp(name->buf.p, verify->address, verify->address_len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_self_issued(const mbedtls_x509_crt *certificate)
{
    return certificate->issuer_raw.len == certificate->subject_raw.len
           && memcmp(certificate->issuer_raw.p, certificate->subject_raw.p, certificate->subject_raw.len) == 0;
}

int tls_verify_certificate(void *ctx, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    tls_verify_t *verify = ctx;
    if (depth == 0) {
        /* Release 2.28 compares names only, so addresses are ours to compare for every release. */
        if (verify->address_len > 0) {
            *flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH;
            *flags |= has_address(verify, certificate) ? 0 : MBEDTLS_X509_BADCERT_CN_MISMATCH;
        }
        verify->is_self_signed = is_self_issued(certificate);
        if (verify->is_self_signed && verify->allows_self_signed) {
            *flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_NOT_TRUSTED;
        }
    }
    verify->flags |= *flags;
    return 0;
}

int tls_verify_refusal(const tls_verify_t *verify)
{
    const char *host = verify->host;
    if ((verify->flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0) {
        if (verify->is_self_signed) {
            sim_log(PLATFORM_LOG_ERROR, TAG, "%s: self-signed certificate refused", host);
            return HOST_UNSUPPORTED;
        }
        sim_log(PLATFORM_LOG_ERROR, TAG, "%s: certificate refused: not signed by tls.ca", host);
        return HOST_CORRUPT;
    }
    if ((verify->flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) != 0) {
        sim_log(PLATFORM_LOG_ERROR, TAG, "%s: certificate refused: issued for another host name", host);
        return HOST_INVALID;
    }
    if ((verify->flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0) {
        sim_log(PLATFORM_LOG_ERROR, TAG, "%s: certificate refused: expired", host);
        return HOST_EXPIRED;
    }
    if ((verify->flags & MBEDTLS_X509_BADCERT_FUTURE) != 0) {
        sim_log(PLATFORM_LOG_ERROR, TAG, "%s: certificate refused: not valid yet", host);
        return HOST_EXPIRED;
    }
    sim_log(PLATFORM_LOG_ERROR, TAG, "%s: certificate refused: flags 0x%x", host, (unsigned)verify->flags);
    return HOST_CORRUPT;
}
