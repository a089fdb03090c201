#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/packet_fixture.h"

static struct bench host(void)
{
    struct bench b = set_up(&(struct nrs_packets_conf){.max_open = 16, .names = 1});

    b.way = NRS_WAY_OUT;
    return b;
}

static void ask(struct bench *b, size_t payload)
{
    b->way = NRS_WAY_OUT;
    udp(b, 1, 5000, 2, 123, payload);
}

static void answer(struct bench *b, size_t payload)
{
    b->way = NRS_WAY_IN;
    udp(b, 2, 123, 1, 5000, payload);
}

static void an_answered_exchange_ends_after_silence_at_its_last_packet(void **state)
{
    struct bench b = host();

    (void)state;
    ask(&b, 48);
    later(&b, SECOND / 4);
    answer(&b, 90);
    later(&b, 59 * SECOND);
    expire(&b);
    assert_int_equal(rec.n, 1);
    later(&b, SECOND);
    expire(&b);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[0].dir, NRS_DIR_OUT);
    assert_int_equal(rec.f[1].ev, NRS_EV_CLOSE);
    assert_int_equal(rec.f[1].end, NRS_END_FIN);
    assert_int_equal(rec.f[1].t_ns, T0 + SECOND / 4);
    assert_int_equal(rec.f[1].dur_ms, 250);
    assert_int_equal(rec.f[1].tx_bytes, 48);
    assert_int_equal(rec.f[1].rx_bytes, 90);
    tear_down(&b);
}

static void an_unanswered_exchange_is_a_timeout(void **state)
{
    struct bench b = host();

    (void)state;
    ask(&b, 48);
    later(&b, 60 * SECOND);
    expire(&b);
    assert_int_equal(rec.f[1].end, NRS_END_TIMEOUT);
    tear_down(&b);
}

static void a_packet_after_the_silence_is_a_new_flow_even_without_expire(void **state)
{
    struct bench b = host();

    (void)state;
    ask(&b, 10);
    later(&b, 300 * SECOND);
    ask(&b, 20);
    assert_int_equal(rec.n, 3);
    assert_int_equal(rec.f[1].ev, NRS_EV_CLOSE);
    assert_int_equal(rec.f[1].t_ns, T0);
    assert_int_equal(rec.f[1].tx_bytes, 10);
    assert_int_equal(rec.f[2].ev, NRS_EV_OPEN);
    tear_down(&b);
}

static void a_long_exchange_tells_each_minute_with_a_packet_once(void **state)
{
    struct bench b = host();

    (void)state;
    for (int i = 0; i < 60; i++) { /* 10 minutes, every 10 s */
        ask(&b, 10);
        later(&b, 10 * SECOND);
    }
    assert_int_equal(count_events(NRS_EV_OPEN), 1);
    assert_int_equal(count_events(NRS_EV_SNAP), 9);
    assert_int_equal(last_event(NRS_EV_SNAP)->join, rec.f[0].join);
    assert_int_equal(last_event(NRS_EV_SNAP)->flags & NRS_F_BYTES, 0);
    tear_down(&b);
}

static void an_inbound_datagram_is_inbound_with_the_peer_as_remote(void **state)
{
    struct bench b = host();

    (void)state;
    b.way = NRS_WAY_IN;
    udp(&b, 9, 7000, 1, 53, 30);
    b.way = NRS_WAY_OUT;
    udp(&b, 1, 53, 9, 7000, 60);
    later(&b, 60 * SECOND);
    expire(&b);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[0].dir, NRS_DIR_IN);
    assert_int_equal(rec.f[0].lport, 53);
    assert_int_equal(rec.f[1].tx_bytes, 60);
    assert_int_equal(rec.f[1].rx_bytes, 30);
    tear_down(&b);
}

