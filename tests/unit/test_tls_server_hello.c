/* ServerHellos that no server may send: the client ends the handshake with an alert, and takes none of them for TLS 1.3.
 * The first is CVE-2026-115490 (cross/deps/patches); the others are its neighbours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <mbedtls/ssl.h>
#include <string.h>

#include "agent/net/tls_pump.h"
#include "platform/random.h"

#define OUT_MAX 2048
#define SESSION_ID_AT 43 /* in the record of a ClientHello: length, then the session id */
#define ALERT_PROTOCOL_VERSION 70

/* A client that offers TLS 1.2 and 1.3, and what it has sent. */
struct client {
    struct nrs_tls_pump pump;
    mbedtls_ssl_config conf;
    unsigned char out[OUT_MAX];
    size_t out_len;
    bool ready;
};

struct hello {
    uint16_t legacy_version;
    const unsigned char *extensions;
    size_t extensions_len;
};

static const unsigned char key_share[] = {0x00, 0x33, 0x00, 0x24, 0x00, 0x1d, 0x00, 0x20, 9, 0, 0, 0, 0, 0,
                                          0,    0,    0,    0,    0,    0,    0,    0,    0, 0, 0, 0, 0, 0,
                                          0,    0,    0,    0,    0,    0,    0,    0,    0, 0, 0, 0};
static const unsigned char says_1_3[] = {0x00, 0x2b, 0x00, 0x02, 0x03, 0x04};

static int take_out(void *arg, const unsigned char *bytes, size_t len)
{
    struct client *c = arg;

    assert_true(c->out_len + len <= sizeof c->out);
    memcpy(c->out + c->out_len, bytes, len);
    c->out_len += len;
    return 0;
}

static void take_ready(void *arg)
{
    ((struct client *)arg)->ready = true;
}

static void take_plain(void *arg, const unsigned char *bytes, size_t len)
{
    (void)arg;
    (void)bytes;
    fail_msg("%zu bytes of plain text", len);
}

/* Opens a client and has it send its ClientHello. */
static void open_client(struct client *c)
{
    const struct nrs_tls_pump_ops ops = {take_out, take_ready, take_plain, c};

    memset(c, 0, sizeof *c);
    mbedtls_ssl_config_init(&c->conf);
    assert_int_equal(mbedtls_ssl_config_defaults(&c->conf, MBEDTLS_SSL_IS_CLIENT,
                                                 MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT),
                     0);
    mbedtls_ssl_conf_rng(&c->conf, nrs_random, NULL);
    mbedtls_ssl_conf_min_tls_version(&c->conf, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_max_tls_version(&c->conf, MBEDTLS_SSL_VERSION_TLS1_3);
    assert_int_equal(nrs_tls_pump_init(&c->pump, &c->conf, "collector.test", &ops), 0);
    assert_int_equal(nrs_tls_pump_start(&c->pump), 0);
}

static void close_client(struct client *c)
{
    nrs_tls_pump_done(&c->pump);
    mbedtls_ssl_config_free(&c->conf);
}

static unsigned char *put_u16(unsigned char *at, size_t value)
{
    *at++ = (unsigned char)(value >> 8);
    *at++ = (unsigned char)value;
    return at;
}

static unsigned char *put(unsigned char *at, const void *bytes, size_t len)
{
    if (len > 0)
        memcpy(at, bytes, len);
    return at + len;
}

/* Writes a ServerHello as a record; it echoes the session id of the ClientHello. Returns its length. */
static size_t write_hello(unsigned char *record, const struct hello *h, const unsigned char *client_hello)
{
    size_t id_len = 1u + client_hello[SESSION_ID_AT];
    size_t body = 2 + 32 + id_len + 2 + 1 + 2 + h->extensions_len;
    unsigned char *at = put(record, "\x16\x03\x03", 3);

    at = put_u16(at, body + 4);
    at = put(at, "\x02\x00", 2);
    at = put_u16(at, body);
    at = put_u16(at, h->legacy_version);
    memset(at, 7, 32);
    at = put(at + 32, client_hello + SESSION_ID_AT, id_len);
    at = put(at, "\x13\x01\x00", 3);
    at = put_u16(at, h->extensions_len);
    at = put(at, h->extensions, h->extensions_len);
    return (size_t)(at - record);
}

/* Answers a client with this ServerHello. The client must end the handshake with the alert protocol_version. */
static void must_be_refused(uint16_t legacy_version, const unsigned char *extensions, size_t extensions_len)
{
    const struct hello h = {legacy_version, extensions, extensions_len};
    static const unsigned char fatal[] = {0x00, 0x02, 0x02, ALERT_PROTOCOL_VERSION};
    unsigned char record[256];
    struct client c;
    size_t len;

    open_client(&c);
    len = write_hello(record, &h, c.out);
    c.out_len = 0;
    assert_int_equal(nrs_tls_pump_feed(&c.pump, record, len), MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION);
    assert_false(c.ready);
    assert_int_equal(c.out_len, 3 + sizeof fatal); /* type and version of the record, then its length and the alert */
    assert_int_equal(c.out[0], MBEDTLS_SSL_MSG_ALERT);
    assert_memory_equal(c.out + 3, fatal, sizeof fatal);
    close_client(&c);
}

static void tls_1_3_in_the_old_field_alone_is_refused(void **state)
{
    (void)state;
    must_be_refused(0x0304, NULL, 0);
}

static void a_key_share_does_not_help(void **state)
{
    (void)state;
    must_be_refused(0x0304, key_share, sizeof key_share);
}

static void tls_1_3_in_both_fields_is_refused(void **state)
{
    unsigned char both[sizeof says_1_3 + sizeof key_share];

    (void)state;
    put(put(both, says_1_3, sizeof says_1_3), key_share, sizeof key_share);
    must_be_refused(0x0304, both, sizeof both);
}

static void versions_that_nobody_has_offered_are_refused(void **state)
{
    (void)state;
    must_be_refused(0x0305, NULL, 0);
    must_be_refused(0x0302, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls_1_3_in_the_old_field_alone_is_refused),
        cmocka_unit_test(a_key_share_does_not_help),
        cmocka_unit_test(tls_1_3_in_both_fields_is_refused),
        cmocka_unit_test(versions_that_nobody_has_offered_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
