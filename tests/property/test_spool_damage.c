/* Fault table F1 and F2: a segment cut at every byte, every bit of it flipped, pages of it zeroed and exchanged, and a
 * writer that is killed at random. What comes back is always a true record, in order, and only what was touched is
 * missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/spool/spool.h"
#include "agent/spool/spool_record.h"
#include "tests/temp_dir.h"

#define RECORDS 24
#define SEGMENT "00000001.seg"
#define KILLS 200

static struct nrs_spool spool;
static struct temp_dir dir;
static uint8_t whole[65536];
static size_t whole_len, record_end[RECORDS + 1];

/* Record i: its number, and a text that depends on it. */
static size_t make_line(char *line, int i)
{
    size_t len = (size_t)sprintf(line, "{\"number\":%d,\"text\":\"", i);

    for (int k = 0; k < 200 + i * 7 % 90; k++)
        line[len++] = (char)('a' + (i * 5 + k) % 26);
    memcpy(line + len, "\"}\n", 3);
    return len + 3;
}

struct found {
    int n, last;
    bool wrong;
};

static bool check_line(void *arg, const uint8_t *payload, size_t len)
{
    struct found *f = arg;
    char line[512];
    int number;

    if (sscanf((const char *)payload, "{\"number\":%d,", &number) != 1 || make_line(line, number) != len ||
        memcmp(line, payload, len) != 0 || number <= f->last)
        f->wrong = true;
    f->last = number;
    f->n++;
    return true;
}

/* Opens the directory as it is and takes everything out of it. */
static struct found recover(void)
{
    struct found f = {0, 0, false};

    assert_int_equal(nrs_spool_open(&spool, dir.fd, 65536), 0);
    while (nrs_spool_batch(&spool, 256, check_line, &f) > 0)
        nrs_spool_ack(&spool);
    nrs_spool_close(&spool);
    return f;
}

static struct found recover_from(const uint8_t *bytes, size_t len)
{
    temp_dir_empty(&dir);
    nrs_file_replace(dir.fd, SEGMENT, bytes, len, 0);
    return recover();
}

static int make_segment(void **state)
{
    char line[512];

    (void)state;
    if (temp_dir_make(&dir) != 0 || nrs_spool_open(&spool, dir.fd, 65536) != 0)
        return -1;
    for (int i = 1; i <= RECORDS; i++) {
        nrs_spool_append(&spool, line, make_line(line, i), true);
        record_end[i] = spool.seg[0].used;
    }
    nrs_spool_close(&spool);
    whole_len = (size_t)nrs_file_load(dir.fd, SEGMENT, whole, sizeof whole);
    return whole_len == record_end[RECORDS] ? 0 : -1;
}

static int remove_segment(void **state)
{
    (void)state;
    temp_dir_remove(&dir);
    return 0;
}

static void cut_at_any_byte_gives_the_whole_records_before_it(void **state)
{
    int expected = 0;

    (void)state;
    for (size_t len = 0; len <= whole_len; len++) {
        struct found f = recover_from(whole, len);

        while (expected < RECORDS && record_end[expected + 1] <= len)
            expected++;
        assert_false(f.wrong);
        assert_int_equal(f.n, expected);
    }
}

/* By the reader alone: a directory for each of 50,000 flips would test the disk. */
static int count_records(const uint8_t *bytes, size_t len, bool *wrong)
{
    struct found f = {0, 0, false};
    struct nrs_record r = {0};
    size_t at = 0;

    while (nrs_record_next(bytes, len, &at, &r))
        check_line(&f, r.payload, r.len);
    *wrong = f.wrong;
    return f.n;
}

static void any_flipped_bit_costs_exactly_its_record(void **state)
{
    bool wrong;

    (void)state;
    for (size_t bit = 0; bit < whole_len * 8; bit++) {
        whole[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(count_records(whole, whole_len, &wrong), RECORDS - 1);
        assert_false(wrong);
        whole[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void new_records_follow_a_torn_one(void **state)
{
    char line[512];

    (void)state;
    for (size_t len = record_end[3]; len < record_end[4]; len += 13) {
        struct found f = {0, 0, false};

        temp_dir_empty(&dir);
        nrs_file_replace(dir.fd, SEGMENT, whole, len, 0);
        assert_int_equal(nrs_spool_open(&spool, dir.fd, 65536), 0);
        assert_int_equal(nrs_spool_append(&spool, line, make_line(line, 100), true), 0);
        nrs_spool_close(&spool);
        f = recover();
        assert_false(f.wrong);
        assert_int_equal(f.n, 4);
        assert_int_equal(f.last, 100);
    }
}

static void zeroed_and_exchanged_pages_make_no_wrong_record(void **state)
{
    static uint8_t bytes[65536];
    const size_t page = 512;

    (void)state;
    for (size_t a = 0; a + page <= whole_len; a += page) {
        memcpy(bytes, whole, whole_len);
        memset(bytes + a, 0, page);
        assert_false(recover_from(bytes, whole_len).wrong);
        for (size_t b = 0; b + page <= whole_len; b += page) {
            memcpy(bytes, whole, whole_len);
            memcpy(bytes + a, whole + b, page);
            memcpy(bytes + b, whole + a, page);
            assert_false(recover_from(bytes, whole_len).wrong);
        }
    }
}

/* What the parent and its children know together. */
struct progress {
    volatile int begun, appended;
};

#define RECORDS_A_LIFE 300 /* so that the spool does not fill up when the kill comes late */

/* Writes numbered records as fast as it can, until it is killed. */
static void write_until_killed(struct progress *p)
{
    static struct nrs_spool own;
    char line[512];

    nrs_spool_open(&own, dir.fd, 1048576);
    for (int n = 0; n < RECORDS_A_LIFE; n++) {
        int i = ++p->begun; /* a number is never used twice, even if its record was lost */

        p->appended += nrs_spool_append(&own, line, make_line(line, i), false) == 0;
        if (i % 64 == 0)
            nrs_spool_sync(&own);
    }
    for (;;)
        pause();
}

static void kill_loses_nothing_that_was_appended(void **state)
{
    struct progress *p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct found f = {0, 0, false};

    (void)state;
    temp_dir_empty(&dir);
    srand(7);
    for (int k = 1; k <= KILLS; k++) {
        int batches = k % 3 == 0 ? 1000 : rand() % 3; /* the spool never fills up */
        pid_t child = fork();

        if (child == 0)
            write_until_killed(p);
        usleep((useconds_t)(rand() % 1000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        assert_int_equal(nrs_spool_open(&spool, dir.fd, 1048576), 0);
        while ((k == KILLS || batches-- > 0) && nrs_spool_batch(&spool, 256, check_line, &f) > 0)
            nrs_spool_ack(&spool);
        assert_int_equal(spool.dropped, 0);
        assert_false(f.wrong);
        nrs_spool_close(&spool);
    }
    assert_true(f.n >= p->appended);
    assert_true(f.n <= p->appended + KILLS); /* whole, but its writer did not live to count it */
    munmap(p, sizeof *p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_at_any_byte_gives_the_whole_records_before_it),
        cmocka_unit_test(any_flipped_bit_costs_exactly_its_record),
        cmocka_unit_test(new_records_follow_a_torn_one),
        cmocka_unit_test(zeroed_and_exchanged_pages_make_no_wrong_record),
        cmocka_unit_test(kill_loses_nothing_that_was_appended),
    };

    return cmocka_run_group_tests(tests, make_segment, remove_segment);
}
