/* The states of an HTTPS connection, on a transport that is a script. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/https_fixture.h"

static void a_post_is_written_after_the_handshake_and_answered(void **state)
{
    (void)state;
    begin(&no_proxy);
    post("body");
    assert_int_equal(h.state, NRS_HTTPS_DIALING);
    assert_string_equal(s.host, "collector.example");
    assert_int_equal(s.port, 8443);
    assert_int_equal(s.alarm_ms, NRS_HTTPS_ATTEMPT_MS);
    script_opens(&s, NULL);
    assert_int_equal(h.state, NRS_HTTPS_HANDSHAKE);
    assert_string_equal(s.secured_host, "collector.example");
    assert_int_equal(s.written_len, 0);
    script_secured(&s);
    assert_string_equal(s.written, HEAD "body");
    script_answers(&s, OK);
    assert_int_equal(status, 200);
    assert_int_equal(h.state, NRS_HTTPS_IDLE);
    assert_int_equal(s.alarm_ms, NRS_HTTPS_IDLE_MS);
    assert_int_equal(s.closes, 0);
}

static void a_kept_connection_is_used_again_until_its_time_is_over(void **state)
{
    (void)state;
    be_idle();
    post("two");
    assert_int_equal(s.dials, 1);
    assert_string_equal(s.written, HEAD "one" HEAD "two");
    script_answers(&s, OK);
    assert_int_equal(dones, 2);
    script_rings(&s);
    assert_int_equal(h.state, NRS_HTTPS_CLOSING);
    script_closed(&s);
    assert_int_equal(h.state, NRS_HTTPS_CLOSED);
    assert_int_equal(dones, 2);
}

static void a_connection_that_died_while_kept_is_replaced_once(void **state)
{
    (void)state;
    be_idle();
    post("two");
    script_breaks(&s, "the connection was closed");
    script_closed(&s);
    assert_int_equal(dones, 1);
    assert_int_equal(s.dials, 2);
    assert_int_equal(h.state, NRS_HTTPS_DIALING);
    script_opens(&s, NULL);
    script_secured(&s);
    script_breaks(&s, "the connection was closed");
    script_closed(&s);
    assert_int_equal(dones, 2);
    assert_int_equal(status, 0);
    assert_string_equal(why, "the connection was closed");
    assert_int_equal(s.dials, 2);
}

static void a_kept_connection_that_breaks_within_a_reply_is_a_failure(void **state)
{
    (void)state;
    be_idle();
    post("two");
    script_answers(&s, "HTTP/1.1 200 OK\r\n");
    script_breaks(&s, "reset");
    script_closed(&s);
    assert_int_equal(s.dials, 1);
    assert_int_equal(dones, 2);
    assert_string_equal(why, "reset");
}

static void the_server_ends_a_kept_connection(void **state)
{
    (void)state;
    be_idle();
    script_breaks(&s, "the connection was closed");
    assert_int_equal(h.state, NRS_HTTPS_CLOSING);
    post("two"); /* while it closes */
    assert_int_equal(s.dials, 1);
    script_closed(&s);
    assert_int_equal(s.dials, 2);
    script_opens(&s, NULL);
    script_secured(&s);
    script_answers(&s, OK);
    assert_int_equal(status, 200);
}

