#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/recorded/json_scan.h"

static char seen[512];

static bool note(void *arg, const struct nrs_json_value *v)
{
    size_t at = strlen(seen);

    snprintf(seen + at, sizeof seen - at, "%.*s=%c%.*s;", (int)v->path_len, v->path, "snwa"[v->type],
             (int)v -> len, v -> text);
    return !arg || strncmp(v->path, arg, v->path_len) != 0;
}

/* Scans an allocation of exactly the text, so that reading beyond it is found. */
static const char *scan(const char *text, const char *stop_at)
{
    size_t len = strlen(text);
    char *exact = malloc(len ? len : 1);
    const char *wrong;

    assert_non_null(exact);
    memcpy(exact, text, len);
    seen[0] = '\0';
    wrong = nrs_json_scan(exact, len, note, (void *)(uintptr_t)stop_at);
    free(exact);
    return wrong;
}

static void scalars_come_with_their_paths(void **state)
{
    (void)state;
    assert_null(scan("{\"ts\":1.5e-3,\"uid\":\"C1\",\"local\":true, \"a\" : null }", NULL));
    assert_string_equal(seen, "ts=n1.5e-3;uid=sC1;local=wtrue;a=wnull;");
    assert_null(scan("{}", NULL));
    assert_string_equal(seen, "");
}

static void nested_objects_lengthen_the_path(void **state)
{
    (void)state;
    assert_null(scan("{\"id\":{\"orig_h\":\"h\",\"deep\":{\"x\":1}},\"p\":2}", NULL));
    assert_string_equal(seen, "id.orig_h=sh;id.deep.x=n1;p=n2;");
}

static void arrays_are_reported_as_text(void **state)
{
    (void)state;
    assert_null(scan("{\"a\":[1,[2,\"]\\\"]\"],{\"b\":3}],\"c\":4}", NULL));
    assert_string_equal(seen, "a=a1,[2,\"]\\\"]\"],{\"b\":3};c=n4;");
}

static void an_escaped_quote_does_not_end_a_string(void **state)
{
    (void)state;
    assert_null(scan("{\"a\":\"x\\\"y\\\\\",\"b\":1}", NULL));
    assert_string_equal(seen, "a=sx\\\"y\\\\;b=n1;");
}

static void a_path_that_is_too_long_has_no_name(void **state)
{
    char text[256];

    (void)state;
    snprintf(text, sizeof text, "{\"%070d\":{\"a\":1},\"b\":2}", 0);
    assert_null(scan(text, NULL));
    assert_string_equal(seen, "=n1;b=n2;");
}

static void the_callback_can_stop_the_walk(void **state)
{
    (void)state;
    assert_null(scan("{\"a\":1,\"b\":2,\"c\":3}", "b"));
    assert_string_equal(seen, "a=n1;b=n2;");
}

static void what_is_not_one_object_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "1",
                                      "[]",
                                      "{",
                                      "{\"a\"",
                                      "{\"a\":",
                                      "{\"a\":1",
                                      "{\"a\":1,}",
                                      "{\"a\" 1}",
                                      "{a:1}",
                                      "{\"a\":}",
                                      "{\"a\":\"x}",
                                      "{\"a\":\"x\\\"}",
                                      "{\"a\":[1}",
                                      "{}x",
                                      "{}{}",
                                      "{\"a\":1 2}",
                                      "{\"a\":@}",
                                      "{,}",
                                      "{\"a\":1]",
                                      "{\"a\":[\"]}"};

    (void)state;
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (!scan(bad[i], NULL))
            fail_msg("accepted: %s", bad[i]);
    }
}

static void nesting_has_a_limit(void **state)
{
    char text[512] = "";

    (void)state;
    for (int i = 0; i < NRS_JSON_DEPTH - 1; i++)
        strcat(text, "{\"a\":");
    strcat(text, "{}");
    for (int i = 0; i < NRS_JSON_DEPTH - 1; i++)
        strcat(text, "}");
    assert_null(scan(text, NULL));
    memmove(text + 5, text, strlen(text) + 1);
    memcpy(text, "{\"a\":", 5);
    strcat(text, "}");
    assert_string_equal(scan(text, NULL), "nested too deeply");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_come_with_their_paths),
        cmocka_unit_test(nested_objects_lengthen_the_path),
        cmocka_unit_test(arrays_are_reported_as_text),
        cmocka_unit_test(an_escaped_quote_does_not_end_a_string),
        cmocka_unit_test(a_path_that_is_too_long_has_no_name),
        cmocka_unit_test(the_callback_can_stop_the_walk),
        cmocka_unit_test(what_is_not_one_object_is_refused),
        cmocka_unit_test(nesting_has_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
