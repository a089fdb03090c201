/* Any bytes as a table of features. */
#include <stdlib.h>

#include "tests/model_fixture.h"
#include "tools/model/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = malloc(n + 1);
    struct nrs_data data;
    struct nrs_why why;

    if (text == NULL)
        return 0;
    memcpy(text, bytes, n);
    text[n] = '\0';
    if (nrs_data_parse(&data, text, &fx_beacon, &why) == 0)
        for (size_t i = 0; i < data.n; i++)
            for (unsigned f = 0; f < FX_FEATURES; f++)
                if (nrs_data_row(&data, i)[f] > fx_features[f].max || data.label[i] >= data.n_labels)
                    abort();
    nrs_data_done(&data);
    free(text);
    return 0;
}
