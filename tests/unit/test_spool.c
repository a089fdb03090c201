/* The spool through its public functions. Faults are made by standing between it and the file functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/files.h"
#include "tests/temp_dir.h"

static int fault_at; /* the how many-th call of a file function fails; 0 = none */
static int n_calls;
static bool disk_full; /* until a file is removed */

static int fault(void)
{
    return ++n_calls == fault_at ? -ENOSPC : 0;
}

static int test_open(int dir, const char *name)
{
    int rc = fault();

    return rc != 0 ? rc : nrs_file_open(dir, name);
}

static int test_write(int fd, uint64_t at, const void *bytes, size_t len)
{
    int rc = fault();

    if (disk_full)
        return -ENOSPC;
    if (rc != 0) {
        nrs_file_write(fd, at, bytes, len / 2); /* the disk was full in the middle of it */
        return rc;
    }
    return nrs_file_write(fd, at, bytes, len);
}

static int test_sync(int fd)
{
    int rc = fault();

    return rc != 0 ? rc : nrs_file_sync(fd);
}

static int test_remove(int dir, const char *name)
{
    int rc = fault();

    disk_full = false;
    return rc != 0 ? rc : nrs_file_remove(dir, name);
}

static int test_load(int dir, const char *name, void *buf, size_t cap)
{
    int rc = fault();

    return rc != 0 ? rc : nrs_file_load(dir, name, buf, cap);
}

#define nrs_file_open test_open
#define nrs_file_write test_write
#define nrs_file_sync test_sync
#define nrs_file_remove test_remove
#define nrs_file_load test_load
#include "agent/spool/spool.c"
#include "agent/spool/spool_pending.c"
#undef nrs_file_open
#undef nrs_file_write
#undef nrs_file_sync
#undef nrs_file_remove
#undef nrs_file_load

static struct nrs_spool spool;
static struct temp_dir dir;

struct seen {
    uint32_t n, stop_after;
    char last[64];
    int number[8192]; /* what each record says it is */
};
static struct seen seen;

static bool see(void *arg, const uint8_t *payload, size_t len)
{
    struct seen *s = arg;
    size_t n = len < sizeof s->last ? len : sizeof s->last - 1;

    if (s->stop_after > 0 && s->n == s->stop_after)
        return false;
    memcpy(s->last, payload, n);
    s->last[n] = '\0';
    s->number[s->n++ % 8192] = atoi(s->last);
    return true;
}

static int add(int number, size_t len, bool keep)
{
    char line[2048];

    memset(line, '.', sizeof line);
    line[snprintf(line, sizeof line, "%d", number)] = ' ';
    return nrs_spool_append(&spool, line, len, keep);
}

/* Takes everything, in batches, and acknowledges it. Returns how many. */
static uint32_t take_all(void)
{
    memset(&seen, 0, sizeof seen);
    while (nrs_spool_batch(&spool, 256, see, &seen) > 0)
        nrs_spool_ack(&spool);
    return seen.n;
}

static void again(uint32_t bytes)
{
    nrs_spool_close(&spool);
    assert_int_equal(nrs_spool_open(&spool, dir.fd, bytes), 0);
}

static int open_spool(void **state)
{
    (void)state;
    fault_at = n_calls = 0;
    disk_full = false;
    return temp_dir_make(&dir) || nrs_spool_open(&spool, dir.fd, 65536);
}

static int close_spool(void **state)
{
    (void)state;
    fault_at = 0;
    nrs_spool_close(&spool);
    temp_dir_remove(&dir);
    return 0;
}

