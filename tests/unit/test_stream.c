/* TCP and TLS on one loop: the stream of the agent, with https on top, against a server in the same process.
 * */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>

#include "agent/net/https.h"
#include "agent/net/stream.h"
#include "tests/certs.h"
#include "tests/temp_dir.h"
#include "tests/so_error.h"

#define REPLY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

static struct temp_dir dir;
static struct cert ca, other_ca, server_cert, device;
static uv_loop_t loop;

/* The server: one connection, answers when the body is complete. */
static struct server {
    uv_tcp_t listener, tcp;
    struct nrs_tls_pump pump;
    mbedtls_ssl_config conf;
    mbedtls_x509_crt ca, own;
    size_t got, wanted; /* plain bytes */
    bool open, plain, hangs_up;
    char in[4096];
    unsigned connections;
} server;

static struct nrs_stream stream;
static struct nrs_https https;
static struct nrs_tls_client tls;
static struct nrs_url url, no_proxy;
static int status;
static unsigned dones, founds;
static char why[200];

static const char *path_of(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", dir.path, name);
    return path;
}

static void free_written(uv_write_t *req, int rc)
{
    (void)rc;
    test_free(req->data);
    test_free(req);
}

static int server_send(void *arg, const unsigned char *bytes, size_t len)
{
    uv_write_t *req = test_malloc(sizeof *req);
    uv_buf_t buf = uv_buf_init(test_malloc(len), (unsigned)len);

    (void)arg;
    memcpy(buf.base, bytes, len);
    req->data = buf.base;
    return uv_write(req, (uv_stream_t *)&server.tcp, &buf, 1, free_written);
}

static void server_hang_up(void)
{
    if (server.open)
        uv_close((uv_handle_t *)&server.tcp, NULL);
    server.open = false;
}

static void server_plain(void *arg, const unsigned char *bytes, size_t len)
{
    (void)arg;
    (void)bytes;
    server.got += len;
    if (server.got < server.wanted)
        return;
    server.got = 0;
    if (server.hangs_up)
        nrs_tls_pump_close(&server.pump);
    else
        nrs_tls_pump_write(&server.pump, (const unsigned char *)REPLY, strlen(REPLY));
}

static void server_alloc(uv_handle_t *h, size_t n, uv_buf_t *buf)
{
    (void)h;
    (void)n;
    *buf = uv_buf_init(server.in, sizeof server.in);
}

static void server_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
    (void)s;
    if (n < 0 || (n > 0 && nrs_tls_pump_feed(&server.pump, (const unsigned char *)buf->base, (size_t)n) != 0))
        server_hang_up();
}

static void on_connection(uv_stream_t *listener, int rc)
{
    const struct nrs_tls_pump_ops ops = {server_send, NULL, server_plain, NULL};

    assert_int_equal(rc, 0);
    if (server.connections++ > 0)
        nrs_tls_pump_done(&server.pump);
    uv_tcp_init(&loop, &server.tcp);
    assert_int_equal(uv_accept(listener, (uv_stream_t *)&server.tcp), 0);
    server.open = true;
    if (server.plain) { /* does not speak TLS */
        server_send(NULL, (const unsigned char *)"SSH-2.0-OpenSSH\r\n", 17);
        return;
    }
    assert_int_equal(nrs_tls_pump_init(&server.pump, &server.conf, NULL, &ops), 0);
    uv_read_start((uv_stream_t *)&server.tcp, server_alloc, server_read);
}

static void listen_here(void)
{
    struct sockaddr_in at;
    int len = sizeof at;

    uv_ip4_addr("127.0.0.1", 0, &at);
    uv_tcp_init(&loop, &server.listener);
    assert_int_equal(uv_tcp_bind(&server.listener, (const struct sockaddr *)&at, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&server.listener, 4, on_connection), 0);
    assert_int_equal(uv_tcp_getsockname(&server.listener, (struct sockaddr *)&at, &len), 0);
    url = (struct nrs_url){.host = "127.0.0.1", .port = ntohs(at.sin_port)};
}

static int make_all(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    if (temp_dir_make(&dir) != 0 || cert_make(&ca, "CA", NULL) != 0 ||
        cert_make(&other_ca, "other", NULL) != 0 || cert_make(&server_cert, "127.0.0.1", &ca) != 0 ||
        cert_make(&device, "device-1", &ca) != 0)
        return -1;
    return cert_save(path_of("ca.pem"), ca.crt_pem) | cert_save(path_of("other.pem"), other_ca.crt_pem) |
           cert_save(path_of("cert.pem"), device.crt_pem) | cert_save(path_of("key.pem"), device.key_pem);
}

static int drop_all(void **state)
{
    struct cert *all[] = {&ca, &other_ca, &server_cert, &device};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        cert_done(all[i]);
    temp_dir_remove(&dir);
    return 0;
}

static void on_done(void *arg, const struct nrs_http_reply *reply, const char *text)
{
    (void)arg;
    dones++;
    status = reply != NULL ? reply->status : 0;
    snprintf(why, sizeof why, "%s", text != NULL ? text : "");
    uv_stop(&loop);
}

static void on_found(void *arg, const struct sockaddr *address)
{
    (void)arg;
    (void)address;
    founds++;
}

