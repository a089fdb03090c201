#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "agent/core/table.h"

#define DESTS 64u
#define DAYS 8u
#define NOW 20000u /* minutes */

static struct nrs_table table;
static void *memory;
static uint32_t told[4];
static unsigned n_told;

static int empty(void **state)
{
    (void)state;
    memory = malloc(nrs_table_bytes(DESTS, DAYS));
    nrs_table_init(&table, memory, DESTS, DAYS, 99);
    n_told = 0;
    return memory ? 0 : -1;
}

static int freed(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

static struct nrs_key key(uint32_t i, bool inbound)
{
    struct nrs_key k = {.rport = 443, .proto = 6, .inbound = inbound};

    memcpy(k.remote.b, &i, sizeof i);
    return k;
}

static void tell(void *arg, uint32_t index)
{
    (void)arg;
    told[n_told++ % 4] = index;
}

static uint32_t take(uint32_t i, bool inbound)
{
    struct nrs_key k = key(i, inbound);

    return nrs_table_take(&table, &k, NOW, tell, NULL);
}

/* A destination active in so many of the last minutes. */
static uint32_t live(uint32_t i, uint32_t minutes)
{
    uint32_t index = take(i, false);

    for (uint32_t m = NOW - minutes + 1; m <= NOW; m++) {
        nrs_dest_touch(&table.dests[index], m);
        nrs_dest_start(&table.dests[index], m * UINT64_C(60000));
    }
    return index;
}

static struct nrs_day *watch(uint32_t index)
{
    return nrs_table_watch(&table, index, NOW * UINT64_C(60000));
}

static void the_same_key_is_the_same_entry(void **state)
{
    struct nrs_key unknown = key(3, false);

    (void)state;
    assert_int_equal(take(1, false), take(1, false));
    assert_int_not_equal(take(1, false), take(2, false));
    assert_int_not_equal(take(1, true), take(1, false));
    assert_int_equal(table.n_dests, 3);
    assert_int_equal(nrs_table_find(&table, &unknown), NRS_NO_DEST);
}

static void full_table_evicts_the_least_worth_and_counts_it(void **state)
{
    struct nrs_key poor = key(5, false);
    uint32_t index;

    (void)state;
    for (uint32_t i = 0; i < DESTS; i++)
        live(i, i == 5 ? 1 : 10);
    index = nrs_table_find(&table, &poor);
    take(1000, false); /* the hand looks at the first eight entries, the sixth is poor */
    assert_int_equal(table.evicted, 1);
    assert_int_equal(n_told, 1);
    assert_int_equal(told[0], index);
    assert_int_equal(nrs_table_find(&table, &poor), NRS_NO_DEST);
    assert_int_equal(table.n_dests, DESTS);
}

static void an_open_verdict_outweighs_activity(void **state)
{
    struct nrs_key flagged = key(0, false);

    (void)state;
    for (uint32_t i = 0; i < DESTS; i++)
        live(i, i ? 60 : 1);
    table.dests[nrs_table_find(&table, &flagged)].verdict.life = NRS_LIFE_OPEN;
    for (uint32_t i = 0; i < 500; i++)
        take(1000 + i, false);
    assert_int_not_equal(nrs_table_find(&table, &flagged), NRS_NO_DEST);
    assert_int_equal(table.evicted, 500);
}

static void inbound_scan_evicts_nothing_and_is_counted(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < DESTS; i++)
        live(i, 1);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(take(5000 + i, true), NRS_NO_DEST);
    assert_int_equal(table.evicted, 0);
    assert_int_equal(table.refused_inbound, 1000);
}

static void inbound_goes_first(void **state)
{
    struct nrs_key inbound = key(7, true);

    (void)state;
    for (uint32_t i = 0; i < DESTS; i++)
        i == 7 ? take(i, true) : live(i, 1);
    take(1000, false);
    assert_int_equal(nrs_table_find(&table, &inbound), NRS_NO_DEST);
}

