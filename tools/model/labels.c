/* file   = header line*
 * header = name (TAB name)* LF         one of labels, at least one key column, none of these twice
 * line   = value (TAB value)* [CR] LF  as many values as names; empty lines and those that begin with # are
 *                                      skipped */
#include "tools/model/labels.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/model/textfile.h"

#define COLUMNS_MAX 64
#define LABEL       (-1)
#define IGNORED     (-2)

struct layout {
    int field[COLUMNS_MAX]; /* index of an identity column, LABEL or IGNORED */
    unsigned n;
};

static const struct {
    const char *theirs, *ours;
} aliases[] = {
    {"id.orig_h", "source.ip"},      {"id.resp_h", "destination.ip"}, {"id.resp_p", "destination.port"},
    {"proto", "network.transport"},  {"sha256", "file.hash.sha256"},
};

static int field_of(const struct nrs_labels *l, const char *name)
{
    if (strcmp(name, l->column) == 0)
        return LABEL;
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (strcmp(aliases[i].theirs, name) == 0)
            name = aliases[i].ours;
    for (unsigned i = 0; i < l->n_ids; i++)
        if (strcmp(l->ids[i], name) == 0)
            return (int)i;
    return IGNORED;
}

static char *next_value(char **rest)
{
    char *value = *rest, *end;

    if (value == NULL)
        return NULL;
    end = value + strcspn(value, "\t");
    *rest = *end ? end + 1 : NULL;
    *end = '\0';
    return value;
}

static int read_header(const struct nrs_labels *l, struct layout *layout, char *line, struct nrs_why *why)
{
    bool seen[NRS_IDS_MAX + 1] = {false};
    unsigned n_keys = 0;

    for (char *name; (name = next_value(&line));) {
        int field = field_of(l, name);

        if (layout->n == COLUMNS_MAX)
            return nrs_why(why, NRS_ERR_LIMIT, "line 1: more than %d columns", COLUMNS_MAX);
        if (field != IGNORED && seen[field + 1])
            return nrs_why(why, NRS_ERR_FORMAT, "line 1: %s: a second such column", name);
        if (field != IGNORED)
            seen[field + 1] = true;
        n_keys += field >= 0;
        layout->field[layout->n++] = field;
    }
    if (!seen[LABEL + 1])
        return nrs_why(why, NRS_ERR_FORMAT, "line 1: no column `%s`", l->column);
    if (n_keys == 0)
        return nrs_why(why, NRS_ERR_FORMAT, "line 1: no column that tells what is labelled, like %s",
                       l->ids[0]);
    return 0;
}

static int read_line(struct nrs_label *to, const struct layout *layout, char *line, size_t number,
                     struct nrs_why *why)
{
    unsigned n = 0;

    for (char *value; (value = next_value(&line)); n++) {
        int field = n < layout->n ? layout->field[n] : IGNORED;

        if (field == LABEL)
            to->label = value;
        else if (field != IGNORED)
            to->key[field] = value;
    }
    if (n != layout->n)
        return nrs_why(why, NRS_ERR_FORMAT, "line %zu: not %u columns", number, layout->n);
    return 0;
}

static int compare_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) : 0;
}

static int by_key(const void *left, const void *right)
{
    const struct nrs_label *l = left, *r = right;
    int order = 0;

    for (unsigned i = 0; order == 0 && i < NRS_IDS_MAX; i++)
        order = compare_text(l->key[i], r->key[i]);
    return order;
}

static int refuse_contradictions(const struct nrs_labels *l, struct nrs_why *why)
{
    for (size_t i = 1; i < l->n; i++) {
        const struct nrs_label *a = &l->label[i - 1], *b = &l->label[i];
        unsigned first = 0;

        if (by_key(a, b) != 0 || strcmp(a->label, b->label) == 0)
            continue;
        while (a->key[first] == NULL)
            first++;
        return nrs_why(why, NRS_ERR_FORMAT, "%s: labelled %s and %s", a->key[first], a->label,
                       b->label);
    }
    return 0;
}

static int read_lines(struct nrs_labels *l, char *rest, struct nrs_why *why)
{
    struct layout layout = {.n = 0};
    size_t number = 1;
    char *line = nrs_textfile_line(&rest);
    int rc = line ? read_header(l, &layout, line, why) : nrs_why(why, NRS_ERR_SHORT, "no header line");

    while (rc == 0 && (line = nrs_textfile_line(&rest))) {
        number++;
        if (*line != '\0' && *line != '#')
            rc = read_line(&l->label[l->n++], &layout, line, number, why);
    }
    if (rc == 0) {
        qsort(l->label, l->n, sizeof l->label[0], by_key);
        rc = refuse_contradictions(l, why);
    }
    return rc;
}

int nrs_labels_take(struct nrs_labels *l, char *text, const char *column, const char *const *ids,
                    unsigned n_ids, struct nrs_why *why)
{
    size_t n_lines = 1;

    *l = (struct nrs_labels){.column = column, .ids = ids, .n_ids = n_ids, .text = text};
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        n_lines++;
    l->label = calloc(n_lines, sizeof l->label[0]);
    return l->label ? read_lines(l, text, why) : nrs_why(why, NRS_ERR_SPACE, "out of memory");
}

int nrs_labels_read(struct nrs_labels *l, const char *path, const char *column, const char *const *ids,
                    unsigned n_ids, struct nrs_why *why)
{
    size_t len;
    char *text = nrs_textfile_load(path, &len, why);

    memset(l, 0, sizeof *l);
    return text ? nrs_labels_take(l, text, column, ids, n_ids, why) : NRS_ERR_IO;
}

void nrs_labels_done(struct nrs_labels *l)
{
    free(l->label);
    free(l->text);
    memset(l, 0, sizeof *l);
}

const char *nrs_labels_find(const struct nrs_labels *l, const char *const *id)
{
    struct nrs_label wanted = {.label = NULL}, *found;

    for (unsigned i = 0; i < l->n_ids; i++)
        wanted.key[i] = id[i];
    found = l->n ? bsearch(&wanted, l->label, l->n, sizeof wanted, by_key) : NULL;
    return found ? found->label : NULL;
}

int nrs_classes_add(struct nrs_classes *c, char *argument, struct nrs_why *why)
{
    char *labels = strchr(argument, '=');

    if (c->n == NRS_CLASSES_MAX)
        return nrs_why(why, NRS_ERR_LIMIT, "more than %d classes", NRS_CLASSES_MAX);
    if (labels)
        *labels++ = '\0';
    if (*argument == '\0' || (labels && *labels == '\0'))
        return nrs_why(why, NRS_ERR_FORMAT, "not NAME or NAME=LABEL,...");
    c->name[c->n] = argument;
    c->labels[c->n++] = labels ? labels : argument;
    return 0;
}

static bool listed(const char *list, const char *label)
{
    size_t len = strlen(label), n;

    for (;; list += n + 1) {
        n = strcspn(list, ",");
        if (n == len && memcmp(list, label, n) == 0)
            return true;
        if (list[n] == '\0')
            return false;
    }
}

int nrs_classes_of(const struct nrs_classes *c, const char *label)
{
    for (unsigned i = 0; label && i < c->n; i++)
        if (listed(c->labels[i], label))
            return (int)i;
    return -1;
}
