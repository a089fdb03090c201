/* tests/store_fixture.h - a store of the collector in a folder of its own, and records to put into it */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/base/error.h"
#include "tools/collector/routes/routes.h"
#include "tools/collector/store/sqlite.h"

struct lab {
    char dir[64];
    struct nrs_col_store *store;
    sqlite3 *db; /* inside of it */
};

static inline int start(void **state)
{
    struct lab *lab = calloc(1, sizeof *lab);
    char why[160];

    assert_non_null(lab);
    (void)snprintf(lab->dir, sizeof lab->dir, "/tmp/noroshi-store-XXXXXX");
    assert_non_null(mkdtemp(lab->dir));
    nrs_col_line_init();
    assert_int_equal(nrs_col_store_sqlite.create(lab->dir, why), 0);
    assert_int_equal(nrs_col_store_sqlite.open(&lab->store, lab->dir, NRS_COL_STORE_WRITE, why), 0);
    lab->db = ((struct nrs_col_sqlite *)lab->store)->db;
    *state = lab;
    return 0;
}

static inline int finish(void **state)
{
    static const char *const names[] = {"noroshi.db", "noroshi.db-wal", "noroshi.db-shm"};
    struct lab *lab = *state;
    char path[128];

    lab->store->ops->close(lab->store);
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", lab->dir, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(lab->dir), 0);
    free(lab);
    return 0;
}

/* The lines as that device sends them: the rows below are of the host h. */
static inline struct nrs_col_post *post(const char *device, const char *lines)
{
    static const char host[] = "\"event.id\":\"h-";
    char why[NRS_COL_WHY + 16], text[8192];
    struct nrs_col_post *p;
    size_t n = 0;

    for (const char *at; (at = strstr(lines, host)) != NULL; lines = at + sizeof host - 1)
        n += (size_t)snprintf(text + n, sizeof text - n, "%.*s\"event.id\":\"%s-", (int)(at - lines), lines, device);
    n += (size_t)snprintf(text + n, sizeof text - n, "%s", lines);
    p = nrs_col_post_read(device, text, n, why);

    if (p == NULL)
        fail_msg("%s", why);
    p->day_cap = 1000;
    return p;
}

/* Stores the lines and returns how many were new. */
static inline unsigned put_at(struct lab *lab, const char *device, const char *lines, int64_t now)
{
    struct nrs_col_post *p = post(device, lines);
    unsigned n_new;

    assert_int_equal(lab->store->ops->commit(lab->store, p, now), 0);
    n_new = p->n_new;
    nrs_col_post_free(p);
    return n_new;
}

static inline unsigned put(struct lab *lab, const char *device, const char *lines)
{
    return put_at(lab, device, lines, 1000);
}

static inline const char *beacon(unsigned seq, unsigned d, const char *st, int risk)
{
    static char line[4][1024];
    static unsigned turn;
    char *s = line[turn++ % 4];

    (void)snprintf(s, sizeof line[0],
                   "{\"@timestamp\":\"2026-11-21T20:05:00Z\",\"event.kind\":\"alert\",\"event.dataset\":\"noroshi.beacon\","
                   "\"event.id\":\"h-b1-%x\",\"event.risk_score\":%d,\"destination.ip\":\"203.0.113.7\","
                   "\"destination.port\":443,\"rule.id\":\"beacon-7\",\"noroshi\":{\"v\":1,\"st\":\"%s\",\"d\":%u,"
                   "\"w\":\"24h\",\"score\":1,\"n\":9,\"why\":\"bias+1\"}}\n", seq, risk, st, d);
    return s;
}

static inline int64_t number(struct lab *lab, const char *sql)
{
    sqlite3_stmt *q = NULL;
    int64_t value;

    assert_int_equal(sqlite3_prepare_v2(lab->db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    value = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return value;
}

static inline char *evidence(unsigned seq, unsigned d)
{
    static char line[2048];
    char cells[961];

    memset(cells, 'B', 960);
    cells[960] = '\0';
    (void)snprintf(line, sizeof line,
                   "{\"@timestamp\":\"2026-11-21T20:05:00Z\",\"event.kind\":\"event\",\"event.dataset\":"
                   "\"noroshi.evidence\",\"event.id\":\"h-b1-%x\",\"noroshi\":{\"v\":1,\"of\":\"1\",\"d\":%u,"
                   "\"day\":\"2026-11-21\",\"m4\":\"%s\"}}\n", seq, d, cells);
    return line;
}

/* The JSON of an address; the caller frees. NULL if there is no such verdict. */
static inline char *ask(struct lab *lab, const char *url)
{
    struct nrs_col_answer a = {0};
    struct nrs_col_query q;
    int rc;

    assert_int_equal(nrs_col_route_query(&q, url), 0);
    rc = lab->store->ops->query(lab->store, &q, 1000, &a);
    if (rc == NRS_ERR_RANGE) {
        nrs_col_answer_free(&a);
        return NULL;
    }
    assert_int_equal(rc, 0);
    assert_int_equal(strlen(a.bytes), a.len);
    return a.bytes;
}

/* Many verdicts of one device at one destination, each with two records and evidence, and as many of others: what made
 * every list slow when it counted for each row. */
static inline void fill(struct lab *lab, unsigned n)
{
    static const char sql[] =
        "BEGIN;"
        "INSERT INTO device(id, name, last_seen) WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c LIMIT %1$u)"
        " SELECT i, 'd' || i, i FROM c;"
        "INSERT INTO record(id, device, event, received, kind, verdict, line)"
        " WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c LIMIT %1$u)"
        " SELECT 2*i, 1, 'a' || i, i, 0, NULL, '{}' FROM c UNION ALL SELECT 2*i+1, 1, 'b' || i, i, 3*(i%%2), 2*(i/9*9), '{}' FROM c;"
        "INSERT INTO verdict(id, device, boot, d, seq, last, opened, risk, dst, port, records)"
        " WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c LIMIT %1$u)"
        " SELECT 2*i, iif(i%%2, 1, i), 'b', i, 1, 2*i, i, 50, '203.0.113.7', 443, 2 FROM c;"
        "COMMIT";
    char text[2048];

    (void)snprintf(text, sizeof text, sql, n);
    if (sqlite3_exec(lab->db, text, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(lab->db));
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, start, finish)

#endif
