#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platform/linux/procnet.h"

/* The kernel prints addresses as words of its own byte order; so does this. */
static const char *line_for(const char *end_format, const char *rest)
{
    static const uint8_t a[4] = {192, 0, 2, 1}, b[4] = {198, 51, 100, 7};
    static char line[256];
    uint32_t word_a, word_b;

    memcpy(&word_a, a, 4);
    memcpy(&word_b, b, 4);
    snprintf(line, sizeof line, end_format, word_a, word_b);
    strcat(line, rest);
    return line;
}

static bool read_line(struct nrs_procnet_socket *s, const char *line)
{
    size_t len = strlen(line);
    char *copy = malloc(len ? len : 1);
    bool ok;

    assert_non_null(copy);
    memcpy(copy, line, len);
    ok = nrs_procnet_line(s, copy, len);
    free(copy);
    return ok;
}

static void an_open_connection_is_read(void **state)
{
    struct nrs_procnet_socket s;

    (void)state;
    assert_true(read_line(&s, line_for("   3: %08X:D431 %08X:01BB", " 01 00000000:00000000 02:000A7D8C 00000000  1000 "
                                                                    "       0 81734 2 0000000000000000 20 4 30 10 -1")));
    assert_int_equal(s.local.b[10], 0xff);
    assert_int_equal(s.local.b[12], 192);
    assert_int_equal(s.local.b[15], 1);
    assert_int_equal(s.remote.b[12], 198);
    assert_int_equal(s.lport, 0xd431);
    assert_int_equal(s.rport, 443);
    assert_int_equal(s.state, NRS_PROCNET_ESTABLISHED);
    assert_int_equal(s.uid, 1000);
}

static void a_time_wait_has_a_timer_and_no_owner(void **state)
{
    struct nrs_procnet_socket s;

    (void)state;
    assert_true(read_line(&s, line_for("  12: %08X:D431 %08X:0050", " 06 00000000:00000000 03:00000BB8 00000000     0 "
                                                                    "       0 0 3 0000000000000000")));
    assert_int_equal(s.state, NRS_PROCNET_TIME_WAIT);
    assert_int_equal(s.timer, 3);
    assert_int_equal(s.when_ticks, 3000);
    assert_int_equal(s.uid, NRS_ID_UNKNOWN);
}

static void a_mapped_address_of_tcp6_is_ipv4(void **state)
{
    struct nrs_procnet_socket s;
    static const uint8_t word_of_ffff[4] = {0, 0, 0xff, 0xff};
    uint32_t ffff;
    char format[128];

    (void)state;
    memcpy(&ffff, word_of_ffff, 4);
    snprintf(format, sizeof format, "   0: 0000000000000000%08X%%08X:0016 0000000000000000%08X%%08X:C001", ffff, ffff);
    assert_true(read_line(&s, line_for(format, " 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 20 0")));
    assert_int_equal(s.local.b[10], 0xff);
    assert_int_equal(s.local.b[12], 192);
    assert_int_equal(s.remote.b[15], 7);
    assert_int_equal(s.lport, 22);
}

static void headings_and_damaged_lines_are_refused(void **state)
{
    static const char *const lines[] = {
        "",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
        "   0: 0100007F:0277",
        "   0: 0100007:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1599 1",
        "   0: 0100007F:0277 0000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1599",
        "   0: 0100007F:0277 00000000:0000 GG 00000000:00000000 00:00000000 00000000     0        0 1599 1",
        "   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000  4294967296        0 1599 1",
    };
    struct nrs_procnet_socket s = {.lport = 99};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_false(read_line(&s, lines[i]));
    assert_int_equal(s.lport, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_connection_is_read),
        cmocka_unit_test(a_time_wait_has_a_timer_and_no_owner),
        cmocka_unit_test(a_mapped_address_of_tcp6_is_ipv4),
        cmocka_unit_test(headings_and_damaged_lines_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
