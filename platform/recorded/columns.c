/* Records of flow exporters in columns, with a first line that names them:
 *
 *   nfdump -o csv   ts,te,td,sa,da,sp,dp,pr,flg,...,ipkt,ibyt,opkt,obyt,...
 *                   (1.6 and 1.7; a line "Summary" ends the records)
 *                   firstSeen,duration,proto,srcAddr,srcPort,... (since 1.7.4)
 *   AWS             version account-id interface-id srcaddr dstaddr ...
 *                   (VPC flow logs as files have them)
 *
 * The separator is the first of comma, tab and blank that the first line has. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "platform/recorded/detect.h"
#include "platform/recorded/exported.h"

#define COLUMNS_MAX 128

static const struct nrs_exported_name names[] = {
    {"ts", NRS_EXPORTED_START},
    {"te", NRS_EXPORTED_END},
    {"td", NRS_EXPORTED_SECONDS},
    {"sa", NRS_EXPORTED_SRC},
    {"da", NRS_EXPORTED_DST},
    {"sp", NRS_EXPORTED_SPORT},
    {"dp", NRS_EXPORTED_DPORT},
    {"pr", NRS_EXPORTED_PROTO},
    {"flg", NRS_EXPORTED_FLAGS},
    {"ipkt", NRS_EXPORTED_PACKETS},
    {"ibyt", NRS_EXPORTED_BYTES},
    {"opkt", NRS_EXPORTED_PACKETS_BACK},
    {"obyt", NRS_EXPORTED_BYTES_BACK},
    {"firstSeen", NRS_EXPORTED_START},
    {"lastSeen", NRS_EXPORTED_END},
    {"duration", NRS_EXPORTED_SECONDS},
    {"proto", NRS_EXPORTED_PROTO},
    {"srcAddr", NRS_EXPORTED_SRC},
    {"dstAddr", NRS_EXPORTED_DST},
    {"srcPort", NRS_EXPORTED_SPORT},
    {"dstPort", NRS_EXPORTED_DPORT},
    {"flags", NRS_EXPORTED_FLAGS},
    {"packets", NRS_EXPORTED_PACKETS},
    {"bytes", NRS_EXPORTED_BYTES},
    {"inPackets", NRS_EXPORTED_PACKETS},
    {"inBytes", NRS_EXPORTED_BYTES},
    {"outPackets", NRS_EXPORTED_PACKETS_BACK},
    {"outBytes", NRS_EXPORTED_BYTES_BACK},
    {"start", NRS_EXPORTED_START},
    {"end", NRS_EXPORTED_END},
    {"srcaddr", NRS_EXPORTED_SRC},
    {"dstaddr", NRS_EXPORTED_DST},
    {"srcport", NRS_EXPORTED_SPORT},
    {"dstport", NRS_EXPORTED_DPORT},
    {"protocol", NRS_EXPORTED_PROTO},
    {"tcp-flags", NRS_EXPORTED_FLAGS},
    {"log-status", NRS_EXPORTED_KIND},
};

struct columns {
    char separator;
    bool ended; /* what follows is a summary */
    unsigned n;
    uint8_t field[COLUMNS_MAX];
};

static void read_header(struct columns *c, const char *line, size_t len)
{
    const char *end = line + len;

    c->separator = memchr(line, ',', len) ? ',' : memchr(line, '\t', len) ? '\t' : ' ';
    for (c->n = 0; line < end && c->n < COLUMNS_MAX; c->n++) {
        const char *sep = memchr(line, c->separator, (size_t)(end - line));
        size_t n = (size_t)((sep ? sep : end) - line);

        c->field[c->n] = (uint8_t)nrs_exported_field_of(names, sizeof names / sizeof *names, line, n);
        line += sep ? n + 1 : n;
    }
}

bool nrs_columns_header(const char *line, size_t len)
{
    struct columns c;
    unsigned seen = 0, i;

    read_header(&c, line, len);
    for (i = 0; i < c.n; i++)
        seen |= 1u << c.field[i];
    return seen & 1u << NRS_EXPORTED_START && seen & 1u << NRS_EXPORTED_SRC &&
           seen & 1u << NRS_EXPORTED_DST && seen & 1u << NRS_EXPORTED_PROTO;
}

static bool is_unset(const char *text, size_t n)
{
    return n == 0 || (n == 1 && *text == '-');
}

static bool take(struct nrs_recorded *r, const char *line, size_t len)
{
    struct columns *c = r->state;
    const char *end = line + len;
    struct nrs_exported e;
    unsigned i;

    c->ended |= len == 7 && memcmp(line, "Summary", 7) == 0;
    if (c->ended)
        return false;
    if (isalpha((unsigned char)*line) && nrs_columns_header(line, len)) {
        read_header(c, line, len);
        return false;
    }
    nrs_exported_begin(&e);
    for (i = 0; i < c->n && line <= end; i++) {
        const char *sep, *value;
        size_t n;

        while (c->separator == ',' && line < end && *line == ' ')
            line++;
        sep = memchr(line, c->separator, (size_t)(end - line));
        value = line;
        n = (size_t)((sep ? sep : end) - line);
        line = sep ? sep + 1 : end + 1;
        if (!is_unset(value, n))
            nrs_exported_take(&e, c->field[i], value, n);
    }
    return nrs_exported_finish(r, &e);
}

static int open_columns(struct nrs_recorded *r)
{
    r->state = calloc(1, sizeof(struct columns));
    return r->state ? 0 : -ENOMEM;
}

const struct nrs_reader nrs_reader_columns = {.format = "flows-columns", .open = open_columns, .take = take};
