/* What the sensor of a simulated capture writes: clipping at its edges, order, awake hours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tools/simulate/actor.h"

#define FROM (UINT64_C(20000) * NRS_SIM_DAY)

static struct nrs_sim_world w;
static struct nrs_sim_rng rng;

static int setup(void **state)
{
    (void)state;
    nrs_sim_world_init(&w, 1, FROM, FROM + NRS_SIM_DAY);
    nrs_sim_rng_seed(&rng, 1, 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    nrs_sim_world_done(&w);
    return 0;
}

static void emit(uint64_t ts_us, uint64_t dur_us)
{
    struct nrs_sim_conn c = {.ts_us = ts_us, .dur_us = dur_us, .proto = NRS_SIM_TCP, .tx = 3000, .rx = 100};

    nrs_sim_world_emit(&w, &c, &rng);
}

static void what_ended_before_the_capture_is_unseen(void **state)
{
    (void)state;
    emit(FROM - 10 * NRS_SIM_S, 5 * NRS_SIM_S);
    emit(FROM + NRS_SIM_DAY, 5 * NRS_SIM_S);
    assert_int_equal(w.n_conns, 0);
}

static void what_began_before_the_capture_is_seen_from_the_middle(void **state)
{
    (void)state;
    emit(FROM - 10 * NRS_SIM_S, 30 * NRS_SIM_S);
    assert_int_equal(w.n_conns, 1);
    assert_int_equal(w.conns[0].end, NRS_SIM_OTH);
    assert_in_range(w.conns[0].ts_us, FROM, FROM + 20 * NRS_SIM_S);
    assert_in_range(w.conns[0].ts_us + w.conns[0].dur_us, FROM, FROM + 20 * NRS_SIM_S);
    assert_in_range(w.conns[0].tx, 1, 3000);
}

static void what_outlives_the_capture_is_still_open(void **state)
{
    (void)state;
    emit(FROM + NRS_SIM_DAY - NRS_SIM_S, 30 * NRS_SIM_S);
    assert_int_equal(w.conns[0].end, NRS_SIM_S1);
    assert_int_equal(w.conns[0].dur_us, NRS_SIM_S);
}

static void records_sort_by_time_and_ties_by_order(void **state)
{
    (void)state;
    emit(FROM + 5, 1);
    emit(FROM + 3, 2);
    emit(FROM + 3, 3);
    nrs_sim_world_sort(&w);
    assert_int_equal(w.conns[0].dur_us, 2);
    assert_int_equal(w.conns[1].dur_us, 3);
    assert_int_equal(w.conns[2].ts_us, FROM + 5);
}

static void a_sleeping_machine_wakes_in_the_morning(void **state)
{
    struct nrs_sim_host h = {.up_s = 8 * 3600, .down_s = 18 * 3600};
    uint64_t morning = FROM + 8 * 3600 * NRS_SIM_S;

    (void)state;
    assert_int_equal(nrs_sim_host_awake(&w, &h, FROM), morning);
    assert_int_equal(nrs_sim_host_awake(&w, &h, morning + 5), morning + 5);
    assert_int_equal(nrs_sim_host_awake(&w, &h, FROM + 20 * 3600 * NRS_SIM_S), morning + NRS_SIM_DAY);
}

static void no_machine_is_added_to_a_full_network(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NRS_SIM_HOSTS_MAX; i++)
        assert_non_null(nrs_sim_world_add_host(&w, NRS_SIM_IOT));
    assert_null(nrs_sim_world_add_host(&w, NRS_SIM_IOT));
}

static void every_actor_has_a_name_of_its_own_and_a_source(void **state)
{
    const struct nrs_sim_actor *a;

    (void)state;
    for (unsigned i = 0; (a = nrs_sim_actor_at(i)); i++) {
        assert_ptr_equal(nrs_sim_actor_find(a->name), a);
        assert_true(a->source[0] != '\0' && a->run && a->timing.period_ms.lo > 0);
        assert_true(a->timing.period_ms.lo <= a->timing.period_ms.hi);
        assert_true(a->timing.jitter_ppm.lo <= a->timing.jitter_ppm.hi);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_ended_before_the_capture_is_unseen, setup, teardown),
        cmocka_unit_test_setup_teardown(what_began_before_the_capture_is_seen_from_the_middle, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_outlives_the_capture_is_still_open, setup, teardown),
        cmocka_unit_test_setup_teardown(records_sort_by_time_and_ties_by_order, setup, teardown),
        cmocka_unit_test_setup_teardown(a_sleeping_machine_wakes_in_the_morning, setup, teardown),
        cmocka_unit_test_setup_teardown(no_machine_is_added_to_a_full_network, setup, teardown),
        cmocka_unit_test(every_actor_has_a_name_of_its_own_and_a_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
