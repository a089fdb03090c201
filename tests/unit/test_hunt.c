/* When owners are looked for: beacons of made-up rhythms, played in milliseconds that nobody waits for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "agent/programs/hunt.h"

#define MIN_MS  60000u
#define HOUR_MS 3600000u

static struct nrs_ask question(uint32_t d, uint32_t due_ms, uint32_t spread_ms)
{
    return (struct nrs_ask){.d = d, .connection = {.rport = (uint16_t)d, .proto = NRS_PROTO_TCP}, .due_ms = due_ms, .spread_ms = spread_ms};
}

static bool is_listed(const struct nrs_hunts *h, uint64_t now, uint32_t d)
{
    struct nrs_connection list[NRS_HUNTS];
    uint32_t ds[NRS_HUNTS];
    size_t n = nrs_hunts_list(h, now, list, ds);

    for (size_t i = 0; i < n; i++)
        if (ds[i] == d)
            return list[i].rport == d;
    return false;
}

/* A beacon, its connections open_ms long, the gaps give or take jitter_ms; the news of each comes news_ms after it began. */
struct beacon {
    uint32_t gap_ms, jitter_ms, open_ms, news_ms, look_us;
    uint64_t until_ms;
};

struct outcome {
    uint64_t looks, busy_ms, found_ms; /* found_ms 0: never */
};

/* Looks as the scanner does from the moment of the first question, which is no connection's, up to where it is found. */
static struct outcome play(const struct beacon *b)
{
    struct nrs_hunts h = {.rest_ms = 0};
    struct nrs_ask first = question(1, 0, 0), again = question(1, b->gap_ms - b->news_ms, 3 * (b->jitter_ms / 2) + 1000);
    uint64_t now = HOUR_MS, next = now + b->gap_ms / 2, news = UINT64_MAX, open_until = 0, end = now + b->until_ms;
    struct outcome o = {0, 0, 0};
    uint32_t random = 1;

    nrs_hunts_ask(&h, &first, now);
    while (now < end) {
        uint64_t look = nrs_hunts_next_ms(&h, now), then = look < next ? look : next;

        now = news < then ? news : then;
        if (now == news) {
            nrs_hunts_ask(&h, &again, now);
            news = UINT64_MAX;
        } else if (now == next) {
            random = random * 1664525 + 1013904223;
            open_until = now + b->open_ms;
            news = now + b->news_ms;
            next = now + b->gap_ms - b->jitter_ms + (b->jitter_ms > 0 ? random / 65536 % (2 * b->jitter_ms) : 0);
        } else {
            o.looks++;
            o.busy_ms += b->look_us / 1000 + 1;
            if (now < open_until && is_listed(&h, now, 1)) {
                o.found_ms = now;
                return o;
            }
            nrs_hunts_looked(&h, now, b->look_us);
        }
    }
    return o;
}

static void a_new_question_is_looked_for_at_once_and_with_rests(void **state)
{
    struct nrs_hunts h = {.rest_ms = 0};
    struct nrs_ask a = question(7, 0, 0);

    (void)state;
    assert_true(nrs_hunts_next_ms(&h, 1000) == UINT64_MAX);
    nrs_hunts_ask(&h, &a, 1000);
    assert_int_equal(nrs_hunts_next_ms(&h, 1000), 1000);
    assert_true(is_listed(&h, 1000, 7));
    nrs_hunts_looked(&h, 1000, 200);
    assert_int_equal(nrs_hunts_next_ms(&h, 1000), 1000 + 1 + NRS_HUNT_LOOK_MS);
    nrs_hunts_looked(&h, 2000, 10000);
    assert_int_equal(nrs_hunts_next_ms(&h, 2000), 2000 + 11 + 10 * NRS_HUNT_REST);
    assert_true(nrs_hunts_next_ms(&h, 1000 + NRS_HUNT_FIRST_MS) == UINT64_MAX);
}

static void an_answered_question_is_not_looked_for(void **state)
{
    struct nrs_hunts h = {.rest_ms = 0};
    struct nrs_ask a = question(7, 5000, 1000), b = question(8, 0, 0);

    (void)state;
    nrs_hunts_ask(&h, &a, 0);
    nrs_hunts_ask(&h, &b, 0);
    nrs_hunts_answered(&h, 7);
    assert_false(is_listed(&h, 1, 7));
    assert_true(is_listed(&h, 1, 8));
}

/* 10 ms every hour, give or take 90 s: over before the news of it comes, so only what is due is met. */
static void an_hourly_beacon_of_short_connections_is_found(void **state)
{
    const struct beacon b = {HOUR_MS, 90000, 10, 150, 400, 24ull * HOUR_MS};
    struct outcome o = play(&b);

    (void)state;
    assert_true(o.found_ms != 0);
    assert_in_range(o.busy_ms, 1, NRS_HUNT_ALL_MS / 5);
}

static void a_beacon_of_five_minutes_is_found_at_its_second_connection(void **state)
{
    const struct beacon b = {5 * MIN_MS, 2000, 20, 150, 400, HOUR_MS};

    (void)state;
    assert_in_range(play(&b).found_ms, HOUR_MS + 7 * MIN_MS, HOUR_MS + 8 * MIN_MS);
}

/* Its rhythm is nothing to go by, but a connection of half a second outlasts the news of it. */
static void a_long_connection_is_met_by_the_news_of_it(void **state)
{
    const struct beacon b = {2 * HOUR_MS, 2 * HOUR_MS - 1000, 500, 150, 2000, 24ull * HOUR_MS};
    struct outcome o = play(&b);

    (void)state;
    assert_true(o.found_ms != 0);
    assert_in_range(o.looks, 1, NRS_HUNT_FIRST_MS / 20);
}

/* A month of connections that nobody here has open (a routed host's): no more looking than was promised. */
static void what_is_never_found_costs_no_more_than_promised(void **state)
{
    const struct beacon b = {20000, 4000, 0, 150, 3000, 720ull * HOUR_MS};
    struct outcome o = play(&b);
    uint64_t connections = b.until_ms / b.gap_ms;

    (void)state;
    assert_int_equal(o.found_ms, 0);
    assert_in_range(o.looks, NRS_HUNT_ALL_MS / 100, NRS_HUNT_ALL_MS / 63 + 2 * connections + 2);
}

static void a_newcomer_takes_the_place_asked_for_longest_ago(void **state)
{
    struct nrs_hunts h = {.rest_ms = 0};
    struct nrs_ask a;

    (void)state;
    for (uint32_t d = 1; d <= NRS_HUNTS; d++) {
        a = question(d, 0, 0);
        nrs_hunts_ask(&h, &a, d);
    }
    a = question(1, 0, 0);
    nrs_hunts_ask(&h, &a, 100);
    a = question(99, 0, 0);
    nrs_hunts_ask(&h, &a, 101);
    assert_true(is_listed(&h, 102, 1));
    assert_false(is_listed(&h, 102, 2));
    assert_true(is_listed(&h, 102, 3));
    assert_true(is_listed(&h, 102, 99));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_question_is_looked_for_at_once_and_with_rests),
        cmocka_unit_test(an_answered_question_is_not_looked_for),
        cmocka_unit_test(an_hourly_beacon_of_short_connections_is_found),
        cmocka_unit_test(a_beacon_of_five_minutes_is_found_at_its_second_connection),
        cmocka_unit_test(a_long_connection_is_met_by_the_news_of_it),
        cmocka_unit_test(what_is_never_found_costs_no_more_than_promised),
        cmocka_unit_test(a_newcomer_takes_the_place_asked_for_longest_ago),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
