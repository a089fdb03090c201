/* Models of other trainers: which label a positive sum means, what is folded, every refusal with its place, and
 * what a file is taken for. The trainers themselves are asked in tests/system/test_model_formats.py. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "models/base/error.h"
#include "tests/model_fixture.h"
#include "tools/model/readers.h"
#include "tools/model/svm_scale.h"

#define LL(classes, labels) "solver_type L2R_LR\nnr_class " classes "\nlabel " labels "\nnr_feature 2\nbias 2\nw\n"
#define SVM(labels) \
    "svm_type c_svc\nkernel_type linear\nnr_class 2\ntotal_sv 2\nrho 3\nlabel " labels "\nnr_sv 1 1\nSV\n" \
    "0.5 1:2 2:1 \n-0.5 1:4 \n"
#define VW(options, state) \
    "Version 9.11.2\nId \nMin label:-1\nMax label:1\nbits:18\nlda:0\n0 ngram:\n0 skip:\noptions:" options "\nChecksum: 1\n:" \
    state "\n"
#define SK(more) "{\"coef_\":[[1,2,0,0]],\"intercept_\":[-3]" more "}"
#define JUBA(weight) "{\"storage\":{\"storage\":{\"weight\":{" weight "}}},\"weights\":{}}"
#define V1(x) "{\"v1\":" x ",\"v2\":1,\"v3\":0}"

static struct nrs_trained trained;
static struct nrs_why why;

static int read_as(const struct nrs_schema *schema, const char *reader, const struct nrs_linear_choice *choice,
                   const char *bytes, size_t len)
{
    struct nrs_columns columns;
    int rc;

    why.text[0] = '\0';
    assert_int_equal(nrs_columns_init(&columns, schema, NULL), 0);
    nrs_trained_init(&trained, schema);
    rc = nrs_trained_read(&trained, reader ? nrs_trained_reader_of_name(reader) : NULL, &columns, choice, bytes, len, &why);
    nrs_columns_done(&columns);
    return rc;
}

static const struct nrs_linear_choice no_choice = {.labels = NULL};

/* At gap 10, fill 100, hours 3, flag 1. */
static void positive_means_flagged_whatever_the_format_says(void **state)
{
    static const uint16_t x[NRS_VECTOR_MAX] = {10, 100, 3, 1};
    static const struct { const char *reader, *text; double score; } rows[] = {
        {"liblinear", LL("2", "1 -1") "1 \n2 \n-3 \n", 10 + 200 - 6},
        {"liblinear", LL("2", "-1 1") "1 \n2 \n-3 \n", -10 - 200 + 6},
        {"liblinear", "solver_type MCSVM_CS\nnr_class 2\nlabel 0 1\nnr_feature 2\nbias -1\nw\n1 5 \n2 2 \n", 40},
        {"liblinear", "solver_type MCSVM_CS\nnr_class 2\nlabel 1 0\nnr_feature 2\nbias -1\nw\n1 5 \n2 2 \n", -40},
        {"liblinear", "solver_type L2R_L2LOSS_SVR\nnr_class 2\nnr_feature 1\nbias -1\nw\n7 \n", 70},
        {"libsvm", SVM("1 -1"), -10 + 50 - 3},
        {"libsvm", SVM("-1 1"), 10 - 50 + 3},
        {"vw", VW("", "0") "1:0.5\n2:-0x1p+1\n116060:4\n", 5 - 200 + 4},
        {"vw", VW("", "0") "gap:77:0.5\nns^fill:78:2\nConstant:116060:4\n", 5 + 200 + 4},
        {"vw", VW("", "1") "initial_t 0\nsd::oec.weighted_labeled_examples 16\nl1_state 0\nl2_state 1\n3:2 0.1 0.2\n", 6},
        {"sklearn-json", SK(""), 10 + 200 - 3},
        {"sklearn-json", SK(",\"classes_\":[0,1]"), 10 + 200 - 3},
        {"sklearn-json", SK(",\"classes_\":[\"fixture\",\"other\"]"), -10 - 200 + 3},
        {"sklearn-json", "{\"coef_\":[2,1],\"intercept_\":1,\"feature_names_in_\":[\"flag\",\"gap\"]}", 2 + 10 + 1},
        {"sklearn-json", SK(",\"scalers\":[{\"mean_\":[5,0,0,0],\"scale_\":[5,1,1,1]}]"), 1 + 200 - 3},
        {"sklearn-json", SK(",\"scalers\":[{\"min_\":[5,0,0,0],\"scale_\":[5,1,1,1]}]"), 55 + 200 - 3},
        {"sklearn-json", SK(",\"scalers\":[{\"scale_\":[2,1,1,1]},{\"center_\":[1,0,0,0],\"scale_\":null}]"), 4 + 200 - 3},
        {"jubatus-json", JUBA("\"gap@num\":{\"0\":" V1("1") ",\"1\":" V1("3") "},\"bias@num\":{\"1\":" V1("0.5") "}"), 20.5},
        {"jubatus-json", JUBA("\"gap@num\":{\"1\":" V1("3") ",\"0\":" V1("1") "}"), 20},
        {"jubatus-json", "{\"storage\":{\"weight\":{\"gap\":{\"+\":" V1("1.5") "}}}}", 15},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double score;

        if (read_as(&fx_beacon, rows[i].reader, &no_choice, rows[i].text, strlen(rows[i].text)) != 0)
            fail_msg("row %zu: %s", i, why.text);
        score = nrs_trained_score(&trained, 0, x);
        if (!(fabs(score - rows[i].score) < 1e-9))
            fail_msg("row %zu: %g, not %g", i, score, rows[i].score);
        nrs_trained_done(&trained);
    }
}

