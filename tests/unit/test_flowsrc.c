#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "platform/clock.h"
#include "platform/flowsrc.h"

static char lines[8][256];
static int levels[8], n_lines;

static void keep_line(void *arg, int level, const char *message)
{
    (void)arg;
    if (n_lines < 8) {
        levels[n_lines] = level;
        strncpy(lines[n_lines++], message, 255);
    }
}

static int open_in_order(struct nrs_flowsrc **s, const char *order)
{
    n_lines = 0;
    return nrs_flowsrc_open(s, &(struct nrs_flowsrc_conf){.order = order, .max_open = 64, .log = keep_line});
}

static void a_source_of_a_later_version_is_passed_over_with_a_line(void **state)
{
    struct nrs_flowsrc *s;

    (void)state;
    assert_int_equal(open_in_order(&s, "conntrack, diag,proc"), 0);
    assert_int_equal(n_lines, 3);
    assert_string_equal(lines[0], "flowsrc: conntrack: not built yet");
    assert_string_equal(lines[1], "flowsrc: diag: not built yet");
    assert_memory_equal(lines[2], "flowsrc: using proc; ", 21);
    assert_string_equal(nrs_flowsrc_name(s), "proc");
    assert_int_equal(nrs_flowsrc_coverage(s), NRS_COVER_CLOSER_ONLY);
    assert_int_equal(nrs_flowsrc_fd(s, 0), -1);
    assert_int_equal(nrs_flowsrc_wait_ms(s, nrs_clock_boot_ns()), 0);
    nrs_flowsrc_close(s);
}

static void when_no_source_works_it_says_so_and_fails(void **state)
{
    struct nrs_flowsrc *s = NULL;

    (void)state;
    assert_int_equal(open_in_order(&s, "nonsense"), -ENOSYS);
    assert_null(s);
    assert_int_equal(n_lines, 2);
    assert_string_equal(lines[0], "flowsrc: nonsense: no such source");
    assert_string_equal(lines[1], "flowsrc: no source works; nothing is watched");
    assert_int_equal(levels[1], 0);
    assert_int_equal(open_in_order(&s, " , "), -ENOSYS);
}

static void auto_finds_a_source_on_this_machine(void **state)
{
    struct nrs_flowsrc *s;

    (void)state;
    assert_int_equal(open_in_order(&s, NULL), 0);
    assert_true(strlen(nrs_flowsrc_coverage_note(s)) > 0);
    nrs_flowsrc_close(s);
    nrs_flowsrc_close(NULL);
}

static void probe_says_what_it_found(void **state)
{
    struct nrs_why why;

    (void)state;
    assert_int_equal(nrs_flowsrc_probe("proc", &why), 0);
    assert_memory_equal(why.text, "works; ", 7);
    assert_int_equal(nrs_flowsrc_probe("diag", &why), -ENOSYS);
    assert_string_equal(why.text, "not built yet");
    assert_int_equal(nrs_flowsrc_probe("x", &why), -ENOSYS);
    assert_string_equal(why.text, "no such source");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_of_a_later_version_is_passed_over_with_a_line),
        cmocka_unit_test(when_no_source_works_it_says_so_and_fails),
        cmocka_unit_test(auto_finds_a_source_on_this_machine),
        cmocka_unit_test(probe_says_what_it_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
