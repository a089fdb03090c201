/* Suricata's EVE log: which lines are connections, and how they ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/recorded_file.h"

#define KEY                                                                                                  \
    "\"event_type\":\"flow\",\"src_ip\":\"10.0.0.1\",\"src_port\":40000,\"dest_ip\":\"192.0.2.7\",\"dest_"   \
    "port\":443,"
#define TIME "\"start\":\"2023-11-14T22:13:20.250000+0000\",\"end\":\"2023-11-14T22:13:21.500000+0000\""

static int read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

/* The end of a flow with these members of flow and tcp. */
static int end_of(const char *proto, const char *flow, const char *tcp)
{
    char line[512];

    snprintf(line, sizeof line, "{" KEY "\"proto\":\"%s\",\"flow\":{" TIME "%s}%s}\n", proto, flow, tcp);
    assert_int_equal(read_text(line), 0);
    assert_int_equal(got.n, 1);
    return got.flow[0].end;
}

static void a_flow_record_is_a_connection(void **state)
{
    (void)state;
    assert_int_equal(
        end_of("TCP",
               ",\"pkts_toserver\":5,\"pkts_toclient\":4,\"bytes_toserver\":370,\"bytes_toclient\":1216",
               ",\"tcp\":{\"tcp_flags\":\"1b\",\"tcp_flags_tc\":\"1b\"}"),
        NRS_END_FIN);
    assert_string_equal(got.format, "eve");
    assert_true(got.flow[0].t_ns == UINT64_C(1700000000250000000));
    assert_int_equal(got.flow[0].dur_ms, 1250);
    assert_int_equal(got.flow[0].rport, 443);
    assert_int_equal(got.flow[0].proto, NRS_PROTO_TCP);
    assert_int_equal(got.flow[0].flags, NRS_F_BYTES);
    assert_int_equal(got.flow[0].tx_bytes, 370 - 5 * 54);
    assert_int_equal(got.flow[0].rx_bytes, 1216 - 4 * 54);
}

static void flags_and_packets_tell_how_it_ended(void **state)
{
    (void)state;
    assert_int_equal(end_of("TCP", ",\"pkts_toclient\":0", ",\"tcp\":{\"tcp_flags\":\"02\"}"),
                     NRS_END_TIMEOUT);
    assert_int_equal(end_of("TCP", "", ",\"tcp\":{\"tcp_flags\":\"16\",\"tcp_flags_tc\":\"14\"}"),
                     NRS_END_REFUSED);
    assert_int_equal(end_of("TCP", "", ",\"tcp\":{\"tcp_flags\":\"1e\",\"tcp_flags_tc\":\"12\"}"),
                     NRS_END_RST);
    assert_int_equal(end_of("TCP", "", ",\"tcp\":{\"tcp_flags\":\"1a\",\"tcp_flags_tc\":\"12\"}"),
                     NRS_END_OPEN);
    assert_int_equal(end_of("TCP", "", ""), NRS_END_UNKNOWN);
    assert_int_equal(end_of("UDP", ",\"pkts_toclient\":1", ""), NRS_END_FIN);
    assert_int_equal(end_of("UDP", ",\"pkts_toclient\":0", ""), NRS_END_TIMEOUT);
    assert_int_equal(end_of("IPv6-ICMP", "", ""), NRS_END_UNKNOWN);
    assert_int_equal(got.flow[0].proto, NRS_PROTO_ICMP6);
    assert_int_equal(got.flow[0].flags, 0);
    assert_int_equal(end_of("SOMETHING", "", ""), NRS_END_UNKNOWN);
    assert_int_equal(got.flow[0].proto, 0);
}

static void other_events_pass(void **state)
{
    (void)state;
    assert_int_equal(
        read_text("{\"event_type\":\"dns\",\"src_ip\":\"not an address\"}\n{\"event_type\":\"stats\"}\n"
                  "{\"flow\":{" TIME "}," KEY "\"proto\":\"UDP\"}\n"),
        0);
    assert_int_equal(got.n, 1);
    assert_int_equal(got.st.records, 3);
    assert_int_equal(got.st.damaged, 0);
}

static void damaged_records_are_named(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"event_type\":\"flow\"}\n"
                               "{" KEY "\"proto\":\"TCP\",\"flow\":{\"start\":\"yesterday\"}}\n"
                               "{" KEY "\"proto\":\"TCP\",\"flow\":{" TIME
                               "},\"tcp\":{\"tcp_flags\":\"xy\"}}\n"
                               "{" KEY "\"dest_port\":70000,\"flow\":{" TIME "}}\n{\"event_type\":\n"),
                     0);
    assert_int_equal(got.n, 0);
    assert_string_equal(got.log, ":1: flow.start: missing\n:2: flow.start: not in its form\n"
                                 ":3: tcp.tcp_flags: not in its form\n:4: dest_port: not in its form\n"
                                 ":5: a value is missing\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flow_record_is_a_connection),
        cmocka_unit_test(flags_and_packets_tell_how_it_ended),
        cmocka_unit_test(other_events_pass),
        cmocka_unit_test(damaged_records_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
