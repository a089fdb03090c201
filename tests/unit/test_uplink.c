/* From a spool to a transport that is a script: what is posted, acknowledged, halved, dropped, and when it
 * waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/uplink/uplink.h"
#include "tests/script_transport.h"
#include "tests/temp_dir.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define BAD "HTTP/1.1 400 No\r\nContent-Length: 10\r\n\r\nline 1: x\n"
#define BUSY "HTTP/1.1 503 Busy\r\nRetry-After: 100\r\nContent-Length: 0\r\n\r\n"

static struct temp_dir dir;
static uv_loop_t loop;
static struct nrs_spool spool;
static struct script s;
static struct nrs_uplink u;
static struct nrs_tls_client tls, other_tls;
static const char *health;
static unsigned healths_sent, lines_said;
static char said[400];

static int give_health(void *arg, char *buf, size_t cap)
{
    (void)arg;
    return health != NULL ? snprintf(buf, cap, "%s", health) : 0;
}

static void health_sent(void *arg)
{
    (void)arg;
    healths_sent++;
    health = NULL;
}

static void take_log(void *arg, const char *line)
{
    (void)arg;
    lines_said++;
    snprintf(said, sizeof said, "%s", line);
}

static int open_all(void **state)
{
    (void)state;
    health = NULL;
    healths_sent = lines_said = 0;
    said[0] = '\0';
    script_init(&s);
    s.transport.tls = &tls;
    uv_loop_init(&loop);
    return temp_dir_make(&dir) | nrs_spool_open(&spool, dir.fd, 65536);
}

static int close_all(void **state)
{
    (void)state;
    nrs_uplink_close(&u);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    nrs_spool_close(&spool);
    temp_dir_remove(&dir);
    return 0;
}

static void start(const char *prefix)
{
    nrs_uplink_init(
        &u, &loop,
        &(struct nrs_uplink_conf){.url = {.host = "c", .host_header = "c", .path = "/v", .port = 443},
                                  .content_type = "application/x-ndjson",
                                  .prefix = prefix,
                                  .spool = &spool,
                                  .transport = &s.transport,
                                  .health = give_health,
                                  .health_sent = health_sent,
                                  .log = take_log});
}

static void fill(unsigned n)
{
    char line[32];

    for (unsigned i = 0; i < n; i++)
        assert_int_equal(nrs_spool_append(&spool, line, (size_t)sprintf(line, "{\"r\":%u}\n", i), true), 0);
}

/* Connects if need be, and answers the post under way. What was posted before is forgotten. */
static void answer(const char *reply)
{
    if (u.https.state == NRS_HTTPS_DIALING) {
        script_opens(&s, NULL);
        script_secured(&s);
    }
    assert_int_equal(u.https.state, NRS_HTTPS_POSTING);
    s.written_len = 0;
    script_answers(&s, reply);
}

static const char *body(void)
{
    const char *end = strstr(s.written, "\r\n\r\n");

    return end != NULL ? end + 4 : "";
}

static void connect_script(void)
{
    script_opens(&s, NULL);
    script_secured(&s);
}

static void nothing_to_send_makes_no_connection(void **state)
{
    (void)state;
    start("");
    nrs_uplink_kick(&u);
    assert_int_equal(s.dials, 0);
    nrs_uplink_hurry(&u);
    assert_int_equal(s.dials, 0);
}

static void records_are_posted_and_acknowledged(void **state)
{
    (void)state;
    tls.dates_ignored = true;
    start("");
    fill(3);
    nrs_uplink_kick(&u);
    nrs_uplink_kick(&u); /* busy: nothing happens */
    assert_int_equal(s.dials, 1);
    connect_script();
    assert_string_equal(body(), "{\"r\":0}\n{\"r\":1}\n{\"r\":2}\n");
    assert_int_equal(nrs_spool_waiting(&spool), 3);
    answer(OK);
    assert_int_equal(nrs_spool_waiting(&spool), 0);
    assert_int_equal(u.stats.stored, 3);
    assert_int_equal(u.stats.posts, 1);
    assert_int_equal(u.stats.last_status, 200);
    assert_false(tls.dates_ignored);
    assert_string_equal(said, "uplink: the collector answers");
}

static void the_prefix_comes_before_every_record(void **state)
{
    (void)state;
    start("{\"create\":{}}");
    fill(2);
    nrs_uplink_kick(&u);
    connect_script();
    assert_string_equal(body(), "{\"create\":{}}\n{\"r\":0}\n{\"create\":{}}\n{\"r\":1}\n");
}

static void a_record_without_a_newline_gets_one(void **state)
{
    (void)state;
    start("");
    assert_int_equal(nrs_spool_append(&spool, "{}", 2, true), 0);
    nrs_uplink_kick(&u);
    connect_script();
    assert_string_equal(body(), "{}\n");
}

static void health_is_the_last_line_and_is_sent_once(void **state)
{
    (void)state;
    health = "{\"h\":1}\n";
    start("");
    fill(1);
    nrs_uplink_kick(&u);
    connect_script();
    assert_string_equal(body(), "{\"r\":0}\n{\"h\":1}\n");
    answer(OK);
    assert_int_equal(healths_sent, 1);
}

static void more_than_a_batch_takes_several_posts(void **state)
{
    (void)state;
    start("");
    fill(300);
    nrs_uplink_kick(&u);
    answer(OK);
    assert_int_equal(nrs_spool_waiting(&spool), 44);
    answer(OK);
    assert_int_equal(nrs_spool_waiting(&spool), 0);
    assert_int_equal(s.dials, 1);
}

