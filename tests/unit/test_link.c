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

static void other_link_types_are_not_known(void **state)
{
    (void)state;
    assert_true(nrs_link_known(NRS_LINK_ETHERNET) && nrs_link_known(NRS_LINK_SLL2));
    assert_false(nrs_link_known(105)); /* IEEE 802.11 */
    assert_int_equal(ip_of(105, "45"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ethernet_carries_ip_behind_up_to_four_tags),
        cmocka_unit_test(ethernet_with_something_else_is_passed_over),
        cmocka_unit_test(cooked_frames_have_the_type_where_their_version_puts_it),
        cmocka_unit_test(frames_without_a_link_header_are_known_by_their_version),
        cmocka_unit_test(loopback_families_of_any_system_are_accepted),
        cmocka_unit_test(other_link_types_are_not_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
