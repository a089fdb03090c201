/* The collector's line reader: never crashes, and what is stored is JSON for SQLite and reads the same again. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/collector/records/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int is_json(const char *s, size_t n)
{
    static sqlite3 *db;
    static sqlite3_stmt *q;
    int valid;

    if (db == NULL && (sqlite3_open(":memory:", &db) != SQLITE_OK ||
                       sqlite3_prepare_v2(db, "SELECT json_valid(?1)", -1, &q, NULL) != SQLITE_OK))
        abort();
    (void)sqlite3_bind_text(q, 1, s, (int)n, SQLITE_STATIC);
    valid = sqlite3_step(q) == SQLITE_ROW && sqlite3_column_int(q, 0);
    sqlite3_reset(q);
    return valid;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char why[NRS_COL_WHY], out[NRS_COL_LINE_MAX + 1], again[NRS_COL_LINE_MAX + 1];
    struct nrs_col_record r, second;

    nrs_col_line_init();
    if (n > 65536 || nrs_col_line_read(&r, out, "device-1", (const char *)data, n, why) != 0)
        return 0;
    if (!is_json(r.line, r.len) || nrs_col_line_read(&second, again, "device-1", out, r.len, why) != 0 ||
        second.n_dropped != 0 || strcmp(out, again) != 0)
        abort();
    return 0;
}
