/* What the agent and its scanner process read: each other's records (an accepted one can be written as a verdict and comes back as
 * the same bytes), and the kernel's notices of programs that start. */
#include <stdlib.h>
#include <string.h>

#include "agent/verdicts/program_lines.h"
#include "platform/linux/exec_event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_found(const uint8_t *data, size_t n)
{
    static const struct nrs_verdict_id id = {"host", "boot", 1, 0};
    static const struct nrs_beacon beacon = {.d = 1, .seq = UINT32_MAX, .connection = {.proto = NRS_PROTO_TCP}};
    char line[NRS_VERDICT_MAX + 1];
    uint8_t bytes[NRS_FOUND_BYTES];
    struct nrs_found f, again;

    if (nrs_found_read(&f, data, n) != 0)
        return;
    nrs_found_write(bytes, &f);
    if (nrs_found_read(&again, bytes, sizeof bytes) != 0 || strcmp(f.path, again.path) != 0)
        abort();
    if (nrs_combo_line(line, sizeof line, &f, &beacon, UINT32_MAX, &id) <= 0 || strchr(line, '\n')[1] != '\0' ||
        nrs_packer_line(line, sizeof line, &f, &id) <= 0 || strchr(line, '\n')[1] != '\0')
        abort();
}

static void check_kernel(const uint8_t *data, size_t n)
{
    struct nrs_exec e;
    char path[64];

    if (nrs_exec_event_read(&e, data, n) == 0 && e.lost != (e.fd < 0))
        abort();
    if (nrs_exec_mount(path, sizeof path, (const char *)data, n) && (path[0] != '/' || strlen(path) >= sizeof path))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint8_t bytes[NRS_ASK_BYTES];
    struct nrs_ask ask;

    check_found(data, n);
    check_kernel(data, n);
    if (nrs_ask_read(&ask, data, n) == 0) {
        nrs_ask_write(bytes, &ask);
        if (memcmp(bytes, data, n) != 0)
            abort();
    }
    return 0;
}
