#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "platform/recorded/zeek_fields.h"

static const char *take(struct nrs_zeek_record *rec, const char *field, const char *text)
{
    return nrs_zeek_take(rec, nrs_zeek_field_of(field, strlen(field)), text, strlen(text));
}

static void take_required(struct nrs_zeek_record *rec)
{
    nrs_zeek_begin(rec);
    assert_null(take(rec, "ts", "1700000000.25"));
    assert_null(take(rec, "id.orig_h", "10.0.0.1"));
    assert_null(take(rec, "id.resp_h", "192.0.2.1"));
    assert_null(take(rec, "id.resp_p", "443"));
    assert_null(take(rec, "proto", "tcp"));
}

static void the_required_fields_make_a_flow(void **state)
{
    struct nrs_zeek_record rec;

    (void)state;
    take_required(&rec);
    assert_int_equal(nrs_zeek_finish(&rec), NRS_ZEEK_NONE);
    assert_true(rec.flow.t_ns == UINT64_C(1700000000250000000));
    assert_int_equal(rec.flow.local.b[12], 10);
    assert_int_equal(rec.flow.remote.b[12], 192);
    assert_int_equal(rec.flow.rport, 443);
    assert_int_equal(rec.flow.proto, NRS_PROTO_TCP);
    assert_int_equal(rec.flow.ev, NRS_EV_WHOLE);
    assert_int_equal(rec.flow.weight, 1);
    assert_int_equal(rec.flow.flags, 0);
    assert_true(rec.flow.dur_ms == NRS_DUR_UNKNOWN);
    assert_int_equal(rec.flow.end, NRS_END_UNKNOWN);
}

static void a_missing_required_field_is_named(void **state)
{
    static const char *const names[] = {"ts", "id.orig_h", "id.resp_h", "id.resp_p", "proto"};

    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        struct nrs_zeek_record rec;
        enum nrs_zeek_field f = nrs_zeek_field_of(names[i], strlen(names[i]));

        take_required(&rec);
        rec.seen &= ~(1u << f);
        assert_int_equal(nrs_zeek_finish(&rec), f);
        assert_string_equal(nrs_zeek_field_name(f), names[i]);
    }
}

static void other_scope_separators_are_the_same_field(void **state)
{
    (void)state;
    assert_int_equal(nrs_zeek_field_of("id_orig_h", 9), NRS_ZEEK_ORIG_H);
    assert_int_equal(nrs_zeek_field_of("id:resp_p", 9), NRS_ZEEK_RESP_P);
    assert_int_equal(nrs_zeek_field_of("idxresp_", 8), NRS_ZEEK_NONE);
}

static void sizes_count_only_when_both_are_set(void **state)
{
    struct nrs_zeek_record rec;

    (void)state;
    take_required(&rec);
    assert_null(take(&rec, "orig_bytes", "100"));
    assert_int_equal(nrs_zeek_finish(&rec), NRS_ZEEK_NONE);
    assert_int_equal(rec.flow.flags & NRS_F_BYTES, 0);
    assert_true(rec.flow.tx_bytes == 0);
    assert_null(take(&rec, "orig_bytes", "100"));
    assert_null(take(&rec, "resp_bytes", "5000000000"));
    assert_int_equal(nrs_zeek_finish(&rec), NRS_ZEEK_NONE);
    assert_true(rec.flow.flags & NRS_F_BYTES);
    assert_true(rec.flow.tx_bytes == 100 && rec.flow.rx_bytes == UINT64_C(5000000000));
}

