/* The collector's line reader: never crashes, and takes nothing that SQLite would not call JSON. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>

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
    struct nrs_col_record r;
    char why[NRS_COL_WHY];

    nrs_col_line_init();
    if (n <= 65536 && nrs_col_line_read(&r, (const char *)data, n, why) == 0 && !is_json(r.line, r.len))
        abort();
    return 0;
}