static int begin(void **state)
{
    (void)state;
    memset(&server, 0, sizeof server);
    status = -1;
    dones = founds = 0;
    uv_loop_init(&loop);
    mbedtls_ssl_config_init(&server.conf);
    mbedtls_x509_crt_init(&server.ca);
    mbedtls_x509_crt_init(&server.own);
    mbedtls_ssl_config_defaults(&server.conf, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM,
                                MBEDTLS_SSL_PRESET_DEFAULT);
    mbedtls_ssl_conf_rng(&server.conf, nrs_random, NULL);
    mbedtls_ssl_conf_authmode(&server.conf, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_x509_crt_parse(&server.ca, (unsigned char *)ca.crt_pem, strlen(ca.crt_pem) + 1);
    mbedtls_x509_crt_parse(&server.own, (unsigned char *)server_cert.crt_pem,
                           strlen(server_cert.crt_pem) + 1);
    mbedtls_ssl_conf_ca_chain(&server.conf, &server.ca, NULL);
    mbedtls_ssl_conf_own_cert(&server.conf, &server.own, &server_cert.key);
    listen_here();
    return 0;
}

static int end(void **state)
{
    (void)state;
    nrs_https_close(&https);
    uv_close((uv_handle_t *)&server.listener, NULL);
    server_hang_up();
    uv_run(&loop, UV_RUN_DEFAULT);
    if (server.connections > 0 && !server.plain)
        nrs_tls_pump_done(&server.pump);
    nrs_tls_client_done(&tls);
    mbedtls_ssl_config_free(&server.conf);
    mbedtls_x509_crt_free(&server.ca);
    mbedtls_x509_crt_free(&server.own);
    return uv_loop_close(&loop);
}

static void start(const char *trusted, bool with_certificate)
{
    struct nrs_why reason;

    assert_int_equal(nrs_tls_client_load(&tls, path_of(trusted), with_certificate ? path_of("cert.pem") : "",
                                         with_certificate ? path_of("key.pem") : "", &reason),
                     0);
    nrs_stream_init(&stream, &loop, &tls, on_found, NULL);
    nrs_https_init(&https, &stream.transport, NULL);
    https.url = &url;
    https.proxy = &no_proxy;
    https.done = on_done;
}

static void post(const char *body)
{
    static const char head[] = "POST / HTTP/1.1\r\n\r\n";

    server.wanted = strlen(head) + strlen(body);
    nrs_https_post(&https, head, strlen(head), body, strlen(body));
    uv_run(&loop, UV_RUN_DEFAULT);
}

static void a_post_is_answered_and_the_connection_kept(void **state)
{
    (void)state;
    start("ca.pem", true);
    post("one");
    assert_int_equal(status, 200);
    post("two");
    assert_int_equal(status, 200);
    assert_int_equal(server.connections, 1);
    assert_int_equal(founds, 1);
    assert_int_equal(https.state, NRS_HTTPS_IDLE);
}

static void a_large_body_arrives_whole(void **state)
{
    static char body[3000000]; /* more than the buffers of the kernel hold */

    (void)state;
    memset(body, 'b', sizeof body - 1);
    start("ca.pem", true);
    post(body);
    assert_int_equal(status, 200);
}

static void a_dropped_connection_is_made_anew(void **state)
{
    (void)state;
    start("ca.pem", true);
    post("one");
    nrs_https_drop(&https);
    for (int i = 0; i < 100 && (https.state != NRS_HTTPS_CLOSED || server.open); i++)
        uv_run(&loop, UV_RUN_ONCE);
    post("two");
    assert_int_equal(status, 200);
    assert_int_equal(server.connections, 2);
}

static void a_server_that_hangs_up_is_a_reason(void **state)
{
    (void)state;
    server.hangs_up = true;
    start("ca.pem", true);
    post("one");
    assert_int_equal(status, 0);
    assert_string_equal(why, "the connection was closed");
}

static void a_server_of_another_ca_is_refused(void **state)
{
    (void)state;
    start("other.pem", true);
    post("one");
    assert_string_equal(why, "TLS: the collector's certificate is not signed by our CA");
}

static void a_server_without_tls_is_named(void **state)
{
    (void)state;
    server.plain = true;
    start("ca.pem", true);
    post("one");
    assert_int_equal(status, 0);
    assert_non_null(strstr(why, "the other side does not speak TLS"));
}

static void a_refusal_is_explained_by_our_certificate(void **state)
{
    (void)state;
    start("ca.pem", false);
    post("one");
    assert_string_equal(why, "TLS: refused by the collector: we have no certificate (collector.cert)");
}

static void nobody_listens(void **state)
{
    char refused[64];

    (void)state;
    skip_if_so_error_is_foreign();
    start("ca.pem", true);
    url.port = 9;
    post("one");
    snprintf(refused, sizeof refused, "127.0.0.1: %s", uv_strerror(UV_ECONNREFUSED));
    assert_string_equal(why, refused);
}

static void a_close_in_the_middle_says_nothing(void **state)
{
    (void)state;
    start("ca.pem", true);
    server.wanted = 1000000; /* it never answers */
    nrs_https_post(&https, "x", 1, "", 0);
    for (int i = 0; i < 100 && https.state != NRS_HTTPS_POSTING; i++)
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(https.state, NRS_HTTPS_POSTING);
    assert_int_equal(dones, 0); /* and `end` closes it */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_post_is_answered_and_the_connection_kept),
        TEST(a_large_body_arrives_whole),
        TEST(a_dropped_connection_is_made_anew),
        TEST(a_server_that_hangs_up_is_a_reason),
        TEST(a_server_of_another_ca_is_refused),
        TEST(a_server_without_tls_is_named),
        TEST(a_refusal_is_explained_by_our_certificate),
        TEST(nobody_listens),
        TEST(a_close_in_the_middle_says_nothing),
    };

    return cmocka_run_group_tests(tests, make_all, drop_all);
}
