#include "certificates.h"

#include <mbedtls/ecp.h>
#include <mbedtls/oid.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

mbedtls_ctr_drbg_context *test_random(void)
{
    static mbedtls_entropy_context entropy;
    static mbedtls_ctr_drbg_context random;
    static int is_ready;
    if (!is_ready) {
        mbedtls_entropy_init(&entropy);
        mbedtls_ctr_drbg_init(&random);
        assert_int_equal(mbedtls_ctr_drbg_seed(&random, mbedtls_entropy_func, &entropy, NULL, 0), 0);
        is_ready = 1;
    }
    return &random;
}

/* GeneralNames: SEQUENCE { [2] dNSName, [7] iPAddress }. Source: RFC 5280, 4.2.1.6. */
static void add_names(mbedtls_x509write_cert *writer, const identity_request_t *request)
{
    unsigned char der[128];
    size_t len = 2;
    if (request->dns != NULL) {
        der[len++] = 0x82;
        der[len++] = (unsigned char)strlen(request->dns);
        memcpy(der + len, request->dns, strlen(request->dns));
        len += strlen(request->dns);
    }
    if (request->ip4 != NULL) {
        der[len++] = 0x87;
        der[len++] = 4;
        memcpy(der + len, request->ip4, 4);
        len += 4;
    }
    der[0] = 0x30;
    der[1] = (unsigned char)(len - 2);
    assert_int_equal(mbedtls_x509write_crt_set_extension(writer, MBEDTLS_OID_SUBJECT_ALT_NAME,
                                                         MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0, der, len),
                     0);
}

void identity_make(identity_t *identity, const identity_request_t *request)
{
    mbedtls_ctr_drbg_context *random = test_random();
    mbedtls_x509write_cert writer;
    mbedtls_mpi serial;
    mbedtls_pk_init(&identity->key);
    mbedtls_x509_crt_init(&identity->certificate);
    assert_int_equal(mbedtls_pk_setup(&identity->key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)), 0);
    assert_int_equal(mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(identity->key), mbedtls_ctr_drbg_random, random),
                     0);
    snprintf(identity->subject, sizeof identity->subject, "CN=%s", request->name);

    mbedtls_mpi_init(&serial);
    mbedtls_x509write_crt_init(&writer);
    mbedtls_x509write_crt_set_version(&writer, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&writer, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&writer, &identity->key);
    const identity_t *issuer = request->issuer != NULL ? request->issuer : identity;
    mbedtls_x509write_crt_set_issuer_key(&writer, (mbedtls_pk_context *)&issuer->key);
    assert_int_equal(mbedtls_x509write_crt_set_subject_name(&writer, identity->subject), 0);
    assert_int_equal(mbedtls_x509write_crt_set_issuer_name(&writer, issuer->subject), 0);
    assert_int_equal(mbedtls_mpi_lset(&serial, 17), 0);
    assert_int_equal(mbedtls_x509write_crt_set_serial(&writer, &serial), 0);
    assert_int_equal(mbedtls_x509write_crt_set_validity(&writer,
                                                        request->not_before != NULL ? request->not_before : "20200101000000",
                                                        request->not_after != NULL ? request->not_after : "20991231235959"),
                     0);
    assert_int_equal(mbedtls_x509write_crt_set_basic_constraints(&writer, request->is_ca, -1), 0);
    if (request->dns != NULL || request->ip4 != NULL) {
        add_names(&writer, request);
    }
    assert_int_equal(
        mbedtls_x509write_crt_pem(&writer, (unsigned char *)identity->pem, sizeof identity->pem, mbedtls_ctr_drbg_random, random),
        0);
    assert_int_equal(mbedtls_pk_write_key_pem(&identity->key, (unsigned char *)identity->key_pem, sizeof identity->key_pem), 0);
    mbedtls_x509write_crt_free(&writer);
    mbedtls_mpi_free(&serial);
    assert_int_equal(
        mbedtls_x509_crt_parse(&identity->certificate, (const unsigned char *)identity->pem, strlen(identity->pem) + 1), 0);
}

void identity_free(identity_t *identity)
{
    mbedtls_pk_free(&identity->key);
    mbedtls_x509_crt_free(&identity->certificate);
}
