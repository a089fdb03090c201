#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "models/base/error.h"
#include "models/base/why.h"

static void a_refusal_is_one_statement(void **state)
{
    struct nrs_why why;

    (void)state;
    assert_int_equal(nrs_why(&why, NRS_ERR_RANGE, "%s: %d is below %u", "spool.kib", 7, 16u), NRS_ERR_RANGE);
    assert_string_equal(why.text, "spool.kib: 7 is below 16");
    assert_int_equal(nrs_why(&why, 0, "works"), 0);
    assert_string_equal(why.text, "works");
}

static void a_long_reason_is_cut_at_the_size_of_the_struct(void **state)
{
    static char path[2 * NRS_WHY_MAX];
    struct nrs_why why;

    (void)state;
    memset(path, 'a', sizeof path - 1);
    nrs_why(&why, NRS_ERR_IO, "%s: cannot be read", path);
    assert_int_equal(strlen(why.text), NRS_WHY_MAX - 1);
    assert_int_equal(strspn(why.text, "a"), NRS_WHY_MAX - 1);
}

static void a_reason_is_one_line_whatever_is_in_it(void **state)
{
    struct nrs_why why;

    (void)state;
    nrs_why(&why, NRS_ERR_FORMAT, "%s: unknown", "a\nb\x1b[2J\x7f \xc3\xa9");
    assert_string_equal(why.text, "a?b?[2J? \xc3\xa9: unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_is_one_statement),
        cmocka_unit_test(a_reason_is_one_line_whatever_is_in_it),
        cmocka_unit_test(a_long_reason_is_cut_at_the_size_of_the_struct),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
