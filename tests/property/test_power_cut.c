/* Fault table F4: what the spool, the floor of the models and the boot's name leave on disk when the power
 * is cut. Their file operations are logged, and the disk after every prefix of the log is made, in five
 * ways: everything is there; the last write is half there; what was not synced is missing: contents,
 * names, or both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>

#include "tests/disk_log.h"
#include "tests/temp_dir.h"

#include "agent/spool/boot_id.h"
#include "agent/spool/spool.h"
#include "agent/trust/model_floor.h"

#define RECORDS 160
#define SPOOL_BYTES 65536 /* four segments of 13 records */
#define NEVER UINT_MAX
#define NAMES 32

/* What a power cut takes of the operations that no sync covers. */
enum loss { LOSS_NONE, LOSS_HALF_A_WRITE, LOSS_CONTENTS, LOSS_NAMES, LOSS_BOTH, LOSSES };

static struct temp_dir dir;
static struct nrs_spool spool;
static unsigned covered_at[DISK_OPS]; /* by operation: the sync that covers it, or NEVER */
static unsigned n_records;
static struct {
    unsigned safe, leaving, gone; /* n_ops when it was synced, and before and after it was taken out */
} record[RECORDS + 1];
static unsigned n_found[RECORDS + 1];

static bool is_content(const struct disk_op *op)
{
    return op->type == DISK_WRITE || op->type == DISK_CUT;
}

/* Whether a sync makes an earlier operation durable. */
static bool covers(const struct disk_op *sync, const struct disk_op *op)
{
    if (is_content(op))
        return sync->type == DISK_SYNC && sync->file == op->file;
    return sync->type == DISK_SYNC_DIR;
}

static void find_syncs(void)
{
    for (unsigned i = 0; i < disk_log.n_ops; i++) {
        unsigned k = i + 1;

        while (k < disk_log.n_ops && !covers(&disk_log.op[k], &disk_log.op[i]))
            k++;
        covered_at[i] = k < disk_log.n_ops ? k : NEVER;
    }
}

/* Whether operation i is on disk after the first n. */
static bool survives(unsigned i, unsigned n, enum loss loss)
{
    if (covered_at[i] < n)
        return true;
    return loss != LOSS_BOTH && loss != (is_content(&disk_log.op[i]) ? LOSS_CONTENTS : LOSS_NAMES);
}

/* Writes the file as it is after the first n operations. */
static void make_file(const char *name, unsigned file, unsigned n, enum loss loss)
{
    int fd = nrs_file_open(dir.fd, name);

    assert_true(fd >= 0);
    for (unsigned i = 0; i < n; i++) {
        const struct disk_op *op = &disk_log.op[i];
        bool half = loss == LOSS_HALF_A_WRITE && i + 1 == n;

        if (!is_content(op) || op->file != file || !survives(i, n, loss))
            continue;
        if (op->type == DISK_CUT)
            assert_int_equal(ftruncate(fd, 0), 0);
        else
            assert_int_equal(nrs_file_write(fd, op->at, op->bytes, half ? op->len / 2 : op->len), 0);
    }
    nrs_file_close(fd);
}

static struct {
    char name[DISK_NAME];
    unsigned file; /* 0 = a free place */
} entry[NAMES];

/* The place of a name; NAMES = there is none. */
static unsigned place_of(const char *name)
{
    unsigned e = 0;

    while (e < NAMES && (entry[e].file == 0 || strcmp(entry[e].name, name) != 0))
        e++;
    return e;
}

static void set_name(const char *name, unsigned file)
{
    unsigned e = place_of(name);

    for (unsigned i = 0; e == NAMES && i < NAMES; i++)
        if (entry[i].file == 0)
            e = i;
    assert_true(e < NAMES);
    strcpy(entry[e].name, name);
    entry[e].file = file;
}

static unsigned take_name(const char *name)
{
    unsigned e = place_of(name), file;

    assert_true(e < NAMES);
    file = entry[e].file;
    entry[e].file = 0;
    return file;
}

