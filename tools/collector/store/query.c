#include "tools/collector/store/query.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"

/* The prevalence of a destination is counted up to 1,000 devices: more does not change what it says. */
#define VERDICT_COLUMNS                                                                                        \
    "'id',v.last,'verdict',v.id,'device',d.name,'opened',v.opened,'received',r.received,"                      \
    "'records',1+(SELECT count(*) FROM record x WHERE x.verdict=v.id AND x.kind=0),"                           \
    "'devices',(SELECT count(*) FROM (SELECT DISTINCT device FROM verdict x WHERE x.dst=v.dst AND "            \
    "x.port=v.port LIMIT 1000)),"                                                                              \
    "'evidence',json(iif(v.evidence IS NULL,'false','true')),'record',json(r.line),"                      \
    "'combo',(SELECT json(x.line) FROM record x WHERE x.verdict=v.id AND x.kind=4 ORDER BY x.id DESC LIMIT 1)"
#define VERDICT_TABLES " FROM verdict v JOIN device d ON d.id=v.device JOIN record r ON r.id=v.last "

static const char *const sql[] = {
    [NRS_COL_Q_NEWEST] = "SELECT json_object(" VERDICT_COLUMNS ")" VERDICT_TABLES
                         "WHERE v.last<?1 ORDER BY v.last DESC LIMIT ?2",
    [NRS_COL_Q_AFTER] = "SELECT json_object(" VERDICT_COLUMNS ")" VERDICT_TABLES
                        "WHERE v.last>?1 ORDER BY v.last LIMIT ?2",
    [NRS_COL_Q_VERDICT] =
        "SELECT json_object(" VERDICT_COLUMNS ","
        "'matrix',(SELECT json(line) FROM record WHERE id=v.evidence),"
        "'history',(SELECT json_group_array(json(h)) FROM (SELECT json_object('id',x.id,'received',x.received,"
        "'record',json(x.line)) AS h FROM record x WHERE (x.verdict=v.id OR x.id=v.id) AND x.kind=0"
        " ORDER BY x.id DESC LIMIT 50)),"
        "'others',(SELECT json_group_array(json(o)) FROM (SELECT json_object('id',x.last,'device',e.name,"
        "'risk',x.risk,'opened',x.opened) AS o FROM verdict x JOIN device e ON e.id=x.device"
        " WHERE x.dst=v.dst AND x.port=v.port AND x.id<>v.id ORDER BY x.last DESC LIMIT 50)))" VERDICT_TABLES
        "WHERE v.id=(SELECT coalesce(verdict,id) FROM record WHERE id=?1) AND ?2>0",
    [NRS_COL_Q_DEVICES] =
        "SELECT json_object('id',d.id,'name',d.name,'issued',d.issued,'first_seen',d.first_seen,'last_seen',"
        "d.last_seen,'version',d.version,'health_at',d.health_at,'health',json(d.health),'verdicts',"
        "(SELECT count(*) FROM verdict v WHERE v.device=d.id)) FROM device d"
        " WHERE d.id>?1 ORDER BY d.last_seen IS NULL, d.last_seen DESC, d.id LIMIT ?2",
    [NRS_COL_Q_PROGRAMS] = "SELECT json_object('id',r.id,'device',d.name,'received',r.received,'record',json(r.line))"
                           " FROM record r JOIN device d ON d.id=r.device WHERE r.kind=3 AND r.id>?1 ORDER BY r.id DESC LIMIT ?2",
};

struct text {
    char *s;
    size_t len, cap;
    bool failed;
};

static void add(struct text *t, const char *s, size_t n)
{
    if (!t->failed && t->cap - t->len <= n) {
        size_t cap = (t->len + n + 1) * 2;
        char *more = realloc(t->s, cap);

        if (more == NULL) {
            t->failed = true;
            return;
        }
        t->s = more;
        t->cap = cap;
    }
    if (t->failed)
        return;
    memcpy(t->s + t->len, s, n);
    t->len += n;
    t->s[t->len] = '\0';
}

/* Steps through the rows; returns how many, or -1. */
static int add_rows(struct text *t, sqlite3_stmt *s)
{
    int n = 0, rc;

    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        const char *row = (const char *)sqlite3_column_text(s, 0);

        if (n++ > 0)
            add(t, ",", 1);
        add(t, row != NULL ? row : "null", (size_t)(row != NULL ? sqlite3_column_bytes(s, 0) : 4));
    }
    return rc == SQLITE_DONE ? n : -1;
}

