/* file   = header line*
 * header = name ("," name)* LF            every feature of the schema once, `label` at most once; `start` if
 *                                        the schema has bytes: two characters each, hexadecimal or ".."
 * line   = value ("," value)* [CR] LF     as many values as names; empty lines are skipped
 * value  = text | '"' (char | '""')* '"'  RFC 4180, but no line end inside a value; a feature is a decimal
 *                                        number */
#include "tools/model/data.h"

#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/model/textfile.h"

#define COLUMNS_MAX 512
#define LABEL       (-1)
#define IGNORED     (-2)
#define START       (-3)

struct layout {
    int field[COLUMNS_MAX]; /* index of a feature, LABEL or IGNORED */
    unsigned n;
};

/* Takes the quotes off in place; returns where the value ends, NULL if a quote is not closed. */
static char *unquote(char *value)
{
    char *from = value + 1, *to = value;

    for (; *from; from++) {
        if (*from == '"' && *++from != '"') {
            *to = '\0';
            return from;
        }
        *to++ = *from;
    }
    return NULL;
}

/* Cuts the next value off *rest, which is NULL after the last; NULL if it is not well formed. */
static char *next_value(char **rest)
{
    char *value = *rest, *end = value + strcspn(value, ",");

    if (*value == '"') {
        end = unquote(value);
        if (end == NULL || (*end != ',' && *end != '\0'))
            return NULL;
    }
    *rest = *end == ',' ? end + 1 : NULL;
    *end = '\0';
    return value;
}

static int special(const struct nrs_schema *schema, const char *name)
{
    if (strcmp(name, "label") == 0)
        return LABEL;
    return schema->n_bytes && strcmp(name, "start") == 0 ? START : IGNORED;
}

static int read_header(struct layout *layout, const struct nrs_schema *schema, char *rest,
                       struct nrs_why *why)
{
    bool seen[NRS_FEATURES_MAX] = {false}, labelled = false, started = schema->n_bytes == 0;

    while (rest) {
        char *name = next_value(&rest);
        int field = name ? nrs_schema_find(schema, name, (unsigned)strlen(name)) : IGNORED;

        if (name == NULL || layout->n == COLUMNS_MAX)
            return nrs_why(why, NRS_ERR_FORMAT, "line 1: column %u: %s", layout->n + 1,
                           name ? "one too many" : "a quote is not closed");
        if (field < 0)
            field = special(schema, name);
        if (field == LABEL ? labelled : field >= 0 && seen[field])
            return nrs_why(why, NRS_ERR_FORMAT, "line 1: %s: a second such column", name);
        labelled |= field == LABEL;
        started |= field == START;
        if (field >= 0)
            seen[field] = true;
        layout->field[layout->n++] = field;
    }
    for (unsigned i = 0; i < schema->n_features; i++)
        if (!seen[i])
            return nrs_why(why, NRS_ERR_FORMAT,
                           "line 1: no column %s: not the raw features of schema %s",
                           schema->features[i].name, schema->name);
    if (!started)
        return nrs_why(why, NRS_ERR_FORMAT, "line 1: no column start: the bytes of schema %s",
                       schema->name);
    return 0;
}