/* Makes the folder as it is after the first n operations. */
static void make_disk(unsigned n, enum loss loss)
{
    memset(entry, 0, sizeof entry);
    for (unsigned i = 0; i < n; i++) {
        const struct disk_op *op = &disk_log.op[i];

        if (!survives(i, n, loss))
            continue;
        if (op->type == DISK_MAKE)
            set_name(op->name, op->file);
        else if (op->type == DISK_RENAME)
            set_name(op->to, take_name(op->name));
        else if (op->type == DISK_REMOVE)
            take_name(op->name);
    }
    temp_dir_empty(&dir);
    for (unsigned e = 0; e < NAMES; e++)
        if (entry[e].file != 0)
            make_file(entry[e].name, entry[e].file, n, loss);
}

/* Calls check for every disk that a power cut can leave. */
static void cut_everywhere(void (*check)(unsigned n))
{
    unsigned n_ops = disk_log.n_ops;

    disk_log.off = true;
    find_syncs();
    for (unsigned n = 0; n <= n_ops; n++)
        for (enum loss loss = LOSS_NONE; loss < LOSSES; loss++) {
            make_disk(n, loss);
            check(n);
        }
}

/* Record i: its number, and a text that depends on it. */
static size_t make_line(char *line, unsigned i)
{
    size_t len = (size_t)sprintf(line, "%u ", i);

    for (; len < 1200; len++)
        line[len] = (char)('a' + (i * 5 + len) % 26);
    return len;
}

static unsigned read_line(const uint8_t *payload, size_t len)
{
    unsigned i = (unsigned)atoi((const char *)payload);
    char line[1201];

    assert_true(i <= n_records && make_line(line, i) == len && memcmp(line, payload, len) == 0);
    return i;
}

static int add(bool pending, bool keep)
{
    char line[1201];
    size_t len = make_line(line, ++n_records);

    assert_true(n_records <= RECORDS);
    record[n_records].safe = record[n_records].leaving = record[n_records].gone = NEVER;
    if (!keep)
        record[n_records].leaving = 0;
    return pending ? nrs_spool_append_pending(&spool, line, len) : nrs_spool_append(&spool, line, len, keep);
}

static void sync_all(void)
{
    assert_int_equal(nrs_spool_sync(&spool), 0);
    for (unsigned i = 1; i <= n_records; i++)
        if (record[i].safe == NEVER)
            record[i].safe = disk_log.n_ops;
}

static bool leave(void *arg, const uint8_t *payload, size_t len)
{
    (void)arg;
    record[read_line(payload, len)].leaving = disk_log.n_ops;
    return true;
}

static void send(unsigned max)
{
    nrs_spool_batch(&spool, max, leave, NULL);
    nrs_spool_ack(&spool);
    for (unsigned i = 1; i <= n_records; i++)
        if (record[i].leaving != NEVER && record[i].gone == NEVER)
            record[i].gone = disk_log.n_ops;
}

static bool find(void *arg, const uint8_t *payload, size_t len)
{
    (void)arg;
    n_found[read_line(payload, len)]++;
    return true;
}

/* The agent starts on this disk: what it finds, and that it goes on from there. */
static void check_spool(unsigned n)
{
    static const char fresh[] = "0 ";

    memset(n_found, 0, sizeof n_found);
    assert_int_equal(nrs_spool_open(&spool, dir.fd, SPOOL_BYTES), 0);
    while (nrs_spool_batch(&spool, 256, find, NULL) > 0)
        nrs_spool_ack(&spool);
    for (unsigned i = 1; i <= n_records; i++) {
        if (record[i].safe <= n && n <= record[i].leaving && n_found[i] == 0)
            fail_msg("record %u is lost after %u operations", i, n);
        if (record[i].gone <= n && n_found[i] > 0)
            fail_msg("record %u comes back after %u operations", i, n);
        assert_true(n_found[i] <= 2); /* twice: written again, and not yet removed where it was */
    }
    assert_int_equal(nrs_spool_append(&spool, fresh, sizeof fresh - 1, true), 0);
    assert_int_equal(nrs_spool_waiting(&spool), 1);
    nrs_spool_close(&spool);
    assert_int_equal(nrs_spool_open(&spool, dir.fd, SPOOL_BYTES), 0);
    assert_int_equal(nrs_spool_waiting(&spool), 1);
    nrs_spool_close(&spool);
}

