#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "models/base/text.h"

static char buf[256];
static struct nrs_text text;

static int empty(void **state)
{
    (void)state;
    nrs_text_init(&text, buf, sizeof buf);
    return 0;
}

static void numbers_are_written_in_full(void **state)
{
    (void)state;
    nrs_text_u64(&text, 0);
    nrs_text_raw(&text, " ");
    nrs_text_u64(&text, UINT64_MAX);
    nrs_text_raw(&text, " ");
    nrs_text_i64(&text, INT64_MIN);
    nrs_text_raw(&text, " ");
    nrs_text_hex(&text, 0);
    nrs_text_raw(&text, " ");
    nrs_text_hex(&text, 0xdeadbeef);
    assert_string_equal(buf, "0 18446744073709551615 -9223372036854775808 0 deadbeef");
}

static void strings_escape_what_json_wants_escaped(void **state)
{
    (void)state;
    nrs_text_string(&text, "a\"b\\c\n\x01\x1f/\x7f");
    assert_string_equal(buf, "\"a\\\"b\\\\c\\u000a\\u0001\\u001f/\x7f\"");
}

static void broken_utf8_becomes_the_replacement_character(void **state)
{
    const char *const broken[] = {
        "\x80", "\xc0\xaf", "\xc3", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff"};

    (void)state;
    for (unsigned i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        nrs_text_init(&text, buf, sizeof buf);
        nrs_text_string(&text, broken[i]);
        assert_memory_equal(buf, "\"\xef\xbf\xbd", 4);
        assert_int_equal(text.len, 2 + 3 * strlen(broken[i])); /* one for every byte */
    }
}

static void good_utf8_is_kept(void **state)
{
    (void)state;
    nrs_text_string(&text, "\xc3\xa9\xe7\x8b\xbc\xf0\x9f\x94\xa5");
    assert_string_equal(buf, "\"\xc3\xa9\xe7\x8b\xbc\xf0\x9f\x94\xa5\"");
}

static void base64_is_that_of_rfc_4648(void **state)
{
    const struct { const char *in, *out; } rows[] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        nrs_text_init(&text, buf, sizeof buf);
        nrs_text_base64(&text, (const uint8_t *)rows[i].in, strlen(rows[i].in));
        assert_string_equal(buf, rows[i].out);
    }
}

static void times_are_gregorian_utc(void **state)
{
    /* date -u -d @N +%Y-%m-%dT%H:%M:%SZ */
    const struct { uint64_t s; const char *out; } rows[] = {
        {0, "1970-01-01T00:00:00Z"},          {951782399, "2000-02-28T23:59:59Z"}, {951782400, "2000-02-29T00:00:00Z"},
        {1709164800, "2024-02-29T00:00:00Z"}, {4107542400, "2100-03-01T00:00:00Z"}, {1795291502, "2026-11-21T20:05:02Z"},
        {18446744073, "2554-07-21T23:34:33Z"}};

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        nrs_text_init(&text, buf, sizeof buf);
        nrs_text_time(&text, rows[i].s);
        assert_string_equal(buf, rows[i].out);
    }
}

static void a_full_buffer_stays_terminated_and_says_so(void **state)
{
    (void)state;
    for (size_t cap = 0; cap < 9; cap++) {
        memset(buf, 'x', sizeof buf);
        nrs_text_init(&text, buf, cap);
        nrs_text_raw(&text, "1234");
        nrs_text_raw(&text, "5678");
        nrs_text_raw(&text, "9");
        assert_true(text.full);
        assert_int_equal(buf[cap], 'x');
        assert_int_equal(text.len, cap < 5 ? 0 : 4);
        if (cap)
            assert_int_equal(buf[text.len], 0);
    }
}

static void nothing_is_written_after_a_loss(void **state)
{
    (void)state;
    nrs_text_init(&text, buf, 4);
    nrs_text_raw(&text, "12345");
    nrs_text_raw(&text, "1");
    assert_string_equal(buf, "");
    assert_true(text.full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(numbers_are_written_in_full, empty),
        cmocka_unit_test_setup(strings_escape_what_json_wants_escaped, empty),
        cmocka_unit_test_setup(broken_utf8_becomes_the_replacement_character, empty),
        cmocka_unit_test_setup(good_utf8_is_kept, empty),
        cmocka_unit_test_setup(base64_is_that_of_rfc_4648, empty),
        cmocka_unit_test_setup(times_are_gregorian_utc, empty),
        cmocka_unit_test_setup(a_full_buffer_stays_terminated_and_says_so, empty),
        cmocka_unit_test_setup(nothing_is_written_after_a_loss, empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