int nrs_col_query_run(sqlite3 *db, const struct nrs_col_query *q, int64_t now, char **json, size_t *len)
{
    struct text t = {0};
    sqlite3_stmt *s = NULL;
    char head[64];
    int n = -1;

    if (q->kind != NRS_COL_Q_VERDICT) {
        (void)snprintf(head, sizeof head, "{\"now\":%" PRId64 ",\"%s\":[", now,
                       q->kind == NRS_COL_Q_DEVICES ? "devices" : q->kind == NRS_COL_Q_PROGRAMS ? "programs" : "verdicts");
        add(&t, head, strlen(head));
    }
    if (sqlite3_prepare_v2(db, sql[q->kind], -1, &s, NULL) == SQLITE_OK) {
        (void)sqlite3_bind_int64(s, 1, q->id);
        (void)sqlite3_bind_int64(s, 2, q->limit);
        n = add_rows(&t, s);
    }
    sqlite3_finalize(s);
    if (q->kind != NRS_COL_Q_VERDICT)
        add(&t, "]}", 2);
    if (n < 0 || t.failed || (n == 0 && q->kind == NRS_COL_Q_VERDICT)) {
        bool unknown = n == 0 && !t.failed;

        free(t.s);
        *json = strdup(unknown ? "{\"error\":\"no such verdict\"}" : "{\"error\":\"the store cannot be read\"}");
        *len = *json != NULL ? strlen(*json) : 0;
        return unknown ? 404 : 503;
    }
    *json = t.s;
    *len = t.len;
    return 200;
}

/* A decimal number that ends the text or is followed by '&'; *s moves behind it. */
static bool read_number(const char **s, int64_t max, int64_t *out)
{
    int64_t value = 0;
    const char *p = *s;

    for (; *p >= '0' && *p <= '9'; p++) {
        if (value > (max - (*p - '0')) / 10)
            return false;
        value = value * 10 + (*p - '0');
    }
    if (p == *s || (*p != '\0' && *p != '&'))
        return false;
    *s = p;
    *out = value;
    return true;
}

static int parse_parameters(struct nrs_col_query *q, const char *s)
{
    int64_t value;

    while (*s != '\0') {
        bool after = strncmp(s, "after=", 6) == 0, before = strncmp(s, "before=", 7) == 0;

        if (!after && !before && strncmp(s, "limit=", 6) != 0)
            return NRS_ERR_FORMAT;
        s += before ? 7 : 6;
        if (!read_number(&s, INT64_MAX, &value))
            return NRS_ERR_FORMAT;
        if (after || before) {
            q->kind = after ? NRS_COL_Q_AFTER : NRS_COL_Q_NEWEST;
            q->id = value;
        } else {
            q->limit = value < 1 ? 1 : value > NRS_COL_QUERY_ROWS ? NRS_COL_QUERY_ROWS : (unsigned)value;
        }
        s += *s == '&';
    }
    return 0;
}

int nrs_col_query_parse(struct nrs_col_query *q, const char *url)
{
    static const char list[] = "/api/verdicts", devices[] = "/api/devices", programs[] = "/api/programs";
    const char *s = url + sizeof list - 1;

    *q = (struct nrs_col_query){.kind = NRS_COL_Q_NEWEST, .id = INT64_MAX, .limit = 100};
    if (strcmp(url, devices) == 0 || strcmp(url, programs) == 0) {
        *q = (struct nrs_col_query){.kind = strcmp(url, devices) == 0 ? NRS_COL_Q_DEVICES : NRS_COL_Q_PROGRAMS,
                                    .limit = NRS_COL_QUERY_ROWS};
        return 0;
    }
    if (strncmp(url, list, sizeof list - 1) != 0)
        return NRS_ERR_UNSUPPORTED;
    if (*s == '/') {
        s++;
        q->kind = NRS_COL_Q_VERDICT;
        return read_number(&s, INT64_MAX, &q->id) && *s == '\0' ? 0 : NRS_ERR_FORMAT;
    }
    if (*s == '\0')
        return 0;
    return *s == '?' ? parse_parameters(q, s + 1) : NRS_ERR_UNSUPPORTED;
}
