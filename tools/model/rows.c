#include "tools/model/rows.h"

#include <inttypes.h>
#include <string.h>

/* RFC 4180: what holds a comma, a quote or a line end is quoted, and a quote doubled. */
static void put_text(FILE *to, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, to);
        return;
    }
    putc('"', to);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', to);
        putc(*text, to);
    }
    putc('"', to);
}

void nrs_rows_begin(struct nrs_rows *r)
{
    char name[NRS_COLUMN_NAME_MAX];

    if (r->svm)
        return;
    fputs("label", r->to);
    for (unsigned i = 0; i < r->n_ids; i++)
        fprintf(r->to, ",%s", r->ids[i]);
    for (unsigned i = 0; i < r->columns.n; i++) {
        nrs_columns_name(&r->columns, i, name);
        fprintf(r->to, ",%s", name);
    }
    putc('\n', r->to);
}

static int class_number(const struct nrs_classes *c, int class)
{
    if (c->n == 2)
        return class ? 1 : -1;
    return class < 0 ? 0 : class;
}

static void add_svm(struct nrs_rows *r, int class)
{
    fprintf(r->to, "%d", class_number(&r->classes, class));
    for (unsigned i = 0; i < r->columns.n; i++)
        if (r->columns.value[i])
            fprintf(r->to, " %u:%u", i + 1, r->columns.value[i]);
    putc('\n', r->to);
}

static void add_csv(struct nrs_rows *r, const char *label, const char *const *id)
{
    put_text(r->to, label);
    for (unsigned i = 0; i < r->n_ids; i++) {
        putc(',', r->to);
        put_text(r->to, id[i]);
    }
    for (unsigned i = 0; i < r->columns.n; i++)
        fprintf(r->to, ",%u", r->columns.value[i]);
    putc('\n', r->to);
}

void nrs_rows_add(struct nrs_rows *r, const char *const *id, const uint16_t *x)
{
    const char *label = r->labels ? nrs_labels_find(r->labels, id) : NULL;
    int class = nrs_classes_of(&r->classes, label);

    if (r->classes.n && class < 0)
        return;
    if (class >= 0)
        label = r->classes.name[class];
    r->n++;
    r->n_labelled += label != NULL;
    nrs_columns_set(&r->columns, x);
    if (r->svm)
        add_svm(r, class);
    else
        add_csv(r, label ? label : "", id);
}

void nrs_rows_list_columns(struct nrs_rows *r, FILE *to)
{
    char name[NRS_COLUMN_NAME_MAX];

    fprintf(to, "# schema\t%s\t%016" PRIx64 "\n", r->columns.schema->name,
            nrs_schema_hash(r->columns.schema));
    for (unsigned i = 0; i < r->classes.n; i++)
        fprintf(to, "# class\t%d\t%s\n", class_number(&r->classes, (int)i), r->classes.name[i]);
    for (unsigned i = 0; i < r->columns.n; i++) {
        nrs_columns_name(&r->columns, i, name);
        fprintf(to, "%u\t%s\t%u\n", i + 1, name, nrs_columns_max(&r->columns, i));
    }
}
