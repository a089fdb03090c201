/* cJSON as it is built here (cross/deps/patches) ends a number where strtod does, over texts made at random of the
 * characters that numbers have; so the device, which has no strtod, reads the same configurations. SEED=n repeats a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#define RUNS 300000
#define TEXT_MAX 12

static uint32_t rng;

static uint32_t next_random(uint32_t below)
{
    rng ^= rng << 13;
    rng ^= rng >> 17;
    rng ^= rng << 5;
    return rng % below;
}

/* Returns whether text starts with a number. */
static int compare(const char *text)
{
    const char *got = NULL;
    char *want = NULL;
    double value = strtod(text, &want);
    cJSON *item = cJSON_ParseWithOpts(text, &got, 0);

    if ((item != NULL) != (want != text))
        fail_msg("\"%s\": strtod takes %zu characters, cJSON %s", text, (size_t)(want - text), item ? "some" : "none");
    if (item != NULL) {
        if (got != want)
            fail_msg("\"%s\": strtod takes %zu characters, cJSON %zu", text, (size_t)(want - text), (size_t)(got - text));
        assert_true(item->valuedouble == value);
    }
    cJSON_Delete(item);
    return want != text;
}

static void numbers_end_where_strtod_ends_them(void **state)
{
    static const char first[] = "-0123456789", rest[] = "0123456789..eE+-";
    const char *seed = getenv("SEED");
    int numbers = 0, others = 0;

    (void)state;
    rng = seed != NULL ? (uint32_t)strtoul(seed, NULL, 10) | 1 : 20261122;
    printf("# SEED=%u\n", (unsigned)rng);
    for (int run = 0; run < RUNS; run++) {
        char text[TEXT_MAX + 1] = {0};
        uint32_t len = 1 + next_random(TEXT_MAX);

        text[0] = first[next_random(sizeof first - 1)];
        for (uint32_t i = 1; i < len; i++)
            text[i] = rest[next_random(sizeof rest - 1)];
        if (compare(text))
            numbers++;
        else
            others++;
    }
    assert_true(numbers > RUNS / 2 && others > RUNS / 100);
}

static void edges(void **state)
{
    static const char *const texts[] = {"-", "-.", "-.5", "1.", "1.e", "1e", "1e+", "1e+5", "1.5e-3.2", "01", "-e5", "0.0.0"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        compare(texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_end_where_strtod_ends_them),
        cmocka_unit_test(edges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
