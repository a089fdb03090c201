#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "platform/recorded/link.h"

/* Builds a frame from hexadecimal text into an allocation of exactly its size and asks for the IP header. */
static int ip_of(uint32_t link, const char *hex)
{
    size_t n = strlen(hex) / 2;
    uint8_t *frame = malloc(n ? n : 1);
    int at;

    assert_non_null(frame);
    for (size_t i = 0; i < n; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], 0};

        frame[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    at = nrs_link_ip(link, frame, n);
    free(frame);
    return at;
}

#define MACS "020000000001020000000002"

static void ethernet_carries_ip_behind_up_to_four_tags(void **state)
{
    (void)state;
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "080045"), 14);
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "86dd60"), 14);
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "8100000a080045"), 18);
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "88a800018100000a86dd60"), 22);
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "8100000181000001810000018100000108004500"), 30);
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "810000018100000181000001810000018100000108004500"), -1);
}

static void ethernet_with_something_else_is_passed_over(void **state)
{
    (void)state;
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "08060001"), -1);
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "0026aaaa"), -1);
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "08"), -1);
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "8100000a08"), -1);
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, ""), -1);
}

static void cooked_frames_have_the_type_where_their_version_puts_it(void **state)
{
    (void)state;
    assert_int_equal(ip_of(NRS_LINK_SLL, "0000000100060200000000010000080045"), 16);
    assert_int_equal(ip_of(NRS_LINK_SLL, "00000001000602000000000100008100000a080045"), 20);
    assert_int_equal(ip_of(NRS_LINK_SLL, "0000000100060200000000010000080645"), -1);
    assert_int_equal(ip_of(NRS_LINK_SLL2, "080000000000000100010406020000000001000045"), 20);
    assert_int_equal(ip_of(NRS_LINK_SLL2, "080000000000000100010406020000000001"), -1);
}

static void frames_without_a_link_header_are_known_by_their_version(void **state)
{
    (void)state;
    assert_int_equal(ip_of(NRS_LINK_RAW, "45"), 0);
    assert_int_equal(ip_of(NRS_LINK_RAW_BSD, "60"), 0);
    assert_int_equal(ip_of(NRS_LINK_IPV6, "60"), 0);
    assert_int_equal(ip_of(NRS_LINK_RAW, "50"), -1);
    assert_int_equal(ip_of(NRS_LINK_RAW, ""), -1);
}

static void loopback_families_of_any_system_are_accepted(void **state)
{
    (void)state;
    assert_int_equal(ip_of(NRS_LINK_NULL, "0200000045"), 4);
    assert_int_equal(ip_of(NRS_LINK_NULL, "0000001e60"), 4);
    assert_int_equal(ip_of(NRS_LINK_LOOP, "0000000245"), 4);
    assert_int_equal(ip_of(NRS_LINK_NULL, "02000000"), -1);
}

static void ethernet_carries_sessions_of_pppoe(void **state)
{
    (void)state;
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "88641100069d0032002145"), 22);
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "8100000a88641100069d0032005760"), 26);
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "88641100069d0032c02101"), -1);
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "88641100069d"), -1);
    assert_int_equal(ip_of(NRS_LINK_ETHERNET, MACS "88631109000000"), -1); /* discovery */
}

static void ppp_has_its_protocol_in_one_byte_or_two(void **state)
{
    (void)state;
    assert_int_equal(ip_of(NRS_LINK_PPP, "ff03002145"), 4);
    assert_int_equal(ip_of(NRS_LINK_PPP, "005760"), 2);
    assert_int_equal(ip_of(NRS_LINK_PPP_HDLC, "ff032145"), 3);
    assert_int_equal(ip_of(NRS_LINK_PPP, "ff03c02145"), -1); /* LCP */
    assert_int_equal(ip_of(NRS_LINK_PPP, "ff0300"), -1);
    assert_int_equal(ip_of(NRS_LINK_PPP, ""), -1);
}

static void frame_relay_carries_ip_in_three_ways(void **state)
{
    (void)state;
    assert_int_equal(ip_of(NRS_LINK_FRELAY, "184103cc4500"), 4);
    assert_int_equal(ip_of(NRS_LINK_FRELAY, "1841038e6000"), 4);
    assert_int_equal(ip_of(NRS_LINK_FRELAY, "18410300800000000800450000"), 10);
    assert_int_equal(ip_of(NRS_LINK_FRELAY, "184108004500"), 4);
    assert_int_equal(ip_of(NRS_LINK_FRELAY, "184103b10000"), -1);
    assert_int_equal(ip_of(NRS_LINK_FRELAY, "1841"), -1);
}

#define REST "0000020000000001020000000002020000000003" "0000" /* duration, three addresses, sequence */

static void wireless_data_frames_carry_ip_behind_snap(void **state)
{
    (void)state;
    assert_int_equal(ip_of(NRS_LINK_80211, "0801" REST "aaaa03000000080045"), 32);
    assert_int_equal(ip_of(NRS_LINK_80211, "8802" REST "0000aaaa0300000086dd60"), 34);
    assert_int_equal(ip_of(NRS_LINK_80211, "8882" REST "000000000000aaaa03000000080045"), 38);
    assert_int_equal(ip_of(NRS_LINK_80211, "0803" REST "020000000004aaaa03000000080045"), 38);
    assert_int_equal(ip_of(NRS_LINK_RADIOTAP, "000008000000000008010000" "020000000001020000000002020000000003"
                                              "0000aaaa03000000080045"),
                     40);
    assert_int_equal(ip_of(NRS_LINK_80211, "0841" REST "aaaa03000000080045"), -1); /* encrypted */
    assert_int_equal(ip_of(NRS_LINK_80211, "4801" REST "aaaa03000000080045"), -1); /* no body */
    assert_int_equal(ip_of(NRS_LINK_80211, "8000" REST "aaaa03000000080045"), -1); /* a beacon frame */
    assert_int_equal(ip_of(NRS_LINK_80211, "0801" REST "aaaa03"), -1);
    assert_int_equal(ip_of(NRS_LINK_RADIOTAP, "0000ffff"), -1);
}

static void other_link_types_are_not_known(void **state)
{
    (void)state;
    assert_true(nrs_link_known(NRS_LINK_ETHERNET) && nrs_link_known(NRS_LINK_SLL2));
    assert_false(nrs_link_known(147)); /* reserved for private use */
    assert_int_equal(ip_of(147, "45"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ethernet_carries_ip_behind_up_to_four_tags),
        cmocka_unit_test(ethernet_with_something_else_is_passed_over),
        cmocka_unit_test(cooked_frames_have_the_type_where_their_version_puts_it),
        cmocka_unit_test(frames_without_a_link_header_are_known_by_their_version),
        cmocka_unit_test(loopback_families_of_any_system_are_accepted),
        cmocka_unit_test(ethernet_carries_sessions_of_pppoe),
        cmocka_unit_test(ppp_has_its_protocol_in_one_byte_or_two),
        cmocka_unit_test(frame_relay_carries_ip_in_three_ways),
        cmocka_unit_test(wireless_data_frames_carry_ip_behind_snap),
        cmocka_unit_test(other_link_types_are_not_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
