/* Models of other trainers, cut at every byte and with every bit flipped: each reader refuses in one line, or reads
 * something that the quantiser takes or refuses in one line. Files are copied to memory of exactly their size, so
 * that reading beyond them is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "models/base/error.h"
#include "tests/model_fixture.h"
#include "tools/model/quantised.h"
#include "tools/model/readers.h"

#define CORPUS "tests/fuzz/corpus/read_"

static const struct sample {
    const char *reader, *path;
    bool several; /* classes, for a schema with more than one output */
    bool counted; /* the format says how much is to come, so a cut file is never another model */
} samples[] = {
    {"sklearn-json", CORPUS "sklearn_json/scaled.json", false, true},
    {"sklearn-json", CORPUS "sklearn_json/three.json", true, true},
    {"liblinear", CORPUS "liblinear/lr-bias", false, true},
    {"liblinear", CORPUS "liblinear/three-classes", true, true},
    {"libsvm", CORPUS "libsvm/nu-chance", false, true},
    {"vw", CORPUS "vw/predict-only", false, false},
    {"vw", CORPUS "vw/invert-hash", false, false},
    {"onnx", CORPUS "onnx/pipeline.onnx", false, true},
    {"onnx", CORPUS "onnx/double.onnx", false, true},
    {"onnx", CORPUS "onnx/three.onnx", true, true},
    {"safetensors", CORPUS "safetensors/scaled.bin", false, true},
    {"safetensors", CORPUS "safetensors/three.bin", true, true},
    {"jubatus-json", CORPUS "jubatus_json/arow.json", false, true},
    {"jubatus-json", CORPUS "jubatus_json/three.json", true, true},
};
#define N_SAMPLES (sizeof samples / sizeof samples[0])

static struct nrs_trained trained, whole;
static struct nrs_quantised quantised;
static struct nrs_why why;
static uint8_t file[4096];
static size_t file_len;
static unsigned n_accepted, n_refused;

static int load_sample(const struct sample *s)
{
    FILE *f = fopen(s->path, "rb");

    if (f == NULL)
        return -1;
    file_len = fread(file, 1, sizeof file, f);
    fclose(f);
    return file_len > 0 && file_len < sizeof file ? 0 : -1;
}

/* As the reader leaves it; t is to be released. */
static int read_bytes(struct nrs_trained *t, const struct sample *s, const uint8_t *bytes, size_t len)
{
    static const struct nrs_linear_choice choice = {.labels = NULL};
    const struct nrs_schema *schema = s->several ? &fx_packer : &fx_beacon;
    struct nrs_columns columns;
    char *exact = malloc(len ? len : 1);
    int rc;

    assert_non_null(exact);
    memcpy(exact, bytes, len);
    why.text[0] = '\0';
    assert_int_equal(nrs_columns_init(&columns, schema, NULL), 0);
    nrs_trained_init(t, schema);
    rc = nrs_trained_read(t, nrs_trained_reader_of_name(s->reader), &columns, &choice, exact, len, &why);
    nrs_columns_done(&columns);
    free(exact);
    return rc;
}

static void check_note(const struct sample *s, size_t at)
{
    if (why.text[0] == '\0' || strchr(why.text, '\n') != NULL)
        fail_msg("%s, byte %zu: refused with \"%s\"", s->path, at, why.text);
    n_refused++;
}

static bool same_weights(const struct nrs_trained *a, const struct nrs_trained *b)
{
    if (a->n_terms != b->n_terms || a->n_outputs != b->n_outputs ||
        memcmp(a->bias, b->bias, a->n_outputs * sizeof a->bias[0]) != 0)
        return false;
    for (unsigned i = 0; i < a->n_terms; i++)
        if (a->term[i].a != b->term[i].a ||
            memcmp(a->term[i].weights, b->term[i].weights, a->n_outputs * sizeof(double)) != 0)
            return false;
    return true;
}

static void samples_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        assert_int_equal(load_sample(&samples[i]), 0);
        if (read_bytes(&trained, &samples[i], file, file_len) != 0)
            fail_msg("%s: %s", samples[i].path, why.text);
        nrs_trained_done(&trained);
    }
}

static void every_truncation_is_refused_or_loses_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        const struct sample *s = &samples[i];

        assert_int_equal(load_sample(s), 0);
        assert_int_equal(read_bytes(&whole, s, file, file_len), 0);
        for (size_t len = 0; len < file_len; len++) {
            if (read_bytes(&trained, s, file, len) != 0)
                check_note(s, len);
            else if (s->counted && !same_weights(&trained, &whole))
                fail_msg("%s, %zu bytes of it: accepted as another model", s->path, len);
            nrs_trained_done(&trained);
        }
        nrs_trained_done(&whole);
    }
}

static void try_flipped(const struct sample *s, size_t at, uint8_t mask)
{
    int rc;

    file[at] ^= mask;
    rc = read_bytes(&trained, s, file, file_len);
    if (rc == 0) {
        n_accepted++; /* another digit is another model, not a damaged one */
        rc = nrs_quantise(&quantised, &trained, &why);
        nrs_quantised_done(&quantised);
    }
    if (rc != 0)
        check_note(s, at);
    nrs_trained_done(&trained);
    file[at] ^= mask;
}

static void every_flipped_bit_is_refused_in_a_line_or_is_a_model(void **state)
{
    (void)state;
    n_accepted = n_refused = 0;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        assert_int_equal(load_sample(&samples[i]), 0);
        for (size_t at = 0; at < file_len; at++) {
            for (unsigned bit = 0; bit < 8; bit++)
                try_flipped(&samples[i], at, (uint8_t)(1u << bit));
            try_flipped(&samples[i], at, 0xff);
        }
    }
    assert_true(n_refused > n_accepted && n_accepted > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_read),
        cmocka_unit_test(every_truncation_is_refused_or_loses_nothing),
        cmocka_unit_test(every_flipped_bit_is_refused_in_a_line_or_is_a_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
