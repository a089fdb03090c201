/* tools/model/readers.h - trainers' formats: one read_<format>.c and one line here each
 *
 * A reader gets the whole file (text is followed by a NUL that len does not count), fills what was
 * initialised for it, and refuses with a reason that names the place. The file is as hostile as any other: no
 * size, count or nesting in it is believed before it is compared with a limit. */
#ifndef NRS_TOOL_READERS_H
#define NRS_TOOL_READERS_H
#include <stddef.h>

#include "tools/model/linear.h"
#include "tools/model/trained.h"

struct nrs_trained_reader {
    const char *name; /* as given to --from */
    const char *text; /* for --help */
    /* Exactly one: most formats are linear over columns, our own has the terms themselves. */
    int (*linear)(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why);
    int (*terms)(struct nrs_trained *t, const char *file, size_t len, struct nrs_why *why);
};

int nrs_read_additive_json(struct nrs_trained *t, const char *file, size_t len, struct nrs_why *why);
int nrs_read_sklearn_json(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why);
int nrs_read_liblinear(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why);
int nrs_read_libsvm(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why);
int nrs_read_vw(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why);
int nrs_read_onnx(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why);
int nrs_read_safetensors(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why);
int nrs_read_jubatus_json(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why);

extern const struct nrs_trained_reader nrs_trained_readers[];
extern const size_t nrs_n_readers;

/* NULL if there is none of that name. */
const struct nrs_trained_reader *nrs_trained_reader_of_name(const char *name);

/* Which reader a file is for, by its content; NULL, and `why` says what it looks like, if none. */
const struct nrs_trained_reader *nrs_trained_reader_of_content(const char *file, size_t len,
                                                               struct nrs_why *why);

/* Reads a file with that reader, or with the one of its content for NULL, and checks the result. columns and
 * choice are for formats that are linear over columns; of the choice only a threshold is for others. t:
 * initialised for the columns' schema. */
int nrs_trained_read(struct nrs_trained *t, const struct nrs_trained_reader *reader,
                     const struct nrs_columns *columns, const struct nrs_linear_choice *choice,
                     const char *file, size_t len, struct nrs_why *why);

#endif