static void an_answer_that_closes_is_reported_after_the_close(void **state)
{
    (void)state;
    begin(&no_proxy);
    post("x");
    script_opens(&s, NULL);
    script_secured(&s);
    script_answers(&s, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(dones, 0);
    assert_int_equal(s.closes, 1);
    script_closed(&s);
    assert_int_equal(status, 200);
    assert_int_equal(s.alarm_ms, 0);
}

static void a_body_may_end_with_the_connection(void **state)
{
    (void)state;
    begin(&no_proxy);
    post("x");
    script_opens(&s, NULL);
    script_secured(&s);
    script_answers(&s, "HTTP/1.1 503 Busy\r\n\r\ngo away");
    assert_int_equal(dones, 0);
    script_breaks(&s, "the connection was closed");
    script_closed(&s);
    assert_int_equal(status, 503);
}

static void bytes_behind_the_reply_end_the_connection(void **state)
{
    (void)state;
    begin(&no_proxy);
    post("x");
    script_opens(&s, NULL);
    script_secured(&s);
    script_answers(&s, OK "HTTP/1.1 200 OK\r\n");
    assert_int_equal(h.state, NRS_HTTPS_CLOSING);
    script_closed(&s);
    assert_int_equal(status, 200);
}

static void a_reply_that_is_not_http_fails(void **state)
{
    (void)state;
    begin(&no_proxy);
    post("x");
    script_opens(&s, NULL);
    script_secured(&s);
    script_answers(&s, "SSH-2.0-OpenSSH\r\n");
    script_closed(&s);
    assert_int_equal(status, 0);
    assert_string_equal(why, "the reply is not HTTP");
}

static void a_reply_without_end_fails(void **state)
{
    static char line[4001];

    (void)state;
    memset(line, 'a', sizeof line - 1);
    begin(&no_proxy);
    post("x");
    script_opens(&s, NULL);
    script_secured(&s);
    script_answers(&s, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 6 && h.state == NRS_HTTPS_POSTING; i++)
        script_answers(&s, line);
    script_closed(&s);
    assert_string_equal(why, "the reply is too large");
}

static void a_large_body_is_written_as_the_transport_takes_it(void **state)
{
    static char body[65536];

    (void)state;
    memset(body, 'b', sizeof body - 1);
    begin(&no_proxy);
    s.stop_after = 10000;
    post(body);
    script_opens(&s, NULL);
    script_secured(&s);
    assert_in_range(s.written_len, 10000, 14096);
    script_drains(&s);
    assert_int_equal(s.written_len, strlen(HEAD) + strlen(body));
    script_answers(&s, OK);
    assert_int_equal(h.state, NRS_HTTPS_IDLE);
}

static void a_reply_before_the_body_was_sent_ends_the_connection(void **state)
{
    static char body[65536];

    (void)state;
    memset(body, 'b', sizeof body - 1);
    begin(&no_proxy);
    s.stop_after = 10000;
    post(body);
    script_opens(&s, NULL);
    script_secured(&s);
    script_answers(&s, "HTTP/1.1 413 Too large\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(h.state, NRS_HTTPS_CLOSING);
    script_closed(&s);
    assert_int_equal(status, 413);
}

static void a_name_that_is_not_found_is_a_reason_with_the_host(void **state)
{
    (void)state;
    begin(&no_proxy);
    post("x");
    script_opens(&s, "unknown node or service");
    assert_string_equal(why, "collector.example: unknown node or service");
    assert_int_equal(h.state, NRS_HTTPS_CLOSED);
    begin(&a_proxy);
    post("x");
    script_opens(&s, "connection refused");
    assert_string_equal(why, "proxy.example: connection refused");
}

static void a_handshake_that_fails_is_a_reason(void **state)
{
    (void)state;
    begin(&no_proxy);
    post("x");
    script_opens(&s, NULL);
    script_breaks(&s, "TLS: no");
    script_closed(&s);
    assert_string_equal(why, "TLS: no");
}

static void a_minute_without_a_reply_fails_in_every_state(void **state)
{
    (void)state;
    for (int at = 0; at < 3; at++) {
        begin(&no_proxy);
        post("x");
        if (at > 0)
            script_opens(&s, NULL);
        if (at > 1)
            script_secured(&s);
        script_rings(&s);
        assert_int_equal(s.closes, 1);
        assert_int_equal(dones, 0);
        if (at == 0)
            script_opens(&s, "stopped");
        else
            script_closed(&s);
        assert_string_equal(why, "no complete reply within a minute");
        assert_int_equal(dones, 1);
    }
}

static void a_minute_on_a_kept_connection_is_not_tried_again(void **state)
{
    (void)state;
    be_idle();
    post("two");
    script_rings(&s);
    script_closed(&s);
    assert_int_equal(s.dials, 1);
    assert_string_equal(why, "no complete reply within a minute");
}

static void a_proxy_is_passed_with_connect(void **state)
{
    (void)state;
    begin(&a_proxy);
    post("x");
    assert_string_equal(s.host, "proxy.example");
    assert_int_equal(s.port, 3128);
    script_opens(&s, NULL);
    assert_int_equal(h.state, NRS_HTTPS_PROXY);
    assert_int_equal(strncmp(s.written, "CONNECT collector.example:8443 HTTP/1.1\r\n", 41), 0);
    assert_int_equal(s.secures, 0);
    script_answers(&s, "HTTP/1.1 200 ");
    script_answers(&s, "Established\r\n\r\n");
    assert_int_equal(h.state, NRS_HTTPS_HANDSHAKE);
    assert_string_equal(s.secured_host, "collector.example");
    script_secured(&s);
    script_answers(&s, OK);
    assert_int_equal(status, 200);
}

static void proxy_says(const char *reply, const char *expected)
{
    begin(&a_proxy);
    post("x");
    script_opens(&s, NULL);
    script_answers(&s, reply);
    script_closed(&s);
    assert_int_equal(s.secures, 0);
    assert_string_equal(why, expected);
}

static void a_proxy_that_refuses_or_talks_on_is_a_reason(void **state)
{
    (void)state;
    proxy_says("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "the proxy refuses with status 407");
    proxy_says("hello\r\n", "the proxy's reply is not HTTP");
    proxy_says("HTTP/1.1 200 OK\r\n\r\n\x16\x03\x01", "the proxy's reply is not HTTP");
    begin(&a_proxy);
    post("x");
    script_opens(&s, NULL);
    script_breaks(&s, "the connection was closed");
    script_closed(&s);
    assert_string_equal(why, "the connection was closed");
}

static void drop_ends_an_idle_connection_only(void **state)
{
    (void)state;
    be_idle();
    nrs_https_drop(&h);
    assert_int_equal(s.closes, 1);
    script_closed(&s);
    post("two");
    nrs_https_drop(&h);
    assert_int_equal(h.state, NRS_HTTPS_DIALING);
    assert_int_equal(s.closes, 1);
}

static void close_ends_everything_without_a_word(void **state)
{
    (void)state;
    be_idle();
    post("two");
    nrs_https_close(&h);
    assert_int_equal(s.ends, 1);
    script_closed(&s);
    assert_int_equal(dones, 1);
    assert_int_equal(s.dials, 1);
    begin(&no_proxy);
    nrs_https_close(&h);
    assert_int_equal(s.closes, 0);
    begin(&no_proxy);
    post("x");
    nrs_https_close(&h);
    script_opens(&s, "stopped");
    assert_int_equal(dones, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_post_is_written_after_the_handshake_and_answered),
        cmocka_unit_test(a_kept_connection_is_used_again_until_its_time_is_over),
        cmocka_unit_test(a_connection_that_died_while_kept_is_replaced_once),
        cmocka_unit_test(a_kept_connection_that_breaks_within_a_reply_is_a_failure),
        cmocka_unit_test(the_server_ends_a_kept_connection),
        cmocka_unit_test(an_answer_that_closes_is_reported_after_the_close),
        cmocka_unit_test(a_body_may_end_with_the_connection),
        cmocka_unit_test(bytes_behind_the_reply_end_the_connection),
        cmocka_unit_test(a_reply_that_is_not_http_fails),
        cmocka_unit_test(a_reply_without_end_fails),
        cmocka_unit_test(a_large_body_is_written_as_the_transport_takes_it),
        cmocka_unit_test(a_reply_before_the_body_was_sent_ends_the_connection),
        cmocka_unit_test(a_name_that_is_not_found_is_a_reason_with_the_host),
        cmocka_unit_test(a_handshake_that_fails_is_a_reason),
        cmocka_unit_test(a_minute_without_a_reply_fails_in_every_state),
        cmocka_unit_test(a_minute_on_a_kept_connection_is_not_tried_again),
        cmocka_unit_test(a_proxy_is_passed_with_connect),
        cmocka_unit_test(a_proxy_that_refuses_or_talks_on_is_a_reason),
        cmocka_unit_test(drop_ends_an_idle_connection_only),
        cmocka_unit_test(close_ends_everything_without_a_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
