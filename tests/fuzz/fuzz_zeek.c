/* Text logs in every form and wrapping, plain or packed. */
#include "tests/fuzz/recorded_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n > 0)
        read_recorded_bytes(data, n);
    return 0;
}