static void records_come_back_in_order(void **state)
{
    (void)state;
    for (int i = 1; i <= 100; i++)
        assert_int_equal(add(i, 300, true), 0);
    assert_int_equal(nrs_spool_waiting(&spool), 100);
    assert_int_equal(take_all(), 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(seen.number[i], i + 1);
    assert_int_equal(nrs_spool_waiting(&spool), 0);
}

static void unacknowledged_records_survive_a_restart(void **state)
{
    (void)state;
    for (int i = 1; i <= 100; i++)
        add(i, 300, true);
    memset(&seen, 0, sizeof seen);
    assert_int_equal(nrs_spool_batch(&spool, 30, see, &seen), 30);
    nrs_spool_ack(&spool);
    assert_int_equal(nrs_spool_batch(&spool, 5, see, &seen), 5); /* taken, but never acknowledged */
    again(65536);
    assert_int_equal(nrs_spool_waiting(&spool), 70);
    assert_int_equal(take_all(), 70);
    assert_int_equal(seen.number[0], 31);
}

static void batch_stops_where_the_taker_says_no(void **state)
{
    (void)state;
    for (int i = 1; i <= 10; i++)
        add(i, 300, true);
    memset(&seen, 0, sizeof seen);
    seen.stop_after = 4;
    assert_int_equal(nrs_spool_batch(&spool, 256, see, &seen), 4);
    nrs_spool_ack(&spool);
    assert_int_equal(nrs_spool_waiting(&spool), 6);
}

static void full_spool_gives_up_the_oldest_and_counts_it(void **state)
{
    (void)state;
    for (int i = 1; i <= 1000; i++)
        add(i, 500, false);
    assert_true(spool.dropped > 0);
    assert_int_equal(nrs_spool_waiting(&spool) + spool.dropped, 1000);
    assert_int_equal(take_all() + spool.dropped, 1000);
    assert_int_equal(seen.number[seen.n - 1], 1000);
    assert_int_equal(seen.number[0], 1000 - (int)seen.n + 1);
}

static void full_spool_keeps_verdicts_longer_than_evidence(void **state)
{
    uint32_t kept = 0;

    (void)state;
    for (int i = 1; i <= 400; i++)
        add(i, i % 4 == 0 ? 400 : 1300, i % 4 == 0);
    take_all();
    for (uint32_t i = 0; i < seen.n; i++)
        kept += seen.number[i] % 4 == 0;
    assert_true(kept > seen.n / 2); /* a quarter of what came in, and most of what is left */
}

static void full_disk_takes_the_room_of_the_oldest_for_its_verdicts(void **state)
{
    uint32_t first;

    (void)state;
    assert_int_equal(add(1, 1000, true), 0);
    while (spool.n < 4 || spool.seg[3].used + 1020 <= spool.segment_bytes)
        assert_int_equal(add(2, 1000, false), 0);
    first = spool.seg[0].no;
    disk_full = true;
    assert_int_equal(add(3, 1000, true), 0);
    assert_int_not_equal(spool.seg[0].no, first);
    assert_int_equal(spool.errors, 0);
    take_all();
    assert_int_equal(seen.number[seen.n - 2], 1);
    assert_int_equal(seen.number[seen.n - 1], 3);
}

static void drop_under_a_batch_in_flight_loses_no_count(void **state)
{
    uint32_t waiting;

    (void)state;
    for (int i = 1; i <= 120; i++)
        add(i, 500, false);
    memset(&seen, 0, sizeof seen);
    assert_true(nrs_spool_batch(&spool, 256, see, &seen) > 0);
    for (int i = 121; i <= 300; i++)
        add(i, 500, false);
    nrs_spool_ack(&spool);
    waiting = nrs_spool_waiting(&spool);
    assert_int_equal(take_all(), waiting);
    assert_int_equal(nrs_spool_waiting(&spool), 0);
}

static void acknowledged_segments_go_away(void **state)
{
    (void)state;
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 60; i++)
            add(i, 500, true);
        assert_int_equal(take_all(), 60);
    }
    assert_true(spool.n <= 2);
    assert_int_equal(spool.dropped, 0);
    again(65536);
    assert_int_equal(take_all(), 0);
}

static void smaller_configuration_keeps_the_newest(void **state)
{
    (void)state;
    again(1048576);
    for (int i = 1; i <= 1500; i++)
        add(i, 500, true);
    again(65536);
    assert_true(spool.dropped > 0);
    assert_int_equal(take_all() + spool.dropped, 1500);
    assert_int_equal(seen.number[seen.n - 1], 1500);
}

