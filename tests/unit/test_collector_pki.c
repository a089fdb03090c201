/* Certificates: who may play which part, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <mbedtls/oid.h>
#include <mbedtls/x509_crt.h>

#include "tools/collector/fleet/pki.h"

#define NOW ((time_t)1795294800) /* 2026-11-21 21:00 UTC */

static struct nrs_col_identity authority;

static void parse(mbedtls_x509_crt *crt, const struct nrs_col_identity *id)
{
    mbedtls_x509_crt_init(crt);
    assert_int_equal(mbedtls_x509_crt_parse(crt, (const unsigned char *)id->cert, strlen(id->cert) + 1), 0);
}

static int make_authority(void **state)
{
    (void)state;
    return nrs_col_pki_authority(&authority, NOW);
}

static void device_may_be_a_client_only(void **state)
{
    struct nrs_col_identity device;
    mbedtls_x509_crt crt, ca;
    char subject[128];
    uint32_t flags;

    (void)state;
    assert_int_equal(nrs_col_pki_device(&device, &authority, "gate-1", NOW), 0);
    parse(&crt, &device);
    parse(&ca, &authority);
    assert_int_equal(mbedtls_x509_crt_verify(&crt, &ca, NULL, NULL, &flags, NULL, NULL), 0);
    assert_int_equal(mbedtls_x509_crt_check_extended_key_usage(&crt, MBEDTLS_OID_CLIENT_AUTH,
                                                               MBEDTLS_OID_SIZE(MBEDTLS_OID_CLIENT_AUTH)), 0);
    assert_int_not_equal(mbedtls_x509_crt_check_extended_key_usage(&crt, MBEDTLS_OID_SERVER_AUTH,
                                                                   MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH)), 0);
    assert_true(mbedtls_x509_dn_gets(subject, sizeof subject, &crt.subject) > 0);
    assert_string_equal(subject, "O=noroshi, CN=gate-1");
    mbedtls_x509_crt_free(&crt);
    mbedtls_x509_crt_free(&ca);
}

static void server_is_known_by_all_its_names(void **state)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "::1", "collector.example"};
    struct nrs_col_identity server;
    mbedtls_x509_crt crt, ca;
    uint32_t flags;

    (void)state;
    assert_int_equal(nrs_col_pki_server(&server, &authority, names, 4, NOW), 0);
    parse(&crt, &server);
    parse(&ca, &authority);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(mbedtls_x509_crt_verify(&crt, &ca, NULL, names[i], &flags, NULL, NULL), 0);
    assert_int_not_equal(mbedtls_x509_crt_verify(&crt, &ca, NULL, "other.example", &flags, NULL, NULL), 0);
    mbedtls_x509_crt_free(&crt);
    mbedtls_x509_crt_free(&ca);
}

static void certificates_begin_a_day_early_and_last_ten_years(void **state)
{
    mbedtls_x509_crt ca;

    (void)state;
    parse(&ca, &authority);
    assert_int_equal(ca.valid_from.day, 20);
    assert_int_equal(ca.valid_from.hour, 21);
    assert_int_equal(ca.valid_to.year, 2036);
    mbedtls_x509_crt_free(&ca);
}

static void other_authority_is_not_believed(void **state)
{
    struct nrs_col_identity other, device;
    mbedtls_x509_crt crt, ca;
    uint32_t flags;

    (void)state;
    assert_int_equal(nrs_col_pki_authority(&other, NOW), 0);
    assert_int_equal(nrs_col_pki_device(&device, &other, "gate-1", NOW), 0);
    parse(&crt, &device);
    parse(&ca, &authority);
    assert_int_not_equal(mbedtls_x509_crt_verify(&crt, &ca, NULL, NULL, &flags, NULL, NULL), 0);
    mbedtls_x509_crt_free(&crt);
    mbedtls_x509_crt_free(&ca);
}

static void keys_differ_and_are_wiped(void **state)
{
    struct nrs_col_identity one, two, zero = {0};

    (void)state;
    assert_int_equal(nrs_col_pki_device(&one, &authority, "a", NOW), 0);
    assert_int_equal(nrs_col_pki_device(&two, &authority, "a", NOW), 0);
    assert_string_not_equal(one.key, two.key);
    assert_string_not_equal(one.cert, two.cert);
    nrs_col_identity_wipe(&one);
    assert_memory_equal(&one, &zero, sizeof one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(device_may_be_a_client_only),
        cmocka_unit_test(server_is_known_by_all_its_names),
        cmocka_unit_test(certificates_begin_a_day_early_and_last_ten_years),
        cmocka_unit_test(other_authority_is_not_believed),
        cmocka_unit_test(keys_differ_and_are_wiped),
    };

    return cmocka_run_group_tests(tests, make_authority, NULL);
}