static void inbound_never_takes_a_day(void **state)
{
    uint32_t index = take(1, true);

    (void)state;
    for (uint32_t m = 0; m < 100; m++)
        nrs_dest_touch(&table.dests[index], NOW + m);
    assert_null(watch(index));
    assert_int_equal(table.n_watched, 0);
}

static void a_day_is_given_after_four_active_minutes(void **state)
{
    uint32_t index = live(1, 3);

    (void)state;
    assert_null(watch(index));
    index = live(2, 4);
    assert_non_null(watch(index));
    assert_ptr_equal(nrs_table_day(&table, &table.dests[index]), &table.days[0]);
    assert_int_equal(nrs_day_count(&table.days[0], NOW), 1); /* filled from the sketch */
}

static void a_day_is_given_up_only_for_clear_worth(void **state)
{
    uint32_t index;

    (void)state;
    for (uint32_t i = 0; i < DAYS; i++)
        assert_non_null(watch(live(i, 10))); /* worth 8 * 10 + 10 = 90 each */
    index = live(100, 13);                   /* 117: 27 more, less than the margin of 32 */
    assert_null(watch(index));
    assert_int_equal(table.unwatched, 0);
    index = live(101, 14); /* 126: 36 more */
    assert_non_null(watch(index));
    assert_int_equal(table.unwatched, 1);
    assert_int_equal(table.n_watched, DAYS);
}

static void a_table_without_days_watches_nobody(void **state)
{
    (void)state;
    nrs_table_init(&table, memory, DESTS, 0, 99);
    assert_null(watch(live(1, 30)));
}

static void a_forgotten_destination_leaves_its_day(void **state)
{
    uint32_t index = live(1, 10);

    (void)state;
    assert_non_null(watch(index));
    nrs_table_forget(&table, index);
    assert_int_equal(table.n_watched, 0);
    assert_int_equal(table.n_dests, 0);
    assert_int_equal(table.owners[0], NRS_NO_DEST);
    for (uint32_t i = 0; i < DAYS; i++)
        assert_non_null(watch(live(10 + i, 10)));
}

static void entries_are_walked_in_order(void **state)
{
    uint32_t index = take(1, false);

    (void)state;
    for (uint32_t i = 2; i <= 40; i++)
        take(i, false);
    nrs_table_forget(&table, index);
    assert_int_equal(nrs_table_next(&table, 0), 1);
    assert_int_equal(nrs_table_next(&table, 39), 39);
    assert_int_equal(nrs_table_next(&table, 40), NRS_NO_DEST);
    nrs_table_set_dirty(&table, 33);
    assert_int_equal(nrs_table_next_dirty(&table, 0), 33);
    nrs_table_clear_dirty(&table, 33);
    assert_int_equal(nrs_table_next_dirty(&table, 0), NRS_NO_DEST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_key_is_the_same_entry, empty, freed),
        cmocka_unit_test_setup_teardown(full_table_evicts_the_least_worth_and_counts_it, empty, freed),
        cmocka_unit_test_setup_teardown(an_open_verdict_outweighs_activity, empty, freed),
        cmocka_unit_test_setup_teardown(inbound_scan_evicts_nothing_and_is_counted, empty, freed),
        cmocka_unit_test_setup_teardown(inbound_goes_first, empty, freed),
        cmocka_unit_test_setup_teardown(inbound_never_takes_a_day, empty, freed),
        cmocka_unit_test_setup_teardown(a_day_is_given_after_four_active_minutes, empty, freed),
        cmocka_unit_test_setup_teardown(a_day_is_given_up_only_for_clear_worth, empty, freed),
        cmocka_unit_test_setup_teardown(a_table_without_days_watches_nobody, empty, freed),
        cmocka_unit_test_setup_teardown(a_forgotten_destination_leaves_its_day, empty, freed),
        cmocka_unit_test_setup_teardown(entries_are_walked_in_order, empty, freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
