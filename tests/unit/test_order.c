/* Records in the order of their starts: what the window holds, what goes to runs, what comes late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "platform/recorded/order.h"

#define S      UINT64_C(1000000000)
#define START  (UINT64_C(1700000000) * S)
#define WINDOW 2048 /* records; larger than the samples of the first window */

static struct {
    int names; /* that came right after the record at 4 s */
    uint64_t n, back, last_ns, sum;
    uint32_t last_pid;
    struct nrs_order *order;
    struct nrs_order_stats st;
} got;

static void take(void *arg, const struct nrs_flow *f, const char *name)
{
    (void)arg;
    got.names += name && strcmp(name, "c2.example") == 0 && got.last_ns == 4 * S + START;
    got.back += f->t_ns < got.last_ns || (f->t_ns == got.last_ns && f->pid < got.last_pid);
    got.last_ns = f->t_ns;
    got.last_pid = f->pid;
    got.n++;
    got.sum += f->t_ns - START;
}

static void give(uint8_t ev, uint64_t t_ns, uint32_t pid)
{
    struct nrs_flow f = {.t_ns = START + t_ns, .weight = 1, .ev = ev, .pid = pid};

    nrs_order_flow(got.order, &f, NULL);
}

static void begin(uint32_t cap, bool always)
{
    memset(&got, 0, sizeof got);
    assert_int_equal(nrs_order_open(&got.order, cap, always, take, NULL), 0);
}

static int end(void)
{
    int rc = nrs_order_end(got.order);

    nrs_order_stats(got.order, &got.st);
    nrs_order_close(got.order);
    return rc;
}

static void a_sorted_stream_passes_and_is_not_held(void **state)
{
    (void)state;
    begin(WINDOW, false);
    for (uint32_t i = 0; i < 10000; i++)
        give(NRS_EV_WHOLE, i * S, i);
    assert_int_equal(got.n, 10000);
    assert_int_equal(end(), 0);
    assert_int_equal(got.n, 10000);
    assert_int_equal(got.back, 0);
    assert_int_equal(got.st.late, 0);
    assert_int_equal(got.st.runs, 0);
    assert_true(got.st.disorder_ns == 0);
}

static void after_a_step_back_records_are_held_for_twice_its_length(void **state)
{
    (void)state;
    begin(WINDOW, false);
    for (uint32_t i = 0; i < 10000; i++)
        give(NRS_EV_WHOLE, (i == 9000 ? i - 100 : i) * S, i);
    assert_int_equal(got.n, 10000 - 199); /* those of the last 198 s */
    assert_int_equal(end(), 0);
    assert_int_equal(got.n, 10000);
    assert_int_equal(got.st.late, 1);
    assert_true(got.st.disorder_ns == 99 * S);
}

static void nothing_comes_out_before_the_window_was_full(void **state)
{
    (void)state;
    begin(WINDOW, false);
    for (uint32_t i = 0; i < WINDOW; i++)
        give(NRS_EV_WHOLE, i * 3600 * S, i);
    assert_int_equal(got.n, 0);
    give(NRS_EV_WHOLE, WINDOW * 3600 * S, WINDOW);
    assert_true(got.n > 0);
    assert_int_equal(end(), 0);
    assert_int_equal(got.n, WINDOW + 1);
}

/* Ends of connections: each start moved back by up to `far` seconds. */
static void disordered(uint32_t n, unsigned far)
{
    srand(7);
    for (uint32_t i = 0; i < n; i++)
        give(NRS_EV_WHOLE, (i + far - (unsigned)rand() % (far + 1)) * S, i);
}

static void disorder_within_the_window_is_sorted_in_memory(void **state)
{
    (void)state;
    begin(WINDOW, false);
    disordered(20000, WINDOW / 8);
    assert_int_equal(end(), 0);
    assert_int_equal(got.n, 20000);
    assert_int_equal(got.back, 0);
    assert_int_equal(got.st.late, 0);
    assert_int_equal(got.st.runs, 0);
    assert_true(got.st.disorder_ns > WINDOW / 16 * S);
}

static void disorder_beyond_the_window_is_sorted_in_runs(void **state)
{
    (void)state;
    begin(WINDOW, false);
    disordered(20000, WINDOW * 3);
    assert_int_equal(end(), 0);
    assert_int_equal(got.n, 20000);
    assert_int_equal(got.back, 0);
    assert_int_equal(got.st.runs, 10);
}

static void a_reversed_stream_is_sorted_in_runs(void **state)
{
    (void)state;
    begin(WINDOW, false);
    for (uint32_t i = 0; i < 20000; i++)
        give(NRS_EV_WHOLE, (20000 - i) * S, i);
    assert_int_equal(end(), 0);
    assert_int_equal(got.n, 20000);
    assert_int_equal(got.back, 0);
    assert_int_equal(got.st.late, 0);
    assert_true(got.sum == UINT64_C(20000) * 20001 / 2 * S);
    assert_int_equal(got.st.runs, 10);
}

