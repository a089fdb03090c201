/* tools/model/labels.h - labels of destinations or files from a TSV, and the classes made of them
 *
 * The TSV (plain or gzip) has a header line. One column, `label` or another that is named, is the label;
 * every column that carries the name of an identity column of the rows (rows.h) is part of the key, other
 * columns are ignored. Zeek's names do as well: id.orig_h, id.resp_h, id.resp_p, proto; and sha256 for
 * files. One key may stand twice only with one label.
 *
 * Memory: the file's text and an index into it, until done. */
#ifndef NRS_TOOL_LABELS_H
#define NRS_TOOL_LABELS_H
#include <stddef.h>

#include "models/base/why.h"

#define NRS_IDS_MAX      10 /* identity columns of a row */
#define NRS_CLASSES_MAX  32

struct nrs_label {
    const char *key[NRS_IDS_MAX]; /* NULL: not a key column of this file */
    const char *label;
};

struct nrs_labels {
    const char *column;     /* whose values are the labels */
    const char *const *ids; /* names of the identity columns */
    unsigned n_ids;
    char *text;
    struct nrs_label *label; /* sorted by key */
    size_t n;
};

/* column: of the labels. ids: [n_ids], outlive the labels. Call done in any case. */
int nrs_labels_read(struct nrs_labels *l, const char *path, const char *column, const char *const *ids,
                    unsigned n_ids, struct nrs_why *why);

/* The same for text in memory, which the labels take over (from malloc, with a NUL at its end). */
int nrs_labels_take(struct nrs_labels *l, char *text, const char *column, const char *const *ids,
                    unsigned n_ids, struct nrs_why *why);
void nrs_labels_done(struct nrs_labels *l);

/* The label of a row's identity; NULL if there is none. */
const char *nrs_labels_find(const struct nrs_labels *l, const char *const *id);

/* Classes in the order given: `--class NAME` (rows labelled NAME) or `--class NAME=LABEL,LABEL`. */
struct nrs_classes {
    unsigned n;
    char *name[NRS_CLASSES_MAX]; /* into argv, cut at the `=` */
    char *labels[NRS_CLASSES_MAX];
};

int nrs_classes_add(struct nrs_classes *c, char *argument, struct nrs_why *why);

/* Index of the class of a label, -1 if it belongs to none. */
int nrs_classes_of(const struct nrs_classes *c, const char *label);

#endif