static void every_connection_state_has_its_end(void **state)
{
    static const struct {
        const char *state;
        int end;
    } rows[] = {{"SF", NRS_END_FIN},     {"S0", NRS_END_TIMEOUT},     {"S1", NRS_END_OPEN},
                {"S2", NRS_END_FIN},     {"S3", NRS_END_FIN},         {"REJ", NRS_END_REFUSED},
                {"RSTO", NRS_END_RST},   {"RSTR", NRS_END_RST},       {"OTH", NRS_END_UNKNOWN},
                {"SH", NRS_END_TIMEOUT}, {"RSTOS0", NRS_END_TIMEOUT}, {"RSTRH", NRS_END_RST},
                {"SHR", NRS_END_FIN},    {"NEW", NRS_END_UNKNOWN}};

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nrs_zeek_record rec;

        take_required(&rec);
        assert_null(take(&rec, "conn_state", rows[i].state));
        assert_int_equal(rec.flow.end, rows[i].end);
    }
}

static void durations_are_milliseconds_and_saturate_below_unknown(void **state)
{
    struct nrs_zeek_record rec;

    (void)state;
    nrs_zeek_begin(&rec);
    assert_null(take(&rec, "duration", "1.999999"));
    assert_int_equal(rec.flow.dur_ms, 1999);
    assert_null(take(&rec, "duration", "9e9"));
    assert_true(rec.flow.dur_ms == NRS_DUR_UNKNOWN - 1);
    assert_null(take(&rec, "duration", "-0.5"));
    assert_true(rec.flow.dur_ms == NRS_DUR_UNKNOWN);
}

static void values_out_of_their_form_are_refused(void **state)
{
    struct nrs_zeek_record rec;

    (void)state;
    nrs_zeek_begin(&rec);
    assert_string_equal(take(&rec, "ts", "today"), "not a time");
    assert_string_equal(take(&rec, "id.orig_h", "10.0.0.256"), "not an address");
    assert_string_equal(take(&rec, "id.resp_p", "65536"), "not a port");
    assert_string_equal(take(&rec, "id.orig_p", "-1"), "not a port");
    assert_string_equal(take(&rec, "proto", "carrier-pigeon"), "not a protocol");
    assert_string_equal(take(&rec, "proto", "256"), "not a protocol");
    assert_string_equal(take(&rec, "duration", "-"), "not a time span");
    assert_string_equal(take(&rec, "orig_bytes", "12e3"), "not a count");
    assert_string_equal(take(&rec, "resp_bytes", "99999999999999999999"), "not a count");
}

static void icmp_between_ipv6_addresses_is_icmp6(void **state)
{
    struct nrs_zeek_record rec;

    (void)state;
    take_required(&rec);
    assert_null(take(&rec, "proto", "icmp"));
    assert_null(take(&rec, "id.resp_h", "ff02::1"));
    assert_int_equal(nrs_zeek_finish(&rec), NRS_ZEEK_NONE);
    assert_int_equal(rec.flow.proto, NRS_PROTO_ICMP6);
}

static void an_unknown_transport_takes_the_number_beside_it(void **state)
{
    struct nrs_zeek_record rec;

    (void)state;
    take_required(&rec);
    assert_null(take(&rec, "proto", "unknown_transport"));
    assert_int_equal(nrs_zeek_finish(&rec), NRS_ZEEK_NONE);
    assert_int_equal(rec.flow.proto, 0);
    assert_null(take(&rec, "ip_proto", "132"));
    assert_int_equal(nrs_zeek_finish(&rec), NRS_ZEEK_NONE);
    assert_int_equal(rec.flow.proto, 132);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_required_fields_make_a_flow),
        cmocka_unit_test(a_missing_required_field_is_named),
        cmocka_unit_test(other_scope_separators_are_the_same_field),
        cmocka_unit_test(sizes_count_only_when_both_are_set),
        cmocka_unit_test(every_connection_state_has_its_end),
        cmocka_unit_test(durations_are_milliseconds_and_saturate_below_unknown),
        cmocka_unit_test(values_out_of_their_form_are_refused),
        cmocka_unit_test(icmp_between_ipv6_addresses_is_icmp6),
        cmocka_unit_test(an_unknown_transport_takes_the_number_beside_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
