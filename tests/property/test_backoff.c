#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/uplink/backoff.h"

static uint32_t rng_state;

static uint32_t next_random(void)
{
    rng_state = rng_state * 1664525u + 1013904223u;
    return rng_state;
}

static void waits_stay_within_their_bounds(void **state)
{
    (void)state;
    rng_state = 1;
    for (uint32_t failures = 1; failures < 200; failures++) {
        uint64_t top = failures < 14 ? UINT64_C(1000) << failures : NRS_BACKOFF_MAX_MS;

        top = top < NRS_BACKOFF_MAX_MS ? top : NRS_BACKOFF_MAX_MS;
        assert_true(nrs_backoff_ms(failures, UINT32_MAX) == top);
        assert_int_equal(nrs_backoff_ms(failures, 0), NRS_BACKOFF_MIN_MS);
        for (int i = 0; i < 1000; i++) {
            uint32_t ms = nrs_backoff_ms(failures, next_random());

            assert_true(ms >= NRS_BACKOFF_MIN_MS && ms <= top);
        }
    }
}

static void jitter_is_full(void **state)
{
    uint32_t tenth[10] = {0};

    (void)state;
    rng_state = 2;
    for (int i = 0; i < 100000; i++)
        tenth[(uint64_t)nrs_backoff_ms(30, next_random()) * 10 / (NRS_BACKOFF_MAX_MS + 1)]++;
    for (int i = 0; i < 10; i++)
        assert_in_range(tenth[i], 9500, 10500); /* 10,000 expected; five standard deviations are 474 */
}

/* Fault table F5: 100,000 agents whose collector was away for long come back with at most 5 % of them in a minute. */
static void fleet_does_not_come_back_at_once(void **state)
{
    uint32_t first_minute = 0;

    (void)state;
    rng_state = 3;
    for (int i = 0; i < 100000; i++)
        first_minute += nrs_backoff_ms(40, next_random()) < 60000;
    assert_true(first_minute < 5000);
}

static void what_a_server_asks_for_is_honoured_and_bounded(void **state)
{
    (void)state;
    rng_state = 4;
    for (uint32_t s = 1; s < 20000; s += 7) {
        uint32_t asked = s * 1000 < NRS_BACKOFF_MAX_MS ? s * 1000 : NRS_BACKOFF_MAX_MS;
        uint32_t ms = nrs_backoff_asked_ms(s, next_random());

        assert_true(ms >= asked && ms <= asked + asked / 4);
    }
    assert_true(nrs_backoff_asked_ms(UINT32_MAX, UINT32_MAX) <= NRS_BACKOFF_MAX_MS + NRS_BACKOFF_MAX_MS / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_stay_within_their_bounds),
        cmocka_unit_test(jitter_is_full),
        cmocka_unit_test(fleet_does_not_come_back_at_once),
        cmocka_unit_test(what_a_server_asks_for_is_honoured_and_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
