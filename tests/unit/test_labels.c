/* Label files: which columns are keys, what is refused and where, and the classes made of labels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/model/labels.h"

static const char *const ids[] = {"source", "source.ip", "destination.ip", "destination.port"};
#define N_IDS 4

static struct nrs_labels labels;
static struct nrs_why why;

static int take(const char *text)
{
    nrs_labels_done(&labels);
    return nrs_labels_take(&labels, strdup(text), "label", ids, N_IDS, &why);
}

static int done(void **state)
{
    (void)state;
    nrs_labels_done(&labels);
    return 0;
}

static const char *label_of(const char *source, const char *local, const char *remote, const char *port)
{
    return nrs_labels_find(&labels, (const char *const[]){source, local, remote, port});
}

static void zeeks_names_are_understood_and_other_columns_ignored(void **state)
{
    (void)state;
    assert_int_equal(take("source\tid.orig_h\tid.resp_h\tnote\tlabel\n"
                          "a\t10.0.0.1\t192.0.2.1\tx\tc2\r\n"
                          "\n# a remark\n"
                          "b\t10.0.0.1\t192.0.2.1\ty\tbenign"),
                     0);
    assert_string_equal(label_of("a", "10.0.0.1", "192.0.2.1", "443"), "c2");
    assert_string_equal(label_of("b", "10.0.0.1", "192.0.2.1", "80"), "benign");
    assert_null(label_of("c", "10.0.0.1", "192.0.2.1", "443"));
}

static void one_key_column_is_enough(void **state)
{
    (void)state;
    assert_int_equal(take("label\tdestination.ip\nc2\t192.0.2.1\nc2\t192.0.2.1\nbenign\t192.0.2.2\n"), 0);
    assert_string_equal(label_of("any", "any", "192.0.2.1", "1"), "c2");
    assert_string_equal(label_of("any", "any", "192.0.2.2", "1"), "benign");
}

static void refusals_name_the_place(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", "no header line"},
        {"source\tkind\na\tb\n", "line 1: no column `label`"},
        {"label\tkind\na\tb\n", "line 1: no column that tells what is labelled, like source"},
        {"label\tsource.ip\tid.orig_h\n", "line 1: id.orig_h: a second such column"},
        {"label\tsource\nc2\ta\nbenign\n", "line 3: not 2 columns"},
        {"label\tsource\nc2\ta\tb\n", "line 2: not 2 columns"},
        {"label\tsource\nc2\ta\nbenign\ta\n", "a: labelled "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_not_equal(take(rows[i].text), 0);
        if (strncmp(why.text, rows[i].want, strlen(rows[i].want)) != 0)
            fail_msg("%s: said %s", rows[i].want, why.text);
    }
}

static void file_that_is_not_there_is_refused(void **state)
{
    (void)state;
    nrs_labels_done(&labels);
    assert_int_equal(nrs_labels_read(&labels, "/nonexistent/labels.tsv", "label", ids, N_IDS, &why), NRS_ERR_IO);
    assert_string_equal(why.text, "No such file or directory");
}

static void classes_gather_labels(void **state)
{
    char good[] = "good=benign,benign-periodic", bad[] = "c2";
    struct nrs_classes classes = {.n = 0};

    (void)state;
    assert_int_equal(nrs_classes_add(&classes, good, &why), 0);
    assert_int_equal(nrs_classes_add(&classes, bad, &why), 0);
    assert_string_equal(classes.name[0], "good");
    assert_int_equal(nrs_classes_of(&classes, "benign-periodic"), 0);
    assert_int_equal(nrs_classes_of(&classes, "c2"), 1);
    assert_int_equal(nrs_classes_of(&classes, "benign-"), -1);
    assert_int_equal(nrs_classes_of(&classes, "good"), -1);
    assert_int_equal(nrs_classes_of(&classes, NULL), -1);
}

static void classes_without_a_name_or_a_label_are_refused(void **state)
{
    char empty[] = "", nameless[] = "=a", labelless[] = "a=";
    struct nrs_classes classes = {.n = 0};

    (void)state;
    assert_int_equal(nrs_classes_add(&classes, empty, &why), NRS_ERR_FORMAT);
    assert_int_equal(nrs_classes_add(&classes, nameless, &why), NRS_ERR_FORMAT);
    assert_int_equal(nrs_classes_add(&classes, labelless, &why), NRS_ERR_FORMAT);
    assert_int_equal(classes.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeeks_names_are_understood_and_other_columns_ignored),
        cmocka_unit_test(one_key_column_is_enough),
        cmocka_unit_test(refusals_name_the_place),
        cmocka_unit_test(file_that_is_not_there_is_refused),
        cmocka_unit_test(classes_gather_labels),
        cmocka_unit_test(classes_without_a_name_or_a_label_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, done);
}
