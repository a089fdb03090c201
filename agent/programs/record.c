/* ask   ::= d:4 local:16 remote:16 rport:2 proto:1 zero:1 due:4 spread:4
 * found ::= d:4 pid:4 marks:1 risk:1 hashed:1 named:1 sha256:32 serial:4 score:4 counts:24 class:24 path:200
 * notice_error:1 zero:19 */
#include "agent/programs/record.h"

#include <string.h>

#include "models/base/bytes.h"
#include "models/base/error.h"

#define AT_COUNTS 52
#define AT_CLASS  76
#define AT_PATH   100
#define AT_UNTOLD 300


void nrs_ask_write(uint8_t bytes[NRS_ASK_BYTES], const struct nrs_ask *a)
{
    memset(bytes, 0, NRS_ASK_BYTES);
    nrs_put_u32le(bytes, a->d);
    memcpy(bytes + 4, a->connection.local.b, 16);
    memcpy(bytes + 20, a->connection.remote.b, 16);
    nrs_put_u16le(bytes + 36, a->connection.rport);
    bytes[38] = a->connection.proto;
    nrs_put_u32le(bytes + 40, a->due_ms);
    nrs_put_u32le(bytes + 44, a->spread_ms);
}

int nrs_ask_read(struct nrs_ask *a, const uint8_t *bytes, size_t len)
{
    if (len != NRS_ASK_BYTES || nrs_get_u32le(bytes) == 0 || bytes[39] != 0)
        return NRS_ERR_FORMAT;
    a->d = nrs_get_u32le(bytes);
    memcpy(a->connection.local.b, bytes + 4, 16);
    memcpy(a->connection.remote.b, bytes + 20, 16);
    a->connection.rport = nrs_get_u16le(bytes + 36);
    a->connection.proto = bytes[38];
    a->due_ms = nrs_get_u32le(bytes + 40);
    a->spread_ms = nrs_get_u32le(bytes + 44);
    return 0;
}

static void put_counts(uint8_t *at, const struct nrs_programs_counts *c)
{
    nrs_put_u32le(at, c->seen);
    nrs_put_u32le(at + 4, c->cached);
    nrs_put_u32le(at + 8, c->scanned);
    nrs_put_u32le(at + 12, c->limited);
    nrs_put_u32le(at + 16, c->lost);
    nrs_put_u32le(at + 20, c->packed);
}

static void get_counts(struct nrs_programs_counts *c, const uint8_t *at)
{
    c->seen = nrs_get_u32le(at);
    c->cached = nrs_get_u32le(at + 4);
    c->scanned = nrs_get_u32le(at + 8);
    c->limited = nrs_get_u32le(at + 12);
    c->lost = nrs_get_u32le(at + 16);
    c->packed = nrs_get_u32le(at + 20);
}

void nrs_found_write(uint8_t bytes[NRS_FOUND_BYTES], const struct nrs_found *f)
{
    memset(bytes, 0, NRS_FOUND_BYTES);
    nrs_put_u32le(bytes, f->d);
    nrs_put_u32le(bytes + 4, f->pid);
    bytes[8] = f->marks;
    bytes[9] = f->risk;
    bytes[10] = f->hashed;
    bytes[11] = f->named;
    bytes[AT_UNTOLD] = f->notice_error;
    memcpy(bytes + 12, f->sha256, 32);
    nrs_put_u32le(bytes + 44, f->serial);
    nrs_put_u32le(bytes + 48, (uint32_t)f->score_mlogit);
    put_counts(bytes + AT_COUNTS, &f->counts);
    memcpy(bytes + AT_CLASS, f->class, sizeof f->class);
    memcpy(bytes + AT_PATH, f->path, sizeof f->path);
}

int nrs_found_read(struct nrs_found *f, const uint8_t *bytes, size_t len)
{
    if (len != NRS_FOUND_BYTES || bytes[8] > NRS_MARKS || bytes[9] > 99 || bytes[10] > 1 || bytes[11] > 1 ||
        memchr(bytes + AT_CLASS, 0, sizeof f->class) == NULL ||
        memchr(bytes + AT_PATH, 0, sizeof f->path) == NULL)
        return NRS_ERR_FORMAT;
    f->d = nrs_get_u32le(bytes);
    f->pid = nrs_get_u32le(bytes + 4);
    f->marks = bytes[8];
    f->risk = bytes[9];
    f->hashed = bytes[10];
    f->named = bytes[11];
    f->notice_error = bytes[AT_UNTOLD];
    memcpy(f->sha256, bytes + 12, 32);
    f->serial = nrs_get_u32le(bytes + 44);
    f->score_mlogit = (int32_t)nrs_get_u32le(bytes + 48);
    get_counts(&f->counts, bytes + AT_COUNTS);
    memcpy(f->class, bytes + AT_CLASS, sizeof f->class);
    memcpy(f->path, bytes + AT_PATH, sizeof f->path);
    return 0;
}
