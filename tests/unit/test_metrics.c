/* Rates of scored rows, counted by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tools/model/metrics.h"

#define N 6

/* Scores 5 4 3 3 2 1; positive are 5, one of the 3s and 2. */
static void fill(struct nrs_scored row[N])
{
    static const struct nrs_scored rows[N] = {{3, false}, {5, true}, {1, false}, {3, true}, {2, true}, {4, false}};

    for (int i = 0; i < N; i++)
        row[i] = rows[i];
    nrs_metrics_sort(row, N);
}

static void sorted_highest_first(void **state)
{
    struct nrs_scored row[N];

    (void)state;
    fill(row);
    for (int i = 1; i < N; i++)
        assert_true(row[i - 1].mlogit >= row[i].mlogit);
    assert_int_equal(nrs_metrics_positive(row, N), 3);
}

/* Of the nine pairs 5 wins three, 3 wins one and ties one, 2 wins one: 5.5 of 9. */
static void auc_counts_won_pairs_and_half_the_ties(void **state)
{
    struct nrs_scored row[N];

    (void)state;
    fill(row);
    assert_true(fabs(nrs_metrics_auc(row, N) - 5.5 / 9) < 1e-12);
    assert_true(isnan(nrs_metrics_auc(row, 1)));
}

static void found_share_grows_with_what_may_be_flagged(void **state)
{
    struct nrs_scored row[N];

    (void)state;
    fill(row);
    assert_true(fabs(nrs_metrics_found(row, N, 0) - 1.0 / 3) < 1e-12);
    assert_true(fabs(nrs_metrics_found(row, N, 0.34) - 1.0 / 3) < 1e-12);
    assert_true(fabs(nrs_metrics_found(row, N, 0.67) - 1) < 1e-12);
    assert_true(fabs(nrs_metrics_found(row, N, 1) - 1) < 1e-12);
}

static void confusion_includes_the_threshold_itself(void **state)
{
    struct nrs_scored row[N];
    struct nrs_confusion c;

    (void)state;
    fill(row);
    c = nrs_metrics_confusion(row, N, 3);
    assert_int_equal(c.found, 2);
    assert_int_equal(c.missed, 1);
    assert_int_equal(c.alarmed, 2);
    assert_int_equal(c.quiet, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorted_highest_first),
        cmocka_unit_test(auc_counts_won_pairs_and_half_the_ties),
        cmocka_unit_test(found_share_grows_with_what_may_be_flagged),
        cmocka_unit_test(confusion_includes_the_threshold_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
