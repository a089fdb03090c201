/* Fixed-point entropy against the definition in floating point, and the samples against what is known of the data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <cmocka.h>

#include "agent/scan/entropy.h"
#include "agent/scan/reader.h"
#include "tests/elf_fixture.h"

static double reference(const uint8_t *p, unsigned n)
{
    unsigned count[256] = {0};
    double bits = 0;

    for (unsigned i = 0; i < n; i++)
        count[p[i]]++;
    for (unsigned i = 0; i < 256; i++)
        if (count[i] > 0)
            bits -= count[i] / (double)n * log2(count[i] / (double)n);
    return fmin(32 * bits, 255);
}

static void entropy_is_within_two_units_of_the_definition(void **state)
{
    static uint8_t block[NRS_ENTROPY_BLOCK];

    (void)state;
    for (unsigned round = 0; round < 5000; round++) {
        unsigned n = 1 + round * 7 % NRS_ENTROPY_BLOCK, symbols = 1 + round % 256;
        double got, expected;

        elf_noise(block, n, round * 2654435761u + 1);
        for (unsigned i = 0; i < n; i++)
            block[i] = (uint8_t)(block[i] % symbols);
        got = nrs_entropy(block, n);
        expected = reference(block, n);
        if (fabs(got - expected) > 2)
            fail_msg("round %u: %g, not %g", round, got, expected);
    }
}

static void extremes_are_exact(void **state)
{
    static uint8_t block[NRS_ENTROPY_BLOCK];

    (void)state;
    assert_int_equal(nrs_entropy(block, 0), 0);
    assert_int_equal(nrs_entropy(block, 1), 0);
    assert_int_equal(nrs_entropy(block, sizeof block), 0);
    for (unsigned i = 0; i < sizeof block; i++)
        block[i] = (uint8_t)i;
    assert_int_equal(nrs_entropy(block, sizeof block), 255);
    for (unsigned i = 0; i < sizeof block; i++)
        block[i] = (uint8_t)(i % 2);
    assert_int_equal(nrs_entropy(block, sizeof block), 32);
}

/* A file of which a part is noise: the share is right within one sample, the run within two strides. */
static void samples_tell_where_it_is_dense(void **state)
{
    static uint8_t file[400000];
    static struct nrs_scan scan;
    struct scan_bytes bytes = {file, sizeof file, 0, 0};
    const struct nrs_scan_input in = {scan_read, &bytes, sizeof file};
    struct nrs_entropy_samples samples;

    (void)state;
    for (unsigned tenths = 0; tenths <= 10; tenths++) {
        memset(file, 7, sizeof file);
        elf_noise(file, sizeof file / 10 * tenths, 11);
        nrs_reader_open(&scan, &in);
        nrs_entropy_sample(&scan, 0, sizeof file, 16, &samples);
        assert_in_range(samples.dense + 16, tenths * 255 / 10, tenths * 255 / 10 + 32);
        assert_in_range(samples.run_kib + 52, tenths * 39, tenths * 39 + 104);
    }
}

static void range_beyond_the_file_has_no_samples(void **state)
{
    static struct nrs_scan scan;
    struct scan_bytes bytes = {(const uint8_t *)"x", 1, 0, 0};
    const struct nrs_scan_input in = {scan_read, &bytes, 1};
    struct nrs_entropy_samples samples;

    (void)state;
    nrs_reader_open(&scan, &in);
    nrs_entropy_sample(&scan, UINT64_MAX - 5, UINT64_MAX, 8, &samples);
    assert_int_equal(samples.mean, 0);
    assert_int_equal(samples.dense, 0);
    assert_int_equal(samples.run_kib, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entropy_is_within_two_units_of_the_definition),
        cmocka_unit_test(extremes_are_exact),
        cmocka_unit_test(samples_tell_where_it_is_dense),
        cmocka_unit_test(range_beyond_the_file_has_no_samples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
