/* Several sources at once: two scripted ones behind the table that the platform's own sources stand in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "platform/flowsrc_ops.h"

/* What a scripted source does; the tests write it, the source reads and counts. */
struct script {
    int open_rc, drain_rc; /* 0, or the error to return */
    int waiting;           /* events to deliver */
    int fd, wait_ms;
    uint8_t coverage;
    uint16_t port;         /* rport of its flows */
    int opened, closed;
};

static struct script left, right;
static char lines[8][256];
static unsigned n_lines;
static unsigned n_flows[2]; /* of left, of right */

static void keep_line(void *arg, int level, const char *message)
{
    (void)arg;
    (void)level;
    if (n_lines < 8)
        strncpy(lines[n_lines++], message, 255);
}

static void keep_flow(void *arg, const struct nrs_flow *f, const char *name)
{
    (void)arg;
    (void)name;
    n_flows[f->rport == right.port]++;
}

static int open_script(struct script *s, void **state, struct nrs_why *why)
{
    if (s->open_rc)
        return nrs_why(why, s->open_rc, "scripted to fail");
    s->opened++;
    *state = s;
    return 0;
}

static int open_left(void **state, const struct nrs_flowsrc_conf *c, struct nrs_why *why)
{
    (void)c;
    return open_script(&left, state, why);
}

static int open_right(void **state, const struct nrs_flowsrc_conf *c, struct nrs_why *why)
{
    (void)c;
    return open_script(&right, state, why);
}

static uint8_t script_coverage(const void *state)
{
    return ((const struct script *)state)->coverage;
}

static int script_fd(const void *state)
{
    return ((const struct script *)state)->fd;
}

static int script_wait_ms(const void *state, uint64_t now_ns)
{
    (void)now_ns;
    return ((const struct script *)state)->wait_ms;
}

static int script_drain(void *state, uint64_t now_ns, int max, nrs_flow_fn fn, void *arg)
{
    struct script *s = state;
    struct nrs_flow f = {.ev = NRS_EV_OPEN, .t_ns = now_ns, .rport = s->port};
    int n = 0;

    if (s->drain_rc)
        return s->drain_rc;
    for (; n < max && s->waiting > 0; n++, s->waiting--)
        fn(arg, &f, NULL);
    return n;
}

static void script_stats(const void *state, struct nrs_flowsrc_stats *st)
{
    st->open = ((const struct script *)state)->port;
    st->lost = 2;
}

static void script_close(void *state)
{
    ((struct script *)state)->closed++;
}

#define SCRIPTED .coverage = script_coverage, .fd = script_fd, .wait_ms = script_wait_ms, .drain = script_drain, \
                 .stats = script_stats, .close = script_close
static const struct nrs_flowsrc_ops left_ops = {.name = "left", .note = "left is blind", .open = open_left, SCRIPTED};
static const struct nrs_flowsrc_ops right_ops = {.name = "right", .note = "right is deaf", .open = open_right, SCRIPTED};
static const struct nrs_flowsrc_ops *const table[] = {&left_ops, &right_ops, NULL};

static int reset(void **state)
{
    (void)state;
    left = (struct script){.fd = 10, .wait_ms = 500, .port = 1};
    right = (struct script){.fd = -1, .wait_ms = 200, .port = 2};
    n_lines = 0;
    n_flows[0] = n_flows[1] = 0;
    return 0;
}

static struct nrs_flowsrc *opened(const char *order, uint32_t max_sources)
{
    const struct nrs_flowsrc_conf c = {.order = order, .max_sources = max_sources, .log = keep_line};
    struct nrs_flowsrc *s = NULL;

    assert_int_equal(nrs_flowsrc_open_from(&s, &c, table), 0);
    n_lines = 0;
    return s;
}

static int drain(struct nrs_flowsrc *s, int max)
{
    return nrs_flowsrc_drain(s, 1, max, keep_flow, NULL);
}

static void one_source_is_the_default(void **state)
{
    struct nrs_flowsrc *s = opened("auto", 0);

    (void)state;
    assert_int_equal(nrs_flowsrc_count(s), 1);
    assert_string_equal(nrs_flowsrc_name(s), "left");
    assert_string_equal(nrs_flowsrc_coverage_note(s), "left is blind");
    assert_int_equal(right.opened, 0);
    nrs_flowsrc_close(s);
    assert_int_equal(left.closed, 1);
}

static void two_are_open_at_once_and_both_are_drained(void **state)
{
    struct nrs_flowsrc *s = opened("right,left", 2);

    (void)state;
    assert_int_equal(nrs_flowsrc_count(s), 2);
    assert_string_equal(nrs_flowsrc_name(s), "right,left");
    assert_string_equal(nrs_flowsrc_coverage_note(s), "right: right is deaf; left: left is blind");
    assert_int_equal(nrs_flowsrc_fd(s, 0), -1);
    assert_int_equal(nrs_flowsrc_fd(s, 1), 10);
    assert_int_equal(nrs_flowsrc_wait_ms(s, 0), 200);
    left.waiting = 3;
    right.waiting = 4;
    assert_int_equal(drain(s, 100), 7);
    assert_int_equal(n_flows[0], 3);
    assert_int_equal(n_flows[1], 4);
    assert_int_equal(drain(s, 100), 0);
    nrs_flowsrc_close(s);
    assert_int_equal(left.closed + right.closed, 2);
}

