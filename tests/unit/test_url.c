#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "agent/net/http_request.h"
#include "agent/net/url.h"
#include "models/base/error.h"

static struct nrs_url u;

static void row(const char *text, const char *host, const char *header, unsigned port, const char *path)
{
    assert_int_equal(nrs_url_parse(&u, text, "https", 443), 0);
    assert_string_equal(u.host, host);
    assert_string_equal(u.host_header, header);
    assert_int_equal(u.port, port);
    assert_string_equal(u.path, path);
}

static void urls_are_taken_apart(void **state)
{
    (void)state;
    row("https://collector/v1/verdicts", "collector", "collector", 443, "/v1/verdicts");
    row("https://127.0.0.1:8443/v1", "127.0.0.1", "127.0.0.1:8443", 8443, "/v1");
    row("https://[2001:db8::1]:8443", "2001:db8::1", "[2001:db8::1]:8443", 8443, "/");
    row("https://[::1]/x", "::1", "[::1]", 443, "/x");
    row("https://c.example?_msg_field=a&b=c", "c.example", "c.example", 443, "/?_msg_field=a&b=c");
}

static void other_texts_are_refused(void **state)
{
    static const char *const bad[] = {"http://h/",
                                      "https:/h",
                                      "https://",
                                      "https:///x",
                                      "https://h:",
                                      "https://h:0/",
                                      "https://h:65536",
                                      "https://h:99999999999",
                                      "https://h:x/",
                                      "https://u@h/",
                                      "https://[::1",
                                      "https://[::1]x/",
                                      "https://[]/",
                                      "https://h/a b",
                                      "https://h/#a",
                                      "https://h/\r\nX: y",
                                      "",
                                      "https://:443/"};

    (void)state;
    strcpy(u.host, "before");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_true(nrs_url_parse(&u, bad[i], "https", 443) < 0);
        assert_string_equal(u.host, "before");
    }
}

static void too_long_a_host_or_path_is_refused(void **state)
{
    char text[600];

    (void)state;
    memset(text, 'h', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memcpy(text, "https://", 8);
    assert_int_equal(nrs_url_parse(&u, text, "https", 443), NRS_ERR_LIMIT);
    memcpy(text, "https://h/", 10);
    assert_int_equal(nrs_url_parse(&u, text, "https", 443), NRS_ERR_LIMIT);
}

static void requests_name_host_and_length(void **state)
{
    char head[NRS_REQUEST_HEAD_MAX];

    (void)state;
    nrs_url_parse(&u, "https://[::1]:8443/v1/verdicts", "https", 443);
    assert_true(nrs_http_post_head(head, sizeof head, &u, "application/x-ndjson", 17) > 0);
    assert_non_null(strstr(head, "POST /v1/verdicts HTTP/1.1\r\nHost: [::1]:8443\r\n"));
    assert_non_null(strstr(head, "\r\nContent-Type: application/x-ndjson\r\nContent-Length: 17\r\n\r\n"));
    assert_true(nrs_http_connect_head(head, sizeof head, &u) > 0);
    assert_string_equal(head, "CONNECT [::1]:8443 HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n");
    assert_int_equal(nrs_http_connect_head(head, 20, &u), NRS_ERR_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_taken_apart),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(too_long_a_host_or_path_is_refused),
        cmocka_unit_test(requests_name_host_and_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
