#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/packet_fixture.h"

/* Host 1 talks to server 2, port 443, from port 5000. */
static void client(struct bench *b, uint32_t seq, uint32_t ack, uint8_t flags, size_t payload)
{
    b->way = NRS_WAY_OUT;
    tcp(b, 1, 5000, 2, 443, seq, ack, flags, payload);
}

static void server(struct bench *b, uint32_t seq, uint32_t ack, uint8_t flags, size_t payload)
{
    b->way = NRS_WAY_IN;
    tcp(b, 2, 443, 1, 5000, seq, ack, flags, payload);
}

static struct bench host(void)
{
    return set_up(&(struct nrs_packets_conf){.max_open = 16});
}

static void handshake(struct bench *b)
{
    client(b, 1000, 0, F_SYN, 0);
    later(b, SECOND / 10);
    server(b, 9000, 1001, F_SYN | F_ACK, 0);
}

static void an_orderly_connection_gives_one_open_and_one_close_with_exact_sizes(void **state)
{
    struct bench b = host();
    const struct nrs_flow *f;

    (void)state;
    handshake(&b);
    later(&b, 2 * SECOND);
    client(&b, 1001 + 300, 9001 + 5000, F_FIN | F_ACK, 0);
    server(&b, 9001 + 5000, 1001 + 301, F_FIN | F_ACK, 0);
    assert_int_equal(rec.n, 2);
    f = &rec.f[0];
    assert_int_equal(f->ev, NRS_EV_OPEN);
    assert_int_equal(f->dir, NRS_DIR_OUT);
    assert_int_equal(f->t_ns, T0);
    assert_int_equal(f->local.b[15], 1);
    assert_int_equal(f->remote.b[15], 2);
    assert_int_equal(f->lport, 5000);
    assert_int_equal(f->rport, 443);
    f = &rec.f[1];
    assert_int_equal(f->ev, NRS_EV_CLOSE);
    assert_int_equal(f->end, NRS_END_FIN);
    assert_int_equal(f->join, rec.f[0].join);
    assert_int_equal(f->dur_ms, 2100);
    assert_int_equal(f->flags, NRS_F_BYTES);
    assert_int_equal(f->tx_bytes, 300);
    assert_int_equal(f->rx_bytes, 5000);
    tear_down(&b);
}

static void a_fin_that_carries_data_counts_it(void **state)
{
    struct bench b = host();

    (void)state;
    handshake(&b);
    client(&b, 1001 + 300, 9001, F_FIN | F_ACK, 50);
    server(&b, 9001, 1001 + 351, F_FIN | F_ACK, 700);
    assert_int_equal(last_event(NRS_EV_CLOSE)->tx_bytes, 350);
    assert_int_equal(last_event(NRS_EV_CLOSE)->rx_bytes, 700);
    tear_down(&b);
}

static void sizes_survive_the_wrap_of_the_sequence_numbers(void **state)
{
    struct bench b = host();

    (void)state;
    client(&b, 0xfffffff0u, 0, F_SYN, 0);
    server(&b, 0xffffffffu, 0xfffffff1u, F_SYN | F_ACK, 0);
    client(&b, 0xfffffff1u + 100, 0, F_FIN | F_ACK, 0);
    server(&b, 0u + 200, 0, F_FIN | F_ACK, 0);
    assert_int_equal(last_event(NRS_EV_CLOSE)->tx_bytes, 100);
    assert_int_equal(last_event(NRS_EV_CLOSE)->rx_bytes, 200);
    tear_down(&b);
}

