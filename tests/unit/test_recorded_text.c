/* Runs tests/unit/recorded_text.rows: addresses and times out of text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/recorded/addr_text.h"
#include "platform/recorded/time_text.h"

#define ROWS "tests/unit/recorded_text.rows"

static void addr_result(const char *text, char *out)
{
    struct nrs_addr a;
    int i;

    strcpy(out, "refused");
    if (!nrs_addr_text(&a, text, strlen(text)))
        return;
    for (i = 0; i < 16; i++)
        sprintf(out + 2 * i, "%02x", a.b[i]);
}

static void time_result(bool (*read)(const char *, size_t, uint64_t *), const char *text, char *out)
{
    uint64_t ns;

    strcpy(out, "refused");
    if (read(text, strlen(text), &ns))
        sprintf(out, "%" PRIu64, ns);
}

static void run_row(const char *name, const char *kind, const char *text, const char *expected)
{
    char got[64] = "no such kind";

    if (strcmp(kind, "addr") == 0)
        addr_result(text, got);
    else if (strcmp(kind, "seconds") == 0)
        time_result(nrs_time_seconds, text, got);
    else if (strcmp(kind, "iso") == 0)
        time_result(nrs_time_iso, text, got);
    else if (strcmp(kind, "millis") == 0)
        time_result(nrs_time_millis, text, got);
    if (strcmp(got, expected) != 0)
        fail_msg("%s: %s \"%s\": %s, expected %s", name, kind, text, got, expected);
}

static char *next_part(char **line)
{
    char *part = *line, *end = strstr(part, " : ");

    assert_non_null(end);
    *end = '\0';
    *line = end + 3;
    return part;
}

static void every_row_is_as_expected(void **state)
{
    FILE *f = fopen(ROWS, "r");
    char line[256];
    int rows = 0;

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        char *rest = line, *name, *kind, *text;

        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        name = next_part(&rest);
        kind = next_part(&rest);
        text = next_part(&rest);
        run_row(name, kind, text, rest);
        rows++;
    }
    fclose(f);
    assert_true(rows > 50);
}

static void an_empty_text_is_nothing(void **state)
{
    struct nrs_addr a;
    uint64_t ns;

    (void)state;
    assert_false(nrs_addr_text(&a, "", 0));
    assert_false(nrs_time_seconds("", 0, &ns));
    assert_false(nrs_time_iso("", 0, &ns));
}

static void the_output_is_untouched_when_refused(void **state)
{
    struct nrs_addr a, before;
    uint64_t ns = 7;

    (void)state;
    memset(&a, 0xaa, sizeof a);
    before = a;
    assert_false(nrs_addr_text(&a, "1:2:3::x", 8));
    assert_memory_equal(&a, &before, sizeof a);
    assert_false(nrs_time_seconds("12x", 3, &ns));
    assert_false(nrs_time_iso("2018-01-01T00:00:0", 18, &ns));
    assert_int_equal(ns, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_as_expected),
        cmocka_unit_test(an_empty_text_is_nothing),
        cmocka_unit_test(the_output_is_untouched_when_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
