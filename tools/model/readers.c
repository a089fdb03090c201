#include "tools/model/readers.h"

#include <cJSON.h>
#include <string.h>

#include "models/base/bytes.h"
#include "models/base/error.h"

const struct nrs_trained_reader nrs_trained_readers[] = {
    {"additive-json", "terms (bins, cross, linear) as JSON, from noroshi's trainer", NULL,
     nrs_read_additive_json},
    {"sklearn-json", "JSON with scikit-learn's names; also River, PyTorch (recipes/)", nrs_read_sklearn_json,
     NULL},
    {"liblinear", "LIBLINEAR's model file", nrs_read_liblinear, NULL},
    {"libsvm", "LIBSVM's model file, linear kernel, two classes", nrs_read_libsvm, NULL},
    {"vw", "Vowpal Wabbit, --readable_model or --invert_hash", nrs_read_vw, NULL},
    {"onnx", "ONNX: a linear model, with scalers before it", nrs_read_onnx, NULL},
    {"safetensors", "safetensors of one linear layer", nrs_read_safetensors, NULL},
    {"jubatus-json", "Jubatus' linear classifiers, by jubadump", nrs_read_jubatus_json, NULL},
};
const size_t nrs_n_readers = sizeof nrs_trained_readers / sizeof nrs_trained_readers[0];

const struct nrs_trained_reader *nrs_trained_reader_of_name(const char *name)
{
    for (size_t i = 0; i < nrs_n_readers; i++)
        if (strcmp(nrs_trained_readers[i].name, name) == 0)
            return &nrs_trained_readers[i];
    return NULL;
}

static bool begins(const char *file, size_t len, const char *with, size_t n)
{
    return len >= n && memcmp(file, with, n) == 0;
}
#define BEGINS(with) begins(file, len, with, sizeof(with) - 1)

/* The length in front can be any number, also one that looks like the beginning of another format. */
static bool is_safetensors(const char *file, size_t len)
{
    return len > 8 && file[8] == '{' && nrs_get_u64le((const uint8_t *)file) <= len - 8;
}

/* Formats that are programs, or containers that need their trainer's own code to be read. */
static const char *refused_content(const char *file, size_t len)
{
    if (is_safetensors(file, len))
        return NULL;
    if ((len >= 2 && file[0] == '\x80' && file[1] >= 2 && file[1] <= 5) || BEGINS("ccopy_reg") ||
        BEGINS("csklearn") || BEGINS("c__builtin__"))
        return "a Python pickle: reading one runs the code in it; write JSON instead (tools/model/recipes)";
    if (BEGINS("PK\3\4"))
        return "a zip, perhaps of PyTorch (a pickle in it) or skops; write JSON or safetensors instead "
               "(tools/model/recipes)";
    if (BEGINS("\x78\x9c") || BEGINS("\x78\x01") || BEGINS("\x78\xda") || BEGINS("\x1f\x8b") ||
        BEGINS("BZh") ||
        BEGINS("\xfd"
               "7zXZ"))
        return "compressed, perhaps joblib (a pickle inside); write JSON instead (tools/model/recipes)";
    if (BEGINS("jubatus\0"))
        return "Jubatus' own file: convert it with jubadump";
    if (BEGINS("\x89HDF"))
        return "HDF5 (Keras): export ONNX instead";
    if (BEGINS("NRSM"))
        return "a noroshi model file already";
    return NULL;
}

static const char *json_reader(const char *file, size_t len)
{
    cJSON *root = cJSON_ParseWithLength(file, len);
    const char *name = cJSON_HasObjectItem(root, "terms")     ? "additive-json"
                       : cJSON_HasObjectItem(root, "storage") ? "jubatus-json"
                       : cJSON_HasObjectItem(root, "coef_")   ? "sklearn-json"
                                                              : NULL;

    cJSON_Delete(root);
    return name;
}

const struct nrs_trained_reader *nrs_trained_reader_of_content(const char *file, size_t len,
                                                               struct nrs_why *why)
{
    const char *refused = refused_content(file, len), *name = NULL;
    size_t space = 0;

    while (space < len && memchr(" \t\r\n", file[space], 4))
        space++;
    if (refused)
        nrs_why(why, NRS_ERR_UNSUPPORTED, "%s", refused);
    else if (BEGINS("solver_type "))
        name = "liblinear";
    else if (BEGINS("svm_type "))
        name = "libsvm";
    else if (BEGINS("Version "))
        name = "vw";
    else if (is_safetensors(file, len))
        name = "safetensors";
    else if (space < len && file[space] == '{')
        name = json_reader(file, len);
    else if (BEGINS("\x08")) /* ModelProto.ir_version, a varint */
        name = "onnx";
    if (!refused && !name)
        nrs_why(why, NRS_ERR_UNSUPPORTED, "no format that is known here; see --from");
    return name ? nrs_trained_reader_of_name(name) : NULL;
}

static int read_linear(struct nrs_trained *t, const struct nrs_trained_reader *reader,
                       const struct nrs_columns *columns, const struct nrs_linear_choice *choice,
                       const char *file, size_t len, struct nrs_why *why)
{
    struct nrs_linear l;
    int rc;

    nrs_linear_init(&l, columns);
    rc = reader->linear(&l, file, len, why);
    if (rc == 0)
        rc = nrs_linear_to_trained(&l, choice, t, why);
    nrs_linear_done(&l);
    return rc;
}

int nrs_trained_read(struct nrs_trained *t, const struct nrs_trained_reader *reader,
                     const struct nrs_columns *columns, const struct nrs_linear_choice *choice,
                     const char *file, size_t len, struct nrs_why *why)
{
    const char *refused = refused_content(file, len);
    int rc;

    if (refused)
        return nrs_why(why, NRS_ERR_UNSUPPORTED, "%s", refused);
    if (reader == NULL)
        reader = nrs_trained_reader_of_content(file, len, why);
    if (reader == NULL)
        return NRS_ERR_UNSUPPORTED;
    if (reader->terms && (choice->flagged || choice->labels || choice->mul))
        return nrs_why(why, NRS_ERR_UNSUPPORTED, "%s names its classes and features itself",
                       reader->name);
    rc = reader->terms ? reader->terms(t, file, len, why)
                       : read_linear(t, reader, columns, choice, file, len, why);
    if (rc == 0 && choice->threshold)
        memcpy(t->threshold, choice->threshold, sizeof t->threshold);
    return rc ? rc : nrs_trained_check(t, why);
}
