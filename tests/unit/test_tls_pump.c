/* Client and server in one process, each with a certificate; what one sends is put into the other in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <mbedtls/ssl.h>

#include "agent/net/tls_pump.h"
#include "platform/random.h"
#include "tests/certs.h"

#define PIPE_MAX 262144

/* One side: its pump, what it has sent and not yet been fed to the other, what it has understood. */
struct side {
    struct nrs_tls_pump pump;
    mbedtls_ssl_config conf;
    mbedtls_x509_crt ca, own;
    struct cert *cert;
    unsigned char *out, *plain;
    size_t out_len, plain_len;
    bool ready;
};

static struct cert ca, other_ca, server_cert, client_cert, stranger_cert;

static int take_out(void *arg, const unsigned char *bytes, size_t len)
{
    struct side *s = arg;

    assert_true(s->out_len + len <= PIPE_MAX);
    memcpy(s->out + s->out_len, bytes, len);
    s->out_len += len;
    return 0;
}

static void take_ready(void *arg)
{
    ((struct side *)arg)->ready = true;
}

static void take_plain(void *arg, const unsigned char *bytes, size_t len)
{
    struct side *s = arg;

    assert_true(s->plain_len + len <= PIPE_MAX);
    memcpy(s->plain + s->plain_len, bytes, len);
    s->plain_len += len;
}