static void every_refusal_names_its_place(void **state)
{
    static const struct { const char *reader, *text, *why; } rows[] = {
        {"liblinear", "solver_type X\n", "line 1: not a solver of LIBLINEAR"},
        {"liblinear", "solver_type L2R_LR\nlabel 1 2\n", "line 2: not \"nr_class\""},
        {"liblinear", "solver_type L2R_LR\nnr_class 99\n", "line 2: nr_class is not a number of 0 to 32"},
        {"liblinear", "solver_type L2R_LR\nnr_class 1\n", "line 2: not a number of classes that this solver has"},
        {"liblinear", LL("2", "1") "1 \n", "line 3: fewer labels than classes"},
        {"liblinear", LL("2", "1 2 3") "1 \n", "line 3: more labels than classes"},
        {"liblinear", LL("2", "1 1") "1 \n", "label 2: the same as label 1"},
        {"liblinear", LL("2", "1 -1") "1 \n2 \n", "line 8: cut off after this line"},
        {"liblinear", LL("2", "1 -1") "1 \nnan \n3 \n", "line 8: not a weight for each class"},
        {"liblinear", LL("2", "1 -1") "1 \n2 3 \n3 \n", "line 8: more weights than classes"},
        {"liblinear", LL("2", "1 -1") "1 \n2 \n3 \n4 \n", "line 9: followed by more than its features"},
        {"liblinear", LL("3", "0 1 2") "1 1 1 \n2 2 2 \n3 3 3 \n", "3 classes: a fixture model tells two apart"},
        {"liblinear", LL("2", "1 2") "1 \n2 \n3 \n", "labels 2 and 1: name the flagged one with --flagged"},
        {"liblinear", LL("2", "1 -1") "0 \n0 \n3 \n", "every weight is zero"},
        {"liblinear", "solver_type L2R_LR\nnr_class 2\nlabel 1 -1\nnr_feature 5\n", "line 4: nr_feature is not a number of 0 to 4"},
        {"libsvm", "svm_type c_svc\nkernel_type rbf\n", "line 2: kernel_type is not linear: train with -t 0"},
        {"libsvm", "svm_type c_svc\nkernel_type linear\nnr_class 3\n",
         "line 3: nr_class is not 2: votes of one against one are no sums a class; train with LIBLINEAR"},
        {"libsvm", "svm_type c_svc\nkernel_type linear\nnr_class 2\ntotal_sv 1\nrho 1\nprobA 1\nSV\n1 1:1\n",
         "line 7: labels do not go with svm_type"},
        {"libsvm", "svm_type c_svc\nkernel_type linear\nnr_class 2\ntotal_sv 1\nrho 1\nlabel 1 0\nprobA 1\nSV\n1 1:1\n",
         "line 8: probA without probB"},
        {"libsvm", SVM("1 -1") "1 1:1\n", "line 10: followed by more than total_sv vectors"},
        {"libsvm", "svm_type one_class\nkernel_type linear\nnr_class 2\ntotal_sv 1\nrho 1\nSV\n1 2:1 2:1\n",
         "line 7: index 2 is not above 2 and at most 4"},
        {"vw", VW("", "0") "1:1\n1:2\n", "line 13: a second weight for one column"},
        {"vw", VW("", "0") "5:1\n", "line 12: 5: no column: give features whole numbers as names, or use --invert_hash"},
        {"vw", VW(" --oaa 3", "0") "1:1\n", "line 9: --oaa: this option makes no plain linear model, or is not known here"},
        {"vw", VW(" --hash_seed 7", "0") "1:1\n",
         "line 9: 7: not a value of its option that keeps the model plain and linear"},
        {"vw", VW("", "1") "l1_state 0.5\n1:1\n", "line 12: a regularisation is pending: save with --predict_only_model"},
        {"vw", "Version 9\n1 ngram:\n", "line 2: 1 ngram:: not a line of a plain linear model"},
        {"vw", "Version 9\nbits:1\n:0\n1:1\n", "line 3: fewer indices than columns: train with more bits"},
        {"vw", VW("", "0") "1:1\n2:0.5", "line 12: the next one is cut off"},
        {"sklearn-json", "[]", "not a JSON object"},
        {"sklearn-json", SK(",\"dual_coef_\":[]"), "dual_coef_: unknown key"},
        {"sklearn-json", SK(",\"n_features_in_\":5"), "n_features_in_: not 4, the number of columns"},
        {"sklearn-json", SK(",\"schema_hash\":\"0\""), "schema_hash: not d25de6d4ba64752e, the schema of this program"},
        {"sklearn-json", SK(",\"feature_names_in_\":[\"gap\",\"gap\",\"fill\",\"flag\"]"), "feature_names_in_[1]: gap: a second time"},
        {"sklearn-json", SK(",\"feature_names_in_\":[\"gap\",\"gip\"]"), "feature_names_in_[1]: gip: no such column"},
        {"sklearn-json", SK(",\"classes_\":[0]"), "classes_: not two labels for one row, or one for each of several"},
        {"sklearn-json", SK(",\"scalers\":[{\"scale_\":[1,1,0,1]}]"), "scalers[0]: scale_[2]: 0"},
        {"sklearn-json", SK(",\"scalers\":[{\"max_\":[1,1,0,1]}]"), "scalers[0]: max_: unknown key"},
        {"sklearn-json", SK(",\"scalers\":[{\"min_\":[1,1,0,1],\"mean_\":[1,1,0,1]}]"), "scalers[0]: two of mean_, center_ and min_"},
        {"sklearn-json", SK(",\"a_\":1,\"b_\":0"), "calibration: the chance does not rise with the sum"},
        {"sklearn-json", "{\"coef_\":[[1,2,3,1e999]],\"intercept_\":[0]}", "flag: weight 0 is not a number"},
        {"sklearn-json", "{\"coef_\":[[1,2,3,4],[1,2,3,4]],\"intercept_\":3}", "intercept_: one number for several rows"},
        {"jubatus-json", JUBA("\"gap$x@str#bin/bin\":{\"1\":" V1("3") "}"),
         "gap$x@str#bin/bin: not a column taken as a number (\"<column>@num\")"},
        {"jubatus-json", JUBA("\"gap@num\":{\"1\":{}}"), "gap@num: 1: no v1"},
        {"jubatus-json", JUBA("\"gap@num\":{\"1\":" V1("3") "}"), "one label only: 1"},
        {"jubatus-json", JUBA("\"a\\n\\u001b[1m\":{\"1\":" V1("3") "}"), "a??[1m: not a column taken as a number (\"<column>@num\")"},
        {"jubatus-json", "{}", "storage: no \"weight\" in it"},
        {"safetensors", "1234567", "shorter than the length of its header"},
        {"safetensors", "12345678{}", "header: longer than the file, or than a MiB"},
        {"onnx", "\x08\x07", "no graph in it"},
        {"onnx", "\x08\x07\x3a\x7f", "not a whole ONNX file"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int rc = read_as(&fx_beacon, rows[i].reader, &no_choice, rows[i].text, strlen(rows[i].text));

        if (rc == 0 || strcmp(why.text, rows[i].why) != 0)
            fail_msg("row %zu: \"%s\", not \"%s\"", i, why.text, rows[i].why);
        nrs_trained_done(&trained);
    }
}

/* From files, because they hold NULs. */
static void nodes_and_tensors_are_named(void **state)
{
    static const struct { const char *path, *why; } rows[] = {
        {"onnx/two-layers.onnx", "node 1, Relu \"\": no linear model has this"},
        {"onnx/normalizer.onnx", "node 0, Normalizer \"\": not before the scores"},
        {"onnx/external.onnx", "a tensor lies in another file: save with its data inside"},
        {"onnx/dims.onnx", "node 0, MatMul \"\": its weights are not a constant matrix over the columns"},
        {"onnx/three.onnx", "3 classes: a fixture model tells two apart"},
        {"safetensors/two-layers.bin", "b.weight: a second tensor of this kind: not one linear layer"},
        {"safetensors/offsets.bin", "weight: data_offsets: not its bytes within the file"},
    };
    static char bytes[4096];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[128];
        size_t len;
        FILE *f;

        snprintf(path, sizeof path, "tests/fuzz/corpus/read_%s", rows[i].path);
        f = fopen(path, "rb");
        assert_non_null(f);
        len = fread(bytes, 1, sizeof bytes, f);
        fclose(f);
        assert_true(read_as(&fx_beacon, NULL, &no_choice, bytes, len) < 0);
        assert_string_equal(why.text, rows[i].why);
        nrs_trained_done(&trained);
    }
}

