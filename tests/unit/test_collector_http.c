/* One request out of bytes: whole however they are cut, refused when it is too large or no request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/collector/serve/http.h"
#include "tools/collector/serve/proxy.h"
#include "tools/collector/serve/rate.h"

static struct nrs_col_budget budget;

static int start(void **state)
{
    struct nrs_col_http *h = calloc(1, sizeof *h);

    assert_non_null(h);
    budget = (struct nrs_col_budget){.cap = 32768};
    nrs_col_http_init(h, 10000, &budget);
    *state = h;
    return 0;
}

static int finish(void **state)
{
    nrs_col_http_done(*state);
    assert_int_equal(budget.used, 0);
    free(*state);
    return 0;
}

static bool feed(struct nrs_col_http *h, const char *s)
{
    return nrs_col_http_feed(h, s, strlen(s));
}

#define POST "POST /v1/verdicts HTTP/1.1\r\nHost: a:1\r\nContent-Type: application/json\r\n"

static void request_is_whole_however_it_is_cut(void **state)
{
    static const char text[] = POST "Content-Length: 5\r\nIf-None-Match: \"x\"\r\n\r\nhello";
    struct nrs_col_http *h = *state;

    for (size_t cut = 1; cut < sizeof text - 1; cut++) {
        assert_false(nrs_col_http_feed(h, text, cut));
        assert_true(nrs_col_http_feed(h, text + cut, sizeof text - 1 - cut));
        assert_int_equal(h->status, 0);
        assert_string_equal(h->url, "/v1/verdicts");
        assert_string_equal(h->content_type, "application/json");
        assert_string_equal(h->host, "a:1");
        assert_string_equal(h->etag, "\"x\"");
        assert_int_equal(h->body_len, 5);
        assert_memory_equal(h->body, "hello", 5);
        assert_true(h->keep_alive);
        nrs_col_http_next(h);
    }
}

static void chunks_are_joined(void **state)
{
    struct nrs_col_http *h = *state;

    assert_true(feed(h, POST "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"));
    assert_int_equal(h->body_len, 5);
    assert_memory_equal(h->body, "hello", 5);
}

static void promised_body_over_the_limit_is_refused_at_once(void **state)
{
    struct nrs_col_http *h = *state;

    assert_true(feed(h, POST "Content-Length: 10001\r\n\r\n"));
    assert_int_equal(h->status, 413);
    assert_false(h->keep_alive);
    assert_int_equal(budget.used, 0);
}

static void chunked_body_over_the_limit_is_refused(void **state)
{
    struct nrs_col_http *h = *state;
    char chunk[6001];

    memset(chunk, 'x', 6000);
    chunk[6000] = '\0';
    assert_false(feed(h, POST "Transfer-Encoding: chunked\r\n\r\n1770\r\n"));
    assert_false(feed(h, chunk));
    assert_false(feed(h, "\r\n1770\r\n"));
    assert_true(feed(h, chunk));
    assert_int_equal(h->status, 413);
}

static void bodies_share_a_budget(void **state)
{
    struct nrs_col_http *h = *state;

    budget.used = budget.cap - 100;
    assert_false(feed(h, POST "Content-Length: 5\r\n\r\n"));
    assert_true(feed(h, "hello"));
    assert_int_equal(h->status, 503);
    budget.used = 0;
}

static void body_that_was_taken_keeps_its_charge(void **state)
{
    struct nrs_col_http *h = *state;
    size_t len, charge;
    char *body;

    assert_true(feed(h, POST "Content-Length: 5\r\n\r\nhello"));
    body = nrs_col_http_take_body(h, &len, &charge);
    nrs_col_http_next(h);
    assert_int_equal(len, 5);
    assert_int_equal(budget.used, charge);
    budget.used -= charge;
    free(body);
}

static void second_request_before_the_answer_ends_the_connection(void **state)
{
    struct nrs_col_http *h = *state;

    assert_true(feed(h, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n"));
    assert_int_equal(h->status, 0);
    assert_false(h->keep_alive);
}

static void nonsense_is_refused(void **state)
{
    static const char *const bad[] = {"\x16\x03\x01\x02", "BREW / HTTP/1.1\r\n\r\n",
                                      "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"};
    struct nrs_col_http *h = *state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_true(feed(h, bad[i]));
        assert_false(h->keep_alive);
        assert_int_equal(h->status, 400);
        nrs_col_http_next(h);
    }
}

/* Two servers that disagree about where a request ends can be made to see different requests (RFC 9112, 6.1). */
static void coding_that_is_not_chunked_alone_is_refused(void **state)
{
    static const char *const bad[] = {
        POST "Transfer-Encoding : x\r\n\r\n",
        POST "Transfer-Encoding: x\r\n\r\n",
        POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        POST "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        POST "Content-Length : 3\r\n\r\nabc",
        POST "Host: b\r\n\r\n",
    };
    struct nrs_col_http *h = *state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_true(feed(h, bad[i]));
        assert_int_equal(h->status, 400);
        assert_false(h->keep_alive);
        nrs_col_http_next(h);
    }
}