static int read_number(uint16_t *x, const char *text, uint16_t max)
{
    unsigned long v;
    char *end;

    if (*text < '0' || *text > '9')
        return NRS_ERR_FORMAT;
    v = strtoul(text, &end, 10);
    if (*end != '\0' || v > max)
        return NRS_ERR_RANGE;
    *x = (uint16_t)v;
    return 0;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int read_start(uint16_t *bytes, const char *text, unsigned n)
{
    if (strlen(text) != 2u * n)
        return NRS_ERR_FORMAT;
    for (unsigned i = 0; i < n; i++, text += 2) {
        int high = digit(text[0]), low = digit(text[1]);
        bool absent = text[0] == '.' && text[1] == '.';

        if (!absent && (high < 0 || low < 0))
            return NRS_ERR_FORMAT;
        bytes[i] = absent ? NRS_BYTE_ABSENT : (uint16_t)(16 * high + low);
    }
    return 0;
}

static int read_label(struct nrs_data *d, uint8_t *label, const char *text, struct nrs_why *why)
{
    unsigned i = 0;

    while (i < d->n_labels && strcmp(d->name[i], text) != 0)
        i++;
    if (i == NRS_DATA_LABELS_MAX)
        return nrs_why(why, NRS_ERR_LIMIT, "more than %d labels", NRS_DATA_LABELS_MAX);
    if (i == d->n_labels) {
        d->name[i] = strdup(text);
        if (d->name[i] == NULL)
            return nrs_why(why, NRS_ERR_SPACE, "out of memory");
        d->n_labels++;
    }
    *label = (uint8_t)i;
    return 0;
}

static int read_line(struct nrs_data *d, const struct layout *layout, char *rest, size_t number,
                     struct nrs_why *why)
{
    const struct nrs_feature *features = d->schema->features;
    uint16_t *x = d->x + d->n * nrs_schema_vector(d->schema);
    const char *label = "";
    unsigned n = 0;

    for (; rest; n++) {
        const char *value = next_value(&rest);
        int field = n < layout->n ? layout->field[n] : IGNORED;

        if (value == NULL)
            return nrs_why(why, NRS_ERR_FORMAT, "line %zu: column %u: a quote is not closed", number,
                           n + 1);
        if (field == LABEL)
            label = value;
        else if (field == START && read_start(x + d->schema->n_features, value, d->schema->n_bytes) != 0)
            return nrs_why(why, NRS_ERR_FORMAT, "line %zu: start: not %u bytes", number,
                           d->schema->n_bytes);
        else if (field >= 0 && read_number(&x[field], value, features[field].max) != 0)
            return nrs_why(why, NRS_ERR_RANGE, "line %zu: %s: %s is not a number from 0 to %u", number,
                           features[field].name, value, features[field].max);
    }
    if (n != layout->n)
        return nrs_why(why, NRS_ERR_FORMAT, "line %zu: not %u columns", number, layout->n);
    return read_label(d, &d->label[d->n++], label, why);
}

int nrs_data_parse(struct nrs_data *d, char *text, const struct nrs_schema *schema, struct nrs_why *why)
{
    struct layout layout = {.n = 0};
    size_t number = 1, n_lines = 1;
    char *rest = text, *line;
    int rc;

    *d = (struct nrs_data){.schema = schema};
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        n_lines++;
    d->x = calloc(n_lines, nrs_schema_vector(schema) * sizeof d->x[0]);
    d->label = calloc(n_lines, sizeof d->label[0]);
    if (d->x == NULL || d->label == NULL)
        return nrs_why(why, NRS_ERR_SPACE, "out of memory");
    line = nrs_textfile_line(&rest);
    rc =
        line ? read_header(&layout, schema, line, why) : nrs_why(why, NRS_ERR_SHORT, "no header line");
    while (rc == 0 && (line = nrs_textfile_line(&rest))) {
        number++;
        if (*line != '\0')
            rc = read_line(d, &layout, line, number, why);
    }
    return rc;
}

int nrs_data_read(struct nrs_data *d, const char *path, const struct nrs_schema *schema,
                  struct nrs_why *why)
{
    size_t len;
    char *text = nrs_textfile_load(path, &len, why);
    int rc;

    memset(d, 0, sizeof *d);
    if (text == NULL)
        return NRS_ERR_IO;
    rc = nrs_data_parse(d, text, schema, why);
    free(text);
    return rc;
}

void nrs_data_done(struct nrs_data *d)
{
    for (unsigned i = 0; i < d->n_labels; i++)
        free(d->name[i]);
    free(d->x);
    free(d->label);
    memset(d, 0, sizeof *d);
}

const uint16_t *nrs_data_row(const struct nrs_data *d, size_t i)
{
    return d->x + i * nrs_schema_vector(d->schema);
}

int nrs_data_choose(const struct nrs_data *d, const char *list, bool *chosen, struct nrs_why *why)
{
    memset(chosen, 0, d->n_labels * sizeof chosen[0]);
    for (;;) {
        size_t n = strcspn(list, ",");
        unsigned i = 0;

        while (i < d->n_labels && (strlen(d->name[i]) != n || memcmp(d->name[i], list, n) != 0))
            i++;
        if (i == d->n_labels)
            return nrs_why(why, NRS_ERR_RANGE, "%.*s: no row has this label", (int)n, list);
        chosen[i] = true;
        if (list[n] == '\0')
            return 0;
        list += n + 1;
    }
}
