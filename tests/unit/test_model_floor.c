/* Two copies of the floor: what each kind of damage leaves, and when they are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "agent/trust/model_floor.h"
#include "tests/temp_dir.h"

static struct temp_dir dir;

static int setup(void **state)
{
    (void)state;
    return temp_dir_make(&dir);
}

static int teardown(void **state)
{
    (void)state;
    temp_dir_remove(&dir);
    return 0;
}

static struct nrs_model_floor load(void)
{
    struct nrs_model_floor f;

    nrs_model_floor_load(dir.fd, "beacon", &f);
    return f;
}

static void put(const char *name, const void *bytes, size_t len)
{
    assert_int_equal(nrs_file_replace(dir.fd, name, bytes, len, 0), 0);
}

static void nothing_is_kept_at_first(void **state)
{
    struct nrs_model_floor f = load();

    (void)state;
    assert_int_equal(f.serial + f.good + f.bad, 0);
    nrs_model_floor_load(-1, "beacon", &f);
    assert_int_equal(f.serial + f.good + f.bad, 0);
}

static void it_rises_and_never_falls(void **state)
{
    (void)state;
    assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", 9), 0);
    assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", 3), 0);
    assert_int_equal(load().serial, 9);
    assert_int_equal(load().good, 2);
    assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", UINT32_MAX), 0);
    assert_int_equal(load().serial, UINT32_MAX);
}

static void kinds_have_floors_of_their_own(void **state)
{
    struct nrs_model_floor f;

    (void)state;
    assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", 9), 0);
    nrs_model_floor_load(dir.fd, "packer", &f);
    assert_int_equal(f.serial, 0);
}

static ino_t inode(const char *name)
{
    struct stat st;

    assert_int_equal(fstatat(dir.fd, name, &st, 0), 0);
    return st.st_ino;
}

static void it_is_written_only_when_it_rises(void **state)
{
    ino_t first, second;

    (void)state;
    assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", 9), 0);
    first = inode("beacon.floor1");
    second = inode("beacon.floor2");
    assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", 9), 0);
    assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", 8), 0);
    assert_true(inode("beacon.floor1") == first && inode("beacon.floor2") == second);
}

static void one_copy_is_enough_whatever_happened_to_the_other(void **state)
{
    static const char *const names[] = {"beacon.floor1", "beacon.floor2"};
    uint8_t whole[17], b[17];

    (void)state;
    assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", 300), 0);
    assert_int_equal(nrs_file_load(dir.fd, names[0], whole, sizeof whole), 16);
    for (int copy = 0; copy < 2; copy++)
        for (unsigned bit = 0; bit < 128; bit++) {
            memcpy(b, whole, sizeof b);
            b[bit / 8] ^= (uint8_t)(1 << bit % 8);
            put(names[copy], b, 16);
            assert_int_equal(load().serial, 300);
            assert_int_equal(load().good, 1);
            assert_int_equal(load().bad, 1);
            put(names[copy], whole, 16);
        }
    for (size_t len = 0; len < 16; len++) {
        put(names[0], whole, len);
        assert_int_equal(load().serial, 300);
        assert_int_equal(load().bad, 1);
    }
    assert_int_equal(nrs_file_remove(dir.fd, names[0]), 0);
    assert_int_equal(load().serial, 300);
    assert_int_equal(load().bad, 0);
}

static void a_damaged_copy_is_repaired_from_the_other(void **state)
{
    (void)state;
    assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", 300), 0);
    put("beacon.floor2", "nonsense", 8);
    assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", 300), 0);
    assert_int_equal(load().good, 2);
}

static void two_damaged_copies_are_a_loss(void **state)
{
    (void)state;
    assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", 300), 0);
    put("beacon.floor1", "nonsense", 8);
    put("beacon.floor2", "", 0);
    assert_int_equal(load().serial, 0);
    assert_int_equal(load().bad, 2);
}

static void the_older_copy_does_not_win(void **state)
{
    uint8_t old[17];

    (void)state;
    assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", 5), 0);
    assert_int_equal(nrs_file_load(dir.fd, "beacon.floor1", old, sizeof old), 16);
    assert_int_equal(nrs_model_floor_raise(dir.fd, "beacon", 7), 0);
    put("beacon.floor1", old, 16); /* as if the power had failed between the two */
    assert_int_equal(load().serial, 7);
}

static void the_older_format_is_read(void **state)
{
    static const uint8_t nine[] = {9, 0, 0, 0, 0xf6, 0xff, 0xff, 0xff};

    (void)state;
    assert_int_equal(nrs_model_floor_load_old(dir.fd), 0);
    put(NRS_MODEL_FLOOR_OLD, nine, sizeof nine);
    assert_int_equal(nrs_model_floor_load_old(dir.fd), 9);
    put(NRS_MODEL_FLOOR_OLD, "12345678", 8);
    assert_int_equal(nrs_model_floor_load_old(dir.fd), 0);
    assert_int_equal(nrs_model_floor_load_old(-1), 0);
}

static void a_folder_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    assert_true(nrs_model_floor_raise(-1, "beacon", 1) < 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_kept_at_first),
        TEST(it_rises_and_never_falls),
        TEST(kinds_have_floors_of_their_own),
        TEST(it_is_written_only_when_it_rises),
        TEST(one_copy_is_enough_whatever_happened_to_the_other),
        TEST(a_damaged_copy_is_repaired_from_the_other),
        TEST(two_damaged_copies_are_a_loss),
        TEST(the_older_copy_does_not_win),
        TEST(the_older_format_is_read),
        TEST(a_folder_that_cannot_be_written_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
