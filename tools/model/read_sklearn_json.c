/* A linear model in JSON, with scikit-learn's names (recipes/
 * has the lines that write it, for other trainers too):
 *
 *   {"coef_": [[f a column] a row], "intercept_": [f a row],
 *    "classes_": [label...],                  optional: two for one row, otherwise one a row; numbers, text
 *                                             or bool
 *    "feature_names_in_": [name...],          optional: the columns, any of them in any order; otherwise all
 *    "n_features_in_": n,                     optional: only compared
 *    "schema_hash": "<16 hex>",               optional: only compared
 *    "scalers": [scaler...],                  optional: in the order in which they were applied
 *    "a_": f, "b_": f}                        optional: Platt's sigmoid (CalibratedClassifierCV), for one row
 *
 *   scaler = {"mean_": [...], "scale_": [...]}    StandardScaler: (x - mean_) / scale_; either may be null or
 *                                                    absent
 *          | {"center_": [...], "scale_": [...]}  RobustScaler: the same
 *          | {"scale_": [...]}                    MaxAbsScaler: x / scale_
 *          | {"min_": [...], "scale_": [...]}     MinMaxScaler: x * scale_ + min_  (its scale_ multiplies)
 *
 * One row: a positive sum means classes_[1]; without classes_, flagged. "coef_" may be one list, for one row.
 * Unknown keys are refused: a key that is silently ignored is a wrong model. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/model/json.h"
#include "tools/model/readers.h"

#define SCALERS_MAX 8

struct reading {
    struct nrs_linear *l;
    struct nrs_why *why;
    unsigned n;             /* columns in the file, at most ours */
    unsigned *column;       /* [n] which of ours each is */
    double *first, *second; /* [n] lists as the file has them */
    double *mul, *add;      /* [columns] a scaler over ours */
};

static const cJSON *item_of(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

    return cJSON_IsNull(item) ? NULL : item;
}

static int refuse(struct reading *r, const char *key, const char *what)
{
    return nrs_why(r->why, NRS_ERR_FORMAT, "%s: %s", key, what);
}

static int check_schema(struct reading *r, const cJSON *root)
{
    const cJSON *hash = item_of(root, "schema_hash");
    char own[17];

    if (hash == NULL)
        return 0;
    snprintf(own, sizeof own, "%016" PRIx64, nrs_schema_hash(r->l->columns->schema));
    if (!cJSON_IsString(hash) || strcmp(hash->valuestring, own) != 0)
        return nrs_why(r->why, NRS_ERR_SCHEMA, "schema_hash: not %s, the schema of this program", own);
    return 0;
}

static int read_names(struct reading *r, const cJSON *names)
{
    bool seen[NRS_COLUMNS_MAX] = {false};
    unsigned i = 0;

    for (const cJSON *name = names->child; name; name = name->next) {
        const char *text = cJSON_GetStringValue(name);
        int at = text ? nrs_columns_find(r->l->columns, text, strlen(text)) : -1;

        if (at < 0 || seen[at])
            return nrs_why(r->why, NRS_ERR_FORMAT, "feature_names_in_[%u]: %.40s: %s", i,
                           text ? text : "not text", at < 0 ? "no such column" : "a second time");
        seen[at] = true;
        r->column[i++] = (unsigned)at;
    }
    return 0;
}

/* The file's columns by name, or all of ours in their order. */
static int read_columns(struct reading *r, const cJSON *root)
{
    const cJSON *names = item_of(root, "feature_names_in_"), *count = item_of(root, "n_features_in_");
    int n = names ? nrs_json_length(names) : (int)r->l->columns->n, rc = 0;

    if (n < 1 || (unsigned)n > r->l->columns->n)
        return nrs_why(r->why, NRS_ERR_FORMAT, "feature_names_in_: not a list of 1 to %u columns",
                       r->l->columns->n);
    r->n = (unsigned)n;
    for (unsigned i = 0; i < r->n; i++)
        r->column[i] = i;
    if (names)
        rc = read_names(r, names);
    if (rc == 0 && count && !(cJSON_IsNumber(count) && count->valuedouble == r->n))
        rc = nrs_why(r->why, NRS_ERR_FORMAT, "n_features_in_: not %u, the number of columns", r->n);
    return rc;
}