static void content_tells_the_reader(void **state)
{
    static const struct { const char *bytes; size_t len; const char *reader, *why; } rows[] = {
        {"solver_type L2R_LR\n", 19, "liblinear", ""},
        {"svm_type c_svc\n", 15, "libsvm", ""},
        {"Version 9\n", 10, "vw", ""},
        {" {\"coef_\":[]}", 13, "sklearn-json", ""},
        {"{\"terms\":[]}", 12, "additive-json", ""},
        {"{\"storage\":{}}", 14, "jubatus-json", ""},
        {"\x02\0\0\0\0\0\0\0{}", 10, "safetensors", ""},
        {"\x08\x07", 2, "onnx", ""},
        {"{}", 2, NULL, "no format that is known here; see --from"},
        {"", 0, NULL, "no format that is known here; see --from"},
        {"\x80\x04\x95", 3, NULL, "a Python pickle: reading one runs the code in it; write JSON instead (tools/model/recipes)"},
        {"csklearn.x\n", 11, NULL, "a Python pickle: reading one runs the code in it; write JSON instead (tools/model/recipes)"},
        {"\x78\x9c", 2, NULL, "compressed, perhaps joblib (a pickle inside); write JSON instead (tools/model/recipes)"},
        {"PK\3\4", 4, NULL,
         "a zip, perhaps of PyTorch (a pickle in it) or skops; write JSON or safetensors instead (tools/model/recipes)"},
        {"jubatus", 8, NULL, "Jubatus' own file: convert it with jubadump"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct nrs_trained_reader *reader;

        why.text[0] = '\0';
        reader = nrs_trained_reader_of_content(rows[i].bytes, rows[i].len, &why);
        assert_string_equal(reader ? reader->name : "", rows[i].reader ? rows[i].reader : "");
        assert_string_equal(why.text, rows[i].why);
    }
    assert_int_equal(read_as(&fx_beacon, "onnx", &no_choice, "\x80\x04\x95", 3), NRS_ERR_UNSUPPORTED); /* whatever --from says */
    nrs_trained_done(&trained);
}

/* 0x178 and 0x280 bytes of header: such files begin like zlib and like a pickle. */
static void safetensors_of_any_length_are_no_pickles(void **state)
{
    static const size_t lengths[] = {0x178, 0x280};
    static char bytes[8 + 0x280];

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        memset(bytes, ' ', sizeof bytes);
        nrs_put_u64le((uint8_t *)bytes, lengths[i]);
        memcpy(bytes + 8, "{}", 2);
        assert_int_equal(read_as(&fx_beacon, NULL, &no_choice, bytes, 8 + lengths[i]), NRS_ERR_FORMAT);
        assert_string_equal(why.text, "no tensor named weight");
        nrs_trained_done(&trained);
    }
}