static void open_side(struct side *s, int role, struct cert *own, mbedtls_ssl_protocol_version version,
                      const char *hostname)
{
    const struct nrs_tls_pump_ops ops = {take_out, take_ready, take_plain, s};

    memset(s, 0, sizeof *s);
    s->out = test_malloc(PIPE_MAX);
    s->plain = test_malloc(PIPE_MAX);
    s->cert = own;
    mbedtls_ssl_config_init(&s->conf);
    mbedtls_x509_crt_init(&s->ca);
    mbedtls_x509_crt_init(&s->own);
    assert_int_equal(
        mbedtls_ssl_config_defaults(&s->conf, role, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT),
        0);
    mbedtls_ssl_conf_rng(&s->conf, nrs_random, NULL);
    mbedtls_ssl_conf_authmode(&s->conf, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_min_tls_version(&s->conf, version);
    mbedtls_ssl_conf_max_tls_version(&s->conf, version);
    assert_int_equal(mbedtls_x509_crt_parse(&s->ca, (unsigned char *)ca.crt_pem, strlen(ca.crt_pem) + 1), 0);
    assert_int_equal(mbedtls_x509_crt_parse(&s->own, (unsigned char *)own->crt_pem, strlen(own->crt_pem) + 1),
                     0);
    mbedtls_ssl_conf_ca_chain(&s->conf, &s->ca, NULL);
    assert_int_equal(mbedtls_ssl_conf_own_cert(&s->conf, &s->own, &own->key), 0);
    assert_int_equal(nrs_tls_pump_init(&s->pump, &s->conf, hostname, &ops), 0);
}

static void close_side(struct side *s)
{
    nrs_tls_pump_done(&s->pump);
    mbedtls_ssl_config_free(&s->conf);
    mbedtls_x509_crt_free(&s->ca);
    mbedtls_x509_crt_free(&s->own);
    test_free(s->out);
    test_free(s->plain);
}

/* Gives everything that `from` has sent to `to`, in pieces. */
static int pass(struct side *from, struct side *to, size_t piece)
{
    size_t at = 0, len = from->out_len;
    int rc = 0;

    while (at < len && rc == 0) {
        size_t n = len - at < piece ? len - at : piece;

        rc = nrs_tls_pump_feed(&to->pump, from->out + at, n);
        at += n;
    }
    memmove(from->out, from->out + len, from->out_len - len);
    from->out_len -= len;
    return rc;
}

/* Lets both talk until nothing is under way. */
static int talk(struct side *client, struct side *server, size_t piece)
{
    int rc = 0;

    while (rc == 0 && (client->out_len > 0 || server->out_len > 0)) {
        rc = pass(client, server, piece);
        if (rc == 0)
            rc = pass(server, client, piece);
    }
    return rc;
}

static void exchange(mbedtls_ssl_protocol_version version, size_t piece)
{
    static unsigned char big[50000];
    struct side client, server;

    open_side(&server, MBEDTLS_SSL_IS_SERVER, &server_cert, version, NULL);
    open_side(&client, MBEDTLS_SSL_IS_CLIENT, &client_cert, version, "collector.test");
    assert_int_equal(nrs_tls_pump_start(&client.pump), 0);
    assert_int_equal(talk(&client, &server, piece), 0);
    assert_true(client.ready && server.ready);
    assert_string_equal(mbedtls_ssl_get_version(&client.pump.ssl),
                        version == MBEDTLS_SSL_VERSION_TLS1_2 ? "TLSv1.2" : "TLSv1.3");
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (unsigned char)(i * 31 >> 3);
    assert_int_equal(nrs_tls_pump_write(&client.pump, big, sizeof big), 0);
    assert_int_equal(nrs_tls_pump_write(&server.pump, (const unsigned char *)"stored", 6), 0);
    assert_int_equal(talk(&client, &server, piece), 0);
    assert_int_equal(server.plain_len, sizeof big);
    assert_memory_equal(server.plain, big, sizeof big);
    assert_int_equal(client.plain_len, 6);
    assert_memory_equal(client.plain, "stored", 6);
    nrs_tls_pump_close(&client.pump);
    assert_int_equal(talk(&client, &server, piece), 0);
    assert_true(server.pump.closed_by_peer);
    assert_int_equal(nrs_tls_pump_feed(&server.pump, (const unsigned char *)"x", 1), 0);
    close_side(&client);
    close_side(&server);
}

static void tls_1_2_carries_both_ways(void **state)
{
    (void)state;
    exchange(MBEDTLS_SSL_VERSION_TLS1_2, 65536);
}

static void tls_1_3_carries_both_ways(void **state)
{
    (void)state;
    exchange(MBEDTLS_SSL_VERSION_TLS1_3, 65536);
}

static void single_bytes_are_enough(void **state)
{
    (void)state;
    exchange(MBEDTLS_SSL_VERSION_TLS1_2, 1);
    exchange(MBEDTLS_SSL_VERSION_TLS1_3, 1);
}

static int shake(struct cert *server_own, struct cert *client_own, const char *name, bool *both_ready)
{
    struct side client, server;
    int rc;

    open_side(&server, MBEDTLS_SSL_IS_SERVER, server_own, MBEDTLS_SSL_VERSION_TLS1_3, NULL);
    open_side(&client, MBEDTLS_SSL_IS_CLIENT, client_own, MBEDTLS_SSL_VERSION_TLS1_3, name);
    rc = nrs_tls_pump_start(&client.pump);
    if (rc == 0)
        rc = talk(&client, &server, 65536);
    *both_ready = client.ready && server.ready;
    close_side(&client);
    close_side(&server);
    return rc;
}

static void another_name_is_refused(void **state)
{
    bool ready;

    (void)state;
    assert_int_equal(shake(&server_cert, &client_cert, "elsewhere.test", &ready),
                     MBEDTLS_ERR_X509_CERT_VERIFY_FAILED);
    assert_false(ready);
}

static void another_ca_is_refused_on_both_sides(void **state)
{
    bool ready;

    (void)state;
    assert_true(shake(&stranger_cert, &client_cert, "collector.test", &ready) < 0);
    assert_false(ready);
    assert_true(shake(&server_cert, &stranger_cert, "collector.test", &ready) < 0);
    assert_false(ready);
}

static void plain_text_is_an_error(void **state)
{
    static const char http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    struct side client;

    (void)state;
    open_side(&client, MBEDTLS_SSL_IS_CLIENT, &client_cert, MBEDTLS_SSL_VERSION_TLS1_3, "collector.test");
    assert_int_equal(nrs_tls_pump_start(&client.pump), 0);
    assert_true(nrs_tls_pump_feed(&client.pump, (const unsigned char *)http, sizeof http - 1) < 0);
    close_side(&client);
}

static int make_certs(void **state)
{
    (void)state;
    return cert_make(&ca, "test CA", NULL) || cert_make(&other_ca, "other CA", NULL) ||
           cert_make(&server_cert, "collector.test", &ca) || cert_make(&client_cert, "device-1", &ca) ||
           cert_make(&stranger_cert, "collector.test", &other_ca);
}

static int drop_certs(void **state)
{
    (void)state;
    cert_done(&ca);
    cert_done(&other_ca);
    cert_done(&server_cert);
    cert_done(&client_cert);
    cert_done(&stranger_cert);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls_1_2_carries_both_ways),
        cmocka_unit_test(tls_1_3_carries_both_ways),
        cmocka_unit_test(single_bytes_are_enough),
        cmocka_unit_test(another_name_is_refused),
        cmocka_unit_test(another_ca_is_refused_on_both_sides),
        cmocka_unit_test(plain_text_is_an_error),
    };

    return cmocka_run_group_tests(tests, make_certs, drop_certs);
}
