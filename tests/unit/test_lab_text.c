/* What people type to noroshi-lab, and the two messages of its programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include "tools/lab/lab.h"

static void durations_have_units(void **state)
{
    uint32_t ms = 0;

    (void)state;
    assert_int_equal(nrs_lab_duration(&ms, "500ms"), 0);
    assert_int_equal(ms, 500);
    assert_int_equal(nrs_lab_duration(&ms, "3s"), 0);
    assert_int_equal(ms, 3000);
    assert_int_equal(nrs_lab_duration(&ms, "7"), 0);
    assert_int_equal(ms, 7000);
    assert_int_equal(nrs_lab_duration(&ms, "24h"), 0);
    assert_int_equal(ms, 86400000);
}

static void senseless_durations_are_refused(void **state)
{
    static const char *const wrong[] = {
        "", "0", "s", "-1s", " 3s", "3 s", "25h", "3x", "99999999999999999999s"};
    uint32_t ms = 17;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(nrs_lab_duration(&ms, wrong[i]), -1);
    assert_int_equal(ms, 17);
}

static void addresses_need_four_numbers_and_a_port(void **state)
{
    static const char *const wrong[] = {
        "", ":", "127.0.0.1", "1.2.3:4", "127.0.0.1:65536", "localhost:80", "1.2.3.4:8x"};
    struct sockaddr_in a = {0};

    (void)state;
    assert_int_equal(nrs_lab_address(&a, "127.0.0.1:4444"), 0);
    assert_int_equal(ntohs(a.sin_port), 4444);
    assert_int_equal(ntohl(a.sin_addr.s_addr), 0x7F000001);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(nrs_lab_address(&a, wrong[i]), -1);
}

static void a_share_may_carry_its_sign(void **state)
{
    uint32_t pct = 0;

    (void)state;
    assert_int_equal(nrs_lab_percent(&pct, "20%"), 0);
    assert_int_equal(pct, 20);
    assert_int_equal(nrs_lab_percent(&pct, "100"), 0);
    assert_int_equal(nrs_lab_percent(&pct, "101"), -1);
    assert_int_equal(nrs_lab_percent(&pct, "5%%"), -1);
}

static void waits_stay_within_the_jitter(void **state)
{
    const struct nrs_lab_beacon b = {.every_ms = 3000, .jitter_pct = 20};
    uint64_t random = 1, sum = 0;

    (void)state;
    for (unsigned i = 0; i < 10000; i++) {
        uint32_t ms = nrs_lab_wait_ms(&b, &random);

        assert_in_range(ms, 2400, 3600);
        sum += ms;
    }
    assert_in_range(sum / 10000, 2980, 3020);
}

static void a_message_is_whole_http_of_the_length_asked_for(void **state)
{
    char text[NRS_LAB_REQUEST + 1] = "";
    const char *body, *promised;

    (void)state;
    nrs_lab_message(text, NRS_LAB_REQUEST, "POST /check-in HTTP/1.1\r\nHost: noroshi-lab");
    assert_int_equal(strlen(text), NRS_LAB_REQUEST);
    body = strstr(text, "\r\n\r\n");
    promised = strstr(text, "Content-Length: ");
    assert_non_null(body);
    assert_non_null(promised);
    assert_int_equal(strlen(body + 4), strtoul(promised + 16, NULL, 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(senseless_durations_are_refused),
        cmocka_unit_test(addresses_need_four_numbers_and_a_port),
        cmocka_unit_test(a_share_may_carry_its_sign),
        cmocka_unit_test(waits_stay_within_the_jitter),
        cmocka_unit_test(a_message_is_whole_http_of_the_length_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
