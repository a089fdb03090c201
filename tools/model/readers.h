/* tools/model/readers.h - trainers' formats: one read_<format>.c and one line here each
 *
 * A reader gets the whole file; a NUL that len does not count follows the text. It fills what was
 * initialised for it. When it refuses, the reason names the place. The file is hostile: a reader compares
 * every size, count and nesting with a limit before it uses it. */
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

/* The reader of a file, by its content. NULL if there is none: `why` says what the file looks like. */
const struct nrs_trained_reader *nrs_trained_reader_of_content(const char *file, size_t len,
                                                               struct nrs_why *why);

/* Reads a file with that reader, or with the one of its content for NULL, and checks the result. columns and
 * choice are for formats that are linear over columns; of the choice only a threshold is for others. t:
 * initialised for the columns' schema. */
int nrs_trained_read(struct nrs_trained *t, const struct nrs_trained_reader *reader,
                     const struct nrs_columns *columns, const struct nrs_linear_choice *choice,
                     const char *file, size_t len, struct nrs_why *why);

#endif