static void endless_chunk_extension_is_refused(void **state)
{
    struct nrs_col_http *h = *state;
    bool whole = feed(h, POST "Transfer-Encoding: chunked\r\n\r\n5;x=");

    for (int i = 0; i < 1000 && !whole; i++)
        whole = feed(h, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_true(whole);
    assert_int_equal(h->status, 431);
}

static void other_versions_are_refused(void **state)
{
    struct nrs_col_http *h = *state;

    assert_true(feed(h, "GET / HTTP/9.9\r\n\r\n"));
    assert_int_equal(h->status, 505);
    nrs_col_http_next(h);
    assert_true(feed(h, "GET / HTTP/1.0\r\n\r\n"));
    assert_int_equal(h->status, 0);
    assert_false(h->keep_alive);
}

static void endless_headers_are_refused(void **state)
{
    struct nrs_col_http *h = *state;
    bool whole = feed(h, "GET / HTTP/1.1\r\n");

    for (int i = 0; i < 1000 && !whole; i++)
        whole = feed(h, "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
    assert_true(whole);
    assert_int_equal(h->status, 431);
}

static void long_address_is_refused(void **state)
{
    struct nrs_col_http *h = *state;
    char url[400];

    memset(url, 'a', sizeof url);
    url[sizeof url - 1] = '\0';
    assert_false(feed(h, "GET /"));
    assert_true(feed(h, url));
    assert_int_equal(h->status, 414);
}

static void rate_allows_bursts_and_then_the_rate(void **state)
{
    static struct nrs_col_rate r;
    unsigned n = 0;

    (void)state;
    nrs_col_rate_init(&r, 10, 20);
    while (nrs_col_rate_take(&r, "one", 1000))
        n++;
    assert_int_equal(n, 20);
    assert_false(nrs_col_rate_take(&r, "one", 1099));
    assert_true(nrs_col_rate_take(&r, "one", 1200));
    assert_true(nrs_col_rate_take(&r, "two", 1200));
    for (n = 0; nrs_col_rate_take(&r, "one", 900000); n++)
        ;
    assert_int_equal(n, 20);
}

/* A busy name keeps its bucket: others that share its set do not give it a full one. */
static void rate_survives_many_names(void **state)
{
    static struct nrs_col_rate r;
    char name[16];

    (void)state;
    nrs_col_rate_init(&r, 1, 1);
    assert_true(nrs_col_rate_take(&r, "one", 1000));
    for (unsigned i = 0; i < 4000; i++) {
        (void)snprintf(name, sizeof name, "n%u", i);
        (void)nrs_col_rate_take(&r, name, 1001 + i / 100);
        assert_false(nrs_col_rate_take(&r, "one", 1001 + i / 100));
    }
}

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define PROXY4 SIGNATURE "\x21\x11\0\x0c\xc0\0\2\7\xc6\x33\x64\1\x9c\x40\x20\xfb"

static void balancer_names_the_peer(void **state)
{
    static const unsigned char v4[] = PROXY4, local[] = SIGNATURE "\x20\0\0\0";
    struct sockaddr_storage from = {0};
    const struct sockaddr_in *a = (const struct sockaddr_in *)&from;

    (void)state;
    assert_int_equal(nrs_col_proxy_read(local, 16, &from), 16);
    assert_int_equal(from.ss_family, 0);
    for (size_t n = 0; n < 28; n++)
        assert_int_equal(nrs_col_proxy_read(v4, n, &from), 0);
    assert_int_equal(nrs_col_proxy_read(v4, 28, &from), 28);
    assert_int_equal(from.ss_family, AF_INET);
    assert_int_equal(ntohl(a->sin_addr.s_addr), 0xc0000207);
    assert_int_equal(ntohs(a->sin_port), 40000);
}

static void what_is_no_header_is_refused(void **state)
{
    static const unsigned char udp[] = SIGNATURE "\x21\x12\0\x0c", few[] = SIGNATURE "\x21\x21\0\x0c",
                               wide[] = SIGNATURE "\x21\x11\0\xd9", old[] = "PROXY TCP4 ", hello[] = "\x16\3\1";
    struct sockaddr_storage from = {0};

    (void)state;
    assert_int_equal(nrs_col_proxy_read(udp, 16, &from), NRS_ERR_FORMAT);
    assert_int_equal(nrs_col_proxy_read(few, 16, &from), NRS_ERR_FORMAT);
    assert_int_equal(nrs_col_proxy_read(wide, 16, &from), NRS_ERR_LIMIT);
    assert_int_equal(nrs_col_proxy_read(old, 5, &from), NRS_ERR_FORMAT);
    assert_int_equal(nrs_col_proxy_read(hello, 3, &from), NRS_ERR_FORMAT);
}

#define WITH_REQUEST(test) cmocka_unit_test_setup_teardown(test, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_REQUEST(request_is_whole_however_it_is_cut),
        WITH_REQUEST(chunks_are_joined),
        WITH_REQUEST(promised_body_over_the_limit_is_refused_at_once),
        WITH_REQUEST(chunked_body_over_the_limit_is_refused),
        WITH_REQUEST(bodies_share_a_budget),
        WITH_REQUEST(body_that_was_taken_keeps_its_charge),
        WITH_REQUEST(second_request_before_the_answer_ends_the_connection),
        WITH_REQUEST(nonsense_is_refused),
        WITH_REQUEST(coding_that_is_not_chunked_alone_is_refused),
        WITH_REQUEST(endless_chunk_extension_is_refused),
        WITH_REQUEST(other_versions_are_refused),
        WITH_REQUEST(endless_headers_are_refused),
        WITH_REQUEST(long_address_is_refused),
        cmocka_unit_test(balancer_names_the_peer),
        cmocka_unit_test(what_is_no_header_is_refused),
        cmocka_unit_test(rate_survives_many_names),
        cmocka_unit_test(rate_allows_bursts_and_then_the_rate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
