/* Our identity: files that are refused, faults that the collector would find, and errors in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <mbedtls/ssl.h>

#include "agent/net/tls_client.h"
#include "tests/certs.h"
#include "tests/temp_dir.h"

static struct temp_dir dir;
static struct cert ca, other_ca, good, foreign, expired, future;
static struct nrs_why why;

static const char *path_of(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", dir.path, name);
    return path;
}

static int make_all(void **state)
{
    (void)state;
    if (temp_dir_make(&dir) != 0 || cert_make(&ca, "our CA", NULL) != 0 ||
        cert_make(&other_ca, "other CA", NULL) != 0 || cert_make(&good, "device-1", &ca) != 0 ||
        cert_make(&foreign, "device-1", &other_ca) != 0 ||
        cert_make_dated(&expired, "device-1", &ca, "20200101000000", "20210101000000") != 0 ||
        cert_make_dated(&future, "device-1", &ca, "20900101000000", "20991231235959") != 0)
        return -1;
    return cert_save(path_of("ca.pem"), ca.crt_pem);
}

static int drop_all(void **state)
{
    struct cert *all[] = {&ca, &other_ca, &good, &foreign, &expired, &future};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        cert_done(all[i]);
    temp_dir_remove(&dir);
    return 0;
}

/* c NULL: no certificate. */
static int load(struct nrs_tls_client *client, const struct cert *c)
{
    if (c != NULL) {
        assert_int_equal(cert_save(path_of("cert.pem"), c->crt_pem), 0);
        assert_int_equal(cert_save(path_of("key.pem"), c->key_pem), 0);
    }
    return nrs_tls_client_load(client, path_of("ca.pem"), c != NULL ? path_of("cert.pem") : "",
                               c != NULL ? path_of("key.pem") : "", &why);
}

static void has_fault(const struct cert *c, const char *words)
{
    struct nrs_tls_client client;

    assert_int_equal(load(&client, c), 0);
    assert_int_equal(nrs_tls_client_fault(&client, &why), words[0] != '\0');
    assert_non_null(strstr(why.text, words));
    nrs_tls_client_done(&client);
}

static void faults_of_our_certificate_are_told_apart(void **state)
{
    (void)state;
    has_fault(&good, "");
    has_fault(NULL, "no certificate");
    has_fault(&foreign, "foreign: no CA of collector.ca signed it");
    has_fault(&expired, "has expired");
    has_fault(&future, "not yet valid");
}

static void dates_do_not_count_while_the_clock_is_not_set(void **state)
{
    const struct cert *dated[] = {&expired, &future};
    struct nrs_tls_client client;

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(load(&client, dated[i]), 0);
        client.dates_ignored = true;
        assert_false(nrs_tls_client_fault(&client, &why));
        nrs_tls_client_done(&client);
    }
    assert_int_equal(load(&client, &foreign), 0);
    client.dates_ignored = true;
    assert_true(nrs_tls_client_fault(&client, &why));
    nrs_tls_client_done(&client);
}

static void files_that_are_wrong_are_named(void **state)
{
    struct nrs_tls_client client;

    (void)state;
    assert_true(nrs_tls_client_load(&client, path_of("none.pem"), "", "", &why) < 0);
    assert_non_null(strstr(why.text, "none.pem: No such file"));
    assert_int_equal(cert_save(path_of("text.pem"), "text"), 0);
    assert_true(nrs_tls_client_load(&client, path_of("text.pem"), "", "", &why) < 0);
    assert_non_null(strstr(why.text, "not a PEM certificate"));
    assert_int_equal(cert_save(path_of("cert.pem"), good.crt_pem), 0);
    assert_int_equal(cert_save(path_of("key.pem"), expired.key_pem), 0);
    assert_true(
        nrs_tls_client_load(&client, path_of("ca.pem"), path_of("cert.pem"), path_of("key.pem"), &why) < 0);
    assert_non_null(strstr(why.text, "does not belong to the certificate"));
    assert_true(
        nrs_tls_client_load(&client, path_of("ca.pem"), path_of("cert.pem"), path_of("text.pem"), &why) < 0);
    assert_non_null(strstr(why.text, "not an unencrypted PEM private key"));
}

static void says(const struct nrs_tls_client *client, const mbedtls_ssl_context *ssl, int err,
                 const char *words)
{
    nrs_tls_error(client, ssl, err, &why);
    assert_int_equal(strncmp(why.text, "TLS: ", 5), 0);
    assert_non_null(strstr(why.text, words));
}

static void errors_are_words(void **state)
{
    struct nrs_tls_client client;
    mbedtls_ssl_context ssl;

    (void)state;
    mbedtls_ssl_init(&ssl);
    assert_int_equal(load(&client, &good), 0);
    assert_int_equal(mbedtls_ssl_setup(&ssl, &client.conf), 0);
    says(&client, &ssl, MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE,
         "it does not know our certificate, or has withdrawn it");
    says(&client, &ssl, MBEDTLS_ERR_SSL_INVALID_MAC, "refused by the collector");
    says(&client, &ssl, MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION, "neither TLS 1.2 nor 1.3");
    says(&client, &ssl, MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE, "no cipher or key exchange in common");
    says(&client, &ssl, MBEDTLS_ERR_SSL_BAD_INPUT_DATA, "record larger than we accept");
    says(&client, &ssl, MBEDTLS_ERR_SSL_INVALID_RECORD,
         "does not speak TLS, or sends a record larger than we accept");
    says(&client, &ssl, MBEDTLS_ERR_SSL_DECODE_ERROR, "not as it should be (mbedTLS -0x7300)");
    says(&client, &ssl, MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, "the collector's certificate is not");
    nrs_tls_client_done(&client);
    assert_int_equal(load(&client, &expired), 0);
    says(&client, &ssl, MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE,
         "refused by the collector: our certificate has expired");
    nrs_tls_client_done(&client);
    mbedtls_ssl_free(&ssl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_of_our_certificate_are_told_apart),
        cmocka_unit_test(dates_do_not_count_while_the_clock_is_not_set),
        cmocka_unit_test(files_that_are_wrong_are_named),
        cmocka_unit_test(errors_are_words),
    };

    return cmocka_run_group_tests(tests, make_all, drop_all);
}
