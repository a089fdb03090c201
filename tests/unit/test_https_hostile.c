/* Fault table F9: a server whose reply comes slowly or never ends, on a transport that is a script. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/https_fixture.h"

/* A posted connection that waits for its reply. */
static void be_posting(void)
{
    begin(&no_proxy);
    post("x");
    script_opens(&s, NULL);
    script_secured(&s);
}

/* The minute is for the whole attempt: bytes that come one by one do not begin it anew. */
static void a_reply_that_drips_gets_no_more_time(void **state)
{
    (void)state;
    be_posting();
    s.alarm_ms = 1;
    script_answers(&s, "HTTP/1.1 200 OK\r\nX-Slow: ");
    for (int i = 0; i < 200; i++)
        script_answers(&s, "z");
    assert_int_equal(s.alarm_ms, 1);
    assert_int_equal(h.state, NRS_HTTPS_POSTING);
    script_rings(&s);
    script_closed(&s);
    assert_int_equal(dones, 1);
    assert_string_equal(why, "no complete reply within a minute");
}

/* Whatever it is that goes on, a few times the limits of a reply are the most that is read. */
static void whatever_never_ends_is_cut_off(void **state)
{
    static const char *const row[][2] = {
        {"HTTP/1.1 200 OK\r\n", "X-More: and more\r\n"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-Trailer: and more\r\n"},
        {"HTTP/1.1 200 OK\r\n\r\n", "{\"ok\":1}"},
        {"", "HTTP/1.1 100 Continue\r\n\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        size_t n = 0;

        be_posting();
        if (row[i][0][0] != '\0')
            script_answers(&s, row[i][0]);
        for (; h.state == NRS_HTTPS_POSTING && n < 8 * NRS_REPLY_BODY_MAX; n += strlen(row[i][1]))
            script_answers(&s, row[i][1]);
        assert_int_equal(h.state, NRS_HTTPS_CLOSING);
        script_closed(&s);
        assert_int_equal(status, 0);
        assert_string_equal(why, "the reply is too large");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reply_that_drips_gets_no_more_time),
        cmocka_unit_test(whatever_never_ends_is_cut_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
