/* file     = (line LF)*                     one JSON object a line; empty lines are skipped
 * line     = mark | evidence | other        other: any record of noroshi without a "mark"
 * mark     = {"mark": "right" | "wrong", "event.id": ID}
 *          | {"mark": "right" | "wrong", "x": VECTOR}         both with "note": text for people
 * evidence = {"event.dataset": "noroshi.evidence", "event.id": ID,
 *             "noroshi": {"of": SEQ, "sch": HASH, "x": VECTOR, ...}, ...}
 * VECTOR   = base64 of the features in the order of the schema, 16 bits each, little-endian
 *          | [number, ...]
 * ID       = <host>-<boot>-<seq>; a verdict's is that of its evidence with `of` for <seq>
 * HASH     = 16 hexadecimal digits, the schema's */
#include "tools/model/feedback.h"

#include <cJSON.h>
#include <inttypes.h>
#include <mbedtls/base64.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/bytes.h"
#include "models/base/error.h"
#include "tools/model/json.h"
#include "tools/model/textfile.h"

#define ID_MAX 128

void nrs_feedback_init(struct nrs_feedback *f, const struct nrs_schema *schema)
{
    *f = (struct nrs_feedback){.schema = schema};
}

void nrs_feedback_done(struct nrs_feedback *f)
{
    for (size_t i = 0; i < f->n_marks; i++) {
        if (f->mark[i].verdict == NULL)
            free(f->mark[i].x); /* of the others it is the evidence's */
        free(f->mark[i].verdict);
    }
    for (size_t i = 0; i < f->n_evidence; i++) {
        free(f->evidence[i].verdict);
        free(f->evidence[i].x);
    }
    free(f->mark);
    free(f->evidence);
    *f = (struct nrs_feedback){.schema = f->schema};
}