static int read_row(struct reading *r, const cJSON *list, unsigned row)
{
    char place[24];
    int rc;

    snprintf(place, sizeof place, "coef_[%u]", row);
    rc = nrs_json_numbers(list, r->n, "", place, r->first, r->why);
    for (unsigned i = 0; rc == 0 && i < r->n; i++)
        r->l->weights[row * r->l->columns->n + r->column[i]] = r->first[i];
    return rc;
}

static int read_coefficients(struct reading *r, const cJSON *root)
{
    const cJSON *coef = item_of(root, "coef_");
    int n = nrs_json_length(coef), rc;
    bool one_list = n > 0 && cJSON_IsNumber(coef->child);
    unsigned row = 0;

    if (n < 1)
        return refuse(r, "coef_", "not a list of rows");
    rc = nrs_linear_alloc(r->l, one_list ? 1 : (unsigned)n, r->why);
    if (rc == 0 && one_list)
        return read_row(r, coef, 0);
    for (const cJSON *list = coef->child; rc == 0 && list; list = list->next)
        rc = read_row(r, list, row++);
    return rc;
}

/* fit_intercept=False leaves one 0 for all rows. */
static int read_intercept(struct reading *r, const cJSON *root)
{
    const cJSON *intercept = item_of(root, "intercept_");

    if (!cJSON_IsNumber(intercept))
        return nrs_json_numbers(intercept, r->l->n_rows, "", "intercept_", r->l->bias, r->why);
    if (r->l->n_rows > 1 && intercept->valuedouble != 0)
        return refuse(r, "intercept_", "one number for several rows");
    r->l->bias[0] = intercept->valuedouble;
    return 0;
}

static int read_label(struct reading *r, const cJSON *label)
{
    char text[32];

    if (cJSON_IsString(label))
        return nrs_linear_label(r->l, label->valuestring, strlen(label->valuestring), r->why);
    if (cJSON_IsBool(label))
        strcpy(text, cJSON_IsTrue(label) ? "true" : "false");
    else if (cJSON_IsNumber(label) && fabs(label->valuedouble) < 1e9)
        snprintf(text, sizeof text, "%.9g", label->valuedouble);
    else
        return refuse(r, "classes_", "a label is neither text nor a number");
    return nrs_linear_label(r->l, text, strlen(text), r->why);
}

static int read_classes(struct reading *r, const cJSON *root)
{
    const cJSON *classes = item_of(root, "classes_");
    int n = nrs_json_length(classes), rc = 0;

    if (classes == NULL)
        return 0;
    if (n < 0 || (unsigned)n != (r->l->n_rows == 1 ? 2 : r->l->n_rows))
        return refuse(r, "classes_", "not two labels for one row, or one for each of several");
    for (const cJSON *label = classes->child; rc == 0 && label; label = label->next)
        rc = read_label(r, label);
    return rc;
}

/* One list of a scaler, with the value given where the list is absent. */
static int read_list(struct reading *r, const cJSON *scaler, const char *key, const char *place,
                     double absent, double *out)
{
    const cJSON *list = item_of(scaler, key);

    for (unsigned i = 0; i < r->n; i++)
        out[i] = absent;
    return list ? nrs_json_numbers(list, r->n, place, key, out, r->why) : 0;
}

