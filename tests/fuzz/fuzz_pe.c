/* Windows executables. */
#include "tests/fuzz/scan_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    return scan_as(data, n, "MZ", 2, &nrs_schema_packer_pe);
}