static int begin(void **state)
{
    (void)state;
    disk_log_clear();
    n_records = 0;
    memset(record, 0, sizeof record);
    return temp_dir_make(&dir);
}

static int end(void **state)
{
    (void)state;
    disk_log_clear();
    temp_dir_remove(&dir);
    return 0;
}

static void a_spool_that_is_sent_keeps_what_was_synced(void **state)
{
    int handle = 0;

    (void)state;
    assert_int_equal(nrs_spool_open(&spool, dir.fd, SPOOL_BYTES), 0);
    for (unsigned i = 0; i < 40; i++) {
        unsigned waits = n_records + 1;

        if (i % 10 == 3)
            handle = add(true, true);
        add(false, true);
        if (i % 3 == 0)
            sync_all();
        if (i % 4 == 3)
            send(5);
        if (i % 10 == 3) {
            record[waits].leaving = disk_log.n_ops;
            nrs_spool_settle(&spool, handle);
            sync_all();
            record[waits].gone = disk_log.n_ops;
        }
    }
    nrs_spool_close(&spool);
    cut_everywhere(check_spool);
}

/* The oldest segments are given up, and what is worth keeping in them moves on. */
static void a_full_spool_keeps_the_verdicts_that_were_synced(void **state)
{
    (void)state;
    assert_int_equal(nrs_spool_open(&spool, dir.fd, SPOOL_BYTES), 0);
    for (unsigned i = 0; i < 120; i++) {
        add(i == 15, i % 12 == 0 || i == 15);
        if (i % 7 == 0)
            sync_all();
    }
    assert_true(spool.dropped > 0);
    nrs_spool_close(&spool);
    cut_everywhere(check_spool);
}

static unsigned raised_at[8]; /* [serial]: number of operations when it was raised */

static void check_floor(unsigned n)
{
    struct nrs_model_floor floor;
    uint32_t serial = 7;

    while (serial > 0 && raised_at[serial] > n)
        serial--;
    nrs_model_floor_load(dir.fd, "beacon", &floor);
    assert_in_range(floor.serial, serial, serial < 7 ? serial + 1 : 7);
    assert_int_equal(floor.bad, 0);
}

static void the_floor_of_the_models_is_the_old_one_or_the_new_one(void **state)
{
    (void)state;
    for (uint32_t serial = 1; serial <= 7; serial++) {
        assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", serial), 0);
        raised_at[serial] = disk_log.n_ops;
    }
    cut_everywhere(check_floor);
}

#define BOOTS 5
static char boot[BOOTS][NRS_BOOT_ID_MAX + 1];
static unsigned named_at[BOOTS];

static void check_boot(unsigned n)
{
    char id[NRS_BOOT_ID_MAX + 1];

    assert_int_equal(nrs_boot_id_next(dir.fd, id), 0);
    for (unsigned i = 0; i < BOOTS; i++)
        if (named_at[i] <= n)
            assert_string_not_equal(id, boot[i]);
}

static void a_boot_never_has_the_name_of_an_earlier_one(void **state)
{
    (void)state;
    for (unsigned i = 0; i < BOOTS; i++) {
        assert_int_equal(nrs_boot_id_next(dir.fd, boot[i]), 0);
        named_at[i] = disk_log.n_ops;
    }
    cut_everywhere(check_boot);
}

#define CUT_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CUT_TEST(a_spool_that_is_sent_keeps_what_was_synced),
        CUT_TEST(a_full_spool_keeps_the_verdicts_that_were_synced),
        CUT_TEST(the_floor_of_the_models_is_the_old_one_or_the_new_one),
        CUT_TEST(a_boot_never_has_the_name_of_an_earlier_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
