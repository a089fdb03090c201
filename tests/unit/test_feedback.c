/* Marks and evidence: which lines count, how they are joined, and every refusal with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/model_fixture.h"
#include "tools/model/feedback.h"

/* gap 258, fill 3, hours 4, flag 1 */
#define VECTOR "AgEDAAQAAQA="

static struct nrs_feedback feedback;
static struct nrs_why why;

static int begin(void **state)
{
    (void)state;
    nrs_feedback_done(&feedback);
    nrs_feedback_init(&feedback, &fx_beacon);
    return 0;
}

static int parse(const char *text)
{
    char *copy = strdup(text);
    int rc = nrs_feedback_parse(&feedback, copy, &why);

    free(copy);
    return rc;
}

/* Evidence with this hash of the schema and this x. */
static int evidence(uint64_t hash, const char *x)
{
    char text[512];

    snprintf(text, sizeof text,
             "{\"event.dataset\":\"noroshi.evidence\",\"event.id\":\"my-host-b1-1f\",\"noroshi\":{\"v\":1,\"of\":\"1e\","
             "\"m4\":\"\",\"sch\":\"%016" PRIx64 "\"%s%s%s}}\n",
             hash, x ? ",\"x\":\"" : "", x ? x : "", x ? "\"" : "");
    return parse(text);
}

static void marks_find_the_evidence_of_their_verdict(void **state)
{
    (void)state;
    assert_int_equal(parse("{\"mark\":\"wrong\",\"event.id\":\"my-host-b1-1e\",\"note\":\"backup\"}\n"), 0);
    assert_int_equal(parse("{\"event.dataset\":\"noroshi.beacon\",\"event.id\":\"my-host-b1-1e\",\"noroshi\":{}}\n\n"), 0);
    assert_int_equal(evidence(nrs_schema_hash(&fx_beacon), VECTOR), 0);
    assert_int_equal(nrs_feedback_join(&feedback, &why), 0);
    assert_int_equal(feedback.n_marks, 1);
    assert_false(feedback.mark[0].right);
    assert_memory_equal(feedback.mark[0].x, ((uint16_t[]){258, 3, 4, 1}), 8);
}

static void marks_may_bring_their_vector(void **state)
{
    (void)state;
    assert_int_equal(parse("{\"mark\":\"right\",\"x\":[258,3,4,1]}\n{\"mark\":\"wrong\",\"x\":\"" VECTOR "\"}"), 0);
    assert_int_equal(nrs_feedback_join(&feedback, &why), 0);
    assert_true(feedback.mark[0].right && !feedback.mark[1].right);
    assert_memory_equal(feedback.mark[0].x, feedback.mark[1].x, 8);
}

static void marks_without_a_usable_vector_are_refused(void **state)
{
    (void)state;
    assert_int_equal(parse("{\"mark\":\"wrong\",\"event.id\":\"my-host-b1-1e\"}\n"), 0);
    assert_int_not_equal(nrs_feedback_join(&feedback, &why), 0);
    assert_string_equal(why.text, "my-host-b1-1e: marked, but there is no evidence record of it");
    assert_int_equal(evidence(7, VECTOR), 0);
    assert_int_not_equal(nrs_feedback_join(&feedback, &why), 0);
    assert_non_null(strstr(why.text, "its vector is of schema 0000000000000007"));
    begin(NULL);
    assert_int_equal(parse("{\"mark\":\"wrong\",\"event.id\":\"my-host-b1-1e\"}\n"), 0);
    assert_int_equal(evidence(nrs_schema_hash(&fx_beacon), NULL), 0);
    assert_int_not_equal(nrs_feedback_join(&feedback, &why), 0);
    assert_string_equal(why.text, "my-host-b1-1e: its evidence has no vector of schema fixture");
}

static void refusals_name_the_line(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"\n[1]\n", "line 2: not a JSON object"},
        {"{\"mark\":\"wrong\"", "line 1: not a JSON object"},
        {"{\"event.id\":\"a-b-1\"}", "line 1: neither a mark nor a record with event.dataset"},
        {"{\"mark\":\"maybe\",\"event.id\":\"a-b-1\"}", "line 1: mark: not \"right\" or \"wrong\""},
        {"{\"mark\":\"wrong\"}", "line 1: a mark has either event.id or x"},
        {"{\"mark\":\"wrong\",\"event.id\":\"a-b-1\",\"x\":[1,2,3,1]}", "line 1: a mark has either event.id or x"},
        {"{\"mark\":\"wrong\",\"who\":\"me\",\"event.id\":\"a-b-1\"}", "line 1: who: unknown key"},
        {"{\"mark\":\"wrong\",\"x\":[1,2,3]}", "line 1: x: not a vector of schema fixture"},
        {"{\"mark\":\"wrong\",\"x\":[1,2,25,1]}", "line 1: x: not a vector of schema fixture"},
        {"{\"mark\":\"wrong\",\"x\":[1,2,2.5,1]}", "line 1: x: not a vector of schema fixture"},
        {"{\"mark\":\"wrong\",\"x\":\"AgEDAAQA\"}", "line 1: x: not a vector of schema fixture"},
        {"{\"mark\":\"wrong\",\"x\":\"?gEDAAQAAQA=\"}", "line 1: x: not a vector of schema fixture"},
        {"{\"event.dataset\":\"noroshi.evidence\",\"event.id\":\"nodash\"}", "line 1: evidence without event.id and of"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(NULL);
        assert_int_not_equal(parse(rows[i].text), 0);
        assert_string_equal(why.text, rows[i].want);
    }
}

static int end(void **state)
{
    (void)state;
    nrs_feedback_done(&feedback);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(marks_find_the_evidence_of_their_verdict, begin),
        cmocka_unit_test_setup(marks_may_bring_their_vector, begin),
        cmocka_unit_test_setup(marks_without_a_usable_vector_are_refused, begin),
        cmocka_unit_test_setup(refusals_name_the_line, begin),
    };

    return cmocka_run_group_tests(tests, NULL, end);
}
