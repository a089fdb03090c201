#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform/linux/proc_sockets.h"
#include "tests/packet_fixture.h"

#define PERIOD (30 * SECOND)

static _Alignas(64) uint8_t mem[16384];
static struct nrs_proc_sockets s;
static uint64_t now;

static void start(uint32_t cap)
{
    rec.n = 0;
    now = T0;
    assert_true(nrs_open_flows_bytes(cap) <= sizeof mem);
    nrs_proc_sockets_init(&s, mem, cap, 1, false, 100, now);
    s.fn = record;
}

static struct nrs_procnet_socket socket_in(uint8_t state, uint16_t lport)
{
    struct nrs_procnet_socket k = {.lport = lport, .rport = 443, .state = state, .uid = 1000};

    k.local.b[15] = 10;
    k.remote.b[15] = 20;
    return k;
}

static void listening(uint16_t port)
{
    struct nrs_procnet_socket k = socket_in(NRS_PROCNET_LISTEN, port);

    k.rport = 0;
    nrs_proc_sockets_take(&s, &k, NRS_PROTO_TCP, now);
}

static void open_socket(uint8_t state, uint16_t lport)
{
    struct nrs_procnet_socket k = socket_in(state, lport);

    nrs_proc_sockets_take(&s, &k, NRS_PROTO_TCP, now);
}

/* ended_ago: 0 to 60 s */
static void time_wait(uint16_t lport, uint64_t ended_ago_ns)
{
    struct nrs_procnet_socket k = socket_in(NRS_PROCNET_TIME_WAIT, lport);

    k.timer = 3;
    k.when_ticks = (uint32_t)((60 * SECOND - ended_ago_ns) / (SECOND / 100));
    nrs_proc_sockets_take(&s, &k, NRS_PROTO_TCP, now);
}

static void begin(void)
{
    nrs_proc_sockets_begin(&s, now);
}

/* Ends the poll and moves on to the next. */
static uint32_t end(void)
{
    uint32_t lost;

    while (nrs_proc_sockets_sweep(&s))
        ;
    lost = nrs_proc_sockets_end(&s);
    now += PERIOD;
    return lost;
}

static void what_is_open_at_the_first_poll_is_never_told(void **state)
{
    (void)state;
    start(16);
    begin();
    open_socket(NRS_PROCNET_ESTABLISHED, 5000);
    time_wait(5001, 20 * SECOND);
    end();
    begin();
    time_wait(5000, 10 * SECOND);
    time_wait(5001, 50 * SECOND);
    end();
    assert_int_equal(rec.n, 0);
}

static void a_connection_between_two_polls_is_told_by_its_time_wait(void **state)
{
    (void)state;
    start(16);
    begin();
    end();
    begin();
    time_wait(5000, 12 * SECOND);
    end();
    begin();
    time_wait(5000, 42 * SECOND);
    end();
    assert_int_equal(rec.n, 1);
    assert_int_equal(rec.f[0].ev, NRS_EV_WHOLE);
    assert_int_equal(rec.f[0].t_ns, T0 + PERIOD - 12 * SECOND);
    assert_int_equal(rec.f[0].dur_ms, NRS_DUR_UNKNOWN);
    assert_int_equal(rec.f[0].end, NRS_END_FIN);
    assert_int_equal(rec.f[0].dir, NRS_DIR_OUT);
    assert_int_equal(rec.f[0].flags, NRS_F_DIR_GUESS);
}

static void an_end_around_the_moment_of_the_poll_is_told_once(void **state)
{
    (void)state;
    start(16);
    begin();
    end();
    begin();
    time_wait(5000, SECOND / 100); /* just before this poll */
    end();
    begin();
    time_wait(5000, PERIOD - SECOND / 50); /* measured again, it seems to be after it */
    end();
    begin();
    end();
    assert_int_equal(rec.n, 1);
}

