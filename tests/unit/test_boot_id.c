#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "agent/spool/boot_id.h"
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

static void count_grows_under_one_tag(void **state)
{
    char a[NRS_BOOT_ID_MAX + 1], b[NRS_BOOT_ID_MAX + 1];

    (void)state;
    assert_int_equal(nrs_boot_id_next(dir.fd, a), 0);
    assert_int_equal(nrs_boot_id_next(dir.fd, b), 0);
    assert_int_equal(strlen(a), 9);
    assert_memory_equal(a, b, 8);
    assert_string_equal(a + 8, "1");
    assert_string_equal(b + 8, "2");
    assert_int_equal(strspn(a, "abcdefghijklmnopqrstuvwxyz0123456789"), 9);
}

static void lost_or_damaged_file_gets_a_new_tag(void **state)
{
    char a[NRS_BOOT_ID_MAX + 1], b[NRS_BOOT_ID_MAX + 1];
    char bytes[32];

    (void)state;
    nrs_boot_id_next(dir.fd, a);
    assert_int_equal(nrs_file_load(dir.fd, "boot", bytes, sizeof bytes), 16);
    bytes[9] ^= 1;
    nrs_file_replace(dir.fd, "boot", bytes, 16, 0);
    nrs_boot_id_next(dir.fd, b);
    assert_memory_not_equal(a, b, 8);
    nrs_file_remove(dir.fd, "boot");
    nrs_boot_id_next(dir.fd, a);
    assert_memory_not_equal(a, b, 8);
}

static void without_a_directory_every_start_has_its_own_name(void **state)
{
    char a[NRS_BOOT_ID_MAX + 1], b[NRS_BOOT_ID_MAX + 1];

    (void)state;
    assert_true(nrs_boot_id_next(-1, a) < 0);
    assert_true(nrs_boot_id_next(-1, b) < 0);
    assert_string_not_equal(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(count_grows_under_one_tag, setup, teardown),
        cmocka_unit_test_setup_teardown(lost_or_damaged_file_gets_a_new_tag, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_directory_every_start_has_its_own_name, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
