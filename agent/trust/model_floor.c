#include "agent/trust/model_floor.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "agent/spool/spool_record.h"
#include "models/base/bytes.h"
#include "platform/files.h"

#define COPIES 2
#define FLOOR_BYTES 16
#define NAME_MAX_LEN 32

static const uint8_t magic[4] = {'N', 'R', 'F', '1'};

static const char *name_of(char name[NAME_MAX_LEN], const char *kind, unsigned copy)
{
    snprintf(name, NAME_MAX_LEN, "%.16s.floor%u", kind, copy + 1);
    return name;
}

/* The serial of one copy; 0 = there is none. *bad: the file is there, but not whole. */
static uint32_t load_copy(int dir, const char *kind, unsigned copy, bool *bad)
{
    char name[NAME_MAX_LEN];
    uint8_t b[FLOOR_BYTES + 1];
    int len = nrs_file_load(dir, name_of(name, kind, copy), b, sizeof b);
    bool whole = len == FLOOR_BYTES && memcmp(b, magic, sizeof magic) == 0 &&
                 nrs_get_u32le(b + 4) == ~nrs_get_u32le(b + 8) &&
                 nrs_get_u32le(b + 12) == nrs_crc32(0, b, 12);

    *bad = !whole && len != -ENOENT;
    return whole ? nrs_get_u32le(b + 4) : 0;
}

void nrs_model_floor_load(int dir, const char *kind, struct nrs_model_floor *floor)
{
    *floor = (struct nrs_model_floor){.serial = 0};
    for (unsigned i = 0; i < COPIES && dir >= 0; i++) {
        bool bad;
        uint32_t serial = load_copy(dir, kind, i, &bad);

        floor->good += serial > 0;
        floor->bad += bad;
        floor->serial = serial > floor->serial ? serial : floor->serial;
    }
}

int nrs_model_floor_raise(int dir, const char *kind, uint32_t serial)
{
    char name[NAME_MAX_LEN];
    uint8_t b[FLOOR_BYTES];
    int rc = 0;
    bool bad;

    memcpy(b, magic, sizeof magic);
    nrs_put_u32le(b + 4, serial);
    nrs_put_u32le(b + 8, ~serial);
    nrs_put_u32le(b + 12, nrs_crc32(0, b, 12));
    for (unsigned i = 0; i < COPIES && rc == 0; i++)
        if (load_copy(dir, kind, i, &bad) < serial)
            rc = nrs_file_replace(dir, name_of(name, kind, i), b, sizeof b, 1);
    return rc;
}

uint32_t nrs_model_floor_load_old(int spool_dir)
{
    uint8_t b[9];
    bool whole = spool_dir >= 0 && nrs_file_load(spool_dir, NRS_MODEL_FLOOR_OLD, b, sizeof b) == 8 &&
                 nrs_get_u32le(b) == ~nrs_get_u32le(b + 4);

    return whole ? nrs_get_u32le(b) : 0;
}
