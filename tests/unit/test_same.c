/* Which records tell again of a connection that is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "platform/recorded/same.h"

static struct nrs_same same;

static bool seen_ms(uint64_t t_ms, uint16_t lport, uint8_t proto, uint8_t end)
{
    struct nrs_flow f = {
        .t_ns = t_ms * UINT64_C(1000000), .lport = lport, .rport = 443, .proto = proto, .end = end};

    return nrs_same_seen(&same, &f);
}

static bool seen(uint64_t t_s, uint16_t lport, uint8_t proto, uint8_t end)
{
    return seen_ms(t_s * 1000, lport, proto, end);
}

static int forget(void **state)
{
    (void)state;
    memset(&same, 0, sizeof same);
    return 0;
}

static void a_second_sensor_tells_nothing_new(void **state)
{
    (void)state;
    assert_false(seen(1000, 40000, NRS_PROTO_TCP, NRS_END_FIN));
    assert_true(seen(1000, 40000, NRS_PROTO_TCP, NRS_END_FIN));
    assert_true(seen_ms(1000250, 40000, NRS_PROTO_TCP, NRS_END_OPEN));
    assert_false(seen(1001, 40001, NRS_PROTO_TCP, NRS_END_FIN));
    assert_false(seen(1001, 40000, NRS_PROTO_UDP, NRS_END_FIN));
    assert_false(seen_ms(1000251, 40000, NRS_PROTO_TCP, NRS_END_FIN));
}

static void records_without_a_source_port_are_all_new(void **state)
{
    (void)state;
    assert_false(seen(1000, 0, NRS_PROTO_TCP, NRS_END_UNKNOWN));
    assert_false(seen(1000, 0, NRS_PROTO_TCP, NRS_END_UNKNOWN));
}

static void keep_alives_of_a_connection_nobody_saw_begin_are_joined(void **state)
{
    (void)state;
    assert_false(seen(1000, 40000, NRS_PROTO_TCP, NRS_END_UNKNOWN));
    assert_true(seen(1330, 40000, NRS_PROTO_TCP, NRS_END_UNKNOWN));
    assert_true(seen(1330 + 7500, 40000, NRS_PROTO_TCP, NRS_END_UNKNOWN));
    assert_false(seen(1330 + 7500 + 7501, 40000, NRS_PROTO_TCP, NRS_END_UNKNOWN));
    assert_false(seen(1000, 40001, NRS_PROTO_UDP, NRS_END_UNKNOWN));
    assert_false(seen(1330, 40001, NRS_PROTO_UDP, NRS_END_UNKNOWN));
}

static void a_connection_with_a_beginning_is_new(void **state)
{
    (void)state;
    assert_false(seen(1000, 40000, NRS_PROTO_TCP, NRS_END_FIN));
    assert_false(seen(1330, 40000, NRS_PROTO_TCP, NRS_END_FIN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_second_sensor_tells_nothing_new, forget),
        cmocka_unit_test_setup(records_without_a_source_port_are_all_new, forget),
        cmocka_unit_test_setup(keep_alives_of_a_connection_nobody_saw_begin_are_joined, forget),
        cmocka_unit_test_setup(a_connection_with_a_beginning_is_new, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