static const char *text_at(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

static bool within(const struct nrs_schema *schema, const uint16_t *x)
{
    for (unsigned i = 0; i < schema->n_features; i++)
        if (x[i] > schema->features[i].max)
            return false;
    return true;
}

static bool from_base64(const struct nrs_schema *schema, const char *text, uint16_t *x)
{
    uint8_t bytes[2 * NRS_FEATURES_MAX + 3];
    size_t n;

    if (mbedtls_base64_decode(bytes, sizeof bytes, &n, (const unsigned char *)text, strlen(text)) != 0 ||
        n != 2u * schema->n_features)
        return false;
    for (unsigned i = 0; i < schema->n_features; i++)
        x[i] = nrs_get_u16le(bytes + 2 * i);
    return true;
}

static bool from_list(const struct nrs_schema *schema, const cJSON *list, uint16_t *x)
{
    double value[NRS_FEATURES_MAX];
    struct nrs_why why;

    if (nrs_json_numbers(list, schema->n_features, "", "x", value, &why) != 0)
        return false;
    for (unsigned i = 0; i < schema->n_features; i++) {
        if (!(value[i] >= 0 && value[i] <= UINT16_MAX) || value[i] != (uint16_t)value[i])
            return false;
        x[i] = (uint16_t)value[i];
    }
    return true;
}

/* The vector in either form, from malloc; NULL if it is none of the schema. */
static uint16_t *take_vector(const struct nrs_schema *schema, const cJSON *item)
{
    uint16_t *x = calloc(nrs_schema_vector(schema), sizeof x[0]);
    const char *text = cJSON_GetStringValue(item);

    if (x && (text ? from_base64(schema, text, x) : from_list(schema, item, x)) && within(schema, x))
        return x;
    free(x);
    return NULL;
}

/* Room for one more; NULL when out of memory. */
static void *grow(void *array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return array;
    *cap = *cap ? 2 * *cap : 64;
    return realloc(array, *cap * size);
}

static int add_mark(struct nrs_feedback *f, const cJSON *line, struct nrs_why *why)
{
    static const char *const keys[] = {"mark", "event.id", "x", "note", NULL};
    const char *said = text_at(line, "mark"), *verdict = text_at(line, "event.id");
    const cJSON *x = cJSON_GetObjectItemCaseSensitive(line, "x");
    struct nrs_feedback_mark mark = {.right = said && strcmp(said, "right") == 0};
    void *larger;

    if (nrs_json_keys(line, keys, "", why) != 0)
        return NRS_ERR_FORMAT;
    if (!mark.right && (said == NULL || strcmp(said, "wrong") != 0))
        return nrs_why(why, NRS_ERR_FORMAT, "mark: not \"right\" or \"wrong\"");
    if ((verdict == NULL) == (x == NULL))
        return nrs_why(why, NRS_ERR_FORMAT, "a mark has either event.id or x");
    larger = grow(f->mark, f->n_marks, &f->mark_cap, sizeof mark);
    if (larger == NULL)
        return nrs_why(why, NRS_ERR_SPACE, "out of memory");
    f->mark = larger;
    if (x)
        mark.x = take_vector(f->schema, x);
    else
        mark.verdict = strdup(verdict);
    if (x && mark.x == NULL)
        return nrs_why(why, NRS_ERR_FORMAT, "x: not a vector of schema %s", f->schema->name);
    f->mark[f->n_marks++] = mark;
    return 0;
}

/* "<host>-<boot>-" of the evidence's own id, and `of`. */
static char *verdict_of(const char *id, const char *of)
{
    const char *dash = id ? strrchr(id, '-') : NULL;
    char text[ID_MAX];

    if (dash == NULL || of == NULL ||
        snprintf(text, sizeof text, "%.*s-%s", (int)(dash - id), id, of) >= (int)sizeof text)
        return NULL;
    return strdup(text);
}

static int add_evidence(struct nrs_feedback *f, const cJSON *line, struct nrs_why *why)
{
    const cJSON *own = cJSON_GetObjectItemCaseSensitive(line, "noroshi");
    const char *hash = text_at(own, "sch");
    const cJSON *x = cJSON_GetObjectItemCaseSensitive(own, "x");
    struct nrs_evidence e = {.verdict = verdict_of(text_at(line, "event.id"), text_at(own, "of"))};
    void *larger = grow(f->evidence, f->n_evidence, &f->evidence_cap, sizeof e);

    if (larger)
        f->evidence = larger;
    if (e.verdict == NULL || larger == NULL) {
        free(e.verdict);
        return nrs_why(why, NRS_ERR_FORMAT, "evidence without event.id and of");
    }
    if (hash)
        e.schema_hash = strtoull(hash, NULL, 16);
    if (x && e.schema_hash == nrs_schema_hash(f->schema))
        e.x = take_vector(f->schema, x);
    f->evidence[f->n_evidence++] = e;
    return 0;
}

static int read_line(struct nrs_feedback *f, const char *text, struct nrs_why *why)
{
    cJSON *line = cJSON_Parse(text);
    const char *dataset = text_at(line, "event.dataset");
    int rc = 0;

    if (!cJSON_IsObject(line))
        rc = nrs_why(why, NRS_ERR_FORMAT, "not a JSON object");
    else if (cJSON_HasObjectItem(line, "mark"))
        rc = add_mark(f, line, why);
    else if (dataset == NULL)
        rc = nrs_why(why, NRS_ERR_FORMAT, "neither a mark nor a record with event.dataset");
    else if (strcmp(dataset, "noroshi.evidence") == 0)
        rc = add_evidence(f, line, why);
    cJSON_Delete(line);
    return rc;
}

int nrs_feedback_parse(struct nrs_feedback *f, char *text, struct nrs_why *why)
{
    struct nrs_why what;
    size_t number = 0;
    int rc = 0;

    for (char *rest = text, *line; rc == 0 && (line = nrs_textfile_line(&rest));) {
        number++;
        if (*line == '\0')
            continue;
        rc = read_line(f, line, &what);
        if (rc)
            nrs_why(why, rc, "line %zu: %.200s", number, what.text);
    }
    return rc;
}

int nrs_feedback_read(struct nrs_feedback *f, const char *path, struct nrs_why *why)
{
    size_t len;
    char *text = nrs_textfile_load(path, &len, why);
    int rc = text ? nrs_feedback_parse(f, text, why) : NRS_ERR_IO;

    free(text);
    return rc;
}

static int by_verdict(const void *left, const void *right)
{
    const struct nrs_evidence *l = left, *r = right;

    return strcmp(l->verdict, r->verdict);
}

static int join(const struct nrs_feedback *f, struct nrs_feedback_mark *mark, struct nrs_why *why)
{
    struct nrs_evidence wanted = {.verdict = mark->verdict}, *found = NULL;

    if (f->n_evidence)
        found = bsearch(&wanted, f->evidence, f->n_evidence, sizeof wanted, by_verdict);
    if (found == NULL)
        return nrs_why(why, NRS_ERR_RANGE, "%s: marked, but there is no evidence record of it",
                       mark->verdict);
    if (found->x == NULL && found->schema_hash && found->schema_hash != nrs_schema_hash(f->schema))
        return nrs_why(why, NRS_ERR_SCHEMA,
                       "%s: its vector is of schema %016" PRIx64 ", the model's is %016" PRIx64,
                       mark->verdict, found->schema_hash, nrs_schema_hash(f->schema));
    if (found->x == NULL)
        return nrs_why(why, NRS_ERR_FORMAT, "%s: its evidence has no vector of schema %s",
                       mark->verdict, f->schema->name);
    mark->x = found->x;
    return 0;
}

int nrs_feedback_join(struct nrs_feedback *f, struct nrs_why *why)
{
    int rc = 0;

    if (f->n_evidence)
        qsort(f->evidence, f->n_evidence, sizeof f->evidence[0], by_verdict);
    for (size_t i = 0; rc == 0 && i < f->n_marks; i++)
        if (f->mark[i].verdict)
            rc = join(f, &f->mark[i], why);
    return rc;
}