static void equal_starts_keep_their_order(void **state)
{
    (void)state;
    for (int always = 0; always < 2; always++) {
        begin(WINDOW, always);
        give(NRS_EV_WHOLE, 10000 * S, 0);
        for (uint32_t i = 1; i < 9000; i++)
            give(NRS_EV_WHOLE, 5 * S, i);
        assert_int_equal(end(), 0);
        assert_int_equal(got.n, 9000);
        assert_int_equal(got.back, 0);
    }
}

static void what_comes_after_the_window_is_late_and_counted(void **state)
{
    (void)state;
    begin(WINDOW, false);
    for (uint32_t i = 0; i < 10000; i++)
        give(NRS_EV_WHOLE, i * S, i);
    give(NRS_EV_WHOLE, 100 * S, 10000);
    give(NRS_EV_WHOLE, 200 * S, 10001);
    assert_int_equal(end(), 0);
    assert_int_equal(got.n, 10002);
    assert_int_equal(got.st.taken, 10002);
    assert_int_equal(got.st.late, 2);
    assert_true(got.st.late_ns == START + 100 * S);
    assert_true(got.st.behind_ns >= 9800 * S && got.st.behind_ns <= 9900 * S);
}

static void one_wrong_clock_does_not_make_the_others_late(void **state)
{
    (void)state;
    begin(WINDOW, false);
    for (uint32_t i = 0; i < 10000; i++)
        give(NRS_EV_WHOLE, i == 77 ? UINT64_C(100000000) * S : i * S, i);
    assert_int_equal(end(), 0);
    assert_int_equal(got.back, 0);
    assert_int_equal(got.st.late, 0);
    assert_int_equal(got.st.runs, 0);
}

static void events_of_captures_pass_behind_older_records(void **state)
{
    (void)state;
    begin(WINDOW, false);
    give(NRS_EV_WHOLE, 1 * S, 1);
    give(NRS_EV_WHOLE, 9 * S, 3);
    give(NRS_EV_OPEN, 5 * S, 2);
    assert_int_equal(got.n, 2);
    assert_int_equal(got.last_pid, 2);
    assert_int_equal(end(), 0);
    assert_int_equal(got.back, 0);
    assert_int_equal(got.n, 3);
}

static void give_name(uint64_t t_ns)
{
    nrs_order_flow(got.order, &(struct nrs_flow){.t_ns = START + t_ns, .weight = 1, .ev = NRS_EV_NAME}, "c2.example");
}

static void names_of_logs_are_sorted_too(void **state)
{
    (void)state;
    begin(WINDOW, false);
    give(NRS_EV_WHOLE, 9 * S, 2);
    give_name(5 * S);
    give(NRS_EV_WHOLE, 4 * S, 1);
    assert_int_equal(got.n, 0);
    assert_int_equal(nrs_order_end(got.order), 0);
    assert_int_equal(got.n, 3);
    assert_int_equal(got.names, 1);
    assert_int_equal(got.back, 0);
    give_name(5 * S); /* and one that is held at the end */
    nrs_order_close(got.order);
}

static void a_stream_after_the_end_begins_anew(void **state)
{
    (void)state;
    begin(WINDOW, false);
    give(NRS_EV_WHOLE, 9000 * S, 1);
    assert_int_equal(nrs_order_end(got.order), 0);
    give(NRS_EV_WHOLE, 1 * S, 2);
    assert_int_equal(end(), 0);
    assert_int_equal(got.n, 2);
    assert_int_equal(got.st.taken, 1);
    assert_int_equal(got.st.late, 0);
}

static void a_folder_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    setenv("TMPDIR", "/nonexistent", 1);
    begin(WINDOW, true);
    for (uint32_t i = 0; i < 10000; i++)
        give(NRS_EV_WHOLE, i * S, i);
    assert_true(end() < 0);
    unsetenv("TMPDIR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sorted_stream_passes_and_is_not_held),
        cmocka_unit_test(after_a_step_back_records_are_held_for_twice_its_length),
        cmocka_unit_test(nothing_comes_out_before_the_window_was_full),
        cmocka_unit_test(disorder_within_the_window_is_sorted_in_memory),
        cmocka_unit_test(disorder_beyond_the_window_is_sorted_in_runs),
        cmocka_unit_test(a_reversed_stream_is_sorted_in_runs),
        cmocka_unit_test(equal_starts_keep_their_order),
        cmocka_unit_test(what_comes_after_the_window_is_late_and_counted),
        cmocka_unit_test(one_wrong_clock_does_not_make_the_others_late),
        cmocka_unit_test(events_of_captures_pass_behind_older_records),
        cmocka_unit_test(names_of_logs_are_sorted_too),
        cmocka_unit_test(a_stream_after_the_end_begins_anew),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