static void an_open_connection_that_ends_here_gives_open_and_close(void **state)
{
    (void)state;
    start(16);
    begin();
    end();
    begin();
    open_socket(NRS_PROCNET_ESTABLISHED, 5000);
    end();
    begin();
    open_socket(NRS_PROCNET_CLOSE_WAIT, 5000);
    end();
    begin();
    time_wait(5000, 5 * SECOND);
    end();
    begin();
    time_wait(5000, 35 * SECOND);
    end();
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[0].ev, NRS_EV_OPEN);
    assert_int_equal(rec.f[0].t_ns, T0 + PERIOD / 2);
    assert_int_equal(rec.f[0].flags, NRS_F_DIR_GUESS | NRS_F_T_COARSE);
    assert_int_equal(rec.f[0].uid, 1000);
    assert_int_equal(rec.f[1].ev, NRS_EV_CLOSE);
    assert_int_equal(rec.f[1].end, NRS_END_FIN);
    assert_int_equal(rec.f[1].t_ns, T0 + 3 * PERIOD - 5 * SECOND);
    assert_int_equal(rec.f[1].dur_ms, 70000); /* 85 s after the start of the first poll, minus 15 */
}

static void missing_once_is_not_gone(void **state)
{
    (void)state;
    start(16);
    begin();
    end();
    begin();
    open_socket(NRS_PROCNET_ESTABLISHED, 5000);
    end();
    begin();
    end();
    begin();
    open_socket(NRS_PROCNET_ESTABLISHED, 5000);
    end();
    assert_int_equal(rec.n, 1);
    begin();
    end();
    begin();
    end();
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[1].end, NRS_END_UNKNOWN);
    assert_int_equal(rec.f[1].t_ns, T0 + 3 * PERIOD + PERIOD / 2); /* between the last sight and the first miss */
}

static void an_attempt_that_vanishes_was_a_timeout(void **state)
{
    (void)state;
    start(16);
    begin();
    end();
    begin();
    open_socket(NRS_PROCNET_SYN_SENT, 5000);
    end();
    for (int i = 0; i < 2; i++) {
        begin();
        end();
    }
    assert_int_equal(rec.n, 2);
    assert_int_equal(rec.f[1].end, NRS_END_TIMEOUT);
}

static void ports_used_again_within_time_wait_are_a_new_flow(void **state)
{
    (void)state;
    start(16);
    begin();
    end();
    begin();
    time_wait(5000, SECOND / 10);
    end();
    begin();
    time_wait(5000, SECOND / 10);
    end();
    assert_int_equal(rec.n, 2);
}

static void a_listening_port_makes_it_inbound(void **state)
{
    (void)state;
    start(16);
    begin();
    end();
    begin();
    listening(22);
    open_socket(NRS_PROCNET_ESTABLISHED, 22);
    end();
    assert_int_equal(rec.n, 1);
    assert_int_equal(rec.f[0].dir, NRS_DIR_IN);
}

static void a_full_table_loses_the_newcomer_and_says_so(void **state)
{
    (void)state;
    start(16);
    begin();
    end();
    begin();
    for (uint16_t port = 1; port <= 20; port++)
        open_socket(NRS_PROCNET_ESTABLISHED, port);
    assert_int_equal(end(), 4);
    assert_int_equal(rec.n, 16);
}

static void connections_within_the_machine_are_left_out(void **state)
{
    struct nrs_procnet_socket k = socket_in(NRS_PROCNET_ESTABLISHED, 5000);

    (void)state;
    start(16);
    begin();
    end();
    begin();
    k.remote = k.local;
    nrs_proc_sockets_take(&s, &k, NRS_PROTO_TCP, now);
    end();
    assert_int_equal(rec.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_open_at_the_first_poll_is_never_told),
        cmocka_unit_test(a_connection_between_two_polls_is_told_by_its_time_wait),
        cmocka_unit_test(an_end_around_the_moment_of_the_poll_is_told_once),
        cmocka_unit_test(an_open_connection_that_ends_here_gives_open_and_close),
        cmocka_unit_test(missing_once_is_not_gone),
        cmocka_unit_test(an_attempt_that_vanishes_was_a_timeout),
        cmocka_unit_test(ports_used_again_within_time_wait_are_a_new_flow),
        cmocka_unit_test(a_listening_port_makes_it_inbound),
        cmocka_unit_test(a_full_table_loses_the_newcomer_and_says_so),
        cmocka_unit_test(connections_within_the_machine_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
