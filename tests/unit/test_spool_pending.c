/* Records that wait for a decision: what batches see of them, and what a restart makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/spool/spool.h"
#include "models/base/error.h"
#include "tests/temp_dir.h"

static struct nrs_spool spool;
static struct temp_dir dir;
static char seen[4096]; /* first letters of what batches offered */

static bool see(void *arg, const uint8_t *payload, size_t len)
{
    (void)arg;
    (void)len;
    strncat(seen, (const char[]){(char)payload[0], '\0'}, 1);
    return true;
}

/* Takes everything, in batches, and acknowledges it. */
static const char *taken(void)
{
    seen[0] = '\0';
    while (nrs_spool_batch(&spool, 4, see, NULL) > 0)
        nrs_spool_ack(&spool);
    return seen;
}

static void add(char letter, size_t len)
{
    char line[2048];

    memset(line, letter, sizeof line);
    assert_int_equal(nrs_spool_append(&spool, line, len, false), 0);
}

static int add_pending(char letter)
{
    char line[500];

    memset(line, letter, sizeof line);
    return nrs_spool_append_pending(&spool, line, sizeof line);
}

static void again(void)
{
    nrs_spool_close(&spool);
    assert_int_equal(nrs_spool_open(&spool, dir.fd, 65536), 0);
}

static int open_spool(void **state)
{
    (void)state;
    return temp_dir_make(&dir) || nrs_spool_open(&spool, dir.fd, 65536);
}

static int close_spool(void **state)
{
    (void)state;
    nrs_spool_close(&spool);
    temp_dir_remove(&dir);
    return 0;
}

static void a_pending_record_is_in_no_batch(void **state)
{
    (void)state;
    add('a', 100);
    assert_true(add_pending('P') > 0);
    add('b', 100);
    assert_int_equal(nrs_spool_waiting(&spool), 2);
    assert_string_equal(taken(), "ab");
    assert_int_equal(nrs_spool_waiting(&spool), 0);
}

static void a_settled_record_is_forgotten_for_good(void **state)
{
    int handle = add_pending('P');

    (void)state;
    nrs_spool_settle(&spool, handle);
    again();
    assert_string_equal(taken(), "");
    assert_int_equal(spool.errors, 0);
}

/* Whoever would decide was killed: it is sent, whether the cursor had passed it or not. */
static void a_restart_sends_what_is_pending(void **state)
{
    (void)state;
    add_pending('P');
    add('a', 100);
    assert_string_equal(taken(), "a");
    add_pending('Q');
    again();
    assert_string_equal(taken(), "PQ");
    again();
    assert_string_equal(taken(), "");
}

static void places_are_bounded_and_become_free(void **state)
{
    int handle = 0;

    (void)state;
    for (unsigned i = 0; i < NRS_SPOOL_PENDING; i++)
        assert_true((handle = add_pending('P')) > 0);
    assert_int_equal(add_pending('X'), NRS_ERR_LIMIT);
    nrs_spool_settle(&spool, handle);
    assert_int_equal(add_pending('P'), handle);
    nrs_spool_settle(&spool, 0);
    nrs_spool_settle(&spool, NRS_ERR_IO);
    assert_int_equal(add_pending('X'), NRS_ERR_LIMIT);
}

/* 64 KiB are four segments; 200 KB of others push the oldest out, and the pending record moves on each time. */
static void a_full_spool_keeps_a_pending_record_and_its_handle(void **state)
{
    int handle = add_pending('P');

    (void)state;
    for (unsigned i = 0; i < 200; i++)
        add('a', 1000);
    assert_true(spool.dropped > 0);
    assert_null(strchr(taken(), 'P'));
    nrs_spool_settle(&spool, handle);
    again();
    assert_string_equal(taken(), "");
    handle = add_pending('Q');
    for (unsigned i = 0; i < 200; i++)
        add('a', 1000);
    again();
    assert_non_null(strchr(taken(), 'Q'));
}

static void a_segment_goes_when_its_last_pending_record_is_settled(void **state)
{
    int handle = add_pending('P');

    (void)state;
    for (unsigned i = 0; i < 20; i++)
        add('a', 1000);
    assert_int_equal(spool.n, 2);
    taken();
    assert_int_equal(spool.n, 2);
    nrs_spool_settle(&spool, handle);
    assert_int_equal(spool.n, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_spool, close_spool)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pending_record_is_in_no_batch),
        TEST(a_settled_record_is_forgotten_for_good),
        TEST(a_restart_sends_what_is_pending),
        TEST(places_are_bounded_and_become_free),
        TEST(a_full_spool_keeps_a_pending_record_and_its_handle),
        TEST(a_segment_goes_when_its_last_pending_record_is_settled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
