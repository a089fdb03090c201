/* safetensors, as written for a linear layer of PyTorch:
 *
 *   file   = N:u64le header[N] data
 *   header = JSON {"__metadata__": {...}, "<name>": {"dtype": "F32" | "F64", "shape": [n...],
 *            "data_offsets": [from, to]}}
 *
 * Offsets count from the data's first byte. Tensors, with any prefix that ends in a dot:
 *
 *   weight  [rows, columns]   needed
 *   bias    [rows]            optional
 *   mean    [columns]         optional: the layer saw (x - mean) / scale
 *   scale   [columns]         optional
 *
 * One row: a positive sum means flagged (or the second of --labels). Several: one class each, "0", "1", ...
 * unless "__metadata__" has "labels": "a,b,...". Any other tensor is refused: a second layer is not a linear
 * model. */
#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/bytes.h"
#include "models/base/error.h"
#include "tools/model/json.h"
#include "tools/model/readers.h"

#define HEADER_BYTES_MAX (1u << 20)

struct tensor {
    const uint8_t *data;
    size_t width; /* bytes of a number: 4 or 8 */
    unsigned n_dims, dim[2];
};

enum { WEIGHT, BIAS, MEAN, SCALE, N_TENSORS };
static const char *const tensor_names[N_TENSORS] = {"weight", "bias", "mean", "scale"};

struct reading {
    struct nrs_linear *l;
    struct nrs_why *why;
    const uint8_t *data;
    size_t data_len;
    struct tensor tensor[N_TENSORS]; /* data NULL: not in the file */
};

static int refuse(struct reading *r, const cJSON *item, const char *what)
{
    return nrs_why(r->why, NRS_ERR_FORMAT, "%.60s: %s", item->string, what);
}

static double number_at(const struct tensor *t, size_t i)
{
    const uint8_t *p = t->data + i * t->width;
    double wide;
    float narrow;
    uint64_t bits = nrs_get_u32le(p);
    uint32_t low = (uint32_t)bits;

    if (t->width == 4) {
        memcpy(&narrow, &low, sizeof narrow);
        return (double)narrow;
    }
    bits = nrs_get_u64le(p);
    memcpy(&wide, &bits, sizeof wide);
    return wide;
}

static int read_shape(struct reading *r, const cJSON *item, struct tensor *t)
{
    const cJSON *shape = cJSON_GetObjectItemCaseSensitive(item, "shape");
    int n = nrs_json_length(shape);
    double dim[2] = {0, 1};

    if (n < 1 || n > 2 || nrs_json_numbers(shape, (unsigned)n, "", "shape", dim, r->why) != 0)
        return refuse(r, item, "shape: not one or two sizes");
    for (int i = 0; i < n; i++) {
        if (!(dim[i] >= 1 && dim[i] <= NRS_COLUMNS_MAX) || dim[i] != floor(dim[i]))
            return refuse(r, item, "shape: a size is not 1 to 32768");
        t->dim[i] = (unsigned)dim[i];
    }
    t->n_dims = (unsigned)n;
    return 0;
}

static int read_tensor(struct reading *r, const cJSON *item, struct tensor *t)
{
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "dtype"));
    double offset[2];
    size_t bytes;
    int rc = read_shape(r, item, t);

    if (rc)
        return rc;
    if (type == NULL || (strcmp(type, "F32") != 0 && strcmp(type, "F64") != 0))
        return refuse(r, item, "dtype: not F32 or F64");
    t->width = type[1] == '3' ? 4 : 8;
    bytes = t->width * t->dim[0] * (t->n_dims == 2 ? t->dim[1] : 1);
    if (nrs_json_numbers(cJSON_GetObjectItemCaseSensitive(item, "data_offsets"), 2, "", "data_offsets",
                         offset, r->why) != 0 ||
        !(offset[0] >= 0 && offset[0] <= (double)r->data_len) || offset[0] != floor(offset[0]) ||
        offset[1] != offset[0] + (double)bytes || offset[1] > (double)r->data_len)
        return refuse(r, item, "data_offsets: not its bytes within the file");
    t->data = r->data + (size_t)offset[0];
    return 0;
}

static int read_item(struct reading *r, const cJSON *item)
{
    const char *dot = strrchr(item->string, '.'), *name = dot ? dot + 1 : item->string;

    for (unsigned i = 0; i < N_TENSORS; i++)
        if (strcmp(name, tensor_names[i]) == 0)
            return r->tensor[i].data ? refuse(r, item, "a second tensor of this kind: not one linear layer")
                                     : read_tensor(r, item, &r->tensor[i]);
    return refuse(r, item, "not weight, bias, mean or scale: not one linear layer");
}

