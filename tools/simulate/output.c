/* tools/simulate/output.c - text files, plain or gzip, and how addresses look in them */
#include "tools/simulate/output.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

int nrs_sim_out_open(struct nrs_sim_out *o, const char *path)
{
    size_t n = strlen(path);
    bool packed = n > 3 && !strcmp(path + n - 3, ".gz");

    o->failed = false;
    o->file = gzopen(path, packed ? "wb6" : "wbT"); /* T: as it is */
    return o->file ? 0 : -1;
}

void nrs_sim_out_put(struct nrs_sim_out *o, const char *format, ...)
{
    char line[1024];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof(line) || gzwrite(o->file, line, (unsigned)n) != n)
        o->failed = true;
}

int nrs_sim_out_close(struct nrs_sim_out *o)
{
    bool failed = gzclose(o->file) != Z_OK || o->failed;

    o->file = NULL;
    return failed ? -1 : 0;
}

void nrs_sim_addr_text(char out[NRS_SIM_ADDR_TEXT], uint32_t addr)
{
    (void)snprintf(out, NRS_SIM_ADDR_TEXT, "%u.%u.%u.%u", (unsigned)(addr >> 24),
                   (unsigned)(addr >> 16 & 0xFF), (unsigned)(addr >> 8 & 0xFF), (unsigned)(addr & 0xFF));
}

const char *nrs_sim_proto_name(unsigned proto)
{
    return proto == NRS_SIM_TCP ? "tcp" : proto == NRS_SIM_UDP ? "udp" : "icmp";
}