static void choices_name_what_the_file_does_not(void **state)
{
    static const char other[] = LL("2", "1 2") "1 \n2 \n0 \n", three[] = LL("3", "0 1 2") "1 2 3 \n0 0 0 \n0 0 1 \n";
    static const uint16_t x[NRS_VECTOR_MAX] = {1};
    static const double threshold[NRS_MODEL_THRESHOLDS] = {1, 2, 3};
    struct nrs_linear_choice choice = {.flagged = "2", .threshold = threshold};

    (void)state;
    assert_int_equal(read_as(&fx_beacon, NULL, &choice, other, strlen(other)), 0);
    assert_true(nrs_trained_score(&trained, 0, x) == -1 && trained.threshold[2] == 3);
    assert_string_equal(trained.output_name[0], "fixture");
    nrs_trained_done(&trained);
    choice.flagged = "3";
    assert_int_equal(read_as(&fx_beacon, NULL, &choice, other, strlen(other)), NRS_ERR_FORMAT);
    assert_string_equal(why.text, "labels 2 and 1: neither is the one given with --flagged");
    nrs_trained_done(&trained);
    choice = (struct nrs_linear_choice){.labels = "2,1"}; /* would turn the sign around */
    assert_int_equal(read_as(&fx_beacon, NULL, &choice, other, strlen(other)), NRS_ERR_FORMAT);
    assert_string_equal(why.text, "--labels: the file names its two classes: 2 and 1");
    nrs_trained_done(&trained);
    choice = (struct nrs_linear_choice){.labels = "none,upx,shc"};
    assert_int_equal(read_as(&fx_packer, NULL, &choice, three, strlen(three)), 0);
    assert_int_equal(trained.n_outputs, 3);
    assert_string_equal(trained.output_name[2], "shc");
    assert_true(nrs_trained_score(&trained, 2, x) == 3 + 2);
    nrs_trained_done(&trained);
    choice.labels = "none,upx";
    assert_int_equal(read_as(&fx_packer, NULL, &choice, three, strlen(three)), NRS_ERR_FORMAT);
    assert_string_equal(why.text, "2 labels for 3 classes");
    nrs_trained_done(&trained);
}