static void a_source_is_opened_once_however_often_it_is_named(void **state)
{
    struct nrs_flowsrc *s = opened("left,left,auto,right", 4);

    (void)state;
    assert_int_equal(nrs_flowsrc_count(s), 2);
    assert_int_equal(left.opened, 1);
    assert_int_equal(right.opened, 1);
    nrs_flowsrc_close(s);
}

static void a_timer_may_be_missing(void **state)
{
    struct nrs_flowsrc *s = opened("auto", 2);

    (void)state;
    right.wait_ms = -1;
    assert_int_equal(nrs_flowsrc_wait_ms(s, 0), 500);
    left.wait_ms = -1;
    assert_int_equal(nrs_flowsrc_wait_ms(s, 0), -1);
    nrs_flowsrc_close(s);
}

static void a_busy_source_does_not_keep_the_other_waiting(void **state)
{
    struct nrs_flowsrc *s = opened("auto", 2);

    (void)state;
    left.waiting = right.waiting = 1000;
    for (int i = 0; i < 4; i++)
        assert_int_equal(drain(s, 2), 2);
    assert_int_equal(n_flows[0], 4);
    assert_int_equal(n_flows[1], 4);
    left.waiting = 1; /* what one leaves of the budget is the other's */
    assert_int_equal(drain(s, 6) + drain(s, 6), 12);
    assert_int_equal(n_flows[0], 5);
    nrs_flowsrc_close(s);
}

static void coverage_and_counts_are_joined(void **state)
{
    struct nrs_flowsrc *s = opened("auto", 2);
    struct nrs_flowsrc_stats st;

    (void)state;
    assert_int_equal(nrs_flowsrc_coverage(s), NRS_COVER_FULL);
    left.coverage = NRS_COVER_NO_UDP;
    assert_int_equal(nrs_flowsrc_coverage(s), NRS_COVER_NO_UDP);
    right.coverage = NRS_COVER_CLOSER_ONLY | NRS_COVER_LOSSY;
    assert_int_equal(nrs_flowsrc_coverage(s), NRS_COVER_ALL);
    nrs_flowsrc_stats(s, &st);
    assert_int_equal(st.open, 3);
    assert_int_equal(st.lost, 4);
    nrs_flowsrc_close(s);
}

static void one_fails_and_the_other_goes_on(void **state)
{
    struct nrs_flowsrc *s = opened("auto", 2);

    (void)state;
    left.drain_rc = -ENETDOWN;
    for (int i = 0; i < 3; i++) {
        right.waiting = 5;
        assert_int_equal(drain(s, 100), 5);
    }
    assert_int_equal(n_flows[1], 15);
    assert_int_equal(nrs_flowsrc_coverage(s), NRS_COVER_LOSSY);
    assert_int_equal(n_lines, 1); /* reported once */
    assert_string_equal(lines[0], "flowsrc: left: Network is down");

    left.drain_rc = 0;
    left.waiting = 1;
    assert_int_equal(drain(s, 100), 1);
    assert_int_equal(nrs_flowsrc_coverage(s), NRS_COVER_FULL);
    assert_int_equal(n_lines, 2);
    assert_string_equal(lines[1], "flowsrc: left: works again");
    nrs_flowsrc_close(s);
}

static void when_all_fail_the_drain_fails(void **state)
{
    struct nrs_flowsrc *s = opened("auto", 2);

    (void)state;
    left.drain_rc = right.drain_rc = -EIO;
    assert_int_equal(drain(s, 100), -EIO);
    assert_int_equal(n_lines, 2);
    nrs_flowsrc_close(s);
}

static void one_that_does_not_open_is_left_out(void **state)
{
    struct nrs_flowsrc *s;

    (void)state;
    right.open_rc = -EPERM;
    s = opened("auto", 2);
    assert_int_equal(nrs_flowsrc_count(s), 1);
    nrs_flowsrc_close(s);
    assert_int_equal(right.closed, 0);
}

static void more_sources_than_a_set_holds_are_refused(void **state)
{
    const struct nrs_flowsrc_conf c = {.max_sources = NRS_FLOWSRC_MAX + 1};
    struct nrs_flowsrc *s = NULL;

    (void)state;
    assert_int_equal(nrs_flowsrc_open_from(&s, &c, table), -EINVAL);
    assert_null(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_source_is_the_default, reset),
        cmocka_unit_test_setup(two_are_open_at_once_and_both_are_drained, reset),
        cmocka_unit_test_setup(a_source_is_opened_once_however_often_it_is_named, reset),
        cmocka_unit_test_setup(a_timer_may_be_missing, reset),
        cmocka_unit_test_setup(a_busy_source_does_not_keep_the_other_waiting, reset),
        cmocka_unit_test_setup(coverage_and_counts_are_joined, reset),
        cmocka_unit_test_setup(one_fails_and_the_other_goes_on, reset),
        cmocka_unit_test_setup(when_all_fail_the_drain_fails, reset),
        cmocka_unit_test_setup(one_that_does_not_open_is_left_out, reset),
        cmocka_unit_test_setup(more_sources_than_a_set_holds_are_refused, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
