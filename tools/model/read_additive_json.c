/* {"kind": "beacon", "schema_hash": "<16 hex>", "name": "...", "outputs": ["beacon"], "bias": [f],
 *  "terms": [{"type": "bins", "feature": "gap_mad", "cuts": [u16...], "weights": [[f a bin] an output]},
 *            {"type": "cross", "a": "x", "a_cuts": [...], "b": "y", "b_cuts": [...],
 *             "weights": [[f row-major in a, b] an output]},
 *            {"type": "linear", "feature": "z", "weights": [f an output]},
 *            {"type": "grams", "feature": "arch", "grams": [n...], "reach": n, "bits": n,
 *             "weights": [[f a bucket] an output]}],
 *  "thresholds": {"1h": f, "6h": f, "24h": f}, "calibration": [[logit, percent], ...]}
 *
 * For files the thresholds are {"packed": f, "named": f} (models/FORMAT.md, Classes).
 *
 * Logits throughout. Bin i holds cuts[i-1] <= x < cuts[i]. "name" is for people; without "calibration" the
 * logistic function is taken. Unknown keys are refused: a key that is silently ignored is a wrong model. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "models/kinds.h"
#include "tools/model/json.h"
#include "tools/model/readers.h"

struct reading {
    struct nrs_trained *t;
    struct nrs_why *why;
    char place[64]; /* of the term being read: "terms[3]: " */
};

static int refuse(struct reading *r, const char *key, const char *what)
{
    return nrs_why(r->why, NRS_ERR_FORMAT, "%s%s: %s", r->place, key, what);
}

static int check_keys(struct reading *r, const cJSON *object, const char *const *allowed)
{
    return nrs_json_keys(object, allowed, r->place, r->why);
}

static int read_numbers(struct reading *r, const cJSON *array, unsigned n, const char *key, double *out)
{
    return nrs_json_numbers(array, n, r->place, key, out, r->why);
}

static int read_feature(struct reading *r, const cJSON *object, const char *key, uint16_t *feature)
{
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    int found = name ? nrs_schema_find(r->t->schema, name, (unsigned)strlen(name)) : -1;

    if (found < 0)
        return refuse(r, key, name ? "no such feature in the schema" : "missing");
    *feature = (uint16_t)found;
    return 0;
}

static int read_cuts(struct reading *r, const cJSON *object, const char *key, uint16_t *cuts, uint8_t *n_cuts)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(object, key);
    double value[NRS_MODEL_CUTS_MAX];
    int n = cJSON_IsArray(array) ? cJSON_GetArraySize(array) : 0;
    int rc;

    if (n < 1 || n > NRS_MODEL_CUTS_MAX)
        return refuse(r, key, "not a list of 1 to 15 cuts");
    rc = read_numbers(r, array, (unsigned)n, key, value);
    for (int i = 0; rc == 0 && i < n; i++) {
        if (!(value[i] >= 0 && value[i] <= UINT16_MAX) || value[i] != (uint16_t)value[i])
            return refuse(r, key, "a cut is not an integer in 0..65535");
        cuts[i] = (uint16_t)value[i];
    }
    *n_cuts = (uint8_t)n;
    return rc;
}

/* [[cell...] an output], or [f an output] for a linear term. */
static int read_weights(struct reading *r, const cJSON *object, struct nrs_trained_term *term)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(object, "weights");
    unsigned cells = nrs_trained_cells(term), n = r->t->n_outputs, o = 0;
    int rc = nrs_trained_table(r->t, term);

    if (rc)
        return refuse(r, "weights", "out of memory");
    if (term->type == NRS_TERM_LINEAR)
        return read_numbers(r, array, n, "weights", term->weights);
    if (!cJSON_IsArray(array) || (unsigned)cJSON_GetArraySize(array) != n)
        return refuse(r, "weights", "not one list an output");
    for (const cJSON *row = array->child; rc == 0 && row; row = row->next)
        rc = read_numbers(r, row, cells, "weights", term->weights + cells * o++);
    return rc;
}

static int read_bins(struct reading *r, const cJSON *object, struct nrs_trained_term *term)
{
    static const char *const keys[] = {"type", "feature", "cuts", "weights", NULL};
    int rc = check_keys(r, object, keys);

    if (rc == 0)
        rc = read_feature(r, object, "feature", &term->a);
    if (rc == 0)
        rc = read_cuts(r, object, "cuts", term->cuts_a, &term->n_cuts_a);
    term->b = term->a;
    return rc;
}