/* -1 + 2 (x - 10) / 40 and 1 + ... of two listed columns; the others had one value. */
static void ranges_of_svm_scale_are_folded(void **state)
{
    static const char ranges[] = "x\n-1 1\n1 10 50\n3 0 4\n", model[] = SK("");
    static const uint16_t x[NRS_VECTOR_MAX] = {30, 200, 1, 1};
    static const struct { const char *text, *why; } rows[] = {
        {"y\n-1 1\n", "line 1: not \"x\" alone: no ranges of svm-scale, or labels were scaled"},
        {"x\n1 -1\n", "line 2: not a lower and an upper limit"},
        {"x\n0 1\n5 0 1\n", "line 3: not the index of a column, above the one before"},
        {"x\n0 1\n2 0 1\n2 0 1\n", "line 4: not the index of a column, above the one before"},
        {"x\n0 1\n2 1 1\n", "line 3: not a least and a greatest value"},
        {"x\n0 1\n2 1 2", "line 2: the next one is cut off"},
    };
    double mul[FX_FEATURES], add[FX_FEATURES];
    struct nrs_linear_choice choice = {.mul = mul, .add = add};
    struct nrs_columns columns;

    (void)state;
    assert_int_equal(nrs_columns_init(&columns, &fx_beacon, NULL), 0);
    assert_int_equal(nrs_svm_scale_read(mul, add, &columns, ranges, strlen(ranges), &why), 0);
    assert_int_equal(read_as(&fx_beacon, "sklearn-json", &choice, model, strlen(model)), 0);
    assert_true(nrs_trained_score(&trained, 0, x) == -3 + 0); /* half way between 10 and 50; fill weighs nothing */
    assert_true(mul[2] == 0.5 && add[2] == -1);
    nrs_trained_done(&trained);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(nrs_svm_scale_read(mul, add, &columns, rows[i].text, strlen(rows[i].text), &why), NRS_ERR_FORMAT);
        assert_string_equal(why.text, rows[i].why);
    }
    nrs_columns_done(&columns);
}

