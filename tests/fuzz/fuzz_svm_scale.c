/* The ranges of svm-scale: read, or refused with a word. */
#include <stdlib.h>

#include "tests/model_fixture.h"
#include "tools/model/svm_scale.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct nrs_columns columns;
    double mul[FX_FEATURES], add[FX_FEATURES];
    struct nrs_why why = {""};

    if (columns.n == 0 && nrs_columns_init(&columns, &fx_beacon, NULL) != 0)
        abort();
    if (nrs_svm_scale_read(mul, add, &columns, (const char *)data, n, &why) != 0 && why.text[0] == '\0')
        abort();
    return 0;
}
