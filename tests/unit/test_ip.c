#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform/packet/ip.h"
#include "tests/packet_fixture.h"

static uint8_t p[256];

static void link_layer_padding_is_not_body(void **state)
{
    struct nrs_ip_view v;

    (void)state;
    make_ipv4(p, NRS_PROTO_UDP, 1, 2, 9);
    assert_int_equal(nrs_ip_parse(&v, p, 46, 46), NRS_IP_OK);
    assert_int_equal(v.body_cap, 9);
    assert_int_equal(v.body_wire, 9);
}

static void a_cut_packet_keeps_its_length_on_the_wire(void **state)
{
    struct nrs_ip_view v;

    (void)state;
    make_ipv4(p, NRS_PROTO_TCP, 1, 2, 1400);
    assert_int_equal(nrs_ip_parse(&v, p, 96, 1420), NRS_IP_OK);
    assert_int_equal(v.body_cap, 76);
    assert_int_equal(v.body_wire, 1400);
}

static void a_length_of_zero_means_what_was_sent(void **state)
{
    struct nrs_ip_view v;

    (void)state;
    make_ipv4(p, NRS_PROTO_TCP, 1, 2, 0);
    put16(p + 2, 0);
    assert_int_equal(nrs_ip_parse(&v, p, 96, 70020), NRS_IP_OK);
    assert_int_equal(v.body_wire, 70000);
    make_ipv6(p, NRS_PROTO_TCP, 1, 2, 0);
    assert_int_equal(nrs_ip_parse(&v, p, 96, 70040), NRS_IP_OK);
    assert_int_equal(v.body_wire, 70000);
}

static void options_of_ipv4_are_stepped_over(void **state)
{
    struct nrs_ip_view v;

    (void)state;
    make_ipv4(p, NRS_PROTO_UDP, 1, 2, 48);
    p[0] = 0x4a;
    assert_int_equal(nrs_ip_parse(&v, p, 68, 68), NRS_IP_OK);
    assert_ptr_equal(v.body, p + 40);
    assert_int_equal(v.body_wire, 28);
}

static void extension_headers_are_stepped_over(void **state)
{
    struct nrs_ip_view v;

    (void)state;
    make_ipv6(p, 0, 1, 2, 8 + 24 + 8 + 8);
    p[40] = 43; /* hop by hop, 8 bytes, then routing */
    p[41] = 0;
    p[48] = 44; /* routing, 24 bytes, then fragment */
    p[49] = 2;
    memset(p + 72, 0, 8);
    p[72] = NRS_PROTO_UDP;
    p[75] = 1; /* offset 0, more to come */
    assert_int_equal(nrs_ip_parse(&v, p, 88, 88), NRS_IP_OK);
    assert_int_equal(v.proto, NRS_PROTO_UDP);
    assert_ptr_equal(v.body, p + 80);
    assert_int_equal(v.body_wire, 8);
    assert_true(v.fragment);
    p[74] = 1; /* a later fragment */
    assert_int_equal(nrs_ip_parse(&v, p, 88, 88), NRS_IP_SKIP);
}

static void endless_or_overlong_extension_headers_are_malformed(void **state)
{
    struct nrs_ip_view v;

    (void)state;
    make_ipv6(p, 60, 1, 2, 200);
    memset(p + 40, 0, 200);
    for (size_t at = 40; at < 240; at += 8)
        p[at] = 60;
    assert_int_equal(nrs_ip_parse(&v, p, 240, 240), NRS_IP_BAD);
    p[40] = NRS_PROTO_TCP;
    p[41] = 255;
    assert_int_equal(nrs_ip_parse(&v, p, 240, 240), NRS_IP_BAD);
}

static void encrypted_packets_and_later_fragments_are_skipped(void **state)
{
    struct nrs_ip_view v;

    (void)state;
    make_ipv6(p, 50, 1, 2, 64);
    assert_int_equal(nrs_ip_parse(&v, p, 104, 104), NRS_IP_SKIP);
    make_ipv4(p, NRS_PROTO_UDP, 1, 2, 64);
    put16(p + 6, 185);
    assert_int_equal(nrs_ip_parse(&v, p, 84, 84), NRS_IP_SKIP);
}

static void every_cut_of_a_header_is_malformed(void **state)
{
    struct nrs_ip_view v;

    (void)state;
    make_ipv4(p, NRS_PROTO_UDP, 1, 2, 64);
    for (size_t n = 0; n < 20; n++)
        assert_int_equal(nrs_ip_parse(&v, p, n, 84), NRS_IP_BAD);
    make_ipv6(p, NRS_PROTO_UDP, 1, 2, 64);
    for (size_t n = 0; n < 40; n++)
        assert_int_equal(nrs_ip_parse(&v, p, n, 104), NRS_IP_BAD);
    p[0] = 0x50;
    assert_int_equal(nrs_ip_parse(&v, p, 104, 104), NRS_IP_BAD);
}

static void every_form_of_an_ipv4_address_is_one(void **state)
{
    static const uint8_t v4[4] = {192, 0, 2, 1};
    static const uint8_t nat64[16] = {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1};
    static const uint8_t mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
    struct nrs_addr a;

    (void)state;
    nrs_ip_addr(&a, v4, 4);
    assert_memory_equal(a.b, mapped, 16);
    nrs_ip_addr(&a, nat64, 6);
    assert_memory_equal(a.b, mapped, 16);
    nrs_ip_addr(&a, mapped, 6);
    assert_memory_equal(a.b, mapped, 16);
}

static void loopback_is_known_in_both_families(void **state)
{
    struct nrs_addr a = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 9, 9, 9}};

    (void)state;
    assert_true(nrs_addr_is_loopback(&a));
    a.b[12] = 128;
    assert_false(nrs_addr_is_loopback(&a));
    memset(&a, 0, sizeof a);
    assert_false(nrs_addr_is_loopback(&a));
    a.b[15] = 1;
    assert_true(nrs_addr_is_loopback(&a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(link_layer_padding_is_not_body),
        cmocka_unit_test(a_cut_packet_keeps_its_length_on_the_wire),
        cmocka_unit_test(a_length_of_zero_means_what_was_sent),
        cmocka_unit_test(options_of_ipv4_are_stepped_over),
        cmocka_unit_test(extension_headers_are_stepped_over),
        cmocka_unit_test(endless_or_overlong_extension_headers_are_malformed),
        cmocka_unit_test(encrypted_packets_and_later_fragments_are_skipped),
        cmocka_unit_test(every_cut_of_a_header_is_malformed),
        cmocka_unit_test(every_form_of_an_ipv4_address_is_one),
        cmocka_unit_test(loopback_is_known_in_both_families),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
