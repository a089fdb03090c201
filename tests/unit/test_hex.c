#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "models/base/hex.h"

static void both_cases_are_digits_and_nothing_else_is(void **state)
{
    static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
    int n_digits = 0;

    (void)state;
    for (int i = 0; i < 16; i++) {
        assert_int_equal(nrs_hex_value(lower[i]), i);
        assert_int_equal(nrs_hex_value(upper[i]), i);
    }
    for (int c = -128; c < 128; c++)
        n_digits += nrs_hex_value((char)c) >= 0;
    assert_int_equal(n_digits, 22);
}

static void bytes_are_written_as_two_lower_case_digits_each(void **state)
{
    static const uint8_t bytes[] = {0x00, 0x0f, 0xa5, 0xff};
    char text[2 * sizeof bytes + 2];

    (void)state;
    memset(text, '?', sizeof text);
    nrs_hex_write(text, bytes, sizeof bytes);
    assert_string_equal(text, "000fa5ff");
    assert_int_equal(text[sizeof text - 1], '?');
    nrs_hex_write(text, bytes, 0);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_cases_are_digits_and_nothing_else_is),
        cmocka_unit_test(bytes_are_written_as_two_lower_case_digits_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
