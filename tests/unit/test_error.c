#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "models/base/error.h"

static void every_error_has_its_own_phrase(void **state)
{
    (void)state;
    for (int a = NRS_ERR_UNSUPPORTED; a <= NRS_ERR_SHORT; a++)
        for (int b = NRS_ERR_UNSUPPORTED; b < a; b++)
            assert_string_not_equal(nrs_strerror(a), nrs_strerror(b));
}

static void no_error_can_be_mistaken_for_an_errno(void **state)
{
    (void)state;
    assert_true(NRS_ERR_SHORT < -4095);
    assert_string_equal(nrs_strerror(-ENOENT), "unknown error");
}

static void a_foreign_number_is_an_unknown_error(void **state)
{
    (void)state;
    assert_string_equal(nrs_strerror(1), "unknown error");
    assert_string_equal(nrs_strerror(NRS_ERR_UNSUPPORTED - 1), "unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_its_own_phrase),
        cmocka_unit_test(no_error_can_be_mistaken_for_an_errno),
        cmocka_unit_test(a_foreign_number_is_an_unknown_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
