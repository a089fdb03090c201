/* Containers that are known by their end record. Numbers of zip and Bun are little-endian, the others
 * big-endian.
 *
 *   zip          "PK" 5 6, directory's size:u32 at 12, offset:u32 at 16, length of a comment:u16 at 20
 *                (APPNOTE 4.3.16); the directory is right before it and points to the first file
 *   PyInstaller  "MEI" 14 13 12 13 16, lengths of the package, offset and length of its table: u32 each
 *   Deno         "d3n0l4nd", two or four offsets:u64 in the file
 *   Bun          ... length of the blob:u64 ... "\n---- Bun! ----\n" total:u64 */
#include <string.h>

#include "agent/scan/bytes.h"
#include "agent/scan/container_parts.h"
#include "agent/scan/formats.h"
#include "agent/scan/reader.h"

#define TAIL          1024 /* bytes that an end record is looked for in */
#define ZIP_END       22
#define ZIP64_END     56
#define ZIP64_LOCATOR 20
#define ZIP_ENTRY     46
#define ZIP_LOCAL_AT  42 /* in an entry of the directory: offset of the file */
#define MEI_COOKIE    24 /* without the library's name of later versions */
#define BUN_MARK      16
#define BUN_BACK_MAX  64 /* bytes of Bun's offsets before its mark */
#define PAGE          4096

/* Where the directory ends, how long it is, and where it says that it begins. */
struct zip_directory {
    uint64_t end, size, offset;
};

/* The end record, or that of zip64 before it, with the locator in between (APPNOTE 4.3.14, 4.3.15). */
static struct zip_directory zip_directory(struct nrs_scan *s, uint64_t record_at, const uint8_t *record)
{
    struct zip_directory d = {record_at, nrs_le32(record + 12), nrs_le32(record + 16)};
    uint64_t wide_at = record_at - ZIP64_LOCATOR - ZIP64_END;
    const uint8_t *p = record_at >= ZIP64_LOCATOR + ZIP64_END ? nrs_reader_all(s, wide_at, ZIP64_END) : NULL;

    if (p != NULL && memcmp(p, "PK\6\6", 4) == 0)
        d = (struct zip_directory){wide_at, nrs_le64(p + 40), nrs_le64(p + 48)};
    return d;
}

static bool zip_fits(struct nrs_scan *s, uint64_t at, uint64_t record_at, const uint8_t *record,
                     struct nrs_container *c)
{
    struct zip_directory d = zip_directory(s, record_at, record);
    uint64_t begin = d.end - d.size - d.offset; /* offsets may count from the archive or from the file */
    uint32_t local;
    const uint8_t *p;

    if (record_at + ZIP_END + nrs_le16(record + 20) != s->in.size || d.size < ZIP_ENTRY ||
        d.size > d.end - at || d.offset > d.end - d.size)
        return false;
    p = nrs_reader_all(s, d.end - d.size, ZIP_ENTRY);
    if (p == NULL || memcmp(p, "PK\1\2", 4) != 0)
        return false;
    local = nrs_le32(p + ZIP_LOCAL_AT);
    local = local == UINT32_MAX ? 0 : local; /* of zip64: elsewhere, and the first file is the first thing */
    p = nrs_reader_all(s, begin + local, 4);
    if (p == NULL || memcmp(p, "PK\3\4", 4) != 0)
        return false;
    *c = (struct nrs_container){begin + local < at ? at : begin + local, s->in.size};
    return true;
}

static bool mei_fits(struct nrs_scan *s, uint64_t at, uint64_t record_at, const uint8_t *record,
                     struct nrs_container *c)
{
    uint32_t length = nrs_be32(record + 8), table = nrs_be32(record + 12), n_table = nrs_be32(record + 16),
             entry;
    uint64_t begin = s->in.size - length;
    const uint8_t *p;

    if (length > s->in.size - at || table > length || n_table > length - table ||
        begin + table + n_table > record_at)
        return false;
    p = nrs_reader_all(s, begin + table, 18);
    entry = p != NULL ? nrs_be32(p) : 0;
    if (entry < 18 || entry > n_table)
        return false;
    *c = (struct nrs_container){begin, s->in.size};
    return true;
}

static bool deno_fits(struct nrs_scan *s, uint64_t at, uint64_t record_at, const uint8_t *record,
                      struct nrs_container *c)
{
    uint64_t first = nrs_be64(record + 8), second = nrs_be64(record + 16);

    (void)s;
    *c = (struct nrs_container){first, s->in.size};
    return first >= at && first < second && second <= record_at;
}

static bool bun_fits(struct nrs_scan *s, uint64_t at, uint64_t record_at, const uint8_t *record,
                     struct nrs_container *c)
{
    (void)record;
    for (unsigned back = 8; back <= BUN_BACK_MAX; back += 4) {
        const uint8_t *p = record_at >= back ? nrs_reader_all(s, record_at - back, 8) : NULL;
        uint64_t blob = p != NULL ? nrs_le64(p) : UINT64_MAX;

        if (blob > 0 && blob <= record_at - back && record_at - back - blob >= at &&
            record_at - back - blob - at <= PAGE) {
            *c = (struct nrs_container){record_at - back - blob, s->in.size};
            return true;
        }
    }
    return false;
}

static const struct {
    const char *mark;
    uint8_t n_mark, n_record;
    bool (*fits)(struct nrs_scan *, uint64_t at, uint64_t record_at, const uint8_t *record,
                 struct nrs_container *);
} records[] = {{"PK\5\6", 4, ZIP_END, zip_fits},
               {"MEI\14\13\12\13\16", 8, MEI_COOKIE, mei_fits},
               {"d3n0l4nd", 8, 24, deno_fits},
               {"\n---- Bun! ----\n", BUN_MARK, BUN_MARK, bun_fits}};

bool nrs_container_end_look(struct nrs_scan *s, uint64_t at, struct nrs_container *c)
{
    uint64_t tail_at = s->in.size - at > TAIL ? s->in.size - TAIL : at;
    uint32_t got;
    uint8_t record[MEI_COOKIE];

    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        const uint8_t *p = nrs_reader_some(s, tail_at, TAIL, &got);
        uint32_t after = 0, where = 0;
        bool found = false;

        for (uint32_t from = 0; from < got && nrs_find(p + from, got - from, records[i].mark, &after);
             from = where) {
            where = from + after; /* the last one counts */
            found = true;
        }
        where -= records[i].n_mark;
        if (!found || got - where < records[i].n_record)
            continue;
        memcpy(record, p + where, records[i].n_record);
        if (records[i].fits(s, at, tail_at + where, record, c))
            return true;
    }
    return false;
}
