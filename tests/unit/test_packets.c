#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/packet_fixture.h"

static struct bench host(void)
{
    struct bench b = set_up(&(struct nrs_packets_conf){.max_open = 16});

    b.way = NRS_WAY_OUT;
    return b;
}

static void a_full_table_gives_up_inbound_before_ours(void **state)
{
    struct bench b = host();
    struct nrs_packets_stats st;

    (void)state;
    udp(&b, 1, 5000, 2, 123, 1);
    b.way = NRS_WAY_IN;
    for (uint16_t i = 0; i < 100; i++)
        udp(&b, 9, (uint16_t)(1000 + i), 1, 161, 1);
    nrs_packets_stats(b.p, &st);
    assert_int_equal(st.open, 16);
    assert_int_equal(st.evicted, 85);
    udp(&b, 2, 123, 1, 5000, 5); /* ours is still known */
    assert_int_equal(count_events(NRS_EV_OPEN), 101);
    assert_int_equal(last_event(NRS_EV_CLOSE)->end, NRS_END_UNKNOWN);
    assert_int_equal(last_event(NRS_EV_CLOSE)->flags & NRS_F_BYTES, 0);
    tear_down(&b);
}

static void inbound_never_displaces_ours(void **state)
{
    struct bench b = host();

    (void)state;
    for (uint16_t i = 0; i < 16; i++)
        udp(&b, 1, (uint16_t)(1000 + i), 2, 123, 1);
    b.way = NRS_WAY_IN;
    udp(&b, 9, 1000, 1, 161, 1);
    assert_int_equal(rec.n, 16);
    b.way = NRS_WAY_OUT;
    udp(&b, 1, 2000, 2, 123, 1); /* ours displaces the oldest of ours */
    assert_int_equal(rec.n, 18);
    assert_int_equal(rec.f[16].ev, NRS_EV_CLOSE);
    assert_int_equal(rec.f[16].lport, 1000);
    tear_down(&b);
}

static void a_flood_of_one_kind_pays_for_itself(void **state)
{
    struct bench b = host();

    (void)state;
    tcp(&b, 1, 5000, 2, 443, 1000, 0, F_SYN, 0);
    for (uint16_t i = 0; i < 100; i++)
        udp(&b, 1, (uint16_t)(1000 + i), 2, 53, 1);
    for (int i = 0; i < rec.n; i++)
        assert_false(rec.f[i].ev == NRS_EV_CLOSE && rec.f[i].proto == NRS_PROTO_TCP);
    tear_down(&b);
}

static void flush_tells_what_is_still_open(void **state)
{
    struct bench b = host();

    (void)state;
    udp(&b, 1, 5000, 2, 123, 48);
    tcp(&b, 1, 5000, 2, 443, 1000, 0, F_SYN, 0);
    later(&b, SECOND);
    nrs_packets_flush(b.p, b.t_ns, record, NULL);
    assert_int_equal(rec.n, 4);
    for (int i = 2; i < 4; i++) {
        assert_int_equal(rec.f[i].ev, NRS_EV_CLOSE);
        assert_int_equal(rec.f[i].end, NRS_END_OPEN);
    }
    tear_down(&b);
}

static void a_configuration_out_of_range_is_refused(void **state)
{
    struct nrs_packets *p;
    static uint64_t mem[1024];

    (void)state;
    assert_int_equal(nrs_packets_init(&p, mem, sizeof mem, &(struct nrs_packets_conf){.max_open = 15}), -22);
    assert_int_equal(nrs_packets_init(&p, mem, sizeof mem, &(struct nrs_packets_conf){.udp_idle_s = 1000001}), -22);
    assert_int_equal(nrs_packets_init(&p, mem, 100, &(struct nrs_packets_conf){.max_open = 16}), -12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_table_gives_up_inbound_before_ours),
        cmocka_unit_test(inbound_never_displaces_ours),
        cmocka_unit_test(a_flood_of_one_kind_pays_for_itself),
        cmocka_unit_test(flush_tells_what_is_still_open),
        cmocka_unit_test(a_configuration_out_of_range_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
