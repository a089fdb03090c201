/* Columns expanded over a model with terms of every type: random weights on them are the terms that linear.c makes of them, row
 * for row, and every column is found by the name it is given. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/model_fixture.h"
#include "tools/model/linear.h"

#define ROWS 3
#define VECTORS 2000

static struct nrs_columns columns;

static int expand(void **state)
{
    static struct fx_model fx;
    static struct fx_file f;
    static struct nrs_model model;

    (void)state;
    fx_small(&fx);
    fx.schema = &fx_bytes;
    fx.term[fx.n_terms++] = (struct fx_term){.type = NRS_TERM_GRAMS, .a = 2, .b = 2, .grams = 6, .bits = 6, .reach = 20,
                                             .weight = {1}};
    fx_write(&f, &fx);
    if (fx_load(&model, &f, &fx_bytes, NULL) != 0)
        return -1;
    return nrs_columns_init(&columns, &fx_bytes, &model);
}

static int drop(void **state)
{
    (void)state;
    nrs_columns_done(&columns);
    return 0;
}

static void names_are_found(void **state)
{
    static const char *const none[] = {"", "fil", "fill", "fill[4]", "fill[00]", "fill[1", "fill[]", "fill*flag[0]",
                                       "fill*flag[0][2]", "start", "start[64]", "gap[0]"};
    char name[NRS_COLUMN_NAME_MAX];

    (void)state;
    assert_int_equal(columns.n, 1 + 4 + 2 + 6 + 64);
    nrs_columns_name(&columns, 10, name);
    assert_string_equal(name, "fill*flag[1][1]");
    for (unsigned i = 0; i < columns.n; i++) {
        nrs_columns_name(&columns, i, name);
        assert_int_equal(nrs_columns_find(&columns, name, strlen(name)), i);
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(nrs_columns_find(&columns, none[i], strlen(none[i])), -1);
}

static double sum_of_columns(const struct nrs_linear *l, const double *weights, unsigned row)
{
    double sum = l->bias[row];

    for (unsigned c = 0; c < columns.n; c++)
        sum += weights[row * columns.n + c] * columns.value[c];
    return sum;
}

static void weights_on_columns_are_weights_of_terms(void **state)
{
    static const struct nrs_linear_choice choice = {.labels = "a,b,c"};
    static double weights[ROWS * 128];
    static struct nrs_trained trained;
    struct nrs_linear l;
    struct nrs_why why;
    uint32_t seed = 77;

    (void)state;
    nrs_linear_init(&l, &columns);
    nrs_trained_init(&trained, &fx_bytes);
    assert_int_equal(nrs_linear_alloc(&l, ROWS, &why), 0);
    for (unsigned i = 0; i < ROWS * columns.n; i++)
        weights[i] = l.weights[i] = (fx_random(&seed) % 2001) / 1000.0 - 1;
    l.bias[1] = 0.5;
    assert_int_equal(nrs_linear_to_trained(&l, &choice, &trained, &why), 0);
    assert_int_equal(nrs_trained_check(&trained, &why), 0);
    for (unsigned v = 0; v < VECTORS; v++) {
        uint16_t x[NRS_VECTOR_MAX];

        fx_random_vector(x, &seed);
        fx_random_bytes(x + FX_FEATURES, &seed);
        nrs_columns_set(&columns, x);
        for (unsigned o = 0; o < ROWS; o++) {
            double expected = sum_of_columns(&l, weights, o), score = nrs_trained_score(&trained, o, x);

            if (!(fabs(score - expected) < 1e-6))
                fail_msg("vector %u of seed 77, output %u: %g, not %g", v, o, score, expected);
        }
    }
    nrs_linear_done(&l);
    nrs_trained_done(&trained);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_are_found, expand, drop),
        cmocka_unit_test_setup_teardown(weights_on_columns_are_weights_of_terms, expand, drop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
