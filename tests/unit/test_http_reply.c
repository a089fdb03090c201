#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "agent/net/http_reply.h"
#include "models/base/error.h"

static struct nrs_http_reply r;

/* Feeds text in pieces; the result of the last feed. */
static int feed(const char *text, size_t piece)
{
    size_t len = strlen(text), at = 0;
    int n = 0;

    nrs_http_reply_init(&r, false);
    while (at < len && !r.done && n >= 0) {
        n = nrs_http_reply_feed(&r, (const unsigned char *)text + at, len - at < piece ? len - at : piece);
        at += n > 0 ? (size_t)n : 0;
    }
    return n;
}

static void row(const char *text, int status, bool keep_alive, const char *body)
{
    for (size_t piece = 1; piece < 300; piece = piece * 3 + 1) {
        assert_true(feed(text, piece) >= 0);
        assert_true(r.done);
        assert_int_equal(r.status, status);
        assert_int_equal(r.keep_alive, keep_alive);
        assert_string_equal(r.body, body);
    }
}

static void refused(const char *text, int err)
{
    assert_int_equal(feed(text, 1), err);
    assert_int_equal(feed(text, 4096), err);
    assert_false(r.done);
}

static void complete_replies_are_read_in_any_pieces(void **state)
{
    (void)state;
    row("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, true, "hello");
    row("HTTP/1.1 204 No Content\r\n\r\n", 204, true, "");
    row("HTTP/1.1 201\r\ncontent-length:0\r\n\r\n", 201, true, "");
    row("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, false, "x");
    row("HTTP/1.1 200 OK\nContent-Length: 2\n\nab", 200, true, "ab");
    row("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab", 200, false, "ab");
    row("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nz", 200, true, "z");
}

static void chunked_bodies_are_read(void **state)
{
    (void)state;
    row("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n",
        200, true, "abc0123456789");
    row("HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nTrailer: y\r\n\r\n", 400, true,
        "x");
    row("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 200,
        false, "x");
}

static void retry_after_is_read_in_seconds_only(void **state)
{
    (void)state;
    feed("HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n", 4096);
    assert_int_equal(r.retry_after_s, 120);
    feed("HTTP/1.1 503 Busy\r\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\nContent-Length: 0\r\n\r\n",
         4096);
    assert_int_equal(r.retry_after_s, 0);
    feed("HTTP/1.1 503 Busy\r\nRetry-After: 99999999999999999999\r\nContent-Length: 0\r\n\r\n", 4096);
    assert_int_equal(r.retry_after_s, 0);
}

static void body_without_length_ends_with_the_connection(void **state)
{
    (void)state;
    assert_true(feed("HTTP/1.1 200 OK\r\n\r\nsome", 4096) >= 0);
    assert_false(r.done);
    assert_int_equal(nrs_http_reply_end(&r), 0);
    assert_true(r.done);
    assert_false(r.keep_alive);
}

static void early_end_is_no_reply(void **state)
{
    (void)state;
    feed("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome", 4096);
    assert_int_equal(nrs_http_reply_end(&r), NRS_ERR_SHORT);
    feed("HTTP/1.1 200 OK\r\nContent-Le", 4096);
    assert_int_equal(nrs_http_reply_end(&r), NRS_ERR_SHORT);
    feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", 4096);
    assert_int_equal(nrs_http_reply_end(&r), NRS_ERR_SHORT);
}

static void reply_to_connect_has_no_body(void **state)
{
    static const char ok[] = "HTTP/1.1 200 Connection established\r\n\r\n\x16\x03";

    (void)state;
    nrs_http_reply_init(&r, true);
    assert_int_equal(nrs_http_reply_feed(&r, (const unsigned char *)ok, sizeof ok - 1), sizeof ok - 3);
    assert_true(r.done);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    refused("SSH-2.0-OpenSSH_9.2\r\n", NRS_ERR_FORMAT);
    refused("HTTP/2 200\r\n", NRS_ERR_FORMAT);
    refused("HTTP/1.1 20x OK\r\n", NRS_ERR_FORMAT);
    refused("HTTP/1.1 099 OK\r\n", NRS_ERR_FORMAT);
    refused("HTTP/1.1 200 OK\r\nno colon\r\n", NRS_ERR_FORMAT);
    refused("HTTP/1.1 200 OK\r\n: empty\r\n", NRS_ERR_FORMAT);
    refused("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n", NRS_ERR_FORMAT);
    refused("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n", NRS_ERR_FORMAT);
    refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n", NRS_ERR_FORMAT);
    refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", NRS_ERR_FORMAT);
    refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", NRS_ERR_FORMAT);
    refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n", NRS_ERR_FORMAT);
}

static void endless_data_is_refused(void **state)
{
    static char big[NRS_REPLY_BODY_MAX + 20];

    (void)state;
    refused("HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n", NRS_ERR_LIMIT);
    memset(big, 'h', sizeof big - 1);
    memcpy(big, "HTTP/1.1 200 OK\r\n", 17);
    refused(big, NRS_ERR_LIMIT); /* one header without end */
    memcpy(big, "HTTP/1.1 200 OK\r\n\r\n", 19);
    assert_true(feed(big, 4096) >= 0);
    assert_int_equal(nrs_http_reply_feed(&r, (const unsigned char *)"one more", 8), NRS_ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complete_replies_are_read_in_any_pieces),
        cmocka_unit_test(chunked_bodies_are_read),
        cmocka_unit_test(retry_after_is_read_in_seconds_only),
        cmocka_unit_test(body_without_length_ends_with_the_connection),
        cmocka_unit_test(early_end_is_no_reply),
        cmocka_unit_test(reply_to_connect_has_no_body),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(endless_data_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
