#include "agent/spool/spool_cursor.h"

#include "agent/spool/spool_record.h"
#include "models/base/bytes.h"
#include "platform/files.h"

#define CURSOR_NAME "acked"
#define CURSOR_BYTES 12

uint64_t nrs_spool_cursor_load(int dir)
{
    uint8_t b[CURSOR_BYTES + 1];

    if (nrs_file_load(dir, CURSOR_NAME, b, sizeof b) != CURSOR_BYTES ||
        nrs_crc32(0, b, 8) != nrs_get_u32le(b + 8))
        return 0;
    return nrs_get_u64le(b);
}

int nrs_spool_cursor_save(int dir, uint64_t seq)
{
    uint8_t b[CURSOR_BYTES];

    nrs_put_u64le(b, seq);
    nrs_put_u32le(b + 8, nrs_crc32(0, b, 8));
    return nrs_file_replace(dir, CURSOR_NAME, b, sizeof b, 1);
}