static void a_packet_seen_on_a_second_interface_is_not_counted_again(void **state)
{
    struct bench b = host();

    (void)state;
    for (b.ifindex = 2; b.ifindex <= 3; b.ifindex++)
        ask(&b, 48);
    for (b.ifindex = 3; b.ifindex >= 2; b.ifindex--)
        answer(&b, 90);
    later(&b, 60 * SECOND);
    expire(&b);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[1].tx_bytes, 48);
    assert_int_equal(rec.f[1].rx_bytes, 90);
    tear_down(&b);
}

static void quic_bulk_is_skipped_and_its_sizes_are_unknown(void **state)
{
    struct bench b = host();
    struct nrs_packets_stats st;
    uint8_t p[64] = {0};
    size_t n = make_ipv4(p, NRS_PROTO_UDP, 1, 2, 8 + 1200);

    (void)state;
    n += make_udp(p + n, 5000, 443, 1200);
    p[n] = 0xc3; /* long header */
    take(&b, p, n + 1, n + 1200);
    p[n] = 0x41; /* short header */
    take(&b, p, n + 1, n + 1200);
    nrs_packets_stats(b.p, &st);
    assert_int_equal(rec.n, 1);
    assert_int_equal(st.skipped, 1);
    put16(p + 2, 20 + 8 + 256);
    put16(p + 24, 8 + 256);
    take(&b, p, n + 1, n + 256);
    later(&b, 60 * SECOND);
    expire(&b);
    assert_int_equal(rec.f[1].flags & NRS_F_BYTES, 0);
    tear_down(&b);
}

static void a_length_that_contradicts_the_packet_is_malformed(void **state)
{
    struct bench b = host();
    struct nrs_packets_stats st;
    uint8_t p[64] = {0};
    size_t n = make_ipv4(p, NRS_PROTO_UDP, 1, 2, 8 + 4);

    (void)state;
    make_udp(p + n, 5000, 443, 5);
    take(&b, p, n + 12, n + 12);
    put16(p + n + 4, 7);
    take(&b, p, n + 12, n + 12);
    take(&b, p, n + 7, n + 12);
    nrs_packets_stats(b.p, &st);
    assert_int_equal(st.malformed, 3);
    assert_int_equal(rec.n, 0);
    tear_down(&b);
}

static void the_first_fragment_counts_the_whole_datagram(void **state)
{
    struct bench b = host();
    uint8_t p[64] = {0};
    size_t n = make_ipv4(p, NRS_PROTO_UDP, 1, 2, 1480);

    (void)state;
    put16(p + 6, 0x2000);
    n += make_udp(p + n, 5000, 2049, 4000);
    take(&b, p, n, 20 + 1480);
    put16(p + 6, 0x2000 | 185);
    take(&b, p, n, 20 + 1480);
    later(&b, 60 * SECOND);
    expire(&b);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[1].tx_bytes, 4000);
    tear_down(&b);
}

/* ICMP error about a packet of ours: IP header, ICMP header, quoted IP header, eight bytes. */
static void unreachable(struct bench *b, uint8_t code, uint8_t proto, uint16_t sport, uint16_t dport, uint32_t seq)
{
    uint8_t p[64] = {0};
    size_t n = make_ipv4(p, NRS_PROTO_ICMP, 7, 1, 36);

    p[n] = 3;
    p[n + 1] = code;
    n += 8;
    n += make_ipv4(p + n, proto, 1, 2, 40);
    put16(p + n, sport);
    put16(p + n + 2, dport);
    put32(p + n + 4, seq);
    b->way = NRS_WAY_IN;
    take(b, p, n + 8, n + 8);
}

static void an_unreachable_message_refuses_the_datagram_it_quotes(void **state)
{
    struct bench b = host();

    (void)state;
    ask(&b, 10);
    unreachable(&b, 3, NRS_PROTO_UDP, 5000, 124, 0); /* another port */
    assert_int_equal(rec.n, 1);
    unreachable(&b, 3, NRS_PROTO_UDP, 5000, 123, 0);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[1].end, NRS_END_REFUSED);
    tear_down(&b);
}