static int fold_scaler(struct reading *r, const cJSON *scaler, const char *place)
{
    static const char *const keys[] = {"mean_", "center_", "min_", "scale_", NULL};
    bool multiplies = item_of(scaler, "min_") != NULL, has_center = item_of(scaler, "center_") != NULL;
    const char *offset_key = multiplies ? "min_" : has_center ? "center_" : "mean_";
    int rc = cJSON_IsObject(scaler) ? nrs_json_keys(scaler, keys, place, r->why)
                                    : refuse(r, "scalers", "not objects");

    if (rc == 0 && multiplies + has_center + (item_of(scaler, "mean_") != NULL) > 1)
        rc = nrs_why(r->why, NRS_ERR_FORMAT, "%stwo of mean_, center_ and min_", place);
    if (rc == 0)
        rc = read_list(r, scaler, offset_key, place, 0, r->first);
    if (rc == 0)
        rc = read_list(r, scaler, "scale_", place, 1, r->second);
    for (unsigned c = 0; c < r->l->columns->n; c++) {
        r->mul[c] = 1;
        r->add[c] = 0;
    }
    for (unsigned i = 0; rc == 0 && i < r->n; i++) {
        if (r->second[i] == 0)
            return nrs_why(r->why, NRS_ERR_RANGE, "%sscale_[%u]: 0", place, i);
        r->mul[r->column[i]] = multiplies ? r->second[i] : 1 / r->second[i];
        r->add[r->column[i]] = multiplies ? r->first[i] : -r->first[i] / r->second[i];
    }
    if (rc == 0)
        nrs_linear_fold(r->l, r->mul, r->add);
    return rc;
}

/* The last scaler stands next to the weights, so it is folded first. */
static int read_scalers(struct reading *r, const cJSON *root)
{
    const cJSON *scalers = item_of(root, "scalers");
    int n = nrs_json_length(scalers), rc = 0;

    if (scalers == NULL)
        return 0;
    if (n < 0 || n > SCALERS_MAX)
        return refuse(r, "scalers", "not a list of at most 8");
    for (int i = n - 1; rc == 0 && i >= 0; i--) {
        char place[24];

        snprintf(place, sizeof place, "scalers[%d]: ", i);
        rc = fold_scaler(r, cJSON_GetArrayItem(scalers, i), place);
    }
    return rc;
}

static int read_sigmoid(struct reading *r, const cJSON *root)
{
    const cJSON *a = item_of(root, "a_"), *b = item_of(root, "b_");

    if (a == NULL && b == NULL)
        return 0;
    if (!cJSON_IsNumber(a) || !cJSON_IsNumber(b) || r->l->n_rows != 1)
        return refuse(r, "a_, b_", "not two numbers for one row");
    r->l->sigmoid.given = true;
    r->l->sigmoid.a = a->valuedouble;
    r->l->sigmoid.b = b->valuedouble;
    return 0;
}

static int read_root(struct reading *r, const cJSON *root)
{
    static const char *const keys[] = {
        "coef_", "intercept_", "classes_", "feature_names_in_", "n_features_in_", "schema_hash", "scalers",
        "a_",    "b_",         NULL};
    static int (*const parts[])(struct reading *, const cJSON *) = {
        check_schema, read_columns, read_coefficients, read_intercept,
        read_classes, read_scalers, read_sigmoid};
    int rc = cJSON_IsObject(root) ? nrs_json_keys(root, keys, "", r->why)
                                  : nrs_why(r->why, NRS_ERR_FORMAT, "not a JSON object");

    for (size_t i = 0; rc == 0 && i < sizeof parts / sizeof parts[0]; i++)
        rc = parts[i](r, root);
    return rc;
}

int nrs_read_sklearn_json(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why)
{
    unsigned n = l->columns->n;
    struct reading r = {.l = l, .why = why, .column = calloc(n, sizeof *r.column)};
    double *lists = calloc(4 * (size_t)n, sizeof *lists);
    cJSON *root = cJSON_ParseWithLength(file, len);
    int rc = NRS_ERR_SPACE;

    if (r.column && lists) {
        r.first = lists;
        r.second = lists + n;
        r.mul = lists + 2 * (size_t)n;
        r.add = lists + 3 * (size_t)n;
        rc = read_root(&r, root);
    } else {
        nrs_why(why, rc, "out of memory");
    }
    cJSON_Delete(root);
    free(lists);
    free(r.column);
    return rc;
}