static void a_refused_record_is_found_and_dropped(void **state)
{
    unsigned posts = 0;

    (void)state;
    start("");
    fill(20);
    nrs_uplink_kick(&u);
    connect_script();
    while (nrs_spool_waiting(&spool) > 0 && posts++ < 100)
        answer(strstr(body(), "{\"r\":13}\n") != NULL ? BAD : OK);
    assert_int_equal(u.stats.refused, 1);
    assert_int_equal(u.stats.stored, 19);
    assert_false(u.waiting);
}

static void a_server_that_refuses_everything_waits_at_the_second_drop(void **state)
{
    unsigned posts = 0;

    (void)state;
    start("");
    fill(20);
    nrs_uplink_kick(&u);
    while (!u.waiting && posts++ < 100)
        answer(BAD);
    assert_int_equal(u.stats.refused, 2);
    assert_int_equal(nrs_spool_waiting(&spool), 18);
    assert_string_equal(said, "uplink: refused with status 400: line 1: x; 18 records wait in the spool");
}

static void a_refused_health_line_waits(void **state)
{
    (void)state;
    health = "{\"h\":1}\n";
    start("");
    nrs_uplink_kick(&u);
    answer(BAD);
    assert_true(u.waiting);
    assert_int_equal(u.stats.refused, 0);
}

static void a_busy_server_is_said_once_and_gets_the_same_batch_again(void **state)
{
    char first[200];

    (void)state;
    start("");
    fill(2);
    nrs_uplink_kick(&u);
    connect_script();
    snprintf(first, sizeof first, "%s", body());
    answer(BUSY);
    assert_true(u.waiting);
    assert_int_equal(u.stats.failures, 1);
    assert_true(uv_timer_get_due_in(&u.timer) >= 99000);
    nrs_uplink_kick(&u); /* waiting: nothing happens */
    assert_int_equal(u.https.state, NRS_HTTPS_IDLE);
    nrs_uplink_hurry(&u);
    assert_string_equal(body(), first);
    answer(BUSY);
    assert_int_equal(lines_said, 1);
    assert_string_equal(said, "uplink: the collector answers with status 503; 2 records wait in the spool");
    nrs_uplink_hurry(&u);
    answer(OK);
    assert_int_equal(lines_said, 2);
    assert_string_equal(said, "uplink: the collector answers");
}

static void no_answer_waits_and_the_waiting_time_ends(void **state)
{
    (void)state;
    start("");
    fill(1);
    nrs_uplink_kick(&u);
    script_opens(&s, "connection refused");
    assert_true(u.waiting);
    assert_int_equal(u.stats.last_status, 0);
    assert_string_equal(u.why, "c: connection refused");
    uv_run(&loop, UV_RUN_ONCE);
    assert_false(u.waiting);
    assert_int_equal(s.dials, 2);
}

/* A server that promises more than it sends, or less, or something else, has stored nothing. */
static void a_reply_that_is_not_whole_acknowledges_nothing(void **state)
{
    static const char *const replies[] = {
        "HTTP/1.1 200 O",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 4294967298\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}{}\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200200 OK\r\n\r\n",
        "{\"ok\":2}\r\n\r\n",
    };

    (void)state;
    start("");
    fill(2);
    nrs_uplink_kick(&u);
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        connect_script();
        script_answers(&s, replies[i]);
        if (u.https.state == NRS_HTTPS_POSTING)
            script_breaks(&s, "the connection was closed");
        script_closed(&s);
        assert_int_equal(nrs_spool_waiting(&spool), 2);
        assert_int_equal(u.stats.failures, 1);
        nrs_uplink_hurry(&u);
    }
    answer(OK);
    assert_int_equal(nrs_spool_waiting(&spool), 0);
}

static void a_new_identity_waits_for_the_old_connection(void **state)
{
    (void)state;
    start("");
    fill(1);
    nrs_uplink_kick(&u);
    nrs_uplink_swap_tls(&u, &other_tls);
    assert_false(nrs_uplink_swapped(&u));
    connect_script();
    answer(OK); /* then the kept connection is dropped */
    assert_false(nrs_uplink_swapped(&u));
    assert_int_equal(s.closes, 1);
    script_closed(&s);
    fill(1);
    nrs_uplink_kick(&u);
    assert_true(nrs_uplink_swapped(&u));
    assert_ptr_equal(s.transport.tls, &other_tls);
    assert_int_equal(s.dials, 2);
}

static void a_closed_uplink_does_nothing_more(void **state)
{
    (void)state;
    start("");
    fill(1);
    u.closing = true;
    nrs_uplink_kick(&u);
    assert_int_equal(s.dials, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_to_send_makes_no_connection),
        TEST(records_are_posted_and_acknowledged),
        TEST(the_prefix_comes_before_every_record),
        TEST(a_record_without_a_newline_gets_one),
        TEST(health_is_the_last_line_and_is_sent_once),
        TEST(more_than_a_batch_takes_several_posts),
        TEST(a_refused_record_is_found_and_dropped),
        TEST(a_server_that_refuses_everything_waits_at_the_second_drop),
        TEST(a_refused_health_line_waits),
        TEST(a_busy_server_is_said_once_and_gets_the_same_batch_again),
        TEST(no_answer_waits_and_the_waiting_time_ends),
        TEST(a_reply_that_is_not_whole_acknowledges_nothing),
        TEST(a_new_identity_waits_for_the_old_connection),
        TEST(a_closed_uplink_does_nothing_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
