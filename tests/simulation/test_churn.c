/* Churn against detection: a beacon while a program sends to ever new addresses, in both profiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/core_fixture.h"

static struct cf cf;


static const struct nrs_core_conf router = {.dest_cap = 1024, .watched_cap = 128, .name_cap = 128};
static const struct nrs_core_conf host = {0}; /* the defaults */

/* An address that nobody called before. */
static struct nrs_flow stranger(uint32_t i, uint64_t t_ns, uint8_t proto, uint16_t port)
{
    struct nrs_flow f = cf_flow(0, t_ns);

    f.remote = cf_v4(20 + (i >> 24), i >> 16 & 255, i >> 8 & 255, i & 255);
    f.proto = proto;
    f.rport = port;
    return f;
}

/* Whether the beacon of one destination is flagged within 12 of its periods, while `rate_milli` strangers come in a thousand
 * seconds. */
static bool is_found(const struct nrs_core_conf *conf, unsigned gap_s, uint64_t rate_milli, uint8_t proto, uint16_t port)
{
    uint64_t every_ns = 1000 * CF_SECOND / rate_milli, t = CF_START, end = CF_START + 12 * gap_s * CF_SECOND;
    uint64_t beacon_ns = CF_START + 17 * CF_SECOND, tick_ns = CF_START;
    uint32_t n = 0;
    bool found;

    assert_int_equal(cf_open(&cf, conf), 0);
    for (; t < end; t += every_ns) {
        const struct nrs_flow f = stranger(n++, t, proto, port);

        nrs_core_flow(cf.core, &f, NULL);
        if (t >= beacon_ns) {
            cf_send_alone(&cf, 1, beacon_ns);
            beacon_ns += gap_s * CF_SECOND;
        }
        if (t >= tick_ns) {
            nrs_core_tick(cf.core, t, cf_keep, &cf);
            tick_ns = t + 60 * CF_SECOND;
        }
    }
    found = cf.n_state[NRS_STATE_OPEN] > 0;
    cf_close(&cf);
    return found;
}

/* Before there was an admission, these beacons were hidden by a twentieth of these rates. */
static void a_flood_of_another_kind_hides_no_beacon(void **state)
{
    (void)state;
    assert_true(is_found(&router, 300, 140000, NRS_PROTO_UDP, 6881));
    assert_true(is_found(&router, 3600, 10000, NRS_PROTO_UDP, 6881));
    assert_true(is_found(&host, 300, 400000, NRS_PROTO_UDP, 6881));
    assert_true(is_found(&host, 3600, 32000, NRS_PROTO_UDP, 6881));
}

/* Of the same inner host, transport and port class: the ghosts' memory is what limits it. */
static void a_flood_of_the_same_kind_hides_it_much_later(void **state)
{
    (void)state;
    assert_true(is_found(&router, 300, 40000, NRS_PROTO_TCP, 443));
    assert_true(is_found(&router, 3600, 3000, NRS_PROTO_TCP, 443));
    assert_true(is_found(&host, 300, 160000, NRS_PROTO_TCP, 443));
    assert_true(is_found(&host, 3600, 12000, NRS_PROTO_TCP, 443));
}

static void a_flood_is_counted(void **state)
{
    (void)state;
    assert_int_equal(cf_open(&cf, &router), 0);
    for (uint32_t i = 0; i < 5000; i++) {
        const struct nrs_flow f = stranger(i, CF_START + i * 7000000, NRS_PROTO_UDP, 6881);

        nrs_core_flow(cf.core, &f, NULL);
    }
    assert_int_equal(cf_stats(&cf).evicted, 5000 - 1024);
    cf_close(&cf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_of_another_kind_hides_no_beacon),
        cmocka_unit_test(a_flood_of_the_same_kind_hides_it_much_later),
        cmocka_unit_test(a_flood_is_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
