#include "tools/model/readers.h"

#include <string.h>

const struct nrs_reader nrs_readers[] = {
    {"additive-json", "terms (bins, cross, linear) as JSON, from noroshi's trainer", nrs_read_additive_json},
};
const size_t nrs_n_readers = sizeof nrs_readers / sizeof nrs_readers[0];

const struct nrs_reader *nrs_reader_of_name(const char *name)
{
    for (size_t i = 0; i < nrs_n_readers; i++)
        if (strcmp(nrs_readers[i].name, name) == 0)
            return &nrs_readers[i];
    return NULL;
}
