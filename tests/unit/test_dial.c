/* From a name to a connection, on loopback only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "agent/net/dial.h"
#include "tests/so_error.h"

static uv_loop_t loop;
static uv_tcp_t tcp, listener;
static struct nrs_dial dial;
static unsigned dones, founds;
static const char *why;
static uint16_t found_port;

static void on_done(void *arg, const char *text)
{
    assert_ptr_equal(arg, &dial);
    dones++;
    why = text;
    if (text == NULL)
        uv_close((uv_handle_t *)&tcp, NULL);
}

static void on_found(void *arg, const struct sockaddr *address)
{
    assert_ptr_equal(arg, &founds);
    founds++;
    found_port =
        ntohs(address->sa_family == AF_INET6 ? ((const struct sockaddr_in6 *)(const void *)address)->sin6_port
                                             : ((const struct sockaddr_in *)(const void *)address)->sin_port);
}

static int open_all(void **state)
{
    (void)state;
    dones = founds = 0;
    why = "nothing yet";
    uv_loop_init(&loop);
    nrs_dial_init(&dial, &loop, &tcp);
    dial.done = on_done;
    dial.arg = &dial;
    dial.found = on_found;
    dial.found_arg = &founds;
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop);
}

static void no_matter(uv_stream_t *server, int status)
{
    (void)server;
    (void)status;
}

/* A port of 127.0.0.1 where somebody listens, or where nobody does any more. */
static uint16_t port_of(bool listens)
{
    struct sockaddr_in at;
    int len = sizeof at;

    uv_ip4_addr("127.0.0.1", 0, &at);
    uv_tcp_init(&loop, &listener);
    assert_int_equal(uv_tcp_bind(&listener, (const struct sockaddr *)&at, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&listener, 4, no_matter), 0);
    assert_int_equal(uv_tcp_getsockname(&listener, (struct sockaddr *)&at, &len), 0);
    uv_unref((uv_handle_t *)&listener);
    if (!listens) {
        uv_close((uv_handle_t *)&listener, NULL);
        uv_run(&loop, UV_RUN_DEFAULT);
    }
    return ntohs(at.sin_port);
}

static void run(const char *host, uint16_t port)
{
    nrs_dial_start(&dial, host, port);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(dones, 1);
    assert_false(nrs_dial_busy(&dial));
}

static void stop_listening(void)
{
    uv_close((uv_handle_t *)&listener, NULL);
}

static void an_address_is_connected_without_a_look_up(void **state)
{
    uint16_t port = port_of(true);

    (void)state;
    nrs_dial_start(&dial, "127.0.0.1", port);
    assert_true(nrs_dial_busy(&dial));
    assert_false(dial.looking_up);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(dones, 1);
    assert_null(why);
    assert_int_equal(founds, 1);
    assert_int_equal(found_port, port);
    stop_listening();
}

static void a_name_is_looked_up(void **state)
{
    uint16_t port = port_of(true);

    (void)state;
    run("localhost", port);
    assert_null(why); /* ::1 may refuse first: the next address is tried */
    assert_in_range(founds, 1, NRS_DIAL_ADDRESSES);
    assert_int_equal(found_port, port);
    stop_listening();
}

static void a_port_where_nobody_listens_refuses(void **state)
{
    (void)state;
    skip_if_so_error_is_foreign();
    run("127.0.0.1", port_of(false));
    assert_string_equal(why, uv_strerror(UV_ECONNREFUSED));
}

static void a_version_6_address_is_an_address(void **state)
{
    (void)state;
    nrs_dial_start(&dial, "::1", 9);
    assert_false(dial.looking_up);
    assert_int_equal(founds, 1);
    assert_int_equal(found_port, 9);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(dones, 1);
    assert_non_null(why);
}

static void a_name_that_is_none_fails(void **state)
{
    (void)state;
    run("no such name", 443);
    assert_non_null(why);
    assert_int_equal(founds, 0);
}

static void a_name_too_long_fails_at_once(void **state)
{
    char name[300];

    (void)state;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    nrs_dial_start(&dial, name, 443);
    assert_int_equal(dones, 1);
    assert_non_null(why);
}

static void a_stop_while_connecting_ends_it(void **state)
{
    (void)state;
    nrs_dial_start(&dial, "127.0.0.1", port_of(false));
    nrs_dial_stop(&dial);
    nrs_dial_stop(&dial); /* twice is fine */
    assert_int_equal(dones, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(dones, 1);
    assert_string_equal(why, "stopped");
}

static void a_stop_while_looking_up_ends_it(void **state)
{
    (void)state;
    nrs_dial_start(&dial, "localhost", 9);
    assert_true(dial.looking_up);
    nrs_dial_stop(&dial);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(dones, 1);
    assert_string_equal(why, "stopped");
}

static void a_stop_of_nothing_is_nothing(void **state)
{
    (void)state;
    nrs_dial_stop(&dial);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(dones, 0);
}

static void it_can_dial_again(void **state)
{
    uint16_t port = port_of(false);

    (void)state;
    run("127.0.0.1", port);
    dones = 0;
    run("127.0.0.1", port);
    assert_int_equal(founds, 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_address_is_connected_without_a_look_up),
        TEST(a_name_is_looked_up),
        TEST(a_port_where_nobody_listens_refuses),
        TEST(a_version_6_address_is_an_address),
        TEST(a_name_that_is_none_fails),
        TEST(a_name_too_long_fails_at_once),
        TEST(a_stop_while_connecting_ends_it),
        TEST(a_stop_while_looking_up_ends_it),
        TEST(a_stop_of_nothing_is_nothing),
        TEST(it_can_dial_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