static void a_repeated_syn_is_the_same_flow_and_times_out_once(void **state)
{
    struct bench b = host();

    (void)state;
    for (int i = 0; i < 6; i++) {
        client(&b, 1000, 0, F_SYN, 0);
        later(&b, SECOND << i);
        expire(&b);
    }
    assert_int_equal(rec.n, 1); /* the last SYN was 31 s after the first, and 32 s ago */
    later(&b, 43 * SECOND);
    expire(&b);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[1].end, NRS_END_TIMEOUT);
    assert_int_equal(rec.f[1].dur_ms, 31000);
    assert_int_equal(rec.f[1].t_ns, T0 + 31 * SECOND);
    assert_int_equal(rec.f[1].flags & NRS_F_BYTES, 0);
    tear_down(&b);
}

static void a_reset_that_answers_the_syn_is_a_refusal(void **state)
{
    struct bench b = host();

    (void)state;
    client(&b, 1000, 0, F_SYN, 0);
    server(&b, 0, 77, F_RST | F_ACK, 0); /* answers something else */
    assert_int_equal(rec.n, 1);
    server(&b, 0, 1001, F_RST | F_ACK, 0);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[1].end, NRS_END_REFUSED);
    tear_down(&b);
}

static void our_reset_of_a_stray_answer_leaves_the_attempt_open(void **state)
{
    struct bench b = host();

    (void)state;
    client(&b, 1000, 0, F_SYN, 0);
    client(&b, 500, 0, F_RST, 0);
    client(&b, 1000, 0, F_SYN, 0);
    server(&b, 9000, 1001, F_SYN | F_ACK, 0);
    assert_int_equal(rec.n, 1);
    tear_down(&b);
}

static void an_abort_gives_what_was_sent_at_least(void **state)
{
    struct bench b = host();

    (void)state;
    handshake(&b);
    client(&b, 1001 + 80, 9001 + 40, F_RST | F_ACK, 0);
    assert_int_equal(rec.f[1].end, NRS_END_RST);
    assert_int_equal(rec.f[1].tx_bytes, 80);
    assert_int_equal(rec.f[1].rx_bytes, 40);
    tear_down(&b);
}

static void an_abort_after_one_fin_keeps_the_exact_size_of_that_side(void **state)
{
    struct bench b = host();

    (void)state;
    handshake(&b);
    server(&b, 9001 + 40, 1001 + 10, F_FIN | F_ACK, 0);
    client(&b, 1001 + 10, 9001 + 41, F_RST | F_ACK, 0);
    assert_int_equal(rec.f[1].end, NRS_END_RST);
    assert_int_equal(rec.f[1].tx_bytes, 10);
    assert_int_equal(rec.f[1].rx_bytes, 40);
    tear_down(&b);
}

static void a_reset_with_an_impossible_number_counts_nothing(void **state)
{
    struct bench b = host();

    (void)state;
    handshake(&b);
    server(&b, 100, 900, F_RST | F_ACK, 0); /* both lie before the initial numbers */
    assert_int_equal(rec.f[1].tx_bytes, 0);
    assert_int_equal(rec.f[1].rx_bytes, 0);
    tear_down(&b);
}

static void a_late_duplicate_of_the_syn_opens_nothing(void **state)
{
    struct bench b = host();

    (void)state;
    handshake(&b);
    client(&b, 1001, 9001, F_FIN | F_ACK, 0);
    server(&b, 9001, 1002, F_FIN | F_ACK, 0);
    client(&b, 1000, 0, F_SYN, 0);
    server(&b, 9000, 1001, F_SYN | F_ACK, 0);
    server(&b, 9001, 1002, F_FIN | F_ACK, 0);
    assert_int_equal(rec.n, 2);
    tear_down(&b);
}

static void ports_that_are_used_again_are_a_new_flow(void **state)
{
    struct bench b = host();

    (void)state;
    handshake(&b);
    client(&b, 50000, 0, F_SYN, 0); /* the end of the first was missed */
    assert_int_equal(rec.n, 3);
    assert_int_equal(rec.f[1].ev, NRS_EV_CLOSE);
    assert_int_equal(rec.f[1].end, NRS_END_UNKNOWN);
    assert_int_equal(rec.f[1].flags & NRS_F_BYTES, 0);
    assert_int_equal(rec.f[2].ev, NRS_EV_OPEN);
    tear_down(&b);
}

