/* Days in seconds: beacons, noise and a moving wall clock through the whole core, ticked once a minute. What is
 * checked is the life of verdicts, not the quality of detection: the model is the fixture's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/core_fixture.h"

#define BEACON 1u
#define NOISE 1000u /* and up */

static struct cf cf;
static uint32_t seed;

/* What was said about the beacon. */
static struct {
    unsigned n;
    struct nrs_judgement j[64];
    uint8_t matrix[64][NRS_DAY_MINUTES / 2];
} beacons;

static void note(void *arg, const struct nrs_judgement *j)
{
    const struct nrs_addr beacon = cf_remote(BEACON);

    (void)arg;
    if (memcmp(&j->remote, &beacon, sizeof beacon) != 0)
        return;
    assert_true(beacons.n < 64);
    if (j->matrix)
        memcpy(beacons.matrix[beacons.n], j->matrix, sizeof beacons.matrix[0]);
    beacons.j[beacons.n++] = *j;
}

static int router(void **state)
{
    const struct nrs_core_conf conf = {.dest_cap = 1024, .watched_cap = 128, .name_cap = 128};

    (void)state;
    seed = 20231115;
    beacons.n = 0;
    return cf_open(&cf, &conf);
}

static int closed(void **state)
{
    (void)state;
    cf_close(&cf);
    return 0;
}

/* Lives `minutes` from CF_START + from; a beacon every period_s +- jitter_pct until stop_min, and so many connections
 * a minute to anywhere. */
struct days {
    unsigned minutes, stop_min, period_s, jitter_pct, noise_per_min;
};

static uint64_t next_beacon(const struct days *d, uint64_t t)
{
    uint64_t period = d->period_s * CF_SECOND, jitter = period * d->jitter_pct / 100;

    return t + period - jitter + (jitter ? cf_random(&seed) * UINT64_C(4294967296) % (2 * jitter) : 0);
}

static void live(const struct days *d)
{
    uint64_t beacon = CF_START + 30 * CF_SECOND;

    for (unsigned m = 0; m < d->minutes; m++) {
        uint64_t minute = CF_START + m * CF_MINUTE;

        for (unsigned i = 0; i < d->noise_per_min; i++) /* a burst-like choice of 300 destinations, never regular */
            cf_send_alone(&cf, NOISE + cf_random(&seed) % (1 + cf_random(&seed) % 300),
                    minute + cf_random(&seed) % 60000 * UINT64_C(1000000));
        for (; beacon < minute + CF_MINUTE && m < d->stop_min; beacon = next_beacon(d, beacon))
            cf_send(&cf, BEACON, beacon);
        nrs_core_tick(cf.core, minute + CF_MINUTE, note, NULL);
    }
}

static void an_hourly_beacon_of_a_week_is_one_verdict_updated_every_six_hours(void **state)
{
    (void)state;
    live(&(struct days){.minutes = 7 * 1440, .stop_min = 7 * 1440, .period_s = 3600});
    assert_int_equal(beacons.j[0].state, NRS_STATE_OPEN);
    assert_int_equal(beacons.j[0].n, 6); /* the sixth call is flagged, the seventh is told, on the window of six hours */
    assert_int_equal(beacons.j[0].age_s / 3600, 6);
    assert_in_range(beacons.n, 24, 28); /* 163 hours / 6, the first not counted; an update waits for activity */
    for (unsigned i = 1; i < beacons.n; i++) {
        assert_int_equal(beacons.j[i].state, NRS_STATE_UPDATE);
        assert_int_equal(beacons.j[i].dest_id, beacons.j[0].dest_id);
        assert_true(beacons.j[i].t_ns - beacons.j[i - 1].t_ns >= 6 * CF_HOUR);
        assert_in_range(beacons.j[i].period_ms, 3600000, 3600000);
    }
    nrs_core_each(cf.core, NRS_WINDOW_24H, CF_START + 7 * CF_DAY, note, NULL);
    assert_int_equal(beacons.j[beacons.n - 1].n, 24);
    assert_int_equal(beacons.j[beacons.n - 1].hours, 24);
}

