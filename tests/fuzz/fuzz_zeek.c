/* Text logs: Zeek TSV and JSON, Suricata EVE, plain or gzip. */
#include "tests/fuzz/recorded_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n > 0 && (data[0] == '#' || data[0] == '{' || data[0] == 0x1f))
        read_recorded_bytes(data, n);
    return 0;
}