static int read_cross(struct reading *r, const cJSON *object, struct nrs_trained_term *term)
{
    static const char *const keys[] = {"type", "a", "a_cuts", "b", "b_cuts", "weights", NULL};
    int rc = check_keys(r, object, keys);

    if (rc == 0)
        rc = read_feature(r, object, "a", &term->a);
    if (rc == 0)
        rc = read_feature(r, object, "b", &term->b);
    if (rc == 0)
        rc = read_cuts(r, object, "a_cuts", term->cuts_a, &term->n_cuts_a);
    if (rc == 0)
        rc = read_cuts(r, object, "b_cuts", term->cuts_b, &term->n_cuts_b);
    return rc;
}

static int read_linear(struct reading *r, const cJSON *object, struct nrs_trained_term *term)
{
    static const char *const keys[] = {"type", "feature", "weights", NULL};
    int rc = check_keys(r, object, keys);

    if (rc == 0)
        rc = read_feature(r, object, "feature", &term->a);
    term->b = term->a;
    return rc;
}

/* A whole number from least to most. */
static int read_whole(struct reading *r, const cJSON *item, const char *key, unsigned least, unsigned most,
                      unsigned *out)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= least && item->valuedouble <= most) ||
        item->valuedouble != (unsigned)item->valuedouble)
        return nrs_why(r->why, NRS_ERR_FORMAT, "%s%s: not a whole number from %u to %u", r->place, key,
                       least, most);
    *out = (unsigned)item->valuedouble;
    return 0;
}

static int read_grams(struct reading *r, const cJSON *object, struct nrs_trained_term *term)
{
    static const char *const keys[] = {"type", "feature", "grams", "reach", "bits", "weights", NULL};
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, "grams");
    unsigned n, reach = 0, bits = 0;
    int rc = check_keys(r, object, keys);

    if (rc == 0)
        rc = read_feature(r, object, "feature", &term->a);
    term->b = term->a;
    if (rc == 0 && !cJSON_IsArray(list))
        rc = refuse(r, "grams", "not a list of lengths");
    for (const cJSON *item = rc ? NULL : list->child; rc == 0 && item; item = item->next) {
        rc = read_whole(r, item, "grams", 1, NRS_MODEL_GRAM_MAX, &n);
        if (rc == 0)
            term->grams |= (uint8_t)(1u << (n - 1));
    }
    if (rc == 0)
        rc = read_whole(r, cJSON_GetObjectItemCaseSensitive(object, "reach"), "reach", 1, NRS_START_BYTES,
                        &reach);
    if (rc == 0)
        rc = read_whole(r, cJSON_GetObjectItemCaseSensitive(object, "bits"), "bits", NRS_MODEL_GRAM_BITS_MIN,
                        NRS_MODEL_GRAM_BITS_MAX, &bits);
    term->reach = (uint16_t)reach;
    term->bits = (uint8_t)bits;
    return rc;
}

static int read_term(struct reading *r, const cJSON *object)
{
    static const struct {
        const char *name;
        uint8_t type;
        int (*read)(struct reading *, const cJSON *, struct nrs_trained_term *);
    } types[] = {{"linear", NRS_TERM_LINEAR, read_linear},
                 {"bins", NRS_TERM_BINS, read_bins},
                 {"cross", NRS_TERM_CROSS, read_cross},
                 {"grams", NRS_TERM_GRAMS, read_grams}};
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "type"));
    struct nrs_trained_term *term = &r->t->term[r->t->n_terms];

    for (size_t i = 0; name && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(name, types[i].name) == 0) {
            int rc;

            term->type = types[i].type;
            rc = types[i].read(r, object, term);
            if (rc == 0)
                rc = read_weights(r, object, term);
            r->t->n_terms++;
            return rc;
        }
    return refuse(r, "type", "not linear, bins, cross or grams");
}

static int read_terms(struct reading *r, const cJSON *array)
{
    int rc = 0;

    if (!cJSON_IsArray(array) || array->child == NULL)
        return refuse(r, "terms", "not a list with at least one term");
    for (const cJSON *item = array->child; rc == 0 && item; item = item->next) {
        if (r->t->n_terms == NRS_MODEL_TERMS_MAX)
            return refuse(r, "terms", "more than 128");
        snprintf(r->place, sizeof r->place, "terms[%u]: ", r->t->n_terms);
        rc = read_term(r, item);
    }
    r->place[0] = '\0';
    return rc;
}

