/* Two directions become one flow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "platform/recorded/halves.h"

#define S UINT64_C(1000000000)

static struct nrs_halves halves;
static struct nrs_flow got[8];
static int n;

static void take(void *arg, const struct nrs_flow *f, const char *name)
{
    (void)arg;
    (void)name;
    if (n < 8)
        got[n] = *f;
    n++;
}

/* Of host `from` port lport to host `to` port rport, two seconds long. */
static void half(uint64_t t_s, uint8_t from, uint16_t lport, uint8_t to, uint16_t rport, int flags,
                 uint64_t bytes)
{
    struct nrs_half h = {.flags = flags,
                         .flow = {.t_ns = t_s * S,
                                  .dur_ms = 2000,
                                  .weight = 1,
                                  .lport = lport,
                                  .rport = rport,
                                  .proto = NRS_PROTO_TCP,
                                  .ev = NRS_EV_WHOLE,
                                  .tx_bytes = bytes}};

    h.flow.local.b[15] = from;
    h.flow.remote.b[15] = to;
    nrs_halves_take(&halves, &h, take, NULL);
}

static int forget(void **state)
{
    (void)state;
    memset(&halves, 0, sizeof halves);
    n = 0;
    return 0;
}

static void the_earlier_one_is_the_originator(void **state)
{
    (void)state;
    half(1001, 2, 8080, 1, 9090, 0x1b, 200);
    half(1000, 1, 9090, 2, 8080, 0x1b, 100);
    assert_int_equal(n, 1);
    assert_int_equal(got[0].local.b[15], 1);
    assert_int_equal(got[0].rport, 8080);
    assert_true(got[0].t_ns == 1000 * S && got[0].dur_ms == 3000);
    assert_true(got[0].tx_bytes == 100 && got[0].rx_bytes == 200);
    assert_int_equal(got[0].end, NRS_END_FIN);
}

static void at_the_same_time_the_higher_port_is(void **state)
{
    (void)state;
    half(1000, 2, 443, 1, 40000, 0x1b, 200);
    half(1000, 1, 40000, 2, 443, 0x1b, 100);
    assert_int_equal(n, 1);
    assert_int_equal(got[0].local.b[15], 1);
    assert_int_equal(got[0].rport, 443);
}

static void flags_tell_how_it_ended(void **state)
{
    static const struct {
        int out, back;
        uint8_t end;
    } rows[] = {{0x1b, 0x1b, NRS_END_FIN},  {0x02, 0x14, NRS_END_REFUSED}, {0x1e, 0x1a, NRS_END_RST},
                {0x1a, 0x1a, NRS_END_OPEN}, {0x18, 0x18, NRS_END_UNKNOWN}, {-1, -1, NRS_END_UNKNOWN}};

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        forget(state);
        half(1000, 1, 40000, 2, 443, rows[i].out, 100);
        half(1000, 2, 443, 1, 40000, rows[i].back, 200);
        assert_int_equal(n, 1);
        assert_int_equal(got[0].end, rows[i].end);
    }
}

static void one_that_stays_alone_is_a_flow_after_a_while(void **state)
{
    (void)state;
    half(1000, 1, 40000, 2, 443, 0x02, 0);
    for (int i = 0; i < NRS_HALVES_SETS; i++)
        half(1123, 3, 40000, 4, 443, 0x02, 0);
    assert_int_equal(n, 1);
    assert_int_equal(got[0].local.b[15], 1);
    assert_int_equal(got[0].end, NRS_END_TIMEOUT);
    nrs_halves_end(&halves, take, NULL);
    assert_int_equal(n, 2);
}

static void an_answer_alone_is_turned_round(void **state)
{
    (void)state;
    half(1000, 2, 443, 1, 40000, 0x18, 200);
    nrs_halves_end(&halves, take, NULL);
    assert_int_equal(n, 1);
    assert_int_equal(got[0].local.b[15], 1);
    assert_int_equal(got[0].rport, 443);
    assert_true(got[0].rx_bytes == 200 && got[0].tx_bytes == 0);
}

static void records_that_go_on_are_one(void **state)
{
    (void)state;
    half(1000, 1, 40000, 2, 443, 0x02, 10);
    half(1060, 1, 40000, 2, 443, 0x11, 20);
    half(1000, 2, 443, 1, 40000, 0x1b, 5);
    assert_int_equal(n, 1);
    assert_true(got[0].tx_bytes == 30 && got[0].dur_ms == 62000);
    assert_int_equal(got[0].end, NRS_END_FIN);
}

static void a_full_set_gives_up_its_oldest(void **state)
{
    (void)state;
    for (int i = 0; i < NRS_HALVES_WAYS + 1; i++) /* ports that add up to the same: one set */
        half(1000 + (uint64_t)i, 1, (uint16_t)(40000 + i), 2, (uint16_t)(2000 - i), 0x02, 0);
    assert_int_equal(n, 1);
    assert_int_equal(got[0].lport, 40000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_earlier_one_is_the_originator, forget),
        cmocka_unit_test_setup(at_the_same_time_the_higher_port_is, forget),
        cmocka_unit_test_setup(flags_tell_how_it_ended, forget),
        cmocka_unit_test_setup(one_that_stays_alone_is_a_flow_after_a_while, forget),
        cmocka_unit_test_setup(an_answer_alone_is_turned_round, forget),
        cmocka_unit_test_setup(records_that_go_on_are_one, forget),
        cmocka_unit_test_setup(a_full_set_gives_up_its_oldest, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