static void a_minute_beacon_among_noise_opens_within_minutes(void **state)
{
    (void)state;
    live(&(struct days){.minutes = 1440, .stop_min = 1440, .period_s = 60, .noise_per_min = 40});
    assert_int_equal(beacons.j[0].state, NRS_STATE_OPEN);
    assert_true(beacons.j[0].t_ns <= CF_START + 7 * CF_MINUTE);
    assert_int_equal(beacons.j[0].period_ms, 60000);
    assert_int_equal(beacons.n, 5); /* at 0 hours, when n has doubled, and at 6, 12 and 18 hours */
    assert_int_equal(cf_stats(&cf).flows, 1440 * 41);
    assert_int_equal(cf_stats(&cf).late, 0);
    assert_int_equal(cf_stats(&cf).evicted, 0);
}

static void a_beacon_that_stops_ends_a_day_later(void **state)
{
    const struct nrs_judgement *last;

    (void)state;
    live(&(struct days){.minutes = 3 * 1440, .stop_min = 600, .period_s = 60});
    last = &beacons.j[beacons.n - 1];
    assert_int_equal(last->state, NRS_STATE_END);
    assert_int_equal(last->dest_id, beacons.j[0].dest_id);
    assert_true(last->t_ns >= CF_START + 600 * CF_MINUTE + CF_DAY);
    assert_true(last->t_ns <= CF_START + 600 * CF_MINUTE + CF_DAY + CF_HOUR + CF_MINUTE);
    assert_int_equal(cf_stats(&cf).flagged, 0);
    for (unsigned i = 0; i + 1 < beacons.n; i++)
        assert_int_not_equal(beacons.j[i].state, NRS_STATE_END);
}

static void jitter_of_a_fifth_is_told_as_it_is(void **state)
{
    (void)state;
    live(&(struct days){.minutes = 1440, .stop_min = 1440, .period_s = 300, .jitter_pct = 20, .noise_per_min = 10});
    assert_true(beacons.n >= 1);
    for (unsigned i = 0; i < beacons.n; i++) {
        assert_in_range(beacons.j[i].period_ms, 240000, 360000);
        assert_in_range(beacons.j[i].jitter_pct, 1, 20);
    }
}

static void the_wall_clock_turns_the_matrix_and_nothing_else(void **state)
{
    unsigned wrong = 0;

    (void)state;
    live(&(struct days){.minutes = 30, .stop_min = 30, .period_s = 60});
    nrs_core_set_wall(cf.core, (int64_t)(5 * CF_HOUR)); /* the first answer of a time server */
    nrs_core_each(cf.core, NRS_WINDOW_24H, CF_START + 30 * CF_MINUTE, note, NULL);
    assert_int_equal(beacons.n, 3);
    assert_int_equal(beacons.j[0].state, NRS_STATE_OPEN);
    assert_int_equal(beacons.j[2].n, 30);
    assert_int_equal(beacons.j[2].score_mlogit, beacons.j[0].score_mlogit);
    for (unsigned m = 0; m < 1440; m++) {
        unsigned n = m & 1 ? beacons.matrix[2][m / 2] & 15u : beacons.matrix[2][m / 2] >> 4;

        wrong += n != (m >= 300 && m < 330);
    }
    assert_int_equal(wrong, 0);
}

static void a_year_of_ordinary_days_leaves_nothing_behind(void **state)
{
    (void)state;
    for (unsigned day = 0; day < 365; day++) { /* ten calls every second day to a destination of the month */
        for (unsigned i = 0; i < 10 && day % 2; i++)
            cf_send(&cf, NOISE + day / 30, CF_START + day * CF_DAY + i * 600 * CF_SECOND);
        for (unsigned h = 0; h < 24; h++)
            nrs_core_tick(cf.core, CF_START + day * CF_DAY + (h + 1) * CF_HOUR, note, NULL);
    }
    assert_in_range(cf_stats(&cf).dests, 1, 2);
    assert_int_equal(cf_stats(&cf).evicted, 0);
    assert_int_equal(cf_stats(&cf).late, 0);
}

#define DAYS_TEST(name) cmocka_unit_test_setup_teardown(name, router, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DAYS_TEST(an_hourly_beacon_of_a_week_is_one_verdict_updated_every_six_hours),
        DAYS_TEST(a_minute_beacon_among_noise_opens_within_minutes),
        DAYS_TEST(a_beacon_that_stops_ends_a_day_later),
        DAYS_TEST(jitter_of_a_fifth_is_told_as_it_is),
        DAYS_TEST(the_wall_clock_turns_the_matrix_and_nothing_else),
        DAYS_TEST(a_year_of_ordinary_days_leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
