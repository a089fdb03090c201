/* Tables of features read back: what is read, and every refusal with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "tests/model_fixture.h"
#include "tools/model/data.h"

static struct nrs_data data;
static struct nrs_why why;

static int parse(const char *text)
{
    char *copy = strdup(text);
    int rc;

    nrs_data_done(&data);
    rc = nrs_data_parse(&data, copy, &fx_beacon, &why);
    free(copy);
    return rc;
}

static int done(void **state)
{
    (void)state;
    nrs_data_done(&data);
    return 0;
}

static void features_are_found_by_name_in_any_order(void **state)
{
    (void)state;
    assert_int_equal(parse("hours,label,note,gap,flag,fill\n"
                           "24,c2,\"a, \"\"b\"\"\",65535,1,0\r\n"
                           "\n"
                           "0,\"c2\",,7,0,255\n"
                           "1,,x,8,0,1"),
                     0);
    assert_int_equal(data.n, 3);
    assert_memory_equal(nrs_data_row(&data, 0), ((uint16_t[]){65535, 0, 24, 1}), 8);
    assert_memory_equal(nrs_data_row(&data, 1), ((uint16_t[]){7, 255, 0, 0}), 8);
    assert_int_equal(data.n_labels, 2);
    assert_int_equal(data.label[1], data.label[0]);
    assert_string_equal(data.name[data.label[0]], "c2");
    assert_string_equal(data.name[data.label[2]], "");
}

static void labels_are_optional(void **state)
{
    (void)state;
    assert_int_equal(parse("gap,fill,hours,flag\n1,2,3,1\n"), 0);
    assert_string_equal(data.name[data.label[0]], "");
}

static void labels_are_chosen_by_name(void **state)
{
    bool chosen[NRS_DATA_LABELS_MAX];

    (void)state;
    assert_int_equal(parse("label,gap,fill,hours,flag\na,1,2,3,1\nb,1,2,3,1\nc,1,2,3,1\n"), 0);
    assert_int_equal(nrs_data_choose(&data, "c,a", chosen, &why), 0);
    assert_true(chosen[0] && !chosen[1] && chosen[2]);
    assert_int_not_equal(nrs_data_choose(&data, "a,d", chosen, &why), 0);
    assert_string_equal(why.text, "d: no row has this label");
}

static void refusals_name_the_place(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", "no header line"},
        {"gap,fill,hours\n", "line 1: no column flag: not the raw features of schema fixture"},
        {"gap,fill,hours,flag,gap\n", "line 1: gap: a second such column"},
        {"label,gap,fill,hours,flag,label\n", "line 1: label: a second such column"},
        {"gap,\"fill,hours,flag\n", "line 1: column 2: a quote is not closed"},
        {"gap,fill,hours,flag\n1,2,3\n", "line 2: not 4 columns"},
        {"gap,fill,hours,flag\n1,2,3,1\n1,2,3,1,1\n", "line 3: not 4 columns"},
        {"gap,fill,hours,flag\n1,2,25,1\n", "line 2: hours: 25 is not a number from 0 to 24"},
        {"gap,fill,hours,flag\n1,2,-1,1\n", "line 2: hours: -1 is not a number from 0 to 24"},
        {"gap,fill,hours,flag\n1,2,,1\n", "line 2: hours:  is not a number from 0 to 24"},
        {"gap,fill,hours,flag\n1,2.5,3,1\n", "line 2: fill: 2.5 is not a number from 0 to 255"},
        {"gap,fill,hours,flag\n\"1,2,3,1\n", "line 2: column 1: a quote is not closed"},
        {"gap,fill,hours,flag\n\"1\"2,3,4,1\n", "line 2: column 1: a quote is not closed"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_not_equal(parse(rows[i].text), 0);
        assert_string_equal(why.text, rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_are_found_by_name_in_any_order),
        cmocka_unit_test(labels_are_optional),
        cmocka_unit_test(labels_are_chosen_by_name),
        cmocka_unit_test(refusals_name_the_place),
    };

    return cmocka_run_group_tests(tests, NULL, done);
}