static int read_outputs(struct reading *r, const cJSON *root)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(root, "outputs");
    int n = cJSON_IsArray(array) ? cJSON_GetArraySize(array) : 0;

    if (n < 1 || n > NRS_MODEL_OUTPUTS_MAX)
        return refuse(r, "outputs", "not a list of 1 to 32 names");
    for (const cJSON *item = array->child; item; item = item->next) {
        const char *name = cJSON_GetStringValue(item);

        if (name == NULL || name[0] == '\0' || strlen(name) > NRS_MODEL_NAME_MAX)
            return refuse(r, "outputs", "a name is not 1 to 31 characters");
        strcpy(r->t->output_name[r->t->n_outputs++], name);
    }
    return read_numbers(r, cJSON_GetObjectItemCaseSensitive(root, "bias"), r->t->n_outputs, "bias",
                        r->t->bias);
}

static int check_schema(struct reading *r, const cJSON *root)
{
    const struct nrs_schema *s = r->t->schema;
    const char *kind = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "kind"));
    const char *hash = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "schema_hash"));
    char own[17];

    snprintf(own, sizeof own, "%016" PRIx64, nrs_schema_hash(s));
    if (kind == NULL || strcmp(kind, s->name) != 0)
        return nrs_why(r->why, NRS_ERR_SCHEMA, "kind: not \"%s\"", s->name);
    if (hash == NULL || strcmp(hash, own) != 0)
        return nrs_why(r->why, NRS_ERR_SCHEMA, "schema_hash: not %s, the schema of this program", own);
    return 0;
}

static int read_thresholds(struct reading *r, const cJSON *object)
{
    const struct nrs_kind *kind = nrs_kind(r->t->schema->kind);
    const char *keys[NRS_MODEL_THRESHOLDS + 1] = {NULL};
    int rc;

    for (unsigned i = 0; i < kind->n_thresholds; i++)
        keys[i] = kind->threshold[i];
    rc = cJSON_IsObject(object) ? check_keys(r, object, keys) : refuse(r, "thresholds", "missing");
    for (unsigned i = 0; rc == 0 && keys[i]; i++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, keys[i]);

        if (!cJSON_IsNumber(item) || !(item->valuedouble > -1e6 && item->valuedouble < 1e6))
            return nrs_why(r->why, NRS_ERR_FORMAT, "thresholds: %s is not a logit", keys[i]);
        r->t->threshold[i] = item->valuedouble;
    }
    return rc;
}

static int read_calibration(struct reading *r, const cJSON *array)
{
    int rc = 0;

    if (array == NULL)
        return 0;
    if (!cJSON_IsArray(array) || cJSON_GetArraySize(array) > NRS_MODEL_POINTS_MAX)
        return refuse(r, "calibration", "not a list of at most 32 points");
    for (const cJSON *item = array->child; rc == 0 && item; item = item->next) {
        double pair[2] = {0};

        rc = read_numbers(r, item, 2, "calibration", pair);
        r->t->point[r->t->n_points].score = pair[0];
        r->t->point[r->t->n_points++].percent = pair[1];
    }
    return rc;
}

int nrs_read_additive_json(struct nrs_trained *t, const char *file, size_t len, struct nrs_why *why)
{
    static const char *const keys[] = {"kind",  "schema_hash", "name",        "outputs", "bias",
                                       "terms", "thresholds",  "calibration", NULL};
    struct reading r = {.t = t, .why = why};
    cJSON *root = cJSON_ParseWithLength(file, len);
    int rc;

    if (!cJSON_IsObject(root)) {
        cJSON_Delete(root);
        return nrs_why(why, NRS_ERR_FORMAT, "not a JSON object");
    }
    rc = check_keys(&r, root, keys);
    if (rc == 0)
        rc = check_schema(&r, root);
    if (rc == 0)
        rc = read_outputs(&r, root);
    if (rc == 0)
        rc = read_terms(&r, cJSON_GetObjectItemCaseSensitive(root, "terms"));
    if (rc == 0)
        rc = read_thresholds(&r, cJSON_GetObjectItemCaseSensitive(root, "thresholds"));
    if (rc == 0)
        rc = read_calibration(&r, cJSON_GetObjectItemCaseSensitive(root, "calibration"));
    cJSON_Delete(root);
    return rc;
}
