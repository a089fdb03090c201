/* ELF files, UPX and the dynamic table included. */
#include "tests/fuzz/scan_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    return scan_as(data, n, "\x7f" "ELF", 4, &nrs_schema_packer);
}
