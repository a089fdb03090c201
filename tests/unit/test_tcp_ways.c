/* Who is local: outbound, inbound, within the machine, routed, and in a capture that does not say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/packet_fixture.h"

static struct bench begin(enum nrs_way way)
{
    struct bench b = set_up(&(struct nrs_packets_conf){.max_open = 16});

    b.way = way;
    return b;
}

static void an_inbound_scan_leaves_no_state(void **state)
{
    struct bench b = begin(NRS_WAY_OUT);
    struct nrs_packets_stats st;

    (void)state;
    for (uint16_t port = 1; port <= 1000; port++) {
        b.way = NRS_WAY_IN;
        tcp(&b, 9, 4000, 1, port, port, 0, F_SYN, 0);
        b.way = NRS_WAY_OUT;
        tcp(&b, 1, port, 9, 4000, 0, port + 1u, F_RST | F_ACK, 0);
    }
    nrs_packets_stats(b.p, &st);
    assert_int_equal(rec.n, 0);
    assert_int_equal(st.open, 0);
    tear_down(&b);
}

static void an_answered_inbound_connection_is_ours_with_the_peer_as_remote(void **state)
{
    struct bench b = begin(NRS_WAY_OUT);

    (void)state;
    b.way = NRS_WAY_IN;
    tcp(&b, 9, 4000, 1, 22, 500, 0, F_SYN, 0);
    b.way = NRS_WAY_OUT;
    tcp(&b, 1, 22, 9, 4000, 700, 501, F_SYN | F_ACK, 0);
    b.way = NRS_WAY_IN;
    tcp(&b, 9, 4000, 1, 22, 501 + 30, 0, F_FIN | F_ACK, 0);
    b.way = NRS_WAY_OUT;
    tcp(&b, 1, 22, 9, 4000, 701 + 60, 0, F_FIN | F_ACK, 0);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[0].dir, NRS_DIR_IN);
    assert_int_equal(rec.f[0].local.b[15], 1);
    assert_int_equal(rec.f[0].lport, 22);
    assert_int_equal(rec.f[0].rport, 4000);
    assert_int_equal(rec.f[1].tx_bytes, 60);
    assert_int_equal(rec.f[1].rx_bytes, 30);
    tear_down(&b);
}

static void an_unasked_answer_from_outside_opens_nothing(void **state)
{
    struct bench b = begin(NRS_WAY_OUT);

    (void)state;
    b.way = NRS_WAY_IN;
    tcp(&b, 2, 443, 1, 5000, 9000, 1001, F_SYN | F_ACK, 0);
    tcp(&b, 2, 443, 1, 5000, 9000, 1001, F_RST | F_ACK, 0);
    tcp(&b, 2, 443, 1, 5000, 9000, 1001, F_FIN | F_ACK, 0);
    assert_int_equal(rec.n, 0);
    tear_down(&b);
}

static void a_capture_takes_the_sender_of_the_syn_as_local(void **state)
{
    struct bench b = begin(NRS_WAY_UNKNOWN);

    (void)state;
    tcp(&b, 1, 5000, 2, 443, 1000, 0, F_SYN, 0);
    tcp(&b, 2, 443, 1, 5000, 9000, 1001, F_SYN | F_ACK, 0);
    assert_int_equal(rec.n, 1);
    assert_int_equal(rec.f[0].dir, NRS_DIR_UNKNOWN);
    assert_int_equal(rec.f[0].local.b[15], 1);
    tear_down(&b);
}

static void a_capture_that_begins_with_the_answer_knows_who_asked(void **state)
{
    struct bench b = begin(NRS_WAY_UNKNOWN);

    (void)state;
    tcp(&b, 2, 443, 1, 5000, 9000, 1001, F_SYN | F_ACK, 0);
    tcp(&b, 1, 5000, 2, 443, 1001 + 5, 9001, F_FIN | F_ACK, 0);
    tcp(&b, 2, 443, 1, 5000, 9001 + 7, 1007, F_FIN | F_ACK, 0);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[0].local.b[15], 1);
    assert_int_equal(rec.f[0].rport, 443);
    assert_int_equal(rec.f[1].tx_bytes, 5);
    assert_int_equal(rec.f[1].rx_bytes, 7);
    tear_down(&b);
}

static void a_flow_of_the_machine_with_itself_is_local(void **state)
{
    struct bench b = begin(NRS_WAY_OUT);

    (void)state;
    tcp(&b, 1, 5000, 1, 80, 1000, 0, F_SYN, 0);
    tcp(&b, 1, 80, 1, 5000, 9000, 1001, F_SYN | F_ACK, 0);
    tcp(&b, 1, 80, 1, 5000, 9001 + 9, 1001, F_FIN | F_ACK, 0);
    tcp(&b, 1, 5000, 1, 80, 1001 + 4, 9011, F_FIN | F_ACK, 0);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[0].dir, NRS_DIR_LOCAL);
    assert_int_equal(rec.f[0].lport, 5000);
    assert_int_equal(rec.f[1].tx_bytes, 4);
    assert_int_equal(rec.f[1].rx_bytes, 9);
    tear_down(&b);
}

static void routed_flows_are_marked_and_keep_the_inner_side_local(void **state)
{
    struct bench b = begin(NRS_WAY_OUT);

    (void)state;
    b.way = NRS_WAY_FORWARD_OUT;
    tcp(&b, 1, 5000, 2, 443, 1000, 0, F_SYN, 0);
    b.way = NRS_WAY_FORWARD_IN;
    tcp(&b, 2, 443, 1, 5000, 9000, 1001, F_SYN | F_ACK, 0);
    tcp(&b, 7, 6000, 1, 22, 1, 0, F_SYN, 0); /* from outside to an inner server */
    b.way = NRS_WAY_FORWARD_OUT;
    tcp(&b, 1, 22, 7, 6000, 1, 2, F_SYN | F_ACK, 0);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[0].dir, NRS_DIR_OUT);
    assert_int_equal(rec.f[0].flags, NRS_F_FORWARDED);
    assert_int_equal(rec.f[0].local.b[15], 1);
    assert_int_equal(rec.f[1].dir, NRS_DIR_IN);
    assert_int_equal(rec.f[1].local.b[15], 1);
    tear_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_inbound_scan_leaves_no_state),
        cmocka_unit_test(an_answered_inbound_connection_is_ours_with_the_peer_as_remote),
        cmocka_unit_test(an_unasked_answer_from_outside_opens_nothing),
        cmocka_unit_test(a_capture_takes_the_sender_of_the_syn_as_local),
        cmocka_unit_test(a_capture_that_begins_with_the_answer_knows_who_asked),
        cmocka_unit_test(a_flow_of_the_machine_with_itself_is_local),
        cmocka_unit_test(routed_flows_are_marked_and_keep_the_inner_side_local),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