static void an_unreachable_message_refuses_the_syn_with_that_number_only(void **state)
{
    struct bench b = host();

    (void)state;
    tcp(&b, 1, 5000, 2, 443, 1000, 0, F_SYN, 0);
    unreachable(&b, 1, NRS_PROTO_TCP, 5000, 443, 999);
    unreachable(&b, 4, NRS_PROTO_TCP, 5000, 443, 1000); /* too big: not a refusal */
    assert_int_equal(rec.n, 1);
    unreachable(&b, 1, NRS_PROTO_TCP, 5000, 443, 1000);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[1].end, NRS_END_REFUSED);
    tear_down(&b);
}

static void echo(struct bench *b, uint8_t src, uint8_t dst, uint8_t type, size_t payload)
{
    uint8_t p[32] = {0};
    size_t n = make_ipv4(p, NRS_PROTO_ICMP, src, dst, 8 + payload);

    p[n] = type;
    take(b, p, n + 8, n + 8 + payload);
}

static void echo_request_and_reply_are_one_flow_with_ports_as_zeek_has_them(void **state)
{
    struct bench b = host();

    (void)state;
    echo(&b, 1, 2, 8, 56);
    b.way = NRS_WAY_IN;
    echo(&b, 2, 1, 0, 56);
    later(&b, 60 * SECOND);
    expire(&b);
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[0].lport, 8);
    assert_int_equal(rec.f[0].rport, 0);
    assert_int_equal(rec.f[1].end, NRS_END_FIN);
    assert_int_equal(rec.f[1].tx_bytes, 56);
    assert_int_equal(rec.f[1].rx_bytes, 56);
    tear_down(&b);
}

/* A DNS answer from 10.0.0.2 for "c2.test" with one A record 192.0.2.7. */
static void dns_answer(struct bench *b)
{
    static const uint8_t message[] = {
        0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 2, 'c', '2', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1,
        0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7};
    uint8_t p[128];
    size_t n = make_ipv4(p, NRS_PROTO_UDP, 2, 1, 8 + sizeof message);

    n += make_udp(p + n, 53, 5000, sizeof message);
    memcpy(p + n, message, sizeof message);
    b->way = NRS_WAY_IN;
    take(b, p, n + sizeof message, n + sizeof message);
}

static void a_dns_answer_names_the_address_if_we_asked(void **state)
{
    struct bench b = host();

    (void)state;
    dns_answer(&b);
    assert_int_equal(count_events(NRS_EV_NAME), 0);
    tear_down(&b);
    b = host();
    udp(&b, 1, 5000, 2, 53, 25);
    dns_answer(&b);
    assert_int_equal(count_events(NRS_EV_NAME), 1);
    assert_int_equal(last_event(NRS_EV_NAME)->remote.b[15], 7);
    assert_string_equal(rec.name[rec.n - 1], "c2.test");
    tear_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answered_exchange_ends_after_silence_at_its_last_packet),
        cmocka_unit_test(an_unanswered_exchange_is_a_timeout),
        cmocka_unit_test(a_packet_after_the_silence_is_a_new_flow_even_without_expire),
        cmocka_unit_test(a_long_exchange_tells_each_minute_with_a_packet_once),
        cmocka_unit_test(an_inbound_datagram_is_inbound_with_the_peer_as_remote),
        cmocka_unit_test(a_packet_seen_on_a_second_interface_is_not_counted_again),
        cmocka_unit_test(quic_bulk_is_skipped_and_its_sizes_are_unknown),
        cmocka_unit_test(a_length_that_contradicts_the_packet_is_malformed),
        cmocka_unit_test(the_first_fragment_counts_the_whole_datagram),
        cmocka_unit_test(an_unreachable_message_refuses_the_datagram_it_quotes),
        cmocka_unit_test(an_unreachable_message_refuses_the_syn_with_that_number_only),
        cmocka_unit_test(echo_request_and_reply_are_one_flow_with_ports_as_zeek_has_them),
        cmocka_unit_test(a_dns_answer_names_the_address_if_we_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
