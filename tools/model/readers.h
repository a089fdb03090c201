/* tools/model/readers.h - trainers' formats: one read_<format>.c and one line here each
 *
 * A reader gets the whole file (text is followed by a NUL that len does not count), fills a trained model
 * that was initialised with the schema to export for, and refuses with a note that names the place. */
#ifndef NRS_TOOL_READERS_H
#define NRS_TOOL_READERS_H
#include <stddef.h>

#include "tools/model/trained.h"

struct nrs_reader {
    const char *name; /* as given to --from */
    const char *text; /* for --help */
    int (*read)(struct nrs_trained *t, const char *file, size_t len, struct nrs_note *note);
};

int nrs_read_additive_json(struct nrs_trained *t, const char *file, size_t len, struct nrs_note *note);

extern const struct nrs_reader nrs_readers[];
extern const size_t nrs_n_readers;

/* NULL if there is none of that name. */
const struct nrs_reader *nrs_reader_of_name(const char *name);

#endif
