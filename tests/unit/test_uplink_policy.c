/* The decision after an answer, for every status and every kind of batch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/uplink/policy.h"

static const struct nrs_uplink_batch full = {256, 256, true, false};

static struct nrs_uplink_decision decide(int status, struct nrs_uplink_batch b)
{
    return nrs_uplink_decide(status, 0, &b);
}

static void every_2xx_acknowledges(void **state)
{
    (void)state;
    for (int status = 200; status < 300; status++) {
        struct nrs_uplink_decision d = decide(status, full);

        assert_int_equal(d.action, NRS_UPLINK_ACKNOWLEDGE);
        assert_false(d.wait);
        assert_int_equal(d.max, 256);
    }
}

static void an_accepted_batch_doubles_the_next_up_to_the_limit(void **state)
{
    (void)state;
    assert_int_equal(decide(200, (struct nrs_uplink_batch){1, 1, false, false}).max, 2);
    assert_int_equal(decide(200, (struct nrs_uplink_batch){37, 37, false, false}).max, 74);
    assert_int_equal(decide(200, (struct nrs_uplink_batch){3, 130, false, false}).max, 256);
}

static void statuses_that_refuse_are_three(void **state)
{
    (void)state;
    for (int status = 0; status < 1000; status++)
        assert_int_equal(nrs_uplink_refuses(status), status == 400 || status == 413 || status == 422);
}

static void a_refused_batch_is_halved_down_to_one_record(void **state)
{
    static const uint32_t ladder[] = {256, 128, 64, 32, 16, 8, 4, 2, 1};

    (void)state;
    for (size_t i = 0; i + 1 < sizeof ladder / sizeof *ladder; i++) {
        struct nrs_uplink_decision d =
            decide(413, (struct nrs_uplink_batch){ladder[i], ladder[i], false, true});

        assert_int_equal(d.action, NRS_UPLINK_HALVE);
        assert_int_equal(d.max, ladder[i + 1]);
        assert_false(d.wait);
    }
    assert_int_equal(decide(400, (struct nrs_uplink_batch){3, 256, false, false}).max, 1);
}

static void one_record_with_health_is_tried_without_it_first(void **state)
{
    struct nrs_uplink_decision d = decide(422, (struct nrs_uplink_batch){1, 256, true, false});

    (void)state;
    assert_int_equal(d.action, NRS_UPLINK_HALVE);
    assert_int_equal(d.max, 1);
}

static void one_record_is_dropped_and_the_second_drop_waits(void **state)
{
    struct nrs_uplink_decision first = decide(400, (struct nrs_uplink_batch){1, 1, false, false});
    struct nrs_uplink_decision second = decide(400, (struct nrs_uplink_batch){1, 1, false, true});

    (void)state;
    assert_int_equal(first.action, NRS_UPLINK_DROP);
    assert_false(first.wait);
    assert_int_equal(second.action, NRS_UPLINK_DROP);
    assert_true(second.wait);
    assert_int_equal(second.wait_s, 0);
}

static void a_refused_health_line_waits(void **state)
{
    struct nrs_uplink_decision d = decide(400, (struct nrs_uplink_batch){0, 256, true, false});

    (void)state;
    assert_int_equal(d.action, NRS_UPLINK_WAIT);
    assert_true(d.wait);
}

static void retry_after_counts_for_429_and_503_only(void **state)
{
    (void)state;
    for (int status = 0; status < 1000; status++) {
        struct nrs_uplink_decision d = nrs_uplink_decide(status, 77, &full);
        bool asks = status == 429 || status == 503;

        assert_int_equal(d.wait_s, asks ? 77 : 0);
        if (asks)
            assert_true(d.wait);
    }
}

static void anything_else_waits_with_the_same_batch(void **state)
{
    static const int statuses[] = {0, 300, 302, 401, 403, 404, 408, 500, 502, 504, 999};

    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct nrs_uplink_decision d = decide(statuses[i], (struct nrs_uplink_batch){9, 64, true, true});

        assert_int_equal(d.action, NRS_UPLINK_WAIT);
        assert_true(d.wait);
        assert_int_equal(d.max, 64);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_2xx_acknowledges),
        cmocka_unit_test(an_accepted_batch_doubles_the_next_up_to_the_limit),
        cmocka_unit_test(statuses_that_refuse_are_three),
        cmocka_unit_test(a_refused_batch_is_halved_down_to_one_record),
        cmocka_unit_test(one_record_with_health_is_tried_without_it_first),
        cmocka_unit_test(one_record_is_dropped_and_the_second_drop_waits),
        cmocka_unit_test(a_refused_health_line_waits),
        cmocka_unit_test(retry_after_counts_for_429_and_503_only),
        cmocka_unit_test(anything_else_waits_with_the_same_batch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
