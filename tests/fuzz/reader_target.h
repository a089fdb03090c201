/* tests/fuzz/reader_target.h - a fuzz target for one reader of trainers' models; define READER, its name
 *
 * Files of odd length are read for a schema of several classes, the others for one of two. What is refused must be
 * refused with a word, by the reader or by the quantiser. */
#include <stdlib.h>

#include "tests/model_fixture.h"
#include "tools/model/quantised.h"
#include "tools/model/readers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct nrs_linear_choice choice = {.labels = NULL};
    static struct nrs_columns columns[2];
    static const struct nrs_trained_reader *reader;
    static struct nrs_trained trained;
    static struct nrs_quantised quantised;
    struct nrs_why why = {""};
    unsigned kind = n % 2;
    int rc;

    if (reader == NULL) {
        reader = nrs_trained_reader_of_name(READER);
        if (nrs_columns_init(&columns[0], &fx_beacon, NULL) != 0 || nrs_columns_init(&columns[1], &fx_packer, NULL) != 0)
            abort();
    }
    nrs_trained_init(&trained, columns[kind].schema);
    rc = nrs_trained_read(&trained, reader, &columns[kind], &choice, (const char *)data, n, &why);
    if (rc == 0) {
        rc = nrs_quantise(&quantised, &trained, &why);
        nrs_quantised_done(&quantised);
    }
    nrs_trained_done(&trained);
    if (rc != 0 && why.text[0] == '\0')
        abort();
    return 0;
}
