#include "agent/spool/boot_id.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "agent/spool/spool_record.h"
#include "models/base/bytes.h"
#include "platform/files.h"
#include "platform/random.h"

#define BOOT_NAME "boot"
#define TAG_LEN 8
#define COUNT_MAX 99999999u

/* The file: tag 8, count 4, CRC-32 of both 4, little-endian. */
#define BOOT_BYTES (TAG_LEN + 8)

static void make_tag(uint8_t tag[TAG_LEN])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";

    if (nrs_random(NULL, tag, TAG_LEN) != 0)
        memset(tag, 0, TAG_LEN);
    for (int i = 0; i < TAG_LEN; i++)
        tag[i] = (uint8_t)letters[tag[i] & 31];
}

/* The count of the last start, or 0 with a new tag. */
static uint32_t last_count(int dir, uint8_t b[BOOT_BYTES + 1])
{
    if (dir >= 0 && nrs_file_load(dir, BOOT_NAME, b, BOOT_BYTES + 1) == BOOT_BYTES &&
        nrs_crc32(0, b, TAG_LEN + 4) == nrs_get_u32le(b + TAG_LEN + 4) &&
        nrs_get_u32le(b + TAG_LEN) < COUNT_MAX)
        return nrs_get_u32le(b + TAG_LEN);
    make_tag(b);
    return 0;
}

int nrs_boot_id_next(int dir, char id[NRS_BOOT_ID_MAX + 1])
{
    uint8_t b[BOOT_BYTES + 1];
    uint32_t count = last_count(dir, b) + 1;
    int rc = dir < 0 ? -EBADF : 0;

    nrs_put_u32le(b + TAG_LEN, count);
    nrs_put_u32le(b + TAG_LEN + 4, nrs_crc32(0, b, TAG_LEN + 4));
    if (rc == 0)
        rc = nrs_file_replace(dir, BOOT_NAME, b, BOOT_BYTES, 1);
    if (rc != 0)
        make_tag(b); /* the old tag with this count may come again */
    snprintf(id, NRS_BOOT_ID_MAX + 1, "%.*s%u", TAG_LEN, (const char *)b, (unsigned)count);
    return rc;
}