static int read_labels(struct reading *r, const cJSON *metadata)
{
    const char *at = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(metadata, "labels"));
    int rc = 0;

    for (size_t len; rc == 0 && at && *at; at += len + (at[len] == ',')) {
        len = strcspn(at, ",");
        rc = nrs_linear_label(r->l, at, len, r->why);
    }
    return rc;
}

static int read_header(struct reading *r, const cJSON *root)
{
    int rc = cJSON_IsObject(root) ? 0 : nrs_why(r->why, NRS_ERR_FORMAT, "header: not a JSON object");

    for (const cJSON *item = root ? root->child : NULL; rc == 0 && item; item = item->next)
        rc = strcmp(item->string, "__metadata__") == 0 ? read_labels(r, item) : read_item(r, item);
    if (rc == 0 && r->tensor[WEIGHT].data == NULL)
        rc = nrs_why(r->why, NRS_ERR_FORMAT, "no tensor named weight");
    return rc;
}

/* One number for each of n: as [n], or [1, n] or [n, 1] for a tensor that was kept as a row. */
static bool has_length(const struct tensor *t, unsigned n)
{
    return t->dim[0] * (t->n_dims == 2 ? t->dim[1] : 1) == n;
}

static int fill(struct reading *r)
{
    const struct tensor *weight = &r->tensor[WEIGHT], *bias = &r->tensor[BIAS];
    struct nrs_linear *l = r->l;
    unsigned n = l->columns->n;
    int rc;

    if (weight->n_dims != 2 || weight->dim[1] != n)
        return nrs_why(r->why, NRS_ERR_FORMAT, "weight: not of shape [rows, %u]", n);
    rc = nrs_linear_alloc(l, weight->dim[0], r->why);
    if (rc)
        return rc;
    if (bias->data && !has_length(bias, l->n_rows))
        return nrs_why(r->why, NRS_ERR_FORMAT, "bias: not one number a row");
    for (size_t i = 0; i < (size_t)n * l->n_rows; i++)
        l->weights[i] = number_at(weight, i);
    for (unsigned i = 0; bias->data && i < l->n_rows; i++)
        l->bias[i] = number_at(bias, i);
    return 0;
}

static int fold(struct reading *r)
{
    const struct tensor *mean = &r->tensor[MEAN], *scale = &r->tensor[SCALE];
    unsigned n = r->l->columns->n;
    double *mul, *add;
    int rc = 0;

    if ((mean->data && !has_length(mean, n)) || (scale->data && !has_length(scale, n)))
        return nrs_why(r->why, NRS_ERR_FORMAT, "mean, scale: not %u numbers", n);
    mul = calloc(2 * (size_t)n, sizeof *mul);
    if (mul == NULL)
        return nrs_why(r->why, NRS_ERR_SPACE, "out of memory");
    add = mul + n;
    for (unsigned i = 0; rc == 0 && i < n; i++) {
        double divisor = scale->data ? number_at(scale, i) : 1;

        if (divisor == 0)
            rc = nrs_why(r->why, NRS_ERR_RANGE, "scale[%u]: 0", i);
        mul[i] = 1 / divisor;
        add[i] = mean->data ? -number_at(mean, i) / divisor : 0;
    }
    if (rc == 0)
        nrs_linear_fold(r->l, mul, add);
    free(mul);
    return rc;
}

int nrs_read_safetensors(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why)
{
    const uint8_t *bytes = (const uint8_t *)file;
    struct reading r = {.l = l, .why = why};
    uint64_t header;
    cJSON *root;
    int rc;

    if (len < 8)
        return nrs_why(why, NRS_ERR_SHORT, "shorter than the length of its header");
    header = nrs_get_u64le(bytes);
    if (header > len - 8 || header > HEADER_BYTES_MAX)
        return nrs_why(why, NRS_ERR_SHORT, "header: longer than the file, or than a MiB");
    r.data = bytes + 8 + header;
    r.data_len = len - 8 - (size_t)header;
    root = cJSON_ParseWithLength(file + 8, (size_t)header);
    rc = read_header(&r, root);
    if (rc == 0)
        rc = fill(&r);
    if (rc == 0)
        rc = fold(&r);
    cJSON_Delete(root);
    return rc;
}
