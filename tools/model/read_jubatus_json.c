/* What jubadump writes of a saved Jubatus 1.x classifier or regression (perceptron to NHERD, AROW, CW):
 *
 *   {"storage": {"storage": {"weight": WEIGHT}, "label": ...} | {"weight": WEIGHT}, "weights": ...}
 *   WEIGHT = {"<column>@num" | "<column>": {"<label>": {"v1": f, "v2": f, "v3": f}}}
 *
 * v1 is the weight, v2 and v3 are the learner's confidence and are not needed; nor is "weights", the
 * statistics of words. There is no intercept: give the trainer a feature "bias" that is always 1; it is read
 * as one. One sum a label, the greatest wins; a label that a feature does not name has 0. Features made from
 * text ("key$value@...") or from the logarithm ("@log") are refused. A regression has the one label "+". */
#include <cJSON.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/model/json.h"
#include "tools/model/readers.h"

struct reading {
    struct nrs_linear *l;
    struct nrs_why *why;
};

static int find_label(const struct nrs_linear *l, const char *name)
{
    for (unsigned i = 0; i < l->n_labels; i++)
        if (strcmp(l->label[i], name) == 0)
            return (int)i;
    return -1;
}

/* Labels in the order of their first appearance. */
static int collect_labels(struct reading *r, const cJSON *weight)
{
    int rc = 0;

    for (const cJSON *feature = weight->child; rc == 0 && feature; feature = feature->next) {
        if (!cJSON_IsObject(feature))
            return nrs_why(r->why, NRS_ERR_FORMAT, "%.60s: not an object of labels", feature->string);
        for (const cJSON *label = feature->child; rc == 0 && label; label = label->next)
            if (find_label(r->l, label->string) < 0)
                rc = nrs_linear_label(r->l, label->string, strlen(label->string), r->why);
    }
    return rc;
}

/* The column of "gap_mad@num" or "gap_mad", columns->n for the bias, -1 for a name that is no column. */
static int find_column(const struct nrs_columns *c, const char *key)
{
    size_t len = strcspn(key, "@");

    if (key[len] != '\0' && strcmp(key + len, "@num") != 0)
        return -1;
    if (len == 4 && memcmp(key, "bias", 4) == 0)
        return (int)c->n;
    return nrs_columns_find(c, key, len);
}

static int read_feature(struct reading *r, const cJSON *feature)
{
    struct nrs_linear *l = r->l;
    int column = find_column(l->columns, feature->string);

    if (column < 0)
        return nrs_why(r->why, NRS_ERR_UNSUPPORTED,
                       "%.60s: not a column taken as a number (\"<column>@num\")", feature->string);
    for (const cJSON *label = feature->child; label; label = label->next) {
        const cJSON *v1 = cJSON_GetObjectItemCaseSensitive(label, "v1");
        unsigned row = (unsigned)find_label(l, label->string);
        double *to = column == (int)l->columns->n ? &l->bias[row]
                                                  : &l->weights[row * l->columns->n + (unsigned)column];

        if (!cJSON_IsNumber(v1))
            return nrs_why(r->why, NRS_ERR_FORMAT, "%.60s: %.31s: no v1", feature->string,
                           label->string);
        *to = v1->valuedouble;
    }
    return 0;
}

static int read_weight(struct reading *r, const cJSON *weight)
{
    int rc = cJSON_IsObject(weight) ? collect_labels(r, weight)
                                    : nrs_why(r->why, NRS_ERR_FORMAT, "storage: no \"weight\" in it");

    if (rc == 0)
        rc = nrs_linear_alloc(r->l, r->l->n_labels, r->why);
    for (const cJSON *feature = weight ? weight->child : NULL; rc == 0 && feature; feature = feature->next)
        rc = read_feature(r, feature);
    if (rc == 0 && r->l->n_labels == 1) {
        if (strcmp(r->l->label[0], "+") != 0)
            return nrs_why(r->why, NRS_ERR_FORMAT, "one label only: %s", r->l->label[0]);
        r->l->n_labels = 0; /* a regression */
    }
    return rc;
}

int nrs_read_jubatus_json(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why)
{
    struct reading r = {.l = l, .why = why};
    cJSON *root = cJSON_ParseWithLength(file, len);
    const cJSON *storage = cJSON_GetObjectItemCaseSensitive(root, "storage");
    const cJSON *inner = cJSON_GetObjectItemCaseSensitive(storage, "storage");
    int rc;

    if (cJSON_IsObject(root))
        rc = read_weight(&r, cJSON_GetObjectItemCaseSensitive(inner ? inner : storage, "weight"));
    else
        rc = nrs_why(why, NRS_ERR_FORMAT, "not a JSON object");
    cJSON_Delete(root);
    return rc;
}
