/* What follows the path of an address of the API (routes.h): "after=12&limit=50", or a record's id */
#include <stdbool.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/collector/routes/routes.h"

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

/* Where a list begins: kind is what the query becomes. */
struct start {
    const char *name;
    uint8_t of, kind;
};

static const struct start starts[] = {
    {"after=", NRS_COL_Q_NEWEST, NRS_COL_Q_AFTER},
    {"before=", NRS_COL_Q_NEWEST, NRS_COL_Q_NEWEST},
    {"after=", NRS_COL_Q_DEVICES, NRS_COL_Q_DEVICES_AFTER},
    {"before=", NRS_COL_Q_PROGRAMS, NRS_COL_Q_PROGRAMS},
};

static const struct start *start_of(const char *s, enum nrs_col_query_kind kind)
{
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (starts[i].of == kind && strncmp(s, starts[i].name, strlen(starts[i].name)) == 0)
            return &starts[i];
    }
    return NULL;
}

int nrs_col_query_read(struct nrs_col_query *q, enum nrs_col_query_kind kind, const char *rest)
{
    const char *s = rest;
    int64_t value;

    *q = (struct nrs_col_query){.kind = (uint8_t)kind, .id = INT64_MAX, .limit = 100};
    if (kind == NRS_COL_Q_VERDICT)
        return read_number(&s, INT64_MAX, &q->id) && *s == '\0' ? 0 : NRS_ERR_FORMAT;
    if (kind != NRS_COL_Q_NEWEST)
        q->limit = NRS_COL_QUERY_ROWS;
    while (*s != '\0') {
        const struct start *start = start_of(s, kind);
        bool limit = strncmp(s, "limit=", 6) == 0;

        if (start == NULL && !limit)
            return NRS_ERR_FORMAT;
        s += limit ? 6 : strlen(start->name);
        if (!read_number(&s, INT64_MAX, &value))
            return NRS_ERR_FORMAT;
        if (limit) {
            q->limit = value < 1 ? 1 : value > NRS_COL_QUERY_ROWS ? NRS_COL_QUERY_ROWS : (unsigned)value;
        } else {
            q->kind = start->kind;
            q->id = value;
        }
        s += *s == '&';
    }
    return 0;
}