static void one_fin_and_silence_ends_as_fin_without_sizes(void **state)
{
    struct bench b = host();

    (void)state;
    handshake(&b);
    client(&b, 1001, 9001, F_FIN | F_ACK, 0);
    later(&b, 121 * SECOND);
    expire(&b);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[1].end, NRS_END_FIN);
    assert_int_equal(rec.f[1].flags & NRS_F_BYTES, 0);
    assert_int_equal(rec.f[1].dur_ms, 100);
    tear_down(&b);
}

static void a_fin_seen_before_the_answer_still_counts(void **state)
{
    struct bench b = host();

    (void)state;
    client(&b, 1000, 0, F_SYN, 0);
    client(&b, 1001 + 5, 9001, F_FIN | F_ACK, 0);
    server(&b, 9000, 1001, F_SYN | F_ACK, 0);
    server(&b, 9001 + 7, 1007, F_FIN | F_ACK, 0);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[1].tx_bytes, 5);
    assert_int_equal(rec.f[1].rx_bytes, 7);
    tear_down(&b);
}

static void impossible_flags_and_lengths_are_counted_and_cause_nothing(void **state)
{
    struct bench b = host();
    struct nrs_packets_stats st;
    uint8_t p[40];

    (void)state;
    client(&b, 1, 0, F_SYN | F_FIN, 0);
    client(&b, 1, 0, F_SYN | F_RST, 0);
    make_ipv4(p, NRS_PROTO_TCP, 1, 2, 20);
    make_tcp(p + 20, 1, 2, 0, 0, F_SYN);
    p[32] = 4 << 4; /* header of 16 bytes */
    take(&b, p, 40, 40);
    p[32] = 15 << 4; /* header beyond the packet */
    take(&b, p, 40, 40);
    take(&b, p, 39, 40);
    nrs_packets_stats(b.p, &st);
    assert_int_equal(st.malformed, 5);
    assert_int_equal(rec.n, 0);
    tear_down(&b);
}

static void data_segments_are_skipped(void **state)
{
    struct bench b = host();
    struct nrs_packets_stats st;

    (void)state;
    handshake(&b);
    for (uint32_t i = 0; i < 100; i++)
        client(&b, 1001 + i * 1000, 9001, F_ACK, 1000);
    nrs_packets_stats(b.p, &st);
    assert_int_equal(st.packets, 102);
    assert_int_equal(st.skipped, 100);
    assert_int_equal(rec.n, 1);
    tear_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_orderly_connection_gives_one_open_and_one_close_with_exact_sizes),
        cmocka_unit_test(a_fin_that_carries_data_counts_it),
        cmocka_unit_test(sizes_survive_the_wrap_of_the_sequence_numbers),
        cmocka_unit_test(a_repeated_syn_is_the_same_flow_and_times_out_once),
        cmocka_unit_test(a_reset_that_answers_the_syn_is_a_refusal),
        cmocka_unit_test(our_reset_of_a_stray_answer_leaves_the_attempt_open),
        cmocka_unit_test(an_abort_gives_what_was_sent_at_least),
        cmocka_unit_test(an_abort_after_one_fin_keeps_the_exact_size_of_that_side),
        cmocka_unit_test(a_reset_with_an_impossible_number_counts_nothing),
        cmocka_unit_test(a_late_duplicate_of_the_syn_opens_nothing),
        cmocka_unit_test(ports_that_are_used_again_are_a_new_flow),
        cmocka_unit_test(one_fin_and_silence_ends_as_fin_without_sizes),
        cmocka_unit_test(a_fin_seen_before_the_answer_still_counts),
        cmocka_unit_test(impossible_flags_and_lengths_are_counted_and_cause_nothing),
        cmocka_unit_test(data_segments_are_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
