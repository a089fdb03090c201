/* The trainer's JSON, through quantising and writing: whatever is accepted must prove itself. */
#include <stdlib.h>

#include "models/base/error.h"
#include "tests/model_fixture.h"
#include "tools/model/export.h"
#include "tools/model/readers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct nrs_schema schema = {"beacon", NRS_KIND_BEACON, 1, FX_FEATURES, 0, fx_features};
    static const struct nrs_nrm_head head = {.serial = 1};
    static struct nrs_trained trained;
    static struct nrs_export made;
    struct nrs_why why;

    if (n > 20000)
        return 0;
    nrs_trained_init(&trained, &schema);
    if (nrs_read_additive_json(&trained, (const char *)data, n, &why) == 0 &&
        nrs_trained_check(&trained, &why) == 0) {
        if (nrs_export_run(&made, &trained, &head, &why) == NRS_ERR_SELFTEST)
            abort(); /* written, and then not as promised */
        nrs_export_done(&made);
    }
    nrs_trained_done(&trained);
    return 0;
}