static void too_long_a_record_is_refused(void **state)
{
    static const char line[NRS_RECORD_PAYLOAD_MAX + 1];

    (void)state;
    assert_int_equal(nrs_spool_append(&spool, line, sizeof line, true), NRS_ERR_LIMIT);
    assert_int_equal(nrs_spool_append(&spool, line, 0, true), NRS_ERR_LIMIT);
    assert_int_equal(nrs_spool_append(&spool, line, sizeof line - 1, true), 0);
}

static void damaged_cursor_sends_again_instead_of_losing(void **state)
{
    (void)state;
    for (int i = 1; i <= 10; i++)
        add(i, 300, true);
    take_all();
    add(11, 300, true);
    nrs_file_replace(dir.fd, "acked", "nonsense....", 12, 0);
    again(65536);
    assert_int_equal(take_all(), 11);
}

static void foreign_names_are_left_alone(void **state)
{
    char text[8];

    (void)state;
    nrs_file_replace(dir.fd, "zz.seg", "x", 1, 0);
    nrs_file_replace(dir.fd, "0000000g.seg", "x", 1, 0);
    nrs_file_replace(dir.fd, "1.seg", "x", 1, 0);
    again(65536);
    assert_int_equal(add(1, 300, true), 0);
    assert_int_equal(take_all(), 1);
    assert_int_equal(nrs_file_load(dir.fd, "1.seg", text, sizeof text), 1);
}

/* Fault table F3: the k-th call fails, for every k until nothing fails any more. */
static void any_single_failing_call_costs_at_most_what_it_touched(void **state)
{
    bool reached = true;

    (void)state;
    for (int k = 1; reached; k++) {
        int added = 0;

        n_calls = 0;
        fault_at = k;
        for (int i = 1; i <= 150; i++) {
            added += add(i, 500, true) == 0;
            if (i % 10 == 0)
                nrs_spool_sync(&spool);
        }
        memset(&seen, 0, sizeof seen);
        for (int round = 0; round < 20; round++) {
            nrs_spool_batch(&spool, 256, see, &seen);
            nrs_spool_ack(&spool);
        }
        reached = n_calls >= fault_at;
        fault_at = 0;
        if (reached)
            assert_true(spool.errors > 0 || added == 150);
        again(65536);
        take_all(); /* a segment that could not be read is read after the restart */
        assert_int_equal(nrs_spool_waiting(&spool), 0);
        assert_true(added >= 149);
    }
}

static void spool_works_again_when_the_disk_does(void **state)
{
    (void)state;
    for (int i = 1; i <= 20; i++) {
        n_calls = 0;
        fault_at = 1;
        assert_true(add(i, 500, true) != 0);
    }
    fault_at = 0;
    assert_int_equal(spool.errors, 20);
    for (int i = 21; i <= 30; i++)
        assert_int_equal(add(i, 500, true), 0);
    assert_int_equal(take_all(), 10);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_spool, close_spool)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(records_come_back_in_order),
        TEST(unacknowledged_records_survive_a_restart),
        TEST(batch_stops_where_the_taker_says_no),
        TEST(full_spool_gives_up_the_oldest_and_counts_it),
        TEST(full_spool_keeps_verdicts_longer_than_evidence),
        TEST(full_disk_takes_the_room_of_the_oldest_for_its_verdicts),
        TEST(drop_under_a_batch_in_flight_loses_no_count),
        TEST(acknowledged_segments_go_away),
        TEST(smaller_configuration_keeps_the_newest),
        TEST(too_long_a_record_is_refused),
        TEST(damaged_cursor_sends_again_instead_of_losing),
        TEST(foreign_names_are_left_alone),
        TEST(any_single_failing_call_costs_at_most_what_it_touched),
        TEST(spool_works_again_when_the_disk_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