/* Two classes of a schema with one output a class: the first has no weights, the second the sum. */
static void one_row_is_two_outputs_where_classes_are_outputs(void **state)
{
    static const char text[] = SK(",\"classes_\":[\"none\",\"upx\"]");
    static const uint16_t x[NRS_VECTOR_MAX] = {10, 100};

    (void)state;
    assert_int_equal(read_as(&fx_packer, NULL, &no_choice, text, strlen(text)), 0);
    assert_int_equal(trained.n_outputs, 2);
    assert_string_equal(trained.output_name[1], "upx");
    assert_true(nrs_trained_score(&trained, 0, x) == 0 && nrs_trained_score(&trained, 1, x) == 207);
    nrs_trained_done(&trained);
}

/* LIBSVM's chance of label[0] is 1 / (1 + exp(A sum + B)); flagged second, it is the chance of the other side. */
static void fitted_chance_becomes_the_calibration_table(void **state)
{
    static const char *const labels[] = {"1 -1", "-1 1"};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        char text[400];

        snprintf(text, sizeof text, "svm_type c_svc\nkernel_type linear\nnr_class 2\ntotal_sv 1\nrho 0\nlabel %s\nprobA -2\n"
                 "probB 1\nnr_sv 1 0\nSV\n1 1:1\n", labels[i]);
        assert_int_equal(read_as(&fx_beacon, NULL, &no_choice, text, strlen(text)), 0);
        assert_true(trained.n_points > 10);
        for (unsigned p = 0; p < trained.n_points; p++) {
            double sum = i == 0 ? trained.point[p].score : -trained.point[p].score;
            double first = 100 / (1 + exp(-2 * sum + 1));

            assert_true(fabs(trained.point[p].percent - (i == 0 ? first : 100 - first)) < 1e-6);
        }
        nrs_trained_done(&trained);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positive_means_flagged_whatever_the_format_says),
        cmocka_unit_test(every_refusal_names_its_place),
        cmocka_unit_test(nodes_and_tensors_are_named),
        cmocka_unit_test(content_tells_the_reader),
        cmocka_unit_test(safetensors_of_any_length_are_no_pickles),
        cmocka_unit_test(choices_name_what_the_file_does_not),
        cmocka_unit_test(ranges_of_svm_scale_are_folded),
        cmocka_unit_test(one_row_is_two_outputs_where_classes_are_outputs),
        cmocka_unit_test(fitted_chance_becomes_the_calibration_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
